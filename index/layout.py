"""The plain form of corpus/types.py back into blocks, and each block into the units it may be cut between."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from corpus.sentences import sentences

_LINE = re.compile(r"[^\n]+")
_ITEM = re.compile(r"\s*(?:[-*•]|\d+[.)])\s")
_ROW = re.compile(r"\s*\|.*\|\s*\Z")
_FENCE = "```"
_GLUED = frozenset({"list", "table"})  # a paragraph right before these is their lead-in

Lines = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is never cut: a sentence, item, row or line, or several of them joined."""

    start: int  # characters into Article.text
    end: int
    context: str = ""  # what it needs in front of it when the chunk starts here

    @property
    def length(self) -> int:
        """Characters."""
        return self.end - self.start


def groups(text: str, start: int, end: int, budget: int) -> Iterator[list[Unit]]:
    """Blocks of text[start:end] as units, in order; a list or table together with the paragraph that leads into it."""
    lead: list[Unit] = []
    for kind, lines in _blocks(text, start, end):
        if kind == "text":
            if lead:
                yield lead
            lead = [
                part for line in lines for unit in _sentence_units(text, *line) for part in _cut(text, unit, budget)
            ]
            continue
        units = _with_context(text, kind, lines, lead)
        parts = [part for unit in units for part in _cut(text, unit, budget)]
        if kind in _GLUED and lead and parts[0].end - lead[-1].start <= budget:
            yield [*lead[:-1], Unit(lead[-1].start, parts[0].end), *parts[1:]]
        else:
            yield from [lead, parts] if lead else [parts]
        lead = []
    if lead:
        yield lead


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[str, Lines]]:
    """(kind, spans of its lines) for each block; kind is text, list, table or code."""
    lines: Lines = []
    kind, last = "", start
    fenced = False
    for found in _LINE.finditer(text, start, end):
        line = found[0]
        if not line.strip() and not fenced:
            continue
        opens = line.startswith(_FENCE)
        here = "code" if fenced or opens else "table" if _ROW.match(line) else "list" if _ITEM.match(line) else "text"
        parted = text.count("\n", last, found.start()) > 1 and not fenced
        if lines and (here != kind or parted or (opens and not fenced)):
            yield kind, lines
            lines = []
        kind, last = here, found.end()
        lines.append(_stripped(text, *found.span()) if here == "text" else (found.start(), _right(text, *found.span())))
        fenced = fenced != opens
    if lines:
        yield kind, lines


def _with_context(text: str, kind: str, lines: Lines, lead: list[Unit]) -> list[Unit]:
    """Lines as units: rows below the first know the header row, items below the first the lead-in."""
    units = [Unit(*line) for line in lines]
    if kind == "table" and len(units) > 1:
        header = text[units[0].start : units[0].end]
        head = Unit(units[0].start, units[1].end)  # a header never stands alone
        return [head, *(Unit(unit.start, unit.end, header) for unit in units[2:])]
    if kind == "list" and lead:
        said = text[lead[-1].start : lead[-1].end]
        return [Unit(unit.start, unit.end, said) for unit in units]
    return units


def _sentence_units(text: str, start: int, end: int) -> list[Unit]:
    """Sentences of one line."""
    return [Unit(start + first, start + last) for first, last in sentences(text[start:end])]


def _cut(text: str, unit: Unit, budget: int) -> Iterator[Unit]:
    """The unit itself, or, when it is longer than a chunk, sentences of it, or else words of it up to the budget."""
    if unit.length <= budget:
        yield unit
        return
    parts = _sentence_units(text, unit.start, unit.end)
    for part in parts if len(parts) > 1 else [unit]:
        bounds = list(_word_cuts(text, part.start, part.end, budget))
        for start, end in pairwise(bounds):
            begin, stop = _stripped(text, start, end)
            if begin < stop:
                yield Unit(begin, stop, unit.context)


def _word_cuts(text: str, start: int, end: int, budget: int) -> Iterator[int]:
    yield start
    while end - start > budget:
        space = max(text.rfind(blank, start + 1, start + budget) for blank in " \n\t")
        start = space if space > start else start + budget
        yield start
    yield end


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), _right(text, start, end)


def _right(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())
