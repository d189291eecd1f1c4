"""HTML: a saved or exported web page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from corpus.blocks import FAQ_LEVEL, Block, Complaint, Draft, Heading, Paragraph, Reading
from corpus.build import same_words
from corpus.clean import one_line
from corpus.decode import decode
from corpus.elements import blocks_of
from corpus.inline import inline_text
from corpus.metadata import About, about
from corpus.pruning import main_content
from corpus.tree import parse_fragment, parse_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.tree import Element

# Where pages say what they are, best first.
_META = {
    "url": (".//link[@rel='canonical']/@href", ".//meta[@property='og:url']/@content"),
    "updated": (
        ".//meta[@property='article:modified_time']/@content",
        ".//meta[@itemprop='dateModified']/@content",
        ".//time[@itemprop='dateModified']/@datetime",
        ".//meta[@name='last-modified']/@content",
        ".//meta[@property='article:published_time']/@content",
        ".//meta[@name='date']/@content",
    ),
    "tags": (".//meta[@name='keywords']/@content",),
}
# "How to pay | Help Centre": a title and the site's name.
_TITLE_BARS = (" | ", " · ", " \u2014 ", " \u2013 ", " - ", " :: ")


def read(data: bytes, name: str) -> Reading:
    """The one article of an HTML file."""
    text, remark = decode(data, is_html=True)
    document = parse_html(text)
    known = _about(document)
    asked = tuple(_json_ld(document))
    root = main_content(document)
    headings = root.findall(".//h1")
    title = _title(document, [inline_text(heading) for heading in headings])
    blocks = blocks_of(root)
    draft = Draft(_with_questions(blocks, asked), title, known.url, known.updated, known.tags)
    return Reading((draft,), (Complaint(remark, is_error=False),) if remark else ())


def _about(document: Element) -> About:
    fields = {
        name: next((found for path in paths for found in document.xpath(path)), "") for name, paths in _META.items()
    }
    return about(fields)


def _title(document: Element, headings: list[str]) -> str:
    """The page's only top heading, or the part of its <title> that is not the site's name."""
    tag = document.find(".//title")
    title = one_line(tag.text_content()) if tag is not None else ""
    headings = [heading for heading in headings if heading]
    for heading in headings:
        if one_line(heading).casefold() in title.casefold():
            return heading
    if len(headings) == 1:
        return headings[0]
    first = document.find(".//h2")
    if first is not None and same_words(inline_text(first), title):
        return title
    bar = next((bar for bar in _TITLE_BARS if bar in title), None)
    return title.rpartition(bar)[0] if bar else title


def _json_ld(document: Element) -> Iterator[tuple[str, str]]:
    """Questions and answers that the page lists for search engines (schema.org FAQPage)."""
    for script in document.iterfind(".//script[@type='application/ld+json']"):
        try:
            yield from _pairs(json.loads(script.text or ""))
        except (ValueError, RecursionError):
            continue  # data for search engines, broken: the page itself says what it says


def _pairs(node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for inner in node:
            yield from _pairs(inner)
    elif isinstance(node, dict):
        answer = node.get("acceptedAnswer")
        answer = answer[0] if isinstance(answer, list) and answer else answer
        if node.get("@type") == "Question" and isinstance(answer, dict):
            yield str(node.get("name") or ""), str(answer.get("text") or "")
        else:
            yield from _pairs(node.get("@graph") or node.get("mainEntity"))


def _with_questions(blocks: tuple[Block, ...], asked: tuple[tuple[str, str], ...]) -> tuple[Block, ...]:
    """Blocks and the questions that only scripts would have shown."""
    shown = " ".join(one_line(block.text) for block in blocks if isinstance(block, Heading | Paragraph)).casefold()
    found = list(blocks)
    for question, answer in asked:
        if question and answer and one_line(question).casefold() not in shown:
            found += [Heading(FAQ_LEVEL, question), *blocks_of(parse_fragment(answer))]
    return tuple(found)
