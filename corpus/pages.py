"""Lines on pages become blocks: what is larger or bolder is a heading, what lines up is a table."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.blocks import Block, Heading, Item, List, Paragraph, Table
from corpus.margins import Cell, Line, without_margins
from corpus.marks import item_of

# A heading is set this much larger than the text, or in bold.
MIN_HEADING_SIZE = 1.12
MAX_HEADING_WORDS = 18
# Lines further apart than this many times the usual distance are two paragraphs.
MIN_PARAGRAPH_GAP = 1.25
COLUMN_INDENT = 40.0  # points between the left edges of lines in one column: indented lines, items
LETTER = 0.5  # width of a letter beside its height
COLUMN_SLACK = 6.0  # points by which the cells of a column may be out of line


def blocks_of_pages(pages: Sequence[tuple[Line, ...]]) -> tuple[Block, ...]:
    """The blocks of a document."""
    kept = without_margins(pages)
    sizes: Counter[float] = Counter()
    for line in (line for page in kept for line in page):
        sizes[line.size] += len(line.text)
    if not sizes:
        return ()
    reading = _Reading(sizes.most_common(1)[0][0], sorted({size for size in sizes}, reverse=True), _pitch(kept))
    for page in kept:
        reading.page(page)
    return reading.finished()


def _pitch(pages: Sequence[Sequence[Line]]) -> float:
    """The usual distance of two lines."""
    gaps: Counter[float] = Counter()
    for page in pages:
        for above, below in pairwise(page):
            if 0 < above.bottom - below.bottom < 3 * above.size:
                gaps[round(above.bottom - below.bottom)] += 1
    return gaps.most_common(1)[0][0] if gaps else 0.0


class _Reading:
    """Gathers lines into paragraphs, items, rows and headings."""

    def __init__(self, size: float, sizes: list[float], pitch: float) -> None:
        self.size, self.pitch = size, pitch
        large = [one for one in sizes if one >= MIN_HEADING_SIZE * size]
        self.levels = {one: min(level, 5) for level, one in enumerate(large, 1)}
        self.bold_level = min(len(large) + 1, 6)
        self.blocks: list[Block] = []
        self.text: list[Line] = []
        self.rows: list[list[Cell]] = []
        self.last: Line | None = None
        self.right = 0.0  # of the column

    def page(self, page: Sequence[Line]) -> None:
        """Read the lines of one page."""
        for line in page:
            column = (other for other in page if abs(other.cells[0].left - line.cells[0].left) < COLUMN_INDENT)
            self.right = max(other.cells[-1].right for other in column)
            self._line(line)
            self.last = line

    def finished(self) -> tuple[Block, ...]:
        """All blocks, neighbouring items in one list."""
        self._end()
        return tuple(_listed(self.blocks))

    def _line(self, line: Line) -> None:
        level = self._level(line)
        if level:
            self._heading(level, line)
        elif len(line.cells) > 1 and not item_of(line.text):
            self._end_text()
            self.rows.append(list(line.cells))
        elif self.rows and self._fits(line):
            self._continue_row(line)
        else:
            if self.rows or self._begins(line):
                self._end()
            self.text.append(line)

    def _level(self, line: Line) -> int:
        text = line.text.strip()
        if len(text.split()) > MAX_HEADING_WORDS or not re.search(r"[^\W\d_]", text) or item_of(line.text):
            return 0
        if line.size in self.levels:
            return self.levels[line.size]
        is_title = line.is_bold and line.size >= self.size and text[-1] not in ".,;:" and len(line.cells) == 1
        return self.bold_level if is_title and not self.rows else 0

    def _heading(self, level: int, line: Line) -> None:
        self._end()
        before = self.blocks[-1] if self.blocks else None
        near = self.last is not None and 0 < self.last.bottom - line.bottom < 1.6 * line.size
        if isinstance(before, Heading) and before.level == level and near and not before.text.endswith(("?", "!")):
            self.blocks[-1] = Heading(level, f"{before.text} {line.text}")
        else:
            self.blocks.append(Heading(level, line.text))

    def _begins(self, line: Line) -> bool:
        """Whether a line begins a paragraph."""
        if not self.text or item_of(line.text):
            return True
        above = self.text[-1]
        gap = above.bottom - line.bottom
        if gap <= 0:  # the next page or column
            return above.text.rstrip()[-1:] in ".?!:"
        # A line to which the next word would have fitted ends a paragraph.
        word = (len(line.text.split()[0]) + 2) * LETTER * line.size
        is_short = above.cells[-1].right + word < self.right
        return is_short or (bool(self.pitch) and gap > MIN_PARAGRAPH_GAP * self.pitch)

    def _fits(self, line: Line) -> bool:
        """Whether a line stands below a cell of the last row, and not below the row."""
        near = self.last is not None and 0 < self.last.bottom - line.bottom < 1.4 * line.size
        return near and any(abs(line.cells[0].left - cell.left) < COLUMN_SLACK for cell in self.rows[-1][1:])

    def _continue_row(self, line: Line) -> None:
        row = self.rows[-1]
        at = min(range(len(row)), key=lambda column: abs(row[column].left - line.cells[0].left))
        row[at] = Cell(f"{row[at].text} {line.text}", row[at].left, row[at].right)

    def _end(self) -> None:
        self._end_text()
        if self.rows:
            self.blocks += _table(self.rows)
        self.rows = []

    def _end_text(self) -> None:
        if self.text:
            text = self.text[0].text
            for line in self.text[1:]:
                text = _joined(text, line.text)
            self.blocks.append(Paragraph(text))
        self.text = []


def _joined(text: str, line: str) -> str:
    """Two lines in one; a word parted at the end of a line is whole again."""
    if text.endswith("\xad"):  # a soft hyphen
        return text[:-1] + line
    parted = text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower()
    return text + line if parted else f"{text} {line}"


def _table(rows: list[list[Cell]]) -> list[Block]:
    """Rows as a table when their cells line up, else as paragraphs."""
    lefts = [cell.left for cell in max(rows, key=len)]
    aligned = sum(any(abs(cell.left - left) < COLUMN_SLACK for left in lefts) for row in rows for cell in row)
    if len(rows) < 2 or aligned < 0.8 * sum(map(len, rows)):
        return [Paragraph(" ".join(cell.text for cell in row)) for row in rows]
    filled = []
    for row in rows:
        texts = [""] * len(lefts)
        for cell in row:
            column = min(range(len(lefts)), key=lambda at: abs(lefts[at] - cell.left))
            texts[column] = f"{texts[column]} {cell.text}".strip()
        filled.append(tuple(texts))
    return [Table(tuple(filled))]


def _listed(blocks: list[Block]) -> Iterator[Block]:
    items: list[Item] = []
    for block in blocks:
        item = item_of(block.text) if isinstance(block, Paragraph) else None
        if item:
            items.append(item)
            continue
        if items:
            yield List(tuple(items))
            items = []
        yield block
    if items:
        yield List(tuple(items))
