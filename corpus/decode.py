"""Bytes of a file become text, in whatever encoding they were saved."""

import codecs
import re

from corpus.errors import CorpusError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
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
