"""Elements that come, go and stand beside their like."""

from tests.browser.widget_site import WIDGET, Visitor


def test_two_elements_without_a_name_keep_a_conversation_each(visitor: Visitor) -> None:
    pair = '<footnote-chat data-inline data-starters=""></footnote-chat>' * 2
    visitor.visit(f"<main>{pair}</main>", path="/pair", data="data-define")
    first, second = (visitor.page.locator(WIDGET).nth(at) for at in (0, 1))
    second.locator("textarea").fill("Is CLIP an LLM?")
    second.locator("textarea").press("Enter")
    second.locator('[data-state="done"]').wait_for()
    visitor.page.reload()
    second.locator(".exchange").wait_for()
    first.locator(".greeting").wait_for()
    assert first.locator(".exchange").count() == 0
