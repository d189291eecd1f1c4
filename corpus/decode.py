"""Bytes of a file become text, in whatever encoding they were saved."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import CorpusError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TELLING_LETTERS = 40  # outside ASCII: fewer are guessed to be Arabic as readily as French
_AROUND = 200  # bytes on either side of a telling letter
_SAMPLE_LINES = 1000  # of other encodings, to tell which one
_SAMPLE = 65_536  # bytes: guessing an encoding from more takes seconds and guesses no better
# A stray control character is a slip; one in fifty bytes is a picture, a program or an archive.
MAX_CONTROL_SHARE = 0.02
MAX_CONTROLS = 8  # slips in a text of a few words
MAX_BROKEN_SHARE = 0.01  # of the multi-byte characters: a damaged UTF-8 file, not another encoding
_CONTROLS = bytes({*range(32)} - {9, 10, 12, 13, 27})
_USUAL = "cp1252"
_LATIN = frozenset(
    {"cp1250", "cp1254", "cp1257", "cp1258", "cp850", "cp852", "mac_latin2", "mac_iceland", "mac_roman", "mac_turkish"}
)
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)


def decode(data: bytes, *, is_html: bool = False) -> tuple[str, str]:
    """The text of a file and a remark on a guessed encoding, "" when nothing was guessed.

    Raises:
        CorpusError: the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), ""
    wide = _wide(data)
    if wide:
        return data.decode(wide, errors="replace"), f"has no byte-order mark and was read as {wide}; save it as UTF-8"
    _refuse_binary(data)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _guess(data, is_html)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: in European text every other byte is zero."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    if half < 2 or sample.count(0) < half * 0.7:
        return ""
    return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"


def _refuse_binary(data: bytes) -> None:
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > max(MAX_CONTROLS, MAX_CONTROL_SHARE * len(sample)):
        raise CorpusError("is not text but binary data; give it its right extension or remove it")


def _guess(data: bytes, is_html: bool) -> tuple[str, str]:
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    foreign = sum(1 for char in text[:_SAMPLE] if char > "\x7f")
    if broken <= MAX_BROKEN_SHARE * foreign:
        return text, f"has {broken} bytes that are not UTF-8, shown as \ufffd; save it again as UTF-8"
    declared = _META.search(data[:4096]) if is_html else None
    if declared:
        text_in = _decoded(data, declared[1].decode("ascii"))
        if text_in is not None:
            return text_in, ""
    encoding = _likely(data)
    return data.decode(
        encoding, errors="replace"
    ), f"is not UTF-8 and was read as {encoding}; save it as UTF-8 to be sure"


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode("cp1252" if encoding.lower() in ("iso-8859-1", "latin-1", "latin1") else encoding)
    except (LookupError, UnicodeDecodeError):
        return None


def _likely(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # The letters outside ASCII decide, so the sample begins shortly before the first of them.
    first = next(at for at, byte in enumerate(data) if byte > 127)
    sample = data[max(0, first - 1024) : first + _SAMPLE]
    best = from_bytes(sample).best()
    if best is None:
        return _USUAL
    # Of encodings that give the same text the usual one is named; without a language that it recognised the guess is
    # between Western and Eastern European letters by chance, and the Western ones are the usual ones.
    by_chance = best.encoding in _LATIN and not best.coherence
    return _USUAL if by_chance or _USUAL in best.could_be_from_charset else best.encoding


class TextLines:
    """The lines of a text file with their ends, one at a time, never all held; can be gone through more than once.

    Each line is UTF-8 or, where it is not, in the encoding that such lines of the file suggest: files that several
    people wrote to hold both.
    """

    def __init__(self, path: Path) -> None:
        """Look the file through once; OSError when it cannot be read, CorpusError when it is no text."""
        self._path = path
        with path.open("rb") as file:
            sample = file.read(_SAMPLE)
        marked = next(((mark, encoding) for mark, encoding in _MARKS if sample.startswith(mark)), None)
        self._skipped, self._wide = (len(marked[0]), marked[1]) if marked else (0, _wide(sample))
        self._foreign, self.remark = _USUAL, ""
        if self._wide == "utf-8":
            self._wide = ""
        if self._wide:
            told = f"has no byte-order mark and was read as {self._wide}; save it as UTF-8"
            self.remark = "" if marked else told
        else:
            _refuse_binary(sample)
            self._look()

    def __iter__(self) -> Iterator[str]:
        """The lines, each but perhaps the last with its line feed."""
        if self._wide:
            with self._path.open(encoding=self._wide, errors="replace", newline="") as text:
                text.seek(self._skipped)
                yield from text
            return
        with self._path.open("rb") as file:
            file.seek(self._skipped)
            for raw in file:
                yield self._decoded(raw)

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("utf-8" if _is_damaged(raw) else self._foreign, errors="replace")

    def _look(self) -> None:
        """Find the encoding of the lines that are not UTF-8, and remark on them."""
        first: list[bytes] = []
        foreign, damaged, is_mixed = 0, 0, False
        with self._path.open("rb") as file:
            for raw in file:
                if raw.isascii():
                    continue
                if _is_utf8(raw):
                    is_mixed = True
                elif _is_damaged(raw):
                    damaged += 1
                else:
                    foreign += 1
                    first += [_telling(raw)] if len(first) < _SAMPLE_LINES else []
        told = f"has {damaged:,} lines with bytes that are not UTF-8, shown as \ufffd" if damaged else ""
        if first:
            self._foreign = _encoding_of(b"\n".join(first), is_mixed=is_mixed)
            told = f"has {foreign:,} lines that are not UTF-8, read as {self._foreign}"
        self.remark = f"{told}; save it as UTF-8" if told else ""


def _encoding_of(letters: bytes, *, is_mixed: bool) -> str:
    """Who writes UTF-8 beside it writes the usual one, unless many letters say otherwise."""
    likely = _likely(letters)
    few = sum(byte > 127 for byte in letters) < _TELLING_LETTERS
    return _USUAL if is_mixed and (few or likely in _LATIN) else likely


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _telling(raw: bytes) -> bytes:
    """The part of a line that tells its encoding: around the first letter outside ASCII."""
    at = next(place for place, byte in enumerate(raw) if byte > 127)
    return raw[max(0, at - _AROUND) : at + _AROUND]


def _is_damaged(raw: bytes) -> bool:
    """Whether a line is UTF-8 with a few broken bytes rather than in another encoding."""
    text = raw.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return 0 < broken < sum(1 for char in text if char > "\x7f") - broken
