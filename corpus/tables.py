"""An HTML table becomes rows of cells, unless it only lays out a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.blocks import Paragraph, Table
from corpus.inline import inline_text, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.tree import Element

# What cells of data do not hold.
_LAYOUT = "h1 h2 h3 h4 h5 h6 table pre details section article".split()  # noqa: SIM905 - one word per line says no more
MAX_SPAN = 100  # columns or rows; a larger number is a mistake or an attack on the memory


def is_layout(table: Element) -> bool:
    """Whether a table places blocks on the page: one column, or headings, code and tables in its cells."""
    if table.get("role") in ("presentation", "none"):
        return True
    if any(table.find(f".//{tag}") is not None for tag in _LAYOUT):
        return True
    return max((len(_cells(row)) for row in _rows(table)), default=0) < 2


def table_blocks(table: Element) -> Iterator[Paragraph | Table]:
    """The caption and the rows of a table of data."""
    caption = table.find("./caption")
    if caption is not None and inline_text(caption):
        yield Paragraph(inline_text(caption))
    yield Table(tuple(_filled(table)))


def cells_of(table: Element) -> Iterator[Element]:
    """The cells (and the caption) of a table, in reading order."""
    yield from table.iterfind("./caption")
    for row in _rows(table):
        yield from _cells(row)


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if tag_of(child) == "tr":
            yield child
        elif tag_of(child) in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row if tag_of(cell) in ("td", "th")]


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
