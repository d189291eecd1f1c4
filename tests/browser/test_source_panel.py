"""Footnotes open their source beside the answer, by mouse and by keyboard alone."""

import threading
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest

from tests.browser import fake_bot
from tests.browser.conftest import SHOTS, Reader
from tests.browser.fake_bot import KINDS

NARROW = {"viewport": {"width": 360, "height": 740}}


def press(reader: Reader, mark: str) -> None:
    """Press a footnote and wait for its passage."""
    reader.page.click(mark)
    reader.page.wait_for_selector("#fn-source mark")


def test_a_footnote_opens_its_passage(reader: Reader) -> None:
    reader.open().ask("What is a foundation model?")
    press(reader, ".said .mark >> nth=1")
    assert reader.say("#fn-source mark") == "The name was given in 2021 by researchers at Stanford."
    assert reader.say("#fn-source h2") == "Foundation models"
    assert reader.say(".trail") == "What a foundation model is"
    assert reader.page.get_attribute("#fn-source .open", "href") == (
        "https://help.example.org/models#what-a-foundation-model-is"
    )
    panel, answer = (reader.page.locator(name).bounding_box() for name in ("#fn-source", ".said"))
    assert answer["x"] + answer["width"] <= panel["x"]  # beside it, not over it


def test_a_passage_far_down_is_scrolled_into_sight(reader: Reader) -> None:
    reader.open().ask("What is a foundation model?")
    press(reader, ".said .mark >> nth=3")
    quote, passage = (reader.page.locator(name).bounding_box() for name in ("#fn-source mark", "#fn-source .passage"))
    assert passage["y"] <= quote["y"] <= passage["y"] + passage["height"] - quote["height"]
    assert reader.page.locator("#fn-source .open").count() == 0  # the article has no address


@pytest.mark.parametrize("reader", [NARROW | {"color_scheme": "dark"}], indirect=True)
def test_an_article_of_this_server_opens_at_its_anchor(reader: Reader) -> None:
    bot = reader.site.bot
    bot.articles = bot.articles | {KINDS.id: replace(KINDS, url="/articles/models")}
    try:
        reader.open().ask("Compare the models")
        reader.page.click(".mark")
        reader.page.wait_for_selector("#fn-source mark")
        with reader.page.context.expect_page() as opened:
            reader.page.click("#fn-source .open")
        page = opened.value
        page.wait_for_selector("section:target h3")
        assert page.url == f"{reader.site.address}/articles/models#compared"
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.screenshot(path=SHOTS / "narrow-dark-article.png")
        page.close()
    finally:
        bot.articles = bot.articles | {KINDS.id: KINDS}


@pytest.mark.parametrize("reader", [NARROW], indirect=True)
def test_on_a_phone_it_is_a_sheet_from_below(reader: Reader) -> None:
    reader.open().ask("What is a foundation model?")
    reader.page.click(".sources button >> nth=0")
    reader.page.wait_for_selector("#fn-source mark")
    sheet = reader.page.locator("#fn-source").bounding_box()
    assert (sheet["x"], sheet["width"]) == (0, 360)
    assert sheet["y"] > 100
    assert reader.page.evaluate("document.documentElement.scrollWidth") == 360
    reader.page.click(".question p")
    assert reader.page.locator("#fn-source").is_hidden()


def test_the_keyboard_alone_is_enough(reader: Reader) -> None:
    page = reader.open().page
    assert reader.focused == "box"
    page.keyboard.type("What is a")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("foundation model?")
    assert page.locator(".exchange").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-progress="done"]')
    reader.idle()
    assert page.inner_text(".question p") == "What is a\nfoundation model?"
    order = []
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges(); window.scrollTo(0, 0)")
    page.click("h1")
    for _ in range(16):
        page.keyboard.press("Tab")
        order.append(reader.focused)
    assert order == ["A", "fn-new", *["mark"] * 4, *["source"] * 3, *["action"] * 4, "chip", "box", "fn-ask"], order


def test_escape_closes_and_gives_the_focus_back(reader: Reader) -> None:
    page = reader.open().page
    reader.ask("What is a foundation model?")
    page.focus(".said .mark >> nth=2")
    page.keyboard.press("Enter")
    page.wait_for_selector("#fn-source mark")
    assert page.evaluate("document.activeElement.dataset.do") == "close"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Escape")
    assert page.locator("#fn-source").is_hidden()
    assert page.evaluate("document.activeElement === document.querySelectorAll('.said .mark')[2]")


def test_the_panel_steps_from_footnote_to_footnote(reader: Reader) -> None:
    page = reader.open().page
    reader.ask("Is CLIP an LLM?")
    reader.ask("What is a foundation model?")
    press(reader, "#fn-live .said .mark >> nth=0")
    quotes = [citation.quote for citation in reader.site.bot.answer("foundation").citations]

    def shows(number: int) -> None:
        page.wait_for_function("t => document.querySelector('#fn-source .count').textContent === t",
                               arg=f"Footnote {number} of 3")  # fmt: skip
        page.wait_for_function("t => document.querySelector('#fn-source mark').textContent === t",
                               arg=quotes[number - 1])  # fmt: skip
        assert set(page.locator(".mark.open").all_inner_texts()) == {str(number)}

    shows(1)
    assert page.get_attribute("#fn-source [data-do=previous]", "aria-disabled") == "true"
    page.keyboard.press("ArrowLeft")  # there is none before it
    shows(1)
    page.click("#fn-source [data-do=next]")
    shows(2)
    assert page.evaluate("document.activeElement.dataset.do") == "next"  # the focus stays where one presses
    page.keyboard.press("ArrowRight")
    shows(3)
    assert page.get_attribute("#fn-source [data-do=next]", "aria-disabled") == "true"
    assert "Footnote 3 of 3" in page.inner_text("#fn-said")
    page.keyboard.press("ArrowLeft")
    shows(2)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.querySelectorAll('#fn-live .said .mark')[1]")
    reader.ask("Compare the models")
    press(reader, "#fn-live .said .mark >> nth=0")
    assert page.locator("#fn-source [data-do=next]").is_hidden()  # one footnote has no neighbours


def test_two_quick_presses_are_two_steps_and_what_comes_after_closing_opens_nothing(reader: Reader) -> None:
    page = reader.open().page
    reader.ask("What is a foundation model?")
    press(reader, "#fn-live .said .mark >> nth=0")
    page.evaluate("for (const _ of [1, 2]) document.querySelector('#fn-source [data-do=next]').click()")
    page.wait_for_function("document.querySelector('#fn-source .count').textContent === 'Footnote 3 of 3'")
    assert set(page.locator(".mark.open").all_inner_texts()) == {"3"}
    page.evaluate("""for (const name of ['previous', 'close'])
        document.querySelector(`#fn-source [data-do=${name}]`).click()""")
    page.wait_for_timeout(500)
    assert page.locator("#fn-source").is_hidden()


def test_footnotes_that_come_while_the_panel_is_open_are_counted(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, pauses = threading.Event(), count(1)
    held = SimpleNamespace(sleep=lambda _: next(pauses) == 3 and go_on.wait(20))  # before the second sentence
    monkeypatch.setattr(fake_bot, "time", held)
    page = reader.open().page
    page.fill("#fn-box textarea", "What is a foundation model?")
    page.press("#fn-box textarea", "Enter")
    page.click("#fn-live .said .mark >> nth=0")
    page.wait_for_function("document.querySelector('#fn-source .count').textContent === 'Footnote 1 of 1'")
    assert page.locator("#fn-source [data-do=next]").is_hidden()
    go_on.set()
    reader.idle()
    assert reader.say("#fn-source .count") == "Footnote 1 of 3"
    assert page.locator(".mark.open").all_inner_texts() == ["1", "1"]
    page.click("#fn-source [data-do=next]")
    page.wait_for_function("document.querySelector('#fn-source .count').textContent === 'Footnote 2 of 3'")
    page.click("#fn-live [data-do=retry]")
    page.wait_for_function("document.querySelector('#fn-source .count').textContent === ''")  # its answer is gone
    assert page.locator("#fn-source [data-do=next]").is_hidden()


def test_the_focus_stays_while_sentences_arrive(reader: Reader) -> None:
    page = reader.open().page
    page.fill("#fn-box textarea", "What is a foundation model? slow")
    page.press("#fn-box textarea", "Enter")
    page.wait_for_selector(".said .mark")
    page.focus(".said .mark >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#fn-source mark")
    reader.idle()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.querySelector('.said .mark')")


def test_finished_sentences_are_read_aloud_once(reader: Reader) -> None:
    page = reader.open().page
    assert page.get_attribute("#fn-said", "aria-live") == "polite"
    reader.ask("What is a foundation model? slow")
    heard = page.locator("#fn-said p").all_inner_texts()
    assert [line.strip() for line in heard] == [claim.text for claim in reader.site.bot.answer("foundation").claims]
    page.reload()
    page.wait_for_selector(".exchange")
    assert page.locator("#fn-said p").count() == 0  # what was heard before is not read again


def test_every_button_has_a_name(reader: Reader) -> None:
    reader.open().ask("What is a foundation model?")
    reader.ask("Who won the cup?")
    nameless = reader.page.evaluate("""[...document.querySelectorAll('button, a, textarea, input')].filter(e =>
        e.checkVisibility() && !(e.innerText || e.getAttribute('aria-label') || e.labels?.[0]?.textContent || '').trim()
    ).map(e => e.outerHTML)""")
    assert nameless == []
