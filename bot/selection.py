"""The second look: the reader reads the best passages, chooses the evidence, and says how sure it is."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.types import Evidence, Passage, Reader
from index.types import Chunk

# Passages read. Its training shows it two to four; bench/evidence.py has the figures of more.
PASSAGES = 4
# How much more the ranking's score counts than the reader learnt to give it: articles are of other kinds than its
# training texts. On the public sets it makes no difference (none moves by more than .015), on four help centres the
# first piece is right more often (bench/LOG.md).
TRUST = 3.0
# Log-odds beyond these are as good as certain; a gate fitted on them must not be pulled by a few.
SURE = 12.0


@dataclass(frozen=True, slots=True)
class Selection:
    """The evidence, and whether it answers at all."""

    evidence: tuple[Evidence, ...]  # best first, numbered from 1; scores in log-odds, the ranking's word weighed in
    answered: float  # log-odds, by the reader, that some candidate answers; within SURE


def select(reader: Reader, question: str, ranked: Sequence[Evidence], most: int) -> Selection:
    """The best of the candidates that stand in the passages read; `ranked` is every candidate, best first."""
    chunks = list({piece.chunk.id: piece.chunk for piece in ranked}.values())[:PASSAGES]
    if not chunks:
        return Selection((), -SURE)
    own = [sorted((piece for piece in ranked if piece.chunk.id == chunk.id), key=_start) for chunk in chunks]
    read = reader.read(question, [passage_of(chunk, pieces) for chunk, pieces in zip(chunks, own, strict=True)])
    none = float(np.mean([one.none for one in read]))
    odds = [
        (piece, float(logit) - none)
        for pieces, one in zip(own, read, strict=True)
        for piece, logit in zip(pieces, one.spans, strict=True)
        if math.isfinite(logit)  # what the reader did not see, it cannot choose
    ]
    found = [dataclasses.replace(piece, score=told + TRUST * piece.score) for piece, told in odds]
    best = sorted(found, key=lambda piece: -piece.score)
    evidence = tuple(dataclasses.replace(piece, number=number) for number, piece in enumerate(best[:most], 1))
    return Selection(evidence, _answered([told for _, told in odds]))


def passage_of(chunk: Chunk, pieces: Sequence[Evidence]) -> Passage:
    """A chunk and its candidates, in reading order, as the reader is given them."""
    heading = " > ".join(part for part in (chunk.title, *chunk.heading_path) if part)
    spans = tuple((piece.start - chunk.start, piece.end - chunk.start) for piece in pieces)
    return Passage(heading, chunk.text, spans, tuple(piece.score for piece in pieces))


def _answered(scores: Sequence[float]) -> float:
    if not scores:
        return -SURE
    top = max(scores)
    total = top + math.log(sum(math.exp(score - top) for score in scores))
    return max(-SURE, min(SURE, total))


def _start(piece: Evidence) -> int:
    return piece.start
