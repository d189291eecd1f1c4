"""PDF: the text of each page with its size and place, from which headings, lists and tables are guessed."""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corpus.blocks import Complaint, Draft, Reading
from corpus.clean import one_line
from corpus.errors import CorpusError
from corpus.margins import Cell, Line
from corpus.metadata import iso_date
from corpus.pages import blocks_of_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdfium2 import PdfDocument, PdfTextPage

MAX_PAGES = 5_000  # a page takes 10 to 20 ms; more is a library, not a document
MIN_CELL_GAP = 0.9  # widths of the letter M between two cells of a table; words are 0.2 to 0.6 apart
PARTED = "\ufffe"  # how PDFium marks where a line parts a word
BOLD = 600  # weight of a semi-bold font
_DATE = re.compile(r"^(?:D:)?(\d{4})(\d{2})(\d{2})")
# What programs write where a title should be.
_NO_TITLE = re.compile(
    r"^(?:untitled|microsoft (?:word|powerpoint) - |document\d*$|.*\.(?:docx?|pdf|indd|tex|dvi|html?)$)", re.IGNORECASE
)


def read(data: bytes, name: str) -> Reading:
    """The one article of a PDF file.

    Raises:
        CorpusError: the file is damaged, locked by a password or a scan without text.
    """
    document = _opened(data)
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise CorpusError(f"has {count:,} pages, at most {MAX_PAGES:,} are read; split it")
        pages, empty = [], 0
        for number in range(count):
            pages.append(_page(document, number))
            empty += not pages[-1]
        about = document.get_metadata_dict()
    finally:
        document.close()
    if empty == count:
        raise CorpusError("holds no text, only pictures; run text recognition (OCR) over it first")
    complaints = (Complaint(f"{empty} of {count} pages hold no text (pictures?)", is_error=False),) if empty else ()
    title = one_line(about.get("Title") or "")
    day = _DATE.match(about.get("ModDate") or about.get("CreationDate") or "")
    updated = iso_date("-".join(day.groups())) if day else ""
    draft = Draft(blocks_of_pages(pages), "" if _NO_TITLE.match(title) else title, updated=updated)
    return Reading((draft,), complaints)


def _opened(data: bytes) -> PdfDocument:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
        len(document)
    except PdfiumError as error:
        if "password" in str(error).lower():
            raise CorpusError("is locked by a password; save it again without one") from error
        raise CorpusError("is a damaged PDF; export it again") from error
    return document


def _page(document: PdfDocument, number: int) -> tuple[Line, ...]:
    from pypdfium2 import PdfiumError

    try:
        page = document[number]
        text = page.get_textpage()
    except PdfiumError as error:
        raise CorpusError(f"is a damaged PDF, page {number + 1} cannot be read; export it again") from error
    try:
        return tuple(_lines(text))
    finally:
        text.close()
        page.close()


def _lines(page: PdfTextPage) -> Iterator[Line]:
    count = page.count_chars()
    text = page.get_text_range() if count else ""
    if len(text) != count:  # characters beyond the first plane: positions would slip
        import pypdfium2.raw as raw

        text = "".join(chr(raw.FPDFText_GetUnicode(page, at)) for at in range(count))
    start = 0
    for found in re.finditer(r"[^\r\n]+", text):
        start = found.start()
        line = _line(page, found[0], start)
        if line is not None:
            yield line


def _line(page: PdfTextPage, text: str, start: int) -> Line | None:
    import pypdfium2.raw as raw

    marks = [at for at, char in enumerate(text) if not char.isspace()]
    if not marks:
        return None
    middle = marks[len(marks) // 2]
    size = raw.FPDFText_GetFontSize(page, start + middle) * _scale(page, start + middle, raw)
    is_bold = all(raw.FPDFText_GetFontWeight(page, start + at) >= BOLD for at in {marks[0], middle, marks[-1]})
    boxes = {at: page.get_charbox(start + at) for at in marks if _is_edge(text, at)}
    bottom = min(box[1] for box in boxes.values())
    return Line(tuple(_cells(text, boxes, MIN_CELL_GAP * size)), bottom, round(size * 2) / 2, is_bold)


def _cells(text: str, boxes: dict[int, tuple[float, float, float, float]], gap: float) -> Iterator[Cell]:
    """The runs of words of a line; boxes (left, bottom, right, top) are of the characters at the edges of words."""
    edges = sorted(boxes)
    begin = edges[0]
    for before, at in pairwise(edges):
        if text[before + 1 : at].isspace() and boxes[at][0] - boxes[before][2] > gap:
            yield Cell(text[begin : before + 1], boxes[begin][0], boxes[before][2])
            begin = at
    # The end of a parted word stands on the next line, so the last character need not be the rightmost.
    right = max(boxes[at][2] for at in edges if at >= begin)
    yield Cell(text[begin : edges[-1] + 1].replace(PARTED, ""), boxes[begin][0], right)


def _scale(page: PdfTextPage, at: int, raw: Any) -> float:  # noqa: ANN401 - the module of C functions
    """How much the page enlarges a character: some programs set everything in size 1."""
    matrix = raw.FS_MATRIX()
    return abs(matrix.d) or abs(matrix.b) or 1.0 if raw.FPDFText_GetMatrix(page, at, matrix) else 1.0


def _is_edge(text: str, at: int) -> bool:
    """Whether a character begins or ends a word: only there can a cell begin or end."""
    if text[at].isspace() or text[at] == PARTED:
        return False
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return not before.strip() or not after.strip() or PARTED in (before, after)
