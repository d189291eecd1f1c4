"""Servers that are down, slow, full or of another version: each leaves a calm, visible state, and a way on."""

import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.widget_site import LONG, PROSE, WIDGET, Visitor, stream

if TYPE_CHECKING:
    from playwright.sync_api import Route

LOST = "Failed to load resource: net::ERR_"
ANSWER = {"id": "0" * 32, "lane": "quoted", "sentences": [], "citations": []}
HEADED = {"number": 1, "title": "T", "quote": "q", "headings": 5}


def trouble(visitor: Visitor) -> str:
    """What the visitor is told, once; there is always a way on."""
    assert visitor.at(".trouble").count() == 1
    assert visitor.at(".trouble .retry").is_visible()
    assert visitor.at(".trouble .contact").is_visible()
    return visitor.at(".trouble p").first.inner_text()


def test_a_server_that_is_down_is_told_and_asked_again(visitor: Visitor) -> None:
    visitor.expected.append(LOST)
    visitor.visit()
    visitor.page.route(f"{visitor.site.address}/**", lambda route: route.abort("connectionrefused"))
    visitor.open().ask("Is CLIP an LLM?")
    assert trouble(visitor) == "The answers cannot be reached just now. Your question is kept."
    visitor.page.unroute(f"{visitor.site.address}/**")
    visitor.at(".retry").click()
    visitor.at('[data-state="done"]').wait_for()
    assert visitor.at(".exchange").count() == 1
    visitor.at('[aria-label="Close"]').click()
    visitor.open().at(".welcome .chip").first.wait_for(state="attached")  # and the starter questions are there now


# A context of its own: the clock is that of all pages in it.
@pytest.mark.parametrize("visitor", [{"locale": "en-GB"}], indirect=True)
def test_a_server_that_never_comes_back_is_given_up(visitor: Visitor) -> None:
    visitor.page.clock.install()
    visitor.visit().open()
    visitor.page.route("**/api/ask", lambda route: None if route.request.method == "POST" else route.continue_())
    visitor.page.fill(f"{WIDGET} >> textarea", "Is CLIP an LLM?")
    visitor.page.press(f"{WIDGET} >> textarea", "Enter")
    visitor.at(".progress").wait_for()
    visitor.page.clock.run_for(6500)
    assert visitor.at(".progress").inner_text() == "This takes a little longer than usual…"
    visitor.page.clock.run_for(60_000)
    visitor.idle()
    assert trouble(visitor) == "There was no answer in time. Your question is kept."


def test_a_site_that_may_not_ask_gets_a_calm_line(visitor: Visitor) -> None:
    visitor.expected += [
        "Access to fetch at",
        LOST,
        "Failed to load resource: the server responded with a status of 403",
    ]
    visitor.help.put("/elsewhere", PROSE)
    visitor.page.goto(visitor.help.address.replace("localhost", "127.0.0.1") + "/elsewhere")
    visitor.open().ask("Is CLIP an LLM?")
    assert trouble(visitor) == "The answers cannot be reached just now. Your question is kept."
    visitor.requests.clear()


def test_a_token_that_does_not_come_can_be_stopped(visitor: Visitor) -> None:
    visitor.visit().open()
    visitor.page.route("**/api/token", lambda route: None)
    visitor.page.fill(f"{WIDGET} >> textarea", "Is CLIP an LLM?")
    visitor.page.press(f"{WIDGET} >> textarea", "Enter")
    visitor.at(".go.busy").click()
    visitor.at('[data-state="stopped"]').wait_for()


def test_texts_that_do_not_come_are_not_waited_for(visitor: Visitor) -> None:
    visitor.page.route("**/widget-texts/**", lambda route: None)
    visitor.visit(path="/late", attributes='lang="de"').open().ask("Is CLIP an LLM?")
    assert visitor.at(".lane").inner_text() == "As written by the authors"


def test_an_answer_that_breaks_off_keeps_what_was_said(visitor: Visitor) -> None:
    said = {"sentence": {"text": "It is one.", "footnotes": []}, "citations": []}
    visitor.visit().open()
    visitor.answer_with(stream(("retrieved", {"id": "0", "passages": 1}), ("said", said)))
    visitor.ask("Is CLIP an LLM?")
    assert visitor.at(".claim").inner_text() == "It is one."
    assert trouble(visitor) == "The answers cannot be reached just now. Your question is kept."


@pytest.mark.parametrize(
    ("status", "wait", "told"),
    [
        (429, "12", "There are very many questions just now. Please try again in 12 seconds."),
        (503, "", "There are very many questions just now."),
        (403, "", "Questions from this page are not taken."),
        (422, "", "That question is too long. Please shorten it."),
        (500, "", "Something went wrong while answering. Your question is kept."),
        (404, "", "This page and its answers do not fit together just now. Reloading the page may help."),
    ],
)
def test_refusals_are_put_in_plain_words(visitor: Visitor, status: int, wait: str, told: str) -> None:
    visitor.expected.append("Failed to load resource: the server responded")
    visitor.visit().open()
    visitor.answer_with('{"status": 0}', status, "application/problem+json", **({"Retry-After": wait} if wait else {}))
    visitor.ask("Is CLIP an LLM?")
    assert trouble(visitor) == told


def test_a_token_no_longer_taken_is_fetched_once_more(visitor: Visitor) -> None:
    visitor.expected.append("Failed to load resource: the server responded with a status of 401")
    visitor.visit().open()
    tokens = iter(["old"])

    def token(route: "Route") -> None:
        old = next(tokens, None)
        if old is None:
            route.continue_()
            return
        headers = {"Access-Control-Allow-Origin": visitor.help.address}
        route.fulfill(
            body=json.dumps({"token": old, "expires_in": 600}), content_type="application/json", headers=headers
        )

    visitor.page.route("**/api/token", token)
    visitor.ask("Is CLIP an LLM?")
    assert visitor.at(".claim").count() == 2
    assert sum("/api/token" in url for url in visitor.requests) == 2


@pytest.mark.parametrize(
    "body",
    [
        stream(("finished", {**ANSWER, "sentences": "none"})),
        stream(("finished", {**ANSWER, "sentences": [{"words": "x"}]})),
        stream(("finished", {**ANSWER, "sentences": [{"text": "x", "footnotes": ["1"]}]})),
        stream(("finished", {**ANSWER, "citations": [{"number": 1}]})),
        stream(("said", {"sentence": {"text": "x", "footnotes": [1]}, "citations": [HEADED]})),
        stream(("finished", {**ANSWER, "sentences": [{"text": "x", "footnotes": [1]}], "citations": [HEADED]})),
        stream(("finished", None)),
        stream(("said", {"text": "x"})),
        "event: said\ndata: {\n\n",
        "<!doctype html><title>Another server</title>",
    ],
)
def test_an_answer_of_unknown_shape_is_not_shown(visitor: Visitor, body: str) -> None:
    visitor.visit().open()
    visitor.answer_with(body)
    visitor.ask("Is CLIP an LLM?")
    assert trouble(visitor).startswith(("This page and its answers do not fit", "The answers cannot be reached"))
    assert visitor.at(".claim").count() == 0
    assert visitor.at(".go.busy").count() == 0


def test_events_and_fields_of_a_newer_version_do_no_harm(visitor: Visitor) -> None:
    answer = {
        **ANSWER,
        "sentences": [{"text": "Yes.", "footnotes": [9]}],
        "lane": "sung",
        "suggestions": 7,
        "uncovered": None,
    }
    visitor.visit().open()
    visitor.answer_with(": hello\n\n" + stream(("thought", [1]), ("finished", answer)).replace("\n", "\r\n"))
    visitor.ask("Is CLIP an LLM?")
    assert visitor.at(".claim").inner_text() == "Yes."
    visitor.answer_with(json.dumps(answer), kind="application/json")
    visitor.ask("Is CLIP an LLM?")
    assert visitor.at(".claim").count() == 2


def test_a_passage_that_cannot_be_fetched_is_its_quote_alone(visitor: Visitor) -> None:
    visitor.expected.append("Failed to load resource")
    visitor.visit(PROSE + LONG).open().ask("What is a foundation model?")
    visitor.page.route("**/api/articles/**", lambda route: route.abort("connectionrefused"))
    visitor.at(".said .mark").first.click()
    visitor.at(".text .retry").wait_for()
    assert visitor.at(".text mark").inner_text().startswith("A foundation model is a model trained")
    visitor.page.unroute("**/api/articles/**")
    visitor.at(".text .retry").click()
    visitor.at(".text h4").first.wait_for()
