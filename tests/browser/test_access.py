"""Everybody can use the chat page: axe-core finds nothing in any of its states, wide and narrow, light and dark."""

import pytest

from tests.browser.conftest import Reader, violations
from tests.browser.test_looks import VARIANTS


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
    for question in ("Which kinds are there?", "Compare the models", "What does Netflix use?", "Who won the cup?"):
        assert violations(page, axe) == [], name
        reader.ask(question)
    page.click('#fn-live [data-vote="1"]')
    page.wait_for_selector('[aria-pressed="true"]')
    page.click(".mark >> nth=1")
    page.wait_for_selector("#fn-source mark")
    page.wait_for_timeout(300)
    assert violations(page, axe) == [], name
