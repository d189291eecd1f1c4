"""HTML lists become items in reading order; code and tables inside an item stay whole between its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.blocks import FAQ_LEVEL, Block, Heading, Item, List, Paragraph
from corpus.contents import contents_of
from corpus.inline import CODE, INLINE, LISTS, inline_text, is_silent, piece, spaced, tag_of
from corpus.questions import is_question

if TYPE_CHECKING:
    from corpus.tree import Element

    Walk = Callable[[Element], tuple[Block, ...]]

# An item with one of these is a card or an accordion: blocks, not a line of a list.
_BLOCKS = "h1 h2 h3 h4 h5 h6 details summary".split()
_WHOLE = CODE | {"table"}


def list_blocks(element: Element, walk: Walk) -> tuple[Block, ...]:
    """The blocks of a <ul> or <ol>; `walk` reads an element that is no line of a list."""
    contents = contents_of(element)
    return (contents,) if contents else _grouped(_entries(element, 0, walk))


def definition_blocks(element: Element, walk: Walk) -> tuple[Block, ...]:
    """The blocks of a <dl>: questions with their answers, or items "term: definition"."""
    contents = contents_of(element)
    return (contents,) if contents else _grouped(_definitions(element, walk))


def _grouped(entries: Iterator[Item | Block]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    items: list[Item] = []
    for entry in entries:
        if isinstance(entry, Item):
            items.append(entry)
            continue
        if items:
            blocks.append(List(tuple(items)))
            items = []
        blocks.append(entry)
    return (*blocks, List(tuple(items))) if items else tuple(blocks)


def _entries(element: Element, nesting: int, walk: Walk) -> Iterator[Item | Block]:
    number = _number(element.get("start"), 1) if tag_of(element) == "ol" else None
    yield from _stray(element.text, nesting)
    for child in element:
        tag = tag_of(child)
        if tag in LISTS:  # a list right inside a list: sloppy, but common
            yield from _entries(child, nesting + 1, walk)
        elif not is_silent(child, tag):
            if number is not None and tag == "li":
                number = _number(child.get("value"), number)
            yield from _item(child, nesting, number if tag == "li" else None, walk)
            if number is not None and tag == "li":
                number += 1
        yield from _stray(child.tail, nesting)


def _stray(text: str | None, nesting: int) -> Iterator[Item]:
    """Text between the items: sloppy markup, but text."""
    if text and text.strip():
        yield Item(spaced(text).strip(), nesting)


def _item(element: Element, nesting: int, number: int | None, walk: Walk, lead: str = "") -> Iterator[Item | Block]:
    if any(element.find(f".//{tag}") is not None for tag in _BLOCKS):
        yield from ([Paragraph(lead)] if lead else [])
        yield from walk(element)
        return
    entry = _Entry(nesting, number, [lead] if lead else [])
    yield from entry.read(element, walk)
    yield from entry.line()


@dataclass
class _Entry:
    """One item being read: its first line, then whatever hangs below it."""

    nesting: int
    number: int | None
    texts: list[str] = field(default_factory=list)
    is_first: bool = True
    is_listed: bool = True  # the last thing given out was a line of the list

    def line(self) -> Iterator[Item | Block]:
        """Give out the text read so far."""
        text = spaced("".join(self.texts)).strip()
        self.texts = []
        if not text:
            return
        if self.is_first:
            yield Item(text, self.nesting, self.number)
        else:
            yield Item(text, self.nesting + 1) if self.is_listed else Paragraph(text)
        self.is_first, self.is_listed = False, True

    def read(self, element: Element, walk: Walk) -> Iterator[Item | Block]:
        """Read the element's text, lists, code and tables."""
        self.texts.append(element.text or "")
        for child in element:
            tag = tag_of(child)
            if tag in LISTS:
                yield from self.line()
                yield from _entries(child, self.nesting + 1, walk)
                self.is_listed = True
            elif tag in _WHOLE or tag == "dl":
                yield from self.line()
                yield from walk(child)
                self.is_listed = False
            elif tag and tag not in INLINE and _holds_blocks(child):
                yield from self.read(child, walk)
            else:
                self.texts += piece(child)
            self.texts.append(child.tail or "")


def _holds_blocks(element: Element) -> bool:
    return any(tag_of(inner) in LISTS or tag_of(inner) in _WHOLE or tag_of(inner) == "dl" for inner in element.iter())


def _definitions(element: Element, walk: Walk) -> Iterator[Item | Block]:
    terms: list[Element] = []
    for child in _pairs(element):
        if isinstance(child, str):
            yield from _stray(child, 0)
        elif tag_of(child) == "dt":
            terms.append(child)
        elif tag_of(child) != "dd":
            yield from walk(child)
        else:
            yield from _defined(terms, child, walk)
            terms = []
    for term in terms:
        yield from _stray(inline_text(term), 0)


def _defined(terms: list[Element], definition: Element, walk: Walk) -> Iterator[Item | Block]:
    if len(terms) == 1 and is_question(inline_text(terms[0])):
        yield Heading(FAQ_LEVEL, inline_text(terms[0]), terms[0].get("id") or "")
        yield from walk(definition)
        return
    term = ", ".join(filter(None, map(inline_text, terms)))
    lead = f"{term} " if term.endswith((":", ".", "?", "!")) else f"{term}: " if term else ""
    yield from _item(definition, 0, None, walk, lead)


def _pairs(element: Element) -> Iterator[Element | str]:
    """The terms and definitions of a <dl>, and what else stands there."""
    yield element.text or ""
    for child in element:
        if tag_of(child) == "div":
            yield from _pairs(child)
        elif not is_silent(child, tag_of(child)):
            yield child
        yield child.tail or ""


def _number(value: str | None, otherwise: int) -> int:
    value = (value or "").strip()
    # Nine digits: CommonMark's own limit for the number of a list item.
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else otherwise
