"""Text into sentences, as exact spans: the unit in which answers are quoted and long paragraphs are cut.

The boundaries are sentencex's (rules per language, from the Wikimedia Foundation); each line is taken by itself, so
that a list item never runs into the next. What sentencex gets wrong on our table of hard cases is mended here.
"""

import re
from functools import lru_cache
from itertools import pairwise

_LINE = re.compile(r"[^\n]+")
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*\Z")
_LIST_MARK = re.compile(r"\s*(?:[-*•]|\d+[.)])\s+")
# sentencex ends a sentence after these abbreviations; hardly any sentence ends in one.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:approx|ca|incl|excl|resp|est|max|min|avg|e\.g|i\.e|cf)\.\s*\Z", re.IGNORECASE
)
# sentencex takes "no." for "number" and a closing bracket for the middle; a capitalised word after it says otherwise.
_MISSED = re.compile(r"(?:\b(?:[Nn]o|op|art|sec)\.|[.!?][)\]]|…)\s+(?=[\"'“‘(]?[A-Z][a-z])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LANGUAGE = "en"


def sentences(text: str) -> list[tuple[int, int]]:
    r"""Spans (start, end) of the sentences, in order, without surrounding white space; lines always part them.

    A table row is one sentence, and a list's mark belongs to the first sentence of its item:

        >>> sentences("Hi there. Bye.\n- a")
        [(0, 9), (10, 14), (15, 18)]
    """
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        for start, end in _split_line(line[0]):
            spans.append((line.start() + start, line.start() + end))
    return spans


@lru_cache(maxsize=4096)
def _split_line(line: str) -> tuple[tuple[int, int], ...]:
    if _TABLE_ROW.match(line):
        bounds = [len(line)]
    else:
        mark = _LIST_MARK.match(line)
        bounds = _boundaries(line, mark.end() if mark else 0)
    return tuple(
        (start + len(part) - len(part.lstrip()), start + len(part.rstrip()))
        for start, end in pairwise([0, *bounds])
        if (part := line[start:end]).strip()
    )


def _boundaries(line: str, begin: int) -> list[int]:
    """Where sentences end, the end of the line last."""
    from sentencex import get_sentence_boundaries

    text = _SURROGATE.sub("\ufffd", line[begin:])  # sentencex refuses halves of a character
    ends = {begin + int(found["end_index"]) for found in get_sentence_boundaries(_LANGUAGE, text)}
    ends = {end for end in ends if _is_end(line, end)}
    ends |= {found.end() for found in _MISSED.finditer(line, begin)}
    return sorted(ends | {len(line)})


def _is_end(line: str, end: int) -> bool:
    """Whether what sentencex calls an end is one: not inside "README.md" or ".NET", not after "approx."."""
    before = line[:end].rstrip()
    if before.endswith(".") and end == len(before) and end < len(line):
        return False
    return not _ABBREVIATION.search(line[max(0, end - 12) : end])
