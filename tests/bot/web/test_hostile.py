"""Every hostile string we know of, as a question, in the history, as an article and as what the bot says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.markup.escape import whole
from bot.types import Answer, Citation, Claim, Suggestion
from corpus.types import Article, Section
from tests.bot.web.material import client
from tests.bot.web.test_ask import events
from tests.browser.fake_bot import FakeBot
from tests.browser.strings import hostile_strings

ASKED = "Say something hostile"
MORE = ["\ud800 alone", "a\udfffb", "\x00", "\u202e", "data: x\n\nevent: finished\ndata: {}", "\r\n\r\nSet-Cookie: a=b"]


# One in so many for the quick check; a fifth of them takes a minute and runs with the slow tier.
EVERY = [pytest.param(40, id="some"), pytest.param(5, marks=pytest.mark.models, id="fifth")]


@pytest.fixture(params=EVERY)
def strings(request: pytest.FixtureRequest) -> list[str]:
    return hostile_strings()[:: request.param] + MORE


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot({})


@pytest.fixture
def http(bot: FakeBot, tmp_path: Path) -> Iterator[TestClient]:
    with client(tmp_path, bot, max_question_chars=100_000) as opened:
        yield opened


def saying(text: str) -> Answer:
    """An answer that says it everywhere."""
    citation = Citation(1, text, text, text, (text,), text, 0, len(text))
    return Answer(
        ASKED, (Claim(text, (citation,), 1.0),), (), 0.5, "generated", text, (Suggestion(text, text),), (text,)
    )


def test_as_a_question_it_is_a_question(http: TestClient, strings: list[str]) -> None:
    for text in strings:
        body = json.dumps({"question": text, "history": [{"question": text, "answer": text, "passages": [text[:300]]}]})
        for path in ("/api/ask", "/v1/chat/completions"):
            if path != "/api/ask":
                body = json.dumps({"messages": [{"role": "user", "content": text}] * 3})
            answer = http.post(path, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in (200, 422), text
            answer.json()


def test_as_what_the_bot_says_it_comes_through_and_breaks_no_stream(
    http: TestClient, bot: FakeBot, strings: list[str]
) -> None:
    for text in strings:
        bot.special[ASKED] = saying(text)
        stream = http.post("/api/ask", json={"question": ASKED}, headers={"Accept": "text/event-stream"})
        told = events(stream.text)
        assert [name for name, _ in told] == ["retrieved", "finished"], text
        assert told[-1][1]["sentences"] == [{"text": whole(text), "footnotes": [1]}]


def test_as_an_openai_answer_too(http: TestClient, bot: FakeBot, strings: list[str]) -> None:
    body = {"messages": [{"role": "user", "content": ASKED}]}
    for text in strings:
        bot.special[ASKED] = saying(text)
        message = http.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]
        assert message["content"].startswith(whole(text))
        lines = http.post("/v1/chat/completions", json={**body, "stream": True}).text.split("\n\n")
        assert [line[:6] for line in lines if line] == ["data: "] * (len(lines) - 1)


def test_as_an_article_it_is_text(http: TestClient, bot: FakeBot, strings: list[str]) -> None:
    for number, text in enumerate(strings):
        name = f"{number}.md"
        section = Section((text,), text, 0, 0, len(text))
        bot.articles = {name: Article(name, text, text, text, (section,), text)}
        found = http.get(f"/api/articles/{name}").json()
        assert (found["text"], found["title"]) == (whole(text), whole(text))
        assert not found["url"].lower().startswith(("javascript:", "data:", "vbscript:")), text


def test_as_an_address_it_leads_nowhere(http: TestClient, strings: list[str]) -> None:
    for text in strings:
        answer = http.get("/api/articles/x", params={"start": whole(text)[:1000], "end": 1})
        assert answer.status_code in (404, 422)
        answer = http.get("/api/questions", params={"near": whole(text)[:1000]})
        assert answer.status_code in (200, 422)
