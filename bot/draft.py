"""The generator's draft, taken apart at the border: whole sentences as they come, their [n] marks checked."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.sentences import sentences

_MARK = re.compile(r"\s*\[(\d{1,3})\]")
_ITEM = re.compile(r"^(?:-|\d{1,3}\.)\s+")  # copied along with a list's item


@dataclass(frozen=True, slots=True)
class Drafted:
    """One sentence of a draft."""

    text: str  # without marks
    cited: tuple[int, ...]  # numbers of evidence, only those that exist


def beginning_of_last(text: str) -> str:
    """The words of the unfinished last sentence, without the one still being written."""
    spans = sentences(text)
    return _MARK.sub("", text[spans[-1][0] :]).rpartition(" ")[0] if spans else ""


def drafted_sentences(pieces: Iterable[str], evidence_count: int) -> Iterator[Drafted]:
    """Each sentence as soon as the next one has begun, the last when the pieces end; empty ones are left out."""
    text = ""
    for piece in pieces:
        text += piece
        spans = sentences(text)
        for start, end in spans[:-1]:
            yield from _parse(text[start:end], evidence_count)
        if len(spans) > 1:
            text = text[spans[-1][0] :]
    for start, end in sentences(text):
        yield from _parse(text[start:end], evidence_count)


def _parse(sentence: str, evidence_count: int) -> Iterator[Drafted]:
    numbers = (int(number) for number in _MARK.findall(sentence))
    cited = tuple(dict.fromkeys(number for number in numbers if 1 <= number <= evidence_count))
    text = _ITEM.sub("", _MARK.sub("", sentence).strip())
    if text:
        yield Drafted(text, cited)
