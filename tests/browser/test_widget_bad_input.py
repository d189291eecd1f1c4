"""Strings meant to break out of a page, in every place the widget shows: no script runs, no request leaves."""

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.browser.fake_bot import ARTICLES
from tests.browser.strings import hostile_strings
from tests.browser.test_bad_input import HOOK, declined, hostile
from tests.browser.widget_site import WIDGET, Visitor, stream

# What the widget may consist of; anything else came out of a string.
STRANGERS = f"""() => [...document.querySelector('{WIDGET}').shadowRoot.querySelectorAll('*')].filter((e) =>
    !/^(section|header|footer|form|textarea|progress|div|p|span|sup|button|h[1-6]|ol|ul|li|svg|path|a|table|tbody|thead|tr|td|th|pre|code|mark)$/i
        .test(e.tagName)
    || [...e.attributes].some((a) => a.name.startsWith('on') || a.name === 'src'
        || a.name === 'style' && !e.matches('.frame, .panel, textarea')
        || a.name === 'href' && !/^(https?:|mailto:)/.test(a.value))
).map((e) => e.outerHTML.slice(0, 200))"""


@pytest.fixture
def hooked(visitor: Visitor) -> Iterator[Visitor]:
    """A visitor whose page notes every alert; at the end there was none."""
    visitor.page.add_init_script(HOOK)
    yield visitor
    if visitor.page.url == "about:blank":
        return  # skipped: there are no strings to try
    assert visitor.page.evaluate("window.__xss") == []
    assert visitor.page.evaluate(STRANGERS) == []


def sample(every: list[str], step: int) -> list[str]:
    return every[:500:3] + every[500::step]


def test_in_articles_answers_and_questions_by_way_of_the_server(hooked: Visitor) -> None:
    some = sample(hostile_strings(), 40)
    bot = hooked.site.bot
    article, answer = hostile(1, some)
    bot.articles = ARTICLES | {article.id: article}
    bot.special |= {answer.question: answer, "declined 1": declined(1, some)}
    hooked.visit().open().ask(answer.question)
    assert hooked.at(".claim").count() > 0
    assert hooked.at(".source").count() == len(some)
    for number in (1, len(some) // 2):
        hooked.page.evaluate(
            f"document.querySelector('{WIDGET}').shadowRoot.querySelectorAll('.source')[{number}].click()"
        )
        hooked.at(".text mark").first.wait_for(state="attached")
        hooked.page.keyboard.press("Escape")
    hooked.visit(path="/again")  # out of the tab's storage
    assert hooked.at(".source").count() == len(some)
    hooked.at('[aria-label="New conversation"]').click()
    for question in ("declined 1", *some[1:500:25], "\n".join(some)[:3900]):
        hooked.ask(question)
    assert hooked.at('[data-state="done"]').count() > 5


def test_in_whatever_a_server_could_send(hooked: Visitor) -> None:
    """Past the server's own checks: addresses, lanes, ids, headings and error texts as raw as they come."""
    some = sample(hostile_strings(), 60)
    places = ("article", "title", "url", "quote")
    citations = [
        {"number": at, "headings": [text], "start": 0, "end": 1} | dict.fromkeys(places, text)
        for at, text in enumerate(some)
    ]
    sentences = [{"text": text, "footnotes": [at]} for at, text in enumerate(some)]
    said = [{"sentence": one, "citations": [cited]} for one, cited in zip(sentences, citations, strict=True)]
    answer = {
        "id": some[0], "lane": some[1], "sentences": sentences, "citations": citations,
        "declined_because": some[2], "uncovered": some, "passages": some,
        "suggestions": [{"question": text} for text in some],
    }  # fmt: skip
    hooked.visit().open()
    hooked.answer_with(stream(*(("said", one) for one in said), ("finished", answer)))
    hooked.ask("Everything at once")
    assert hooked.at(".source").count() == len(some)
    refusal = answer | {"sentences": [], "citations": [], "lane": "declined"}
    hooked.answer_with(stream(("finished", refusal)))
    hooked.ask("Nothing")
    assert hooked.at(".card .chip").count() >= len(some)
    hooked.page.route("**/api/articles/**", lambda route: route.fulfill(
        body=json.dumps({"text": "\n\n".join(some), "from": 0, "sections": [{"headings": [some[0]], "start": 0}]}),
        content_type="application/json", headers={"Access-Control-Allow-Origin": hooked.help.address},
    ))  # fmt: skip
    hooked.page.evaluate(f"document.querySelector('{WIDGET}').shadowRoot.querySelectorAll('.source')[7].click()")
    hooked.at(".text").wait_for()
    assert hooked.page.evaluate(STRANGERS) == []


def test_no_address_leads_anywhere_but_to_the_web_and_to_mail(hooked: Visitor) -> None:
    schemes = [text for text in hostile_strings() if re.match(r"\s*[a-z]+\s*:", text, re.IGNORECASE)][::4]
    bad = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/",
    ]
    texts = [*bad, "\tjavascript:alert(1)", "java\nscript:alert(1)", "blob:x", "file:///etc/passwd", *schemes[:40]]
    cited = [{"number": at, "title": "T", "quote": "q", "url": url} for at, url in enumerate(texts)]
    answer = {"id": "", "lane": "quoted", "sentences": [{"text": "q", "footnotes": []}], "citations": cited}
    hooked.expected.append("Failed to load resource")  # the articles are not there
    hooked.visit(data='data-contact="javascript:alert(1)"').open()
    hooked.answer_with(stream(("finished", answer)))
    hooked.ask("Where?")
    for number in range(len(texts)):
        hooked.at(f'.source[data-number="{number}"]').evaluate("one => one.click()")
        assert hooked.page.evaluate(STRANGERS) == []
        assert number >= len(bad) or hooked.at(".passage a").count() == 0
    hooked.page.keyboard.press("Escape")
    hooked.answer_with(stream(("finished", answer | {"lane": "declined", "sentences": [], "citations": []})))
    hooked.ask("Who?")
    assert hooked.at(".contact").count() == 0


def test_in_the_tags_attributes(hooked: Visitor) -> None:
    for number, text in enumerate(sample(hostile_strings(), 400)[::12]):
        quoted = html.escape(text)
        names = ("title", "greeting", "contact", "colour", "language", "starters", "position", "scheme", "page")
        data = "data-open " + " ".join(f'data-{name}="{quoted}"' for name in names)
        hooked.visit(path=f"/attributes-{number}", data=data)
        hooked.at(".greeting").wait_for()
        assert hooked.page.evaluate(STRANGERS) == []


def test_on_the_demo(hooked: Visitor) -> None:
    some = sample(hostile_strings(), 40)
    article, _ = hostile(2, some)
    hooked.site.bot.articles = ARTICLES | {article.id: article}
    for path in ("/demo", "/demo/hostile-2.md", "/frame?" + "&".join(f"title={quote(text)}" for text in some[:20:4])):
        hooked.page.goto(hooked.site.address + path)
        hooked.at(".panel").wait_for(state="attached")
        assert hooked.page.evaluate("document.querySelectorAll('script').length") == 1
    hooked.site.bot.articles = ARTICLES
