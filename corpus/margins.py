"""The lines of a page, and which of them are headers, footers and page numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

# A line in the same place on this share of the pages is a header or a footer; with a page number, on three.
MIN_REPEATED = 0.5
MIN_PAGES = 3
_PAGE_NUMBER = re.compile(r"^\W*(?:page\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:/|of)\s*\d{1,4})?\W*$", re.IGNORECASE)
MAX_TOC_LINE = 300  # characters
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d+\s*$")  # "Installing ........ 12", a table of contents


@dataclass(frozen=True, slots=True)
class Cell:
    """A run of words without a wide gap; points from the left."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; points from the bottom of the page."""

    cells: tuple[Cell, ...]
    bottom: float
    size: float  # of its font, in points
    is_bold: bool

    @property
    def text(self) -> str:
        """The words of the line."""
        return " ".join(cell.text for cell in self.cells)


def without_margins(pages: Sequence[tuple[Line, ...]]) -> list[list[Line]]:
    """Pages without headers, footers, page numbers and the dotted lines of a table of contents."""
    places: Counter[tuple[str, int]] = Counter()
    for page in pages:
        places.update({_place(line) for line in _margin(page)})
    common = {
        (text, height)
        for (text, height), count in places.items()
        if count >= MIN_PAGES and ("0" in text or count >= MIN_REPEATED * len(pages))
    }
    kept = []
    for page in pages:
        margin = _margin(page)
        dropped = {line for line in margin if _place(line) in common or _PAGE_NUMBER.match(line.text)}
        kept.append([line for line in page if line not in dropped and not _LEADERS.search(line.text[-MAX_TOC_LINE:])])
    return kept


def _margin(page: tuple[Line, ...]) -> set[Line]:
    """The two highest and the two lowest lines of a page."""
    by_height = sorted(page, key=lambda line: line.bottom)
    return {*by_height[:2], *by_height[-2:]}


def _place(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line.text.strip()), round(line.bottom / 10)
