"""An HTML table becomes rows of cells, unless it only lays out a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.blocks import Paragraph, Table
from corpus.inline import BOLD, inline_text, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.tree import Element

_CELLS = ("td", "th")
_TITLES = ("h1", "h2", "h3", "h4", "h5", "h6")
# What cells of data do not hold.
_LAYOUT = (*_TITLES, "table", "details", "section", "article")
_PARAGRAPHS = ("p", "ul", "ol", "dl", "blockquote")
# Cells of data may hold paragraphs and lists, but not pages: the longest in GNOME's tables has 265 characters.
MAX_CELL = 800
MAX_SPAN = 100  # columns or rows; a larger number is a mistake or an attack on the memory


def is_layout(table: Element) -> bool:
    """Whether a table places blocks on the page: one column, or headings, code, tables or pages in its cells."""
    if table.get("role") in ("presentation", "none"):
        return True
    rows = [_cells(row) for row in _rows(table)]
    if any(_is_part_of_a_page(cell) for row in rows for cell in row):
        return True
    return max(map(len, rows), default=0) < 2 or _has_text_outside(table)


def table_parts(table: Element) -> Iterator[Paragraph | Table | Element]:
    """The caption, the headings between the rows and the rows of a table of data.

    A run of rows that no header heads begins with an empty row.
    """
    rows: list[Element] = []
    for part in _own(table, ("tr", "caption", *_TITLES)):
        if tag_of(part) == "tr":
            rows.append(part)
            continue
        if rows:
            yield _table(rows)
        rows = []
        if tag_of(part) != "caption":
            yield part
        elif inline_text(part):
            yield Paragraph(inline_text(part))
    if rows:
        yield _table(rows)


def _is_part_of_a_page(cell: Element) -> bool:
    if any(cell.find(f".//{tag}") is not None for tag in _LAYOUT):
        return True
    if any("\n" in code.text_content().strip() for code in cell.iter("pre")):
        return True
    is_long = len(inline_text(cell)) > MAX_CELL
    return is_long and any(cell.find(f".//{tag}") is not None for tag in _PARAGRAPHS)


def _table(rows: list[Element]) -> Table:
    filled = tuple(_filled(rows))
    return Table(filled if _is_header(rows[0]) else (("",) * max(map(len, filled)), *filled))


def _is_header(row: Element) -> bool:
    """Whether a row names the columns: it stands in <thead>, or all its texts are <th> or bold."""
    parent = row.getparent()
    if parent is not None and tag_of(parent) == "thead":
        return True
    said = [cell for cell in _cells(row) if inline_text(cell)]
    return bool(said) and all(tag_of(cell) == "th" or _is_bold(cell) for cell in said)


def _is_bold(cell: Element) -> bool:
    bold = "".join(inline_text(inner) for inner in cell.iter(*BOLD))
    return bold == inline_text(cell)


def _rows(table: Element) -> Iterator[Element]:
    return _own(table, ("tr",))


def _cells(row: Element) -> list[Element]:
    return list(_own(row, _CELLS))


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
    apart = _CELLS if tag_of(element) == "tr" else (*_CELLS, "caption", *_TITLES)
    inside = (child for child in element if tag_of(child) not in apart)
    return any((child.tail or "").strip() for child in element) or any(map(_has_text_outside, inside))


def _filled(rows: list[Element]) -> Iterator[tuple[str, ...]]:
    """Rows with the cells that reach down from earlier rows repeated: a row must make sense by itself."""
    hanging: dict[int, tuple[int, str]] = {}  # column -> rows still to fill, text
    for row in rows:
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
