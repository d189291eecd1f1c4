"""Text hygiene: what a reader sees is what is stored, and nothing invisible comes along."""

import re
import unicodedata

# Controls but tab and line feed, soft hyphen, zero-width space and joiner-like marks, bidi controls, byte-order mark,
# lone surrogates (no UTF-8 for them), interlinear marks and tag characters (both can hide text from the reader).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Joiners mean something between Persian or Indic letters and inside emoji, nothing between Latin letters.
_STRAY_JOINER = re.compile(
    "(?<![\u0600-\u1fff\u2190-\U0001ffff])[\u200c\u200d]+|[\u200c\u200d]+(?![\u0600-\u1fff\u2190-\U0001ffff])"
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def clean(text: str) -> str:
    """Text in NFC with Unix line ends, plain spaces, and no control, zero-width or bidi characters."""
    text = _LINE_END.sub("\n", text)
    if not text.isascii():
        text = _STRAY_JOINER.sub("", _SPACE.sub(" ", _INVISIBLE.sub("", text)))
        return unicodedata.normalize("NFC", text)
    return _INVISIBLE.sub("", text)


def one_line(text: str) -> str:
    """Clean text with every run of white space made one space."""
    return " ".join(clean(text).split())


def clean_lines(text: str) -> str:
    """Clean text with its lines and their indentation kept, without blank lines at either end."""
    return "\n".join(line.rstrip() for line in clean(text).split("\n")).strip("\n")
