"""Everybody can use the widget: by keyboard, with a screen reader, with large letters, without motion, in any light."""

import pytest

from tests.browser.conftest import violations
from tests.browser.widget_site import LONG, PROSE, WIDGET, Visitor

SCHEMES = [{"color_scheme": scheme, "reduced_motion": "reduce"} for scheme in ("light", "dark")]
LIGHT_AND_DARK = '<meta name="color-scheme" content="light dark">'


@pytest.mark.parametrize("visitor", SCHEMES, indirect=True, ids=["light", "dark"])
def test_axe_finds_nothing(visitor: Visitor, axe: str) -> None:
    visitor.visit(PROSE, head=LIGHT_AND_DARK).page.wait_for_timeout(100)
    visitor.page.evaluate("document.querySelector('a').removeAttribute('href')")  # the page's own colours are not ours
    assert violations(visitor.page, axe) == []
    visitor.open().at(".welcome .chip").first.wait_for()
    assert violations(visitor.page, axe) == []
    for question in ("What is a foundation model?", "Which kinds are there?", "Compare the models", "Who won the cup?"):
        visitor.ask(question)
        assert violations(visitor.page, axe) == []
    visitor.ask("What does Netflix use?")
    visitor.at('[data-vote="1"]').last.click()
    visitor.at(".exchange .mark").last.click()
    visitor.at(".text mark").wait_for()
    visitor.page.wait_for_timeout(300)
    assert violations(visitor.page, axe) == []
    visitor.page.keyboard.press("Escape")
    visitor.expected.append("Failed to load resource")
    visitor.answer_with("{}", 503, "application/problem+json", **{"Retry-After": "7"})
    visitor.ask("Is CLIP an LLM?")
    assert violations(visitor.page, axe) == []


@pytest.mark.parametrize("colour", ["#ffff00", "#000000", "#ffffff", "#7c3aed", "#f00", "nonsense"])
@pytest.mark.parametrize("visitor", SCHEMES, indirect=True, ids=["light", "dark"])
def test_any_colour_is_made_readable(visitor: Visitor, axe: str, colour: str) -> None:
    data = f'data-faq data-colour="{colour}"'
    visitor.visit("<main><h1>Help</h1></main>", head=LIGHT_AND_DARK, data=data).open()
    visitor.ask("Is CLIP an LLM?")
    assert violations(visitor.page, axe) == []


def test_the_dialog_says_what_it_is(visitor: Visitor) -> None:
    visitor.visit(data='data-title="Ask the library"')
    button = visitor.page.get_by_role("button", name="Ask the library")
    assert button.get_attribute("aria-expanded") == "false"
    visitor.open()
    dialog = visitor.page.get_by_role("dialog", name="Ask the library")
    assert dialog.is_visible()
    assert visitor.page.get_by_role("textbox", name="Ask a question").is_visible()


def test_everything_works_by_keyboard_and_the_focus_comes_back(visitor: Visitor) -> None:
    visitor.visit('<main><h1>Help</h1><a href="#x">First link</a></main>')
    page = visitor.page
    page.keyboard.press("Tab")
    assert visitor.focused == "a"
    page.keyboard.press("Tab")
    assert visitor.focused == "launcher"
    page.keyboard.press("Enter")
    visitor.at(".welcome .chip").first.wait_for()
    assert visitor.focused == "textarea"
    page.keyboard.type("What is a foundation model?")
    page.keyboard.press("Enter")
    visitor.at('[data-state="done"]').wait_for()
    seen = []
    for _ in range(30):  # around and around, never out
        page.keyboard.press("Tab")
        seen.append(visitor.focused)
    assert {"go", "action", "log", "chip", "mark", "source", "textarea"} <= set(seen)
    assert not {"a", "body", "launcher"} & set(seen)
    visitor.at(".go").focus()  # the last
    page.keyboard.press("Tab")
    named = "document.querySelector('footnote-chat').shadowRoot.activeElement.ariaLabel"
    assert page.evaluate(named) == "New conversation"  # the first
    page.keyboard.press("Shift+Tab")
    assert visitor.focused == "go"
    visitor.at(".mark").first.focus()
    page.keyboard.press("Enter")
    visitor.at(".text h4").first.wait_for()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert visitor.focused in ("action", "text", "table", "pre", "a")  # what lies under the passage is out of reach
    page.keyboard.press("Escape")
    assert visitor.focused == "mark"
    page.keyboard.press("Escape")
    assert not visitor.at(".panel").is_visible()
    assert visitor.focused == "launcher"


def test_opened_by_the_page_it_gives_the_focus_back_to_the_page(visitor: Visitor) -> None:
    visitor.visit("<main><h1>Help</h1><button>Contact us</button></main>")
    visitor.page.get_by_role("button", name="Contact us").focus()
    visitor.page.evaluate("window.Footnote.open()")
    assert visitor.focused == "textarea"
    visitor.page.keyboard.press("Escape")
    assert visitor.focused == "button"


def test_letters_are_large_enough_for_ios_and_grow_with_the_visitors_own(visitor: Visitor) -> None:
    visitor.visit().open()
    size = "getComputedStyle(document.querySelector('footnote-chat').shadowRoot.querySelector('textarea')).fontSize"
    assert visitor.page.evaluate(size) == "16px"


def test_what_is_pressed_is_large_enough(visitor: Visitor) -> None:
    visitor.visit().open().ask("What is a foundation model?")
    small = visitor.page.evaluate("""() => [
        ...document.querySelector('footnote-chat').shadowRoot.querySelectorAll('button, a')]
        .filter((one) => one.checkVisibility())
        .map((one) => [one.className, one.getBoundingClientRect(), getComputedStyle(one, '::after').inset])
        .filter(([kind, box, more]) => kind !== 'mark' && (box.width < 24 && kind !== 'source' || box.height < 24))
        .map(([kind, box]) => `${kind} ${box.width} x ${box.height}`)""")
    assert small == []
    mark = visitor.at(".mark").first
    box = mark.bounding_box()
    visitor.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 11)
    visitor.at(".passage").wait_for()


@pytest.mark.parametrize("visitor", [{"reduced_motion": "reduce"}], indirect=True)
def test_without_motion_nothing_moves(visitor: Visitor) -> None:
    visitor.visit(LONG + PROSE + LONG, data='data-page="models.md"').open()
    visitor.ask("What is a foundation model?")
    assert visitor.page.evaluate("document.getAnimations().length") == 0
    visitor.at(".mark").first.click()
    first = visitor.page.evaluate("scrollY")
    visitor.page.wait_for_timeout(200)
    assert visitor.page.evaluate("scrollY") == first > 500


def test_a_dark_system_does_not_darken_a_page_that_is_always_light(visitor: Visitor) -> None:
    visitor.page.emulate_media(color_scheme="dark")
    ground = f"getComputedStyle(document.querySelector('{WIDGET}').shadowRoot.querySelector('.panel')).backgroundColor"
    visitor.visit().open()
    assert visitor.page.evaluate(ground) == "rgb(250, 249, 246)"
    visitor.visit(path="/both", head=LIGHT_AND_DARK)
    assert visitor.page.evaluate(ground) == "rgb(21, 23, 26)"
    visitor.page.emulate_media(color_scheme="light")
    visitor.until(f"{ground} === 'rgb(250, 249, 246)'")
    visitor.help.file("/night.css", "body { background: #111 }", "text/css")
    visitor.visit(path="/night", body='<link rel="stylesheet" href="/night.css"><main><h1>Night</h1></main>')
    visitor.until(f"{ground} === 'rgb(21, 23, 26)'")
