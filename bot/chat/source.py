"""The panel beside the answer: the passage a footnote rests on, in its surroundings, the exact words highlighted."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from bot.chat import icons, texts
from bot.markup.article import surroundings
from bot.markup.escape import link, shown
from bot.markup.plain import Wrap, to_html
from corpus.types import Article, Section


@dataclass(frozen=True, slots=True)
class Footnote:
    """What the browser knows of a footnote it wants to see; the article may have changed since."""

    article: str
    title: str
    quote: str
    start: Annotated[int, Field(ge=0)]  # characters into Article.text
    end: Annotated[int, Field(ge=0)]


_ADAPTER = TypeAdapter(Footnote)


def source_html(asked: object, articles: Mapping[str, Article]) -> str:
    """The panel's content for what a browser sent; an empty string when that is no footnote."""
    try:
        footnote = _ADAPTER.validate_python(asked)
    except ValidationError:
        return ""
    article = articles.get(footnote.article)
    if article is None:
        return _words_alone(footnote, texts.GONE)
    if article.text[footnote.start : footnote.end] != footnote.quote or not footnote.quote:
        return _words_alone(footnote, texts.CHANGED)
    return _passage(article, footnote.start, footnote.end)


def _words_alone(footnote: Footnote, why: str) -> str:
    quoted = to_html(footnote.quote, wraps=[Wrap(0, len(footnote.quote), "mark")])
    return f'{_heading(footnote.title, ())}<div class="passage"><p class="note">{why}</p>{quoted}</div>'


def _passage(article: Article, start: int, end: int) -> str:
    section = article.section_at(start)
    first, last = surroundings(article.text, start, end)
    levels = {one.start: min(len(one.heading_path) + 2, 6) for one in article.sections if one.body > one.start}
    body = to_html(article.text, first, last, headings=levels, wraps=[Wrap(start, end, "mark")])
    before = '<p class="cut">…</p>' if first > 0 else ""
    after = '<p class="cut">…</p>' if last < len(article.text) else ""
    heading = _heading(article.title, section.heading_path if section else ())
    return (
        f'{heading}<div class="passage" tabindex="0" role="region" aria-label="{shown(article.title)}" dir="auto">'
        f"{before}{body}{after}</div>{_foot(article, section)}"
    )


def _heading(title: str, path: tuple[str, ...]) -> str:
    trail = f'<p class="trail" dir="auto">{shown(texts.STEP.join(path))}</p>' if path else ""
    return f'<div class="heading"><h2 dir="auto">{shown(title)}</h2>{trail}</div>'


def _foot(article: Article, section: Section | None) -> str:
    anchor = section.anchor if section else ""
    address = link(f"{article.url}#{anchor}" if article.url and anchor and "#" not in article.url else article.url)
    name = f"{texts.OPEN_ARTICLE}{icons.OUT}"
    opened = f'<a class="open" href="{address}" target="_blank" rel="noopener noreferrer">{name}</a>' if address else ""
    updated = f"<span>{shown(texts.UPDATED.format(date=article.updated))}</span>" if article.updated else ""
    return f'<div class="foot">{opened}{updated}</div>' if opened or updated else ""
