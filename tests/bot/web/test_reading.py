"""Questions worth asking and articles, over HTTP; unknown addresses and wrong methods."""

from pathlib import Path

import httpx
import pytest

from bot.web.shapes import MOST_BODY
from corpus.types import Article, Section
from tests.bot.web.material import client, served
from tests.browser.fake_bot import KINDS, STEPS, FakeBot


def test_questions_to_start_with_and_near_ones(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        starters = http.get("/api/questions").json()["questions"]
        assert [one["question"] for one in starters] == [one.question for one in FakeBot().starters(4)]
        assert len(http.get("/api/questions?count=2").json()["questions"]) == 2
        near = http.get("/api/questions", params={"near": "which foundation", "count": 3}).json()["questions"]
        assert near == [{"question": "What is a foundation model?", "article": "models.md"}]
        for wrong in ("count=0", "count=21", "count=x", "near=%20.%20", f"near={'x' * 2001}"):
            assert http.get(f"/api/questions?{wrong}").status_code == 422, wrong


def test_an_article_whole_and_around_a_quote(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        whole = http.get("/api/articles/models.md").json()
        at = STEPS.text.index("Fine-tuning")
        part = http.get("/api/articles/training.md", params={"start": at, "end": at + 11}).json()
    assert (whole["text"], whole["from"], whole["length"]) == (KINDS.text, 0, len(KINDS.text))
    assert (whole["title"], whole["url"], whole["updated"]) == (KINDS.title, KINDS.url, KINDS.updated)
    assert [one["anchor"] for one in whole["sections"]] == [one.anchor for one in KINDS.sections]
    assert 0 < part["from"] < at
    assert len(part["text"]) < len(STEPS.text)
    assert part["text"][at - part["from"] :].startswith("Fine-tuning")


@pytest.mark.parametrize(
    ("query", "status"),
    [("start=1", 422), ("start=5&end=4", 422), ("start=0&end=99999999", 422), ("start=-1&end=4", 422),
     ("start=1e3&end=4", 422), (f"start=1&end={'9' * 5000}", 422)],
)  # fmt: skip
def test_spans_outside_the_article_are_refused(tmp_path: Path, query: str, status: int) -> None:
    with client(tmp_path) as http:
        answer = http.get(f"/api/articles/models.md?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_very_long_article_comes_in_parts_and_an_unsafe_address_not_at_all(tmp_path: Path) -> None:
    text = "word " * 200_000
    sections = (Section(("One",), "one", 0, 4, 500_000), Section(("Two",), "two", 500_000, 500_004, len(text)))
    long = Article("deep/long#1.md", "Long", "javascript:alert(1)", text, sections)
    with client(tmp_path, FakeBot({long.id: long})) as http:
        first = http.get("/api/articles/deep/long%231.md").json()
        later = http.get("/api/articles/deep/long%231.md?start=600000&end=600004").json()
    assert (len(first["text"]), first["length"], first["url"]) == (200_000, 1_000_000, "")
    assert [one["anchor"] for one in first["sections"]] == ["one"]
    assert [one["anchor"] for one in later["sections"]] == ["two"]
    assert len(later["text"]) < 20_000


def test_other_addresses_and_methods_are_problems(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        for path in ("/api/nothing", "/v1/nothing", "/api/articles/no.md", "/api/articles/..%2F..%2Fetc%2Fpasswd"):
            answer = http.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path
        wrong = http.get("/api/ask")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
        assert http.delete("/api/health").status_code == 405


def test_head_is_answered_as_get_is(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        # As monitors and proxies ask.
        for path in ("/widget.js", "/demo", "/demo/models.md", "/frame", "/api/health", "/api/health/ready"):
            head, get = httpx.head(address + path), httpx.get(address + path)
            assert (head.status_code, head.content) == (200, b""), path
            assert head.headers["content-type"] == get.headers["content-type"]


def test_health_tells_how_many_are_asking(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        for path in ("/api/health", "/api/health/ready"):
            assert http.get(path).json() == {"live": True, "ready": True, "answering": 0, "waiting": 0}


def test_metrics_count_what_happened(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        name = http.post("/api/ask", json={"question": "Is CLIP an LLM?"}).json()["id"]
        http.post("/api/ask", json={"question": "Who won?"})
        http.post("/api/feedback", json={"id": name, "vote": 1})
        http.get("/api/nothing")
        http.post("/api/ask", content=b"{}", headers={"Content-Length": str(MOST_BODY + 1)})
        http.post("/api/ask", json={"question": "foundation crash"}, headers={"Accept": "text/event-stream"})
        figures = http.get("/api/metrics")
    assert figures.headers["content-type"].startswith("text/plain")
    lines = figures.text.splitlines()
    for line in (
        'footnote_answers_total{lane="faq"} 1.0',
        'footnote_answers_total{lane="declined"} 1.0',
        'footnote_votes_total{vote="1"} 1.0',
        'footnote_problems_total{status="404"} 1.0',
        'footnote_problems_total{status="413"} 1.0',
        'footnote_problems_total{status="500"} 1.0',
        "footnote_answering 0.0",
        "footnote_waiting 0.0",
        "footnote_answer_seconds_count 2.0",
    ):
        assert line in lines, line
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)
