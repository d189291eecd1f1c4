"""Strings meant to break out of the page, without a browser."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.chat import render
from bot.chat.article import article_html
from bot.chat.exchange import Exchange
from bot.chat.source import source_html
from bot.markup.plain import to_html
from bot.settings import Settings
from bot.types import Citation, Claim, Suggestion
from corpus.types import Article, Section
from tests.browser.strings import hostile_strings

ID = "0" * 32
BLOCKS = {"p", "ul", "ol", "li", "div", "table", "tr", "th", "td", "pre", "code", "h1", "h2", "h3", "h4", "h5", "h6"}
PAGE_TAGS = BLOCKS | {"mark", "section", "header", "main", "span", "sup", "button", "svg", "path", "a"}


def hostile(text: str) -> tuple[Exchange, dict[str, Article]]:
    """An exchange and articles with `text` in every field that has one."""
    section = Section((text, text), text, 0, 0, len(text))
    article = Article("a", text, text, text, (section,), text)
    citation = Citation(1, "a", text, text, (text, text), text, 0, len(text))
    suggestion = Suggestion(text, text)
    made = Exchange(
        ID, text, "done", (Claim(text, (citation,), 1.0),), (), "quoted", text, (suggestion,), (text,), (text,), 0, text
    )
    return made, {"a": article}


OUR_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+="[^"<>]*"| hidden)*)/?>')
OUR_ATTRIBUTES = {
    "class",
    "id",
    "dir",
    "href",
    "target",
    "rel",
    "type",
    "title",
    "start",
    "role",
    "tabindex",
    "viewBox",
    "d",
}


def assert_only_ours(html: str) -> None:
    """Every < and > belongs to an element of ours with attributes of ours, and every link may be followed."""
    assert not re.search("[<>]", OUR_TAG.sub("", html))
    assert {tag for _, tag, _ in OUR_TAG.findall(html)} <= PAGE_TAGS
    names = set(re.findall(r' ([a-zA-Z-]+)="[^"]*"', "".join(attributes for _, _, attributes in OUR_TAG.findall(html))))
    assert {name for name in names if not name.startswith(("aria-", "data-"))} <= OUR_ATTRIBUTES | {"focusable"}
    assert all(re.match(r"https?://|mailto:|[^:]*(/|$|#|\?)", url) for url in re.findall(r' href="([^"]*)"', html))


def test_no_hostile_string_becomes_markup_anywhere() -> None:
    """Each string in every field, in every state of an exchange and in the panel: only our own elements come out."""
    settings = Settings()
    for text in hostile_strings():
        made, articles = hostile(text)
        asked_for = {"article": "a", "title": text, "quote": text, "start": 0, "end": len(text)}
        pages = (
            render.exchange_html(made, text, votes=True),
            render.exchange_html(replace(made, lane="declined"), text, votes=True),
            render.exchange_html(replace(made, claims=(), progress="failed"), text, votes=True),
            source_html(asked_for, articles),
            source_html(asked_for | {"start": 1, "quote": text + "x"}, articles),
            to_html(text, headings={0: 3}),
            article_html(articles["a"], settings)
            .split("</head>")[1]
            .removesuffix("</body></html>")
            .replace("<body>", ""),
        )
        assert_only_ours("".join(pages))


@given(st.text(), st.text())
def test_settings_are_only_text_too(title: str, greeting: str) -> None:
    settings = Settings(title=title, greeting=greeting)
    assert_only_ours(render.welcome(settings, (Suggestion(title, greeting),)) + render.header(settings))
