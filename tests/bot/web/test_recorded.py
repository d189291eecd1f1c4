"""What is asked over HTTP is in the records, and its vote with it."""

from pathlib import Path

import pytest

from bot.records.kept import Records
from tests.bot.web.material import client

MANY = 20


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_every_answer_over_http_is_recorded(tmp_path: Path, accept: str) -> None:
    questions = [f"Is CLIP number {number} an LLM?" for number in range(MANY)]
    with client(tmp_path) as http:
        for question in questions:
            assert http.post("/api/ask", json={"question": question}, headers={"Accept": accept}).status_code == 200
    kept = Records(tmp_path / "footnote.sqlite", 30).recent(1)
    assert [record.question for record in kept] == questions
    assert {(record.lane, record.site) for record in kept} == {("faq", "api")}


def test_a_vote_over_http_is_in_the_record(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        name = http.post("/api/ask", json={"question": "Is CLIP an LLM?"}).json()["id"]
        for vote in (1, -1):
            assert http.post("/api/feedback", json={"id": name, "vote": vote}).status_code == 204
    (record,) = Records(tmp_path / "footnote.sqlite", 30).disliked(1, 10)
    assert (record.id, record.vote) == (name, -1)


def test_uncovered_parts_are_gaps_and_keep_false_keeps_nothing(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        http.post("/api/ask", json={"question": "What does Netflix use?"})
    (record,) = Records(tmp_path / "footnote.sqlite", 30).uncovered(1)
    assert record.uncovered == ("what does Netflix use?",)
    silent = tmp_path / "silent"
    with client(silent, keep=False) as http:
        name = http.post("/api/ask", json={"question": "Is CLIP an LLM?"}).json()["id"]
        assert http.post("/api/feedback", json={"id": name, "vote": -1}).status_code == 204
    assert not silent.exists()
