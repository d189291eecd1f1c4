"""Pages and browsers that make it hard: each leaves a calm, visible state, and a way on."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.widget_site import TAG, WIDGET, Visitor

if TYPE_CHECKING:
    pass

UNSET = "* { all: unset !important } *::before { content: none !important } html { font-size: 4px !important }"


def looks(visitor: Visitor) -> dict[str, Any]:
    """What a page could have broken."""
    said: dict[str, Any] = visitor.page.evaluate("""() => {
        const root = document.querySelector('footnote-chat').shadowRoot;
        const style = (selector, ...names) =>
            names.map((name) => getComputedStyle(root.querySelector(selector))[name]).join(' ');
        return {
            panel: style('.panel', 'position', 'display', 'backgroundColor', 'width', 'fontSize', 'lineHeight'),
            launcher: style('.launcher', 'position', 'bottom', 'right', 'color'),
            box: style('textarea', 'fontSize', 'color'),
            chip: style('.chip', 'display', 'borderRadius', 'cursor'),
        };
    }""")
    return said


def test_a_page_that_unsets_everything_changes_nothing(visitor: Visitor) -> None:
    visitor.visit().open().at(".chip").first.wait_for()
    usual = looks(visitor)
    visitor.help.file("/unset.css", UNSET, "text/css")
    visitor.visit(
        path="/unset", head='<link rel="stylesheet" href="/unset.css">' + TAG.format(bot=visitor.help.bot, data="")
    )
    visitor.at(".chip").first.wait_for()
    assert (
        visitor.page.evaluate("getComputedStyle(document.querySelector('p')).display") == "inline"
    )  # it does its worst
    assert looks(visitor) == usual
    visitor.shot("unset")
    visitor.ask("Is CLIP an LLM?")
    assert visitor.at(".claim").count() == 2


# 200 % of a window of 1280 by 800, and 400 % of it.
@pytest.mark.parametrize(
    "visitor",
    [
        {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
        {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    ],
    indirect=True,
)
def test_zoomed_in_everything_is_within_reach(visitor: Visitor) -> None:
    visitor.visit().open().ask("Which kinds are there?")
    size = visitor.page.viewport_size
    for selector in ('[aria-label="Close"]', "textarea", ".go"):
        box = visitor.at(selector).bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert box["y"] + box["height"] <= size["height"]
    assert visitor.at(".log").bounding_box()["height"] > 80
    visitor.shot(f"zoom-{size['width']}")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_zoomed_by_the_page_it_still_opens_and_closes(visitor: Visitor) -> None:
    visitor.help.file("/zoom.css", "html { zoom: 2; font-size: 62.5% }", "text/css")
    visitor.visit(head='<link rel="stylesheet" href="/zoom.css">' + TAG.format(bot=visitor.help.bot, data="")).open()
    visitor.ask("Is CLIP an LLM?")
    visitor.at('[aria-label="Close"]').click()
    assert visitor.at(".launcher").is_visible()


def test_a_page_from_right_to_left_is_mirrored(visitor: Visitor) -> None:
    visitor.help.file(
        "/ar.json",
        json.dumps({"lang": "ar", "dir": "rtl", "ask": "اطرح سؤالاً", "bad": 7, "x": "y"}),
        "application/json",
    )
    visitor.help.pages.pop("/rtl", None)
    visitor.expected.append("")  # the policy of these pages lets a page ask the bot only
    visitor.visit(path="/rtl", attributes='lang="ar" dir="rtl"', data='data-texts="/ar.json"')
    assert visitor.at(".launcher").bounding_box()["x"] == 20
    visitor.open().ask("Is CLIP an LLM?")
    assert visitor.at(".frame").get_attribute("dir") == "ltr"  # those texts were refused: English, at its own direction
    policy = dict(visitor.help.pages["/rtl"][2])
    policy["Content-Security-Policy"] = policy["Content-Security-Policy"].replace("connect-src", "connect-src 'self'")
    visitor.help.pages["/rtl"] = (*visitor.help.pages["/rtl"][:2], policy)
    visitor.page.reload()
    visitor.at(".frame[dir=rtl]").wait_for(state="attached")
    assert visitor.at("textarea").get_attribute("placeholder") == "اطرح سؤالاً"
    assert visitor.at('[data-vote="-1"]').get_attribute("aria-label") == "Bad answer"  # not a text: English stays
    assert visitor.at(".panel").bounding_box()["x"] == 20
    question, panel = (visitor.at(one).bounding_box() for one in (".question", ".panel"))
    assert question["x"] - panel["x"] < 30  # on the left, where questions stand on the right elsewhere
    visitor.shot("rtl")


def test_two_widgets_do_not_meet(visitor: Visitor) -> None:
    tags = "".join(TAG.format(bot=visitor.help.bot, data=f'data-title="{name}"') for name in ("Shop", "Forum", "Shop"))
    visitor.visit(head=tags)
    visitor.until("document.querySelectorAll('footnote-chat').length === 2")
    shop, forum = (
        visitor.page.locator(WIDGET).filter(has=visitor.page.locator(f'[aria-label="{name}"]'))
        for name in ("Shop", "Forum")
    )
    first, second = (one.locator(".launcher").bounding_box() for one in (shop, forum))
    assert abs(first["y"] - second["y"]) >= 60
    visitor.shot("two")
    forum.locator(".launcher").click()
    forum.locator("textarea").fill("Is CLIP an LLM?")
    forum.locator("textarea").press("Enter")
    forum.locator('[data-state="done"]').wait_for()
    assert shop.locator(".exchange").count() == 0
    visitor.page.reload()
    forum.locator(".exchange").wait_for()
    assert shop.locator(".exchange").count() == 0


def test_a_page_that_swaps_its_body_keeps_widget_and_conversation(visitor: Visitor) -> None:
    visitor.visit().open().ask("Is CLIP an LLM?")
    visitor.page.fill(f"{WIDGET} >> textarea", "What is a foundation model? slow swap")
    visitor.page.press(f"{WIDGET} >> textarea", "Enter")
    visitor.at(".exchange").nth(1).locator(".claim").first.wait_for()
    visitor.page.evaluate("document.body = document.createElement('body')")
    visitor.page.evaluate("document.body.append(document.createElement('main'))")
    visitor.idle()
    assert visitor.at(".exchange").nth(1).locator(".claim").count() == 3
    visitor.page.evaluate("document.documentElement.replaceChildren(document.head, document.createElement('body'))")
    visitor.at(".claim").nth(4).wait_for()
    assert visitor.page.locator(WIDGET).count() == 1


def test_inside_an_element_it_comes_back_with_it(visitor: Visitor) -> None:
    visitor.visit('<main><div id="chat"></div></main>', data='data-inline="#chat"')
    assert visitor.at(".panel").is_visible()
    assert visitor.at(".panel").get_attribute("role") == "region"
    visitor.ask("Is CLIP an LLM?")
    visitor.page.evaluate("""() => {
        document.body.replaceChildren();
        setTimeout(() => {
            const place = Object.assign(document.createElement('div'), {id: 'chat'});
            document.body.append(place);
        }, 100);
    }""")
    visitor.page.locator("#chat footnote-chat").wait_for()
    assert visitor.at(".claim").count() == 2


def test_restored_from_the_back_forward_cache_it_goes_on(bfcache: Visitor) -> None:
    visitor = bfcache
    visitor.visit().open().ask("Is CLIP an LLM?")
    visitor.page.evaluate("addEventListener('pageshow', (event) => { window.restored = event.persisted; })")
    visitor.page.fill(f"{WIDGET} >> textarea", "What is a foundation model? slow back")
    visitor.page.press(f"{WIDGET} >> textarea", "Enter")
    visitor.at(".exchange").nth(1).locator(".claim").first.wait_for()
    visitor.site.bot.closed.clear()
    visitor.page.goto(visitor.help.file("/plain", "<!doctype html><title>Plain</title><p>Elsewhere", "text/html"))
    assert visitor.site.bot.closed.wait(5)  # nobody waits for that answer any longer
    visitor.page.evaluate("setTimeout(() => history.back())")  # going back as Playwright does waits for a load event
    visitor.until("window.restored === true")
    assert visitor.at(".exchange").nth(1).get_attribute("data-state") == "stopped"
    visitor.at(".exchange").nth(1).locator('[aria-label="Ask again"]').click()
    visitor.idle()
    assert visitor.at(".exchange").nth(1).locator(".claim").count() == 3


@pytest.mark.parametrize("name", ["sessionStorage", "localStorage"])
def test_storage_refused_costs_only_the_memory(visitor: Visitor, name: str) -> None:
    visitor.page.add_init_script(
        f"Object.defineProperty(window, '{name}', {{get() {{ throw new DOMException('no', 'SecurityError'); }}}})"
    )
    visitor.visit().open().ask("Is CLIP an LLM?")
    visitor.ask("Which kinds are there?")
    assert visitor.at(".exchange").count() == 2


def test_what_another_script_left_in_storage_is_not_trusted(visitor: Visitor) -> None:
    visitor.visit().open().ask("Is CLIP an LLM?")
    spoil = "left => { for (const key of Object.keys(sessionStorage)) sessionStorage[key] = left; }"
    lists = {name: [] for name in ("sentences", "citations", "uncovered", "suggestions")}
    failed = json.dumps({"exchanges": [{"question": "x", "state": "failed", **lists}], "explored": []})
    strange = '{"exchanges": [{"question": 1}], "explored": 3}'
    for left in ("{", '{"exchanges": [{}], "explored": []}', strange, "null", failed):
        visitor.page.evaluate(f"left => addEventListener('pagehide', () => ({spoil})(left))", left)
        visitor.visit()
        visitor.at(".greeting").wait_for(state="attached")
        assert visitor.at(".exchange").count() == 0
