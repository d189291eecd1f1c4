"""Everybody can use the chat page: axe-core finds nothing in any of its states, wide and narrow, light and dark."""

import pytest

from tests.browser.conftest import Reader, violations
from tests.browser.fake_bot import KINDS, answered, cite, say
from tests.browser.test_looks import VARIANTS

ONE_PLACE = "What is said at one place?"
SENTENCES = (
    "A foundation model is a model trained on broad data that can be adapted to many tasks.",
    "The name was given in 2021 by researchers at Stanford.",
    "Such a model is the base, not the product.",
)


@pytest.mark.parametrize(("reader", "name"), VARIANTS, indirect=["reader"])
def test_axe_finds_nothing(reader: Reader, name: str, axe: str) -> None:
    page = reader.open().page
    page.emulate_media(reduced_motion="reduce")
    assert violations(page, axe) == [], name
    page.fill("#fn-box textarea", "What is a foundation model? slow")
    page.press("#fn-box textarea", "Enter")
    page.wait_for_selector(".claim")
    assert violations(page, axe) == [], name
    reader.idle()
    assert page.locator(".further .chip").count() == 2
    cited = (say(words, cite(KINDS, words, number)) for number, words in enumerate(SENTENCES, 1))
    reader.site.bot.special[ONE_PLACE] = answered(ONE_PLACE, "quoted", *cited)
    for question in ("Which kinds are there?", "Compare the models", "What does Netflix use?", "Who won the cup?",
                     "What is a foundation model? fail", ONE_PLACE):  # fmt: skip
        assert violations(page, axe) == [], name
        reader.ask(question)
    assert page.locator("#fn-live .places li").count() == 1
    assert page.locator("#fn-live .source").count() == 3
    assert violations(page, axe) == [], name
    page.click('#fn-live [data-vote="1"]')
    page.wait_for_selector('[aria-pressed="true"]')
    page.click(".mark >> nth=1")
    page.wait_for_selector("#fn-source mark")
    page.wait_for_timeout(300)
    assert violations(page, axe) == [], name
    page.click("#fn-source [data-do=close]")
    page.fill("#fn-box textarea", "What is a foundation model? slower, stopped")
    page.press("#fn-box textarea", "Enter")
    page.wait_for_selector('#fn-live [data-progress="writing"] .claim')
    page.click("#fn-stop")
    page.wait_for_selector('#fn-live [data-progress="stopped"]')
    assert violations(page, axe) == [], name
