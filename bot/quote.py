"""Which of the ranked evidence is worth showing to the generator, and which is worth quoting to the reader."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.types import Evidence
from bot.vocabulary import GRAMMAR, NEGATIONS, NUMBERS, SHORT_UNITS, UNITS
from bot.words import MINUS, spelt_out, stem, words

# How far below the best piece of evidence, in log-odds, one may score and still be shown to the generator.
SHOWN_MARGIN = 2.0
# Pieces that answer at most, and how far below the best a further one may score. On squad2, clapnq and nq_open a gold
# answer stands in the first for .83, .77 and .71 of the questions, in these 1.2, 1.5 and 1.4 for .89, .83 and .77
# (bench/LOG.md).
MOST_QUOTES = 3
QUOTE_MARGIN = 1.0
# Share of the shorter quote's words above which two are about the same.
SAME_WORDS = 0.8
_POLAR = NEGATIONS | {"always"}
_NUMBER = re.compile(rf"(?:{MINUS})?\d+(?:[.,:/]\d+)*")
_AFTER_NUMBER = re.compile(r"(?<=\d)\s?([^\W\d_]+)")
# The same written otherwise; and what is no sign here: an approximation, a dash that is no minus or is told by _NUMBER.
_ALIKE = {
    "€": " euro ", "$": " dollar ", "£": " pound ", "¥": " yen ", "%": " percent ", ">=": "≥", "<=": "≤", "!=": "≠",
    "₹": " rupee ", "₽": " ruble ", "₩": " won ", "₺": " lira ", "¢": " cent ", **dict.fromkeys("~≈°-−–", " "),
}  # fmt: skip
_HALF_DAY = re.compile(r"\b([ap])\.\s?m\b\.?", re.IGNORECASE)  # "9 a.m."
_OPPOSITES = frozenset("on to from am".split())  # "off" and "pm" are no grammar
_WRITTEN = re.compile("|".join(map(re.escape, _ALIKE)))
_DASH = str.maketrans("−–", "--")
_CODES = {"eur": "euro", "usd": "dollar", "gbp": "pound"}
_LETTER = re.compile(r"(?<=\w )A\b")  # of "plan A", which is no article


def worth_showing(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What is not far below the best; `evidence` is ranked."""
    return tuple(piece for piece in evidence if piece.score >= evidence[0].score - SHOWN_MARGIN)


def worth_quoting(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The best piece, those nearly as good that say something else, and those that disagree with one of these.

    The best piece's section comes first; within a section they are in reading order.
    """
    chosen: list[Evidence] = []
    for piece in evidence:
        below = evidence[0].score - piece.score
        # Whoever asks must see both sides, as far as the generator is shown them.
        if below > QUOTE_MARGIN and not (below <= SHOWN_MARGIN and any(disagrees(piece, other) for other in chosen)):
            continue
        inside = [other for other in chosen if _holds(piece, other)]  # "Whisper hears." of "Whisper hears. It ..."
        if inside:
            chosen[chosen.index(inside[0])] = piece
            chosen = [other for other in chosen if other not in inside]
        elif len(chosen) < MOST_QUOTES and not any(repeats(piece, other) for other in chosen):
            chosen.append(piece)
    sections = [_section(piece) for piece in chosen]  # best first, and one that holds another in the other's place
    return tuple(sorted(chosen, key=lambda piece: (sections.index(_section(piece)), piece.start)))


def _section(piece: Evidence) -> tuple[str, str, tuple[str, ...]]:
    return piece.chunk.article_id, piece.chunk.anchor, piece.chunk.heading_path


def _holds(piece: Evidence, other: Evidence) -> bool:
    return piece.chunk.id == other.chunk.id and piece.start <= other.start and other.end <= piece.end


def repeats(piece: Evidence, other: Evidence) -> bool:
    """Whether the shorter of two says hardly a word that the other does not, and nothing that tells them apart.

    What does is a number, a sign or a word such as "not", and a word that stands in each where the other has another
    one: rows and articles may differ in that alone ("The Basic plan costs ...", "The Pro plan costs ...").
    """
    shorter, longer = sorted((_told(piece.reading), _told(other.reading)), key=lambda told: len(told.words))
    if not alike(piece, other) or not shorter.numbers <= longer.numbers or shorter.signs != longer.signs:
        return False
    if _exchange(shorter.all, longer.all) or not _is_within(shorter.order, longer.order):
        return False
    return not (disagrees(piece, other) or _turned(shorter, longer))


def alike(piece: Evidence, other: Evidence) -> bool:
    """Whether the shorter of two says hardly a word that the other does not: the same, or the same thing otherwise."""
    shorter, longer = sorted((frozenset(words(piece.text)), frozenset(words(other.text))), key=len)
    return len(shorter & longer) >= SAME_WORDS * len(shorter)


def disagrees(piece: Evidence, other: Evidence) -> bool:
    """Whether two articles say the same of the same thing but for a number, its unit, a day, or a "not"."""
    if piece.chunk.article_id == other.chunk.article_id:
        return False  # an article that names two numbers for one thing tells in between what each is for
    ours, theirs = _told(piece.text), _told(other.text)  # of rows the cells: one header may say "Price", one "Cost"
    if _turned(ours, theirs):
        return True
    counted = ours.numbers != theirs.numbers or ours.signs != theirs.signs or _exchange(ours.units, theirs.units)
    return ours.facts == theirs.facts and counted


@dataclass(frozen=True, slots=True)
class _Told:
    """What a piece says, as sets."""

    words: frozenset[str]
    polar: frozenset[str]  # what turns a sentence
    numbers: frozenset[str]  # with a minus; days and months too
    signs: frozenset[str]  # that a figure or a name cannot do without: ">", the rest of "C++"
    units: frozenset[str]
    facts: frozenset[str]  # the stems of what is left, without what carries grammar
    order: tuple[str, ...]  # numbers, what turns, and "yes", as they follow each other

    @property
    def all(self) -> frozenset[str]:
        """All but grammar, of which what has an opposite is in."""
        return self.polar | self.numbers | self.units | self.facts | self.words & _OPPOSITES


@lru_cache(maxsize=4096)
def _told(text: str) -> _Told:
    written = _WRITTEN.sub(lambda sign: _ALIKE[sign[0]], _HALF_DAY.sub(r"\1m", text))
    in_order = words(written)
    said = frozenset(in_order)
    signs = frozenset(words(spelt_out(written))) - said
    numbers = {found.translate(_DASH) for found in _NUMBER.findall(text)} | said & NUMBERS
    left = {word for word in said - GRAMMAR - _POLAR - NUMBERS if not word[0].isdecimal()}
    stems = {stem(_CODES.get(word, word)) for word in left} | {"A"} & set(_LETTER.findall(text))
    units = stems & UNITS | {word.casefold() for word in _AFTER_NUMBER.findall(written)} & SHORT_UNITS
    order = tuple(word for word in in_order if word[0].isdecimal() or word in NUMBERS | _POLAR | {"yes"})
    return _Told(said, said & _POLAR, frozenset(numbers), signs, frozenset(units), frozenset(stems - units), order)


def _is_within(shorter: Sequence[str], longer: Sequence[str]) -> bool:
    """Whether the one follows in the other, perhaps with more between: not "10 and 20" in "20 and 10"."""
    rest = iter(longer)
    return all(one in rest for one in shorter)


def _exchange(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether each of two has something that the other has not."""
    return bool(ours - theirs and theirs - ours)


def _turned(ours: _Told, theirs: _Told) -> bool:
    """Whether two say the same of the same thing but for a word such as "not"."""
    return ours.facts == theirs.facts and ours.polar != theirs.polar
