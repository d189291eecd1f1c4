"""An HTML table becomes rows of cells, unless it only lays out a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.blocks import Paragraph, Table
from corpus.inline import inline_text, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.tree import Element

# What cells of data do not hold.
_LAYOUT = "h1 h2 h3 h4 h5 h6 table pre details section article".split()
MAX_SPAN = 100  # columns or rows; a larger number is a mistake or an attack on the memory


def is_layout(table: Element) -> bool:
    """Whether a table places blocks on the page: one column, or headings, code and tables in its cells."""
    if table.get("role") in ("presentation", "none"):
        return True
    if any(table.find(f".//{tag}") is not None for tag in _LAYOUT):
        return True
    return max((len(_cells(row)) for row in _rows(table)), default=0) < 2 or _has_text_outside(table)


def table_blocks(table: Element) -> Iterator[Paragraph | Table]:
    """The caption and the rows of a table of data."""
    caption = table.find("./caption")
    if caption is not None and inline_text(caption):
        yield Paragraph(inline_text(caption))
    yield Table(tuple(_filled(table)))


def _rows(table: Element) -> Iterator[Element]:
    return _own(table, ("tr",))


def _cells(row: Element) -> list[Element]:
    return list(_own(row, ("td", "th")))


def _own(element: Element, tags: tuple[str, ...]) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also within <tbody> or stray tags, but not those of a table inside."""
    for child in element:
        if tag_of(child) in tags:
            yield child
        elif tag_of(child) != "table":
            yield from _own(child, tags)


def _has_text_outside(element: Element) -> bool:
    """Whether text stands between the cells: broken markup, of which a table would lose that text."""
    if (element.text or "").strip():
        return True
    inside = (child for child in element if tag_of(child) not in ("td", "th", "caption"))
    return any((child.tail or "").strip() for child in element) or any(map(_has_text_outside, inside))


def _filled(table: Element) -> Iterator[tuple[str, ...]]:
    """Rows with the cells that reach down from earlier rows repeated: a row must make sense by itself."""
    hanging: dict[int, tuple[int, str]] = {}  # column -> rows still to fill, text
    for row in _rows(table):
        texts: list[str] = []
        for cell in _cells(row):
            _hang(texts, hanging)
            text, down = inline_text(cell), _span(cell, "rowspan")
            for offset in range(_span(cell, "colspan")):
                if down > 1:
                    hanging[len(texts)] = (down - 1, text)
                texts.append("" if offset else text)
        _hang(texts, hanging)
        yield tuple(texts)


def _hang(texts: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    while len(texts) in hanging:
        rows, text = hanging.pop(len(texts))
        if rows > 1:
            hanging[len(texts)] = (rows - 1, text)
        texts.append(text)


def _span(cell: Element, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isascii() and value.isdigit() else 1
