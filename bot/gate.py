"""Whether the articles cover a question: a logistic model over a few signals of retrieval, evidence and reader.

The constants are the output of bench/gate.py (of the day when eight passages were looked at): questions of six public
sets with and without an answer in their articles, every kind of question weighing the same. Off-topic questions are
easy to tell, near-domain ones are not; bench/README.md has the figures of both.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.coverage import Coverage
from bot.selection import SURE, Selection
from bot.types import Evidence
from index.moments import Moments
from index.types import Hit, Vectors

# An index of few chunks says little about what an unrelated chunk's cosine would be; it is read as if so many chunks
# of an average corpus (the means over the six sets) stood beside its own.
PRIOR_CHUNKS = 50
PRIOR_MEAN = 0.04
PRIOR_SPREAD = 0.09
NEAREST = 4  # of the best ranked candidates, the highest cosine is a signal
# The first look: a question with a cosine below UNRELATED to the nearest passage found, and none that has SPOKEN_OF of
# its words, is read no further. With the words of the best candidate's passage alone, which is less strict, four of
# 1,351 covered questions were such, none of them answered when read, and .73 of those off topic, .95 in collections of
# FAQ (bench/LOG.md); bench/gate.py prints the shares of the rule itself.
UNRELATED = 0.3
SPOKEN_OF = 0.6


@dataclass(frozen=True, slots=True)
class Background:
    """What cosine a question has with any chunk at all: in a corpus on one topic a high one means little."""

    moments: Moments  # of the index's vectors

    def mean_and_spread(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of the cosines of a question, (1, d), with all chunks."""
        mean, variance = self.moments.mean_and_variance(vector)
        share = self.moments.size / (self.moments.size + PRIOR_CHUNKS)
        return (
            share * mean + (1 - share) * PRIOR_MEAN,
            share * math.sqrt(variance) + (1 - share) * PRIOR_SPREAD,
        )


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known before a word is written."""

    passage: float  # cosine of the question and the nearest passage, -1..1
    sentence: float  # cosine of the question and the best evidence under its heading, -1..1
    nearest: float  # the highest such cosine of all evidence, -1..1
    coverage: float  # share of the question's words, by weight, in the best evidence's passage, 0..1
    answered: float  # log-odds, by the reader, that some evidence answers
    lead: float  # how far, in its log-odds, the best candidate stands above what says something else
    mean: float  # of the question's cosines with all passages
    spread: float  # their standard deviation


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of the logistic model."""

    passage: float = 6.83
    sentence: float = 0.3
    nearest: float = 3.51
    coverage: float = 0.02
    answered: float = 0.3
    lead: float = 0.27
    mean: float = 6.51
    spread: float = -19.8
    bias: float = -4.34

    def confidence(self, signals: Signals) -> float:
        """The estimated chance, 0..1, that the articles answer the question, when half of all questions are covered."""
        names = self.__dataclass_fields__.keys() - {"bias"}
        total = self.bias + sum(getattr(self, name) * getattr(signals, name) for name in sorted(names))
        return 1 / (1 + math.exp(-total))

    def rescaled(self, slope: float, shift: float) -> "Gate":
        """The gate whose log-odds are `slope` times these plus `shift`."""
        weights = {name: slope * getattr(self, name) for name in self.__dataclass_fields__}
        return Gate(**weights | {"bias": weights["bias"] + shift})


def unrelated(question: str, hits: Sequence[Hit], cover: Coverage) -> bool:
    """Whether no passage is near or has the question's words, so that reading them would find no answer."""
    return _best_cosine(hits) < UNRELATED and all(cover.share(question, hit.chunk.passage) < SPOKEN_OF for hit in hits)


def read_signals(
    question: str, vector: Vectors, hits: Sequence[Hit], ranked: Sequence[Evidence], chosen: Selection,
    cover: Coverage, all_: Background,
) -> Signals:  # fmt: skip
    """The signals of one question; `vector` is its embedding, (1, d), `ranked` its candidates, best first."""
    mean, spread = all_.mean_and_spread(vector)
    if not ranked:
        return Signals(_best_cosine(hits), 0.0, 0.0, 0.0, -SURE, 0.0, mean, spread)
    return Signals(
        passage=_best_cosine(hits),
        sentence=ranked[0].cosine,
        nearest=max(piece.cosine for piece in ranked[:NEAREST]),
        coverage=cover.share(question, ranked[0].chunk.passage),
        answered=chosen.answered,
        lead=chosen.lead,
        mean=mean,
        spread=spread,
    )


def _best_cosine(hits: Sequence[Hit]) -> float:
    """Of the question and the nearest passage; 0 without any."""
    return max((hit.dense for hit in hits), default=0.0)
