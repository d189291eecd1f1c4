"""What the page looks like, wide and narrow, light and dark; the pictures are kept to be looked at by people."""

import itertools
from typing import TYPE_CHECKING

import pytest

from bot.markup import colours
from tests.browser.conftest import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 360, "height": 740}}
VARIANTS = [
    pytest.param({"viewport": size, "color_scheme": scheme}, f"{name}-{scheme}", id=f"{name}-{scheme}")
    for (name, size), scheme in itertools.product(SIZES.items(), ("light", "dark"))
]

# Every visible piece of text against the nearest ground painted behind it, as [text, ink, ground, big].
TEXTS = """() => {
    const solid = (colour) => {
        const c = colour.match(/[\\d.]+/g).map(Number);
        return c.length < 4 || c[3] === 1 ? c.slice(0, 3) : null;
    };
    const ground = (e) => { for (; e; e = e.parentElement) {
        const c = getComputedStyle(e).backgroundColor;
        if (c !== 'rgba(0, 0, 0, 0)' && solid(c)) return solid(c);
    } return [255, 255, 255]; };
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const e = walk.currentNode.parentElement;
        const seen = e.checkVisibility({opacityProperty: true, visibilityProperty: true});
        if (!walk.currentNode.data.trim() || !seen) continue;
        if (e.closest('.unseen, .sr-only, script, style')) continue;
        found.push([walk.currentNode.data.trim().slice(0, 40), solid(getComputedStyle(e).color), ground(e)]);
    }
    const box = document.querySelector('#fn-box textarea');
    found.push(['placeholder', solid(getComputedStyle(box, '::placeholder').color), ground(box)]);
    return found;
}"""


def colour(channels: list[float]) -> str:
    return "#" + "".join(f"{round(channel):02x}" for channel in channels)


def check(page: "Page") -> None:
    """No sideways scrolling, and all text readable."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.wait_for_timeout(250)  # transitions end
    texts = page.evaluate(TEXTS)
    assert len(texts) > 3
    faint = [(said, colour(ink), colour(ground)) for said, ink, ground in texts
             if colours.contrast(colour(ink), colour(ground)) < colours.READABLE]  # fmt: skip
    assert faint == []


@pytest.mark.parametrize(("reader", "name"), VARIANTS, indirect=["reader"])
def test_every_view_is_readable_and_kept_as_a_picture(reader: Reader, name: str) -> None:
    page = reader.open().page
    check(page)
    reader.shot(f"{name}-1-welcome")
    page.fill("#fn-box textarea", "What is a foundation model? slow")
    page.press("#fn-box textarea", "Enter")
    page.wait_for_selector(".claim")
    page.wait_for_timeout(100)
    reader.shot(f"{name}-2-answering")
    reader.idle()
    check(page)
    reader.shot(f"{name}-3-answer")
    page.click("#fn-live .mark >> nth=1")
    page.wait_for_selector("#fn-source mark")
    check(page)
    reader.shot(f"{name}-4-source")
    page.keyboard.press("Escape")
    for number, question in enumerate(("Which kinds are there?", "Compare the models", "Who won the cup?"), start=5):
        reader.ask(question)
        check(page)
        reader.shot(f"{name}-{number}-{question.split()[0].lower()}")
    reader.ask("What does Netflix use?")
    page.click('#fn-live [data-vote="1"]')
    page.wait_for_selector('[aria-pressed="true"]')
    check(page)
    reader.shot(f"{name}-8-missing")
    reader.ask("What is a foundation model? fail")
    reader.ask_nothing()
    check(page)
    reader.shot(f"{name}-9-trouble")


def test_nothing_of_the_framework_shows(reader: Reader) -> None:
    page = reader.open().page
    assert page.title() == "Footnote"
    assert page.locator("h1").inner_text() == "Footnote"
    assert page.locator("footer").count() == 0 or not page.locator("footer").first.is_visible()
    assert "gradio" not in page.inner_text("body").lower()


def test_the_scheme_follows_the_system(reader: Reader) -> None:
    page = reader.open().page
    for scheme, palette in (("dark", colours.DARK), ("light", colours.LIGHT)):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "c => getComputedStyle(document.querySelector('#fn-top')).backgroundColor === c",
            arg=f"rgb({', '.join(str(int(palette.paper[at : at + 2], 16)) for at in (1, 3, 5))})",
        )


def test_nothing_leaves_the_machine(reader: Reader) -> None:
    """Every page fixture checks its requests; here once over a long visit, with all that is asked for."""
    reader.open().ask("What is a foundation model?")
    reader.page.click(".said .mark >> nth=0")
    reader.page.wait_for_selector("#fn-source mark")
    reader.page.wait_for_timeout(1500)
    assert len(reader.requests) > 10
    assert all(url.startswith((reader.site.address + "/", "data:", "blob:")) for url in reader.requests)
    fonts = reader.page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').length")
    assert fonts == 0  # the system's own only
