"""Questions over HTTP: whole, as events, with a history, and what is refused."""

import json
from pathlib import Path

import pytest

from tests.bot.web.material import client, records, settings
from tests.browser.fake_bot import KINDS, FakeBot

FOUNDATION = "What is a foundation model?"


def events(text: str) -> list[tuple[str, dict[str, object]]]:
    """Server-sent events as names and data."""
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in text.strip().split("\n\n")]
    return [(block["event"], json.loads(block["data"])) for block in blocks]


def test_an_answer_has_its_sentences_with_footnotes_to_exact_words(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        answer = http.post("/api/ask", json={"question": FOUNDATION}).raise_for_status().json()
    assert (answer["lane"], answer["question"], answer["confidence"]) == ("generated", FOUNDATION, 0.9)
    assert [one["footnotes"] for one in answer["sentences"]] == [[1], [2], [1, 3]]
    assert [one["number"] for one in answer["citations"]] == [1, 2, 3]
    first = answer["citations"][0]
    assert KINDS.text[first["start"] : first["end"]] == first["quote"]
    assert (first["article"], first["url"].split("#")[0]) == (KINDS.id, KINDS.url)
    assert answer["passages"] == ["chunk-models.md", "chunk-training.md"]


def test_events_tell_the_same_answer_sentence_by_sentence(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        stream = http.post("/api/ask", json={"question": FOUNDATION}, headers={"Accept": "text/event-stream"})
        whole = http.post("/api/ask", json={"question": FOUNDATION}).json()
    assert stream.headers["content-type"].startswith("text/event-stream")
    told = events(stream.text)
    assert [name for name, _ in told] == ["retrieved", "said", "said", "said", "finished"]
    last = told[-1][1]
    assert told[0][1] == {"id": last["id"], "passages": 2}
    assert [data["sentence"] for _, data in told[1:4]] == whole["sentences"]
    assert [[one["number"] for one in data["citations"]] for _, data in told[1:4]] == [[1], [2], [3]]  # each once
    assert {**last, "id": ""} == {**whole, "id": ""}


def test_the_history_reaches_the_bot_with_its_passages(tmp_path: Path) -> None:
    bot = FakeBot()
    turn = {"question": "What is CLIP?", "answer": "A model.", "passages": ["chunk-models.md"]}
    with client(tmp_path, bot) as http:
        http.post("/api/ask", json={"question": "Who made it? clip", "history": [turn]}).raise_for_status()
    [[told]] = bot.histories
    assert (told.question, told.answer, told.chunk_ids) == ("What is CLIP?", "A model.", ("chunk-models.md",))


def test_what_is_not_covered_names_the_nearest_questions(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        answer = http.post("/api/ask", json={"question": "Who won?"}).json()
    assert (answer["lane"], answer["sentences"], answer["citations"]) == ("declined", [], [])
    assert answer["declined_because"]
    assert answer["suggestions"][0] == {"question": "Is CLIP an LLM?", "article": "models.md"}


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"question": "x" * 2001}, 422, "up to 2,000"),
        ({"question": "ok", "history": [{"question": "x" * 2001}]}, 422, "up to 2,000"),
        ({"question": "ok", "history": [{"question": "x"}] * 31}, 422, "history"),
        ({"question": 7}, 422, "question"),
        ({}, 422, "question"),
        ({"question": "ok", "history": [{"question": "x", "answer": "y" * 90_000}] * 30}, 413, ""),
    ],
)
def test_every_bound_answers_with_a_problem(tmp_path: Path, body: object, status: int, said: str) -> None:
    with client(tmp_path) as http:
        answer = http.post("/api/ask", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert said in problem["detail"]


@pytest.mark.parametrize("raw", [b'{"question": "\\ud800"}', b'{"question": "\xff"}', b"[" * 100_000, b"{", b""])
def test_bytes_that_are_no_question_are_a_problem(tmp_path: Path, raw: bytes) -> None:
    with client(tmp_path) as http:
        answer = http.post("/api/ask", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_bot_that_fails_half_way_ends_the_events_with_a_problem(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        stream = {"Accept": "text/event-stream"}
        broken = events(http.post("/api/ask", json={"question": "foundation fail"}, headers=stream).text)
        crashed = events(http.post("/api/ask", json={"question": "foundation crash"}, headers=stream).text)
        whole = http.post("/api/ask", json={"question": "foundation crash"})
    assert [name for name, _ in broken] == ["retrieved", "said", "error"]
    assert (broken[-1][1]["status"], broken[-1][1]["detail"]) == (
        422,
        "the index was changed while answering; ask again",
    )
    assert crashed[-1][1]["status"] == whole.status_code == 500
    assert "innermost" not in whole.text + json.dumps(crashed[-1][1])


def test_answers_are_kept_and_voted_on_by_their_id(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        name = http.post("/api/ask", json={"question": FOUNDATION}).json()["id"]
        assert http.post("/api/feedback", json={"id": name, "vote": -1}).status_code == 204
        unknown = http.post("/api/feedback", json={"id": "0" * 32, "vote": 1})
        assert (unknown.status_code, unknown.json()["status"]) == (404, 404)
        for wrong in ({"id": name, "vote": 2}, {"id": name[:-1], "vote": 1}, {"id": name + "\n", "vote": 1}):
            assert http.post("/api/feedback", json=wrong).status_code == 422
    [kept] = records(settings(tmp_path)).recent(1)
    assert (kept.id, kept.question, kept.lane, kept.site, kept.vote) == (name, FOUNDATION, "generated", "api", -1)


def test_nothing_is_kept_where_nothing_is_to_be_kept(tmp_path: Path) -> None:
    with client(tmp_path, keep=False) as http:
        name = http.post("/api/ask", json={"question": FOUNDATION}).json()["id"]
        assert http.post("/api/feedback", json={"id": name, "vote": 1}).status_code == 204
    assert list(tmp_path.iterdir()) == []
