"""The ways the widget comes into a page: the tag's attributes, the element, the frame, the demo, window.Footnote."""

import json
from typing import TYPE_CHECKING

import pytest

from bot.settings import Settings
from bot.web.assets import STATIC, widget_script
from tests.browser.conftest import CONTACT
from tests.browser.fake_bot import KINDS
from tests.browser.widget_site import TAG, WIDGET, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator

TEXTS = {path.stem: json.loads(path.read_text("utf-8")) for path in (STATIC / "texts").glob("*.json")}


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_it_speaks_the_pages_language(visitor: Visitor, language: str) -> None:
    visitor.visit(path=f"/{language}", attributes=f'lang="{language}-XX"')
    visitor.at(f".frame[lang={language}]").wait_for(state="attached")
    assert visitor.at(".launcher").inner_text() == TEXTS[language]["title"]
    visitor.open().ask("Is CLIP an LLM?")
    assert visitor.at(".lane").inner_text() == TEXTS[language]["faq"]
    visitor.shot(f"{language}")


def test_attributes_of_the_tag(visitor: Visitor) -> None:
    data = (
        'data-title="Library" data-greeting="Good day." data-colour="#7c3aed" data-position="left" data-language="fr" '
        'data-starters="Is CLIP an LLM? | Which kinds are there?" data-contact="desk@example.org" data-open '
        'data-scheme="dark"'
    )
    visitor.visit(path="/attributes", data=data)
    visitor.at(".panel").wait_for()
    assert visitor.at(".panel").bounding_box()["x"] == 20
    assert visitor.at(".greeting").inner_text() == "Good day."
    assert visitor.at(".chip").all_inner_texts() == ["Is CLIP an LLM?", "Which kinds are there?"]
    assert visitor.at("textarea").get_attribute("placeholder") == TEXTS["fr"]["ask"]
    visitor.ask("Who won the cup?")
    assert visitor.at(".contact").get_attribute("href") == "mailto:desk@example.org"
    ground = f"getComputedStyle(document.querySelector('{WIDGET}').shadowRoot.querySelector('.panel')).backgroundColor"
    assert visitor.page.evaluate(ground) == "rgb(21, 23, 26)"
    assert not any("/api/questions" in url for url in visitor.requests)


def test_the_custom_element(visitor: Visitor) -> None:
    element = '<div class="place"><footnote-chat data-inline data-title="Here" data-starters=""></footnote-chat></div>'
    visitor.visit(f"<main><h1>Help</h1>{element}</main>", path="/element", data="data-define")
    assert visitor.page.locator(WIDGET).count() == 1
    visitor.ask("Is CLIP an LLM?")
    assert visitor.at(".claim").count() == 2
    heard = visitor.page.evaluate(f"""async () => {{
        const heard = [];
        const chat = document.querySelector('{WIDGET}');
        chat.addEventListener('footnote:answer', (event) => heard.push(event.detail.lane));
        await chat.ask('Which kinds are there?');
        return heard;
    }}""")
    assert heard == ["quoted"]


def test_the_javascript_api(visitor: Visitor) -> None:
    visitor.page.add_init_script("""
        window.heard = [];
        (window.Footnote = window.Footnote || []).push((f) => f.on('ask', (told) => heard.push(told.question)));
    """)
    visitor.visit()
    said = visitor.page.evaluate("""async () => {
        for (const name of ['open', 'close', 'answer', 'cite', 'error', 'vote']) {
            Footnote.on(name, () => heard.push(name));
        }
        const off = Footnote.on('open', () => heard.push('never'));
        off();
        await Footnote.ask('Is CLIP an LLM?');
        return heard;
    }""")
    assert said == ["open", "Is CLIP an LLM?", "answer"]
    visitor.at(".mark").first.click()
    visitor.at('[data-vote="1"]').evaluate("one => one.click()")
    visitor.until("heard.includes('vote')")
    visitor.page.evaluate("Footnote.close()")
    assert visitor.page.evaluate("heard.slice(3)") == ["cite", "vote", "close"]


def test_a_tag_in_the_head_may_stand_without_async(visitor: Visitor) -> None:
    visitor.visit(path="/head", head=TAG.format(bot=visitor.help.bot, data="").replace(" async", ""))
    visitor.open().ask("Is CLIP an LLM?")
    assert visitor.at(".claim").count() == 2


def test_where_nothing_is_kept_nothing_is_stored_and_no_vote_is_asked_for(visitor: Visitor) -> None:
    script = widget_script(Settings(keep=False)).body
    visitor.page.route("**/widget.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    visitor.visit(path="/unkept").open().ask("Is CLIP an LLM?")
    assert visitor.at("[data-vote]").count() == 0
    visitor.page.reload()
    visitor.at(".panel").wait_for(state="attached")
    assert visitor.at(".exchange").count() == 0


@pytest.mark.parametrize(("data", "leads"), [("", "bot"), ('data-contact="/desk"', "help")])
def test_a_contact_that_is_a_path_leads_to_whose_it_is(visitor: Visitor, data: str, leads: str) -> None:
    script = widget_script(Settings(contact="/desk")).body
    visitor.page.route("**/widget.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    visitor.visit(path="/contact", data=data).open().ask("Who won the cup?")
    whose = {"bot": visitor.site.address, "help": visitor.help.address}[leads]
    assert visitor.at(".contact").get_attribute("href") == f"{whose}/desk"


def test_a_nonce_is_as_good_as_an_address(visitor: Visitor) -> None:
    tag = TAG.format(bot=visitor.help.bot, data='nonce="abc"')
    visitor.help.put("/nonce", "<main><h1>Help</h1></main>", head=tag)
    body, kind, _ = visitor.help.pages["/nonce"]
    policy = "default-src 'none'; script-src 'nonce-abc'; style-src 'self'; img-src 'self'; connect-src "
    visitor.help.pages["/nonce"] = (body, kind, {"Content-Security-Policy": policy + visitor.help.bot})
    visitor.page.goto(visitor.help.address + "/nonce")
    visitor.open().ask("Is CLIP an LLM?")
    assert visitor.at(".claim").count() == 2


@pytest.mark.parametrize("visitor", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_on_a_phone_it_never_opens_by_itself(visitor: Visitor) -> None:
    visitor.visit(path="/phone", data="data-open")
    assert visitor.at(".launcher").is_visible()


def framed(visitor: Visitor, source: str) -> "FrameLocator":
    policy = {"Content-Security-Policy": f"default-src 'none'; frame-src {visitor.help.bot}"}
    body = f'<!doctype html><title>F</title><iframe title="Help" src="{source}" width="400" height="600"></iframe>'
    visitor.help.pages["/framed"] = (body.encode(), "text/html", policy)
    visitor.page.goto(visitor.help.address + "/framed")
    return visitor.page.frame_locator("iframe")


def test_the_frame_for_those_who_prefer_one(visitor: Visitor) -> None:
    inside = framed(visitor, visitor.help.bot + "/frame?title=Desk&language=de&x=%22%3E%3Cscript%3E")
    inside.locator("textarea").fill("Is CLIP an LLM?")
    inside.locator("textarea").press("Enter")
    inside.locator('[data-state="done"]').wait_for()
    assert inside.locator("h2").first.inner_text() == "Desk"
    assert not any("/api/token" in url for url in visitor.requests)  # it asks its own server
    inside.locator(".mark").first.click()
    assert inside.locator("footer a").get_attribute("target") == "_blank"


def test_the_frame_needs_no_attributes(visitor: Visitor) -> None:
    assert framed(visitor, visitor.help.bot + "/frame").locator("h2").first.inner_text() == "Ask us"


def test_a_link_to_the_frame_puts_nothing_into_its_mouth(visitor: Visitor) -> None:
    evil = "https://evil.example/help"
    address = f"{visitor.help.bot}/frame?title=Desk&greeting=Write%20to%20{evil}&starters=Evil%3F&contact={evil}"
    inside = framed(visitor, address)
    assert inside.locator(".greeting").inner_text() == f"Write to {evil}"  # the page around it says how it greets
    inside.locator("textarea").fill("Who won the cup?")
    inside.locator("textarea").press("Enter")
    assert inside.locator(".contact").get_attribute("href") == CONTACT
    visitor.page.goto(address)
    assert "evil" not in visitor.at(".panel").inner_text().lower()
    assert visitor.at("h2").first.inner_text() == "Ask us"
    visitor.ask("Who won the cup?")
    assert visitor.at(".contact").get_attribute("href") == CONTACT


def test_no_other_site_may_frame_it(visitor: Visitor) -> None:
    visitor.expected.append("Framing 'http://127.0.0.1")
    visitor.help.pages["/strange"] = (
        f'<!doctype html><iframe src="{visitor.help.bot}/frame"></iframe>'.encode(), "text/html", {},
    )  # fmt: skip
    visitor.requests.clear()
    visitor.page.goto(visitor.help.address.replace("localhost", "127.0.0.1") + "/strange")
    visitor.page.wait_for_timeout(500)
    assert not any("widget.js" in url for url in visitor.requests)
    visitor.requests.clear()


def test_the_demo_marks_its_own_articles(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(visitor.site.address + "/demo")
    assert page.locator(".cards li").count() == len(visitor.site.bot.articles)
    page.click("text=Foundation models")
    assert page.locator("h1").inner_text() == KINDS.title
    visitor.open().ask("What is a foundation model?")
    visitor.at(".said .mark").nth(1).click()
    marked = "[...(CSS.highlights.get('footnote-quote') ?? [])].map(String)"
    assert page.evaluate(marked) == ["The name was given in 2021 by researchers at Stanford."]
    assert not any("/api/token" in url for url in visitor.requests)
