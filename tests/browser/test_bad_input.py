"""Questions nobody should ask, and strings meant to break out of the page."""

from typing import TYPE_CHECKING

import pytest

from bot.chat import render, texts
from bot.chat.exchange import Exchange
from bot.chat.source import source_html
from bot.markup.plain import to_html
from bot.types import Answer, Citation, Claim, Finished, Suggestion
from corpus.types import Article, Section
from index.types import Chunk, Hit
from tests.browser.conftest import Reader
from tests.browser.fake_bot import ARTICLES
from tests.browser.strings import hostile_strings

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOOK = """
window.__xss = [];
for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => { window.__xss.push(name); };
"""
# What the page may consist of below the conversation and the panel; anything else came out of a string.
STRANGERS = """() => [...document.querySelectorAll('#fn-past *, #fn-live *, #fn-source *')].filter(e =>
    !/^(section|div|p|span|sup|button|h[1-6]|ol|ul|li|svg|path|a|table|tbody|tr|td|th|pre|code|mark|aside)$/i.test(e.tagName)
    || [...e.attributes].some(a => a.name.startsWith('on')
        || a.name === 'style' && e.closest('.exchange, #fn-source .content')
        || a.name === 'src' || (a.name === 'href' && !/^(https?:|mailto:|[^:]*$|[^:]*[/#?])/i.test(a.value)))
).map(e => e.outerHTML.slice(0, 200))"""


PUT = "([place, html]) => { document.querySelector(place).innerHTML = html; }"


@pytest.mark.parametrize("question", ["", "   ", "\n\n"])
def test_nothing_asked_gives_a_hint(reader: Reader, question: str) -> None:
    reader.open().page.fill("#fn-box textarea", question)
    reader.page.click("#fn-ask")
    reader.page.wait_for_function("document.querySelector('#fn-hint [role=status]')")
    assert reader.say("#fn-hint [role=status]") == texts.EMPTY
    assert reader.page.locator(".exchange").count() == 0
    reader.page.wait_for_selector("#fn-ask")


def test_a_question_too_long_keeps_its_text(reader: Reader) -> None:
    reader.open().page.fill("#fn-box textarea", "x" * 100_000)
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_function("document.querySelector('#fn-hint [role=status]')")
    assert reader.say("#fn-hint [role=status]") == texts.TOO_LONG.format(length=100_000, limit=4000)
    assert len(reader.page.input_value("#fn-box textarea")) == 100_000


def test_markup_and_control_characters_are_shown_as_text(reader: Reader) -> None:
    question = (
        "<img src=x onerror=alert(1)> **bold** [x](javascript:alert(1)) ${alert(1)} {{constructor}} \x07\u202eabc"
    )
    reader.page.add_init_script(HOOK)
    reader.open().ask(question)
    assert reader.say(".question p") == question.replace("\x07", "\N{SYMBOL FOR BELL}")
    assert reader.page.evaluate("window.__xss") == []
    assert reader.page.evaluate(STRANGERS) == []


def test_errors_are_one_calm_line(reader: Reader) -> None:
    reader.open().ask("What is a foundation model? fail")
    assert reader.say(".trouble") == "the index was changed while answering; ask again"
    assert reader.page.locator(".claim").count() == 1  # what was verified before stays
    reader.ask("What is a foundation model? crash")
    assert reader.say("#fn-live .trouble") == texts.TROUBLE
    assert "innermost" not in reader.page.content()
    reader.ask("Is CLIP an LLM?")
    assert reader.page.locator('#fn-live [data-progress="done"]').count() == 1


def hostile(number: int, strings: list[str]) -> tuple[Article, Answer]:
    """An article made of the strings, and an answer with one of them in each field of each claim."""
    body = "\n\n".join(strings)
    article = Article(f"hostile-{number}.md", strings[0], strings[1 % len(strings)], body, (), strings[0])
    claims, start = [], 0
    for at, text in enumerate(strings, start=1):
        url = strings[at % len(strings)]
        end = start + len(text)
        citation = Citation(at, article.id, text, url, (text, url), body[start:end], start, end)
        claims.append(Claim(text, (citation,), 1.0))
        start = end + 2
    section = Section((strings[0],), strings[0], 0, 0, len(body))
    article = Article(article.id, article.title, article.url, body, (section,), article.updated)
    hit = Hit(Chunk("c", article.id, "", (), "", body, 0, len(body)), 1.0, 1.0, 1.0)
    return article, Answer(f"hostile {number}", tuple(claims), (hit,), 1.0, "quoted", uncovered=tuple(strings[:50]))


def declined(number: int, strings: list[str]) -> Answer:
    """A refusal that offers the strings as questions."""
    offers = tuple(Suggestion(text, text) for text in strings)
    return Answer(f"declined {number}", (), (), 0.0, "declined", " ".join(strings[:50]), offers)


def test_no_hostile_string_executes_on_the_whole_way(reader: Reader) -> None:
    """A thousand strings through bot, server, Gradio, storage and back: in every field, and some as the question."""
    every, bot = hostile_strings(), reader.site.bot
    some = every[:500] + every[500::14]
    article, answer = hostile(1, some)
    bot.articles = ARTICLES | {article.id: article}
    bot.special |= {answer.question: answer, "declined 1": declined(1, some)}
    reader.page.add_init_script(HOOK)
    page = reader.open().page
    reader.ask(answer.question)
    assert page.locator("#fn-live .source").count() == len(some)
    page.evaluate("document.querySelectorAll('#fn-live .source')[7].click()")
    page.wait_for_selector("#fn-source .passage")
    assert_quiet(page)
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector(".exchange")
    assert_quiet(page)
    page.click("#fn-new")
    page.wait_for_selector(".greeting")
    for question in ("declined 1", *some[1:500:70], "\n".join(some)[:3900]):
        reader.ask(question)
    assert_quiet(page)


def test_no_hostile_string_executes_as_a_browser_reads_it(reader: Reader) -> None:
    """All strings, drawn as the page draws them and put where Gradio puts them, in a few pieces."""
    every = hostile_strings()
    reader.page.add_init_script(HOOK)
    page = reader.open().page
    page.evaluate("document.querySelector('#fn-live').style.display = 'none'")  # handlers fire all the same, and fast
    for number, start in enumerate(range(0, len(every), 1000)):
        batch = every[start : start + 1000]
        article, answer = hostile(number, batch)
        articles = {article.id: article}
        exchange = Exchange("0" * 32, batch[0]).after(Finished(answer), articles)
        refusal = exchange.after(Finished(declined(number, batch)), articles)
        last = exchange.citations[-1]
        asked = {"article": article.id, "title": "", "quote": last.quote, "start": last.start, "end": last.end}
        pieces = [render.exchange_html(one, batch[0], votes=True) for one in (exchange, refusal)]
        pieces += [render.exchange_html(Exchange("0" * 32, text), "", votes=True) for text in batch]
        page.evaluate(PUT, ["#fn-live .html-container > div", "".join(pieces)])
        page.evaluate(PUT, ["#fn-source .content", source_html(asked, articles) + to_html(article.text)])
        assert_quiet(page)


def assert_quiet(page: "Page") -> None:
    assert page.evaluate("window.__xss") == []
    assert page.evaluate(STRANGERS) == []
