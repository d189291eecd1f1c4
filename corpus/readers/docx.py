"""DOCX: Word's own headings, lists and tables, by way of HTML."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from corpus.blocks import Draft, Reading
from corpus.elements import blocks_of
from corpus.errors import CorpusError
from corpus.metadata import about
from corpus.tree import parse_fragment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus.tree import Element

# Unpacked size of the text parts; a book has 5 MB of them, a bomb gigabytes.
MAX_UNPACKED = 64 * 1024 * 1024
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"
_PROPERTY = re.compile(r"<(?:dc|dcterms|cp):(title|modified|keywords)\b[^>]*>([^<]*)</")
_OLD_WORD = bytes.fromhex("d0cf11e0a1b11ae1")  # also what a password makes of a DOCX


def read(data: bytes, name: str) -> Reading:
    """The one article of a DOCX file.

    Raises:
        CorpusError: the file is damaged, locked or far larger than it looks.
    """
    properties = _checked(data)
    root = parse_fragment(_html(data))
    _head_tables(root)
    known = about({name: value for name, value in properties})
    return Reading((Draft(blocks_of(root), updated=known.updated, tags=known.tags),))


def _head_tables(root: Element) -> None:
    """Make every table's first row its header: Word's styles set it apart, and none of that reaches the HTML."""
    for table in root.iter("table"):
        row = table.find(".//tr")
        for cell in row.findall("td") if row is not None else ():
            cell.tag = "th"


def _checked(data: bytes) -> Iterable[tuple[str, str]]:
    if data.startswith(_OLD_WORD):
        raise CorpusError("is locked by a password or an old Word file; save it as DOCX without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if (
                sum(part.file_size for part in archive.infolist() if part.filename.endswith((".xml", ".rels")))
                > MAX_UNPACKED
            ):
                raise CorpusError(f"unpacks to more than {MAX_UNPACKED // 2**20} MB of text; split it")
            if "word/document.xml" not in archive.namelist():
                raise CorpusError("is no Word document; export it again as DOCX")
            if "docProps/core.xml" not in archive.namelist():
                return ()
            core = archive.read("docProps/core.xml").decode("utf-8", errors="replace")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise CorpusError("is a damaged DOCX file; export it again") from error
    return _PROPERTY.findall(core)


def _html(data: bytes) -> str:
    import mammoth

    try:
        result = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda image: {})
        )
    # mammoth has no error of its own: whatever a damaged part makes it stumble over comes through.
    except Exception as error:
        raise CorpusError("is a damaged DOCX file; export it again") from error
    return str(result.value)
