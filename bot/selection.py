"""The second look: the reader reads the best passages, chooses the evidence, and says how sure it is."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.quote import alike
from bot.types import Evidence, Passage, Reader

# Passages read. Its training shows it two to four; bench/evidence.py has the figures of more.
PASSAGES = 4
# How much more the ranking's score counts than the reader learnt to give it: articles are of other kinds than its
# training texts. On the public sets it makes no difference (none moves by more than .015), on four help centres the
# first piece is right more often (bench/LOG.md).
TRUST = 3.0
# Log-odds beyond these are as good as certain; a gate fitted on them must not be pulled by a few.
SURE = 12.0
# The best candidate is hardly ever further above the others; where there are none it is as if it were.
MOST_LEAD = 5.0


@dataclass(frozen=True, slots=True)
class Selection:
    """The evidence, and whether it answers at all."""

    evidence: tuple[Evidence, ...]  # best first, numbered from 1; scores in log-odds, the ranking's word weighed in
    answered: float  # log-odds, by the reader, that some candidate answers; within SURE
    lead: float  # how far, in the reader's log-odds, the best stands above what says something else, 0..MOST_LEAD


def select(reader: Reader, question: str, ranked: Sequence[Evidence], most: int) -> Selection:
    """The best of the candidates that stand in the passages read; `ranked` is every candidate, best first."""
    odds = read_odds(reader, question, by_passage(ranked)[:PASSAGES])
    found = [dataclasses.replace(piece, score=told + TRUST * piece.score) for piece, told in odds]
    best = sorted(found, key=lambda piece: -piece.score)
    evidence = tuple(dataclasses.replace(piece, number=number) for number, piece in enumerate(best[:most], 1))
    answered = max(-SURE, min(SURE, any_of([told for _, told in odds])))
    return Selection(evidence, answered, lead_of(odds))


def by_passage(ranked: Sequence[Evidence]) -> list[list[Evidence]]:
    """The candidates of each passage in reading order, the passage of the best candidate first."""
    found: dict[str, list[Evidence]] = {}
    for piece in ranked:
        found.setdefault(piece.chunk.id, []).append(piece)
    return [sorted(pieces, key=lambda piece: piece.start) for pieces in found.values()]


def read_odds(reader: Reader, question: str, passages: Sequence[Sequence[Evidence]]) -> list[tuple[Evidence, float]]:
    """Each candidate the reader saw, with its log-odds against "none of these"; those it did not see are left out."""
    read = reader.read(question, [passage_of(pieces) for pieces in passages])
    none = float(np.mean([one.none for one in read])) if read else 0.0
    return [
        (piece, float(logit) - none)
        for pieces, one in zip(passages, read, strict=True)
        for piece, logit in zip(pieces, one.spans, strict=True)
        if math.isfinite(logit)
    ]


def any_of(odds: Sequence[float]) -> float:
    """Log-odds that any of the candidates answers; -inf without one."""
    return float(np.logaddexp.reduce(odds)) if odds else -math.inf


def lead_of(odds: Sequence[tuple[Evidence, float]]) -> float:
    """How far the best candidate stands above the best that says something else, within MOST_LEAD; 0 without any.

    A question written to deceive has the words of several sentences and the answer in none. An answer that stands in
    several articles, or in two that disagree, is no less an answer.
    """
    falling = sorted(odds, key=lambda pair: -pair[1])
    if not falling:
        return 0.0
    first, best = falling[0]
    # Mostly the second says something else, and no third is compared.
    others = (told for piece, told in falling[1:] if not alike(piece, first))
    return min(MOST_LEAD, best - next(others, best - MOST_LEAD))


def passage_of(pieces: Sequence[Evidence]) -> Passage:
    """The candidates of one passage, in reading order, as the reader is given them."""
    chunk = pieces[0].chunk
    heading = " > ".join(part for part in (chunk.title, *chunk.heading_path) if part)
    spans = tuple((piece.start - chunk.start, piece.end - chunk.start) for piece in pieces)
    return Passage(heading, chunk.text, spans, tuple(piece.score for piece in pieces))
