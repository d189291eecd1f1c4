"""Whether the articles cover a question: a logistic model over a few signals of retrieval, evidence and reader.

The constants are the output of bench/gate.py, which says what they are fitted on and what people's labels have to do
with it. Off-topic questions are easy to tell, near-domain ones are not; bench/README.md has the figures of both.

Few signals carry over best. The share of the question's words, and what cosine it has with any chunk at all, tell a
little on the collections that a gate was fitted on and mislead it on others (bench/LOG.md).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.coverage import Coverage
from bot.selection import SURE, Selection
from bot.types import Evidence
from index.types import Hit

NEAREST = 4  # of the best ranked candidates, the highest cosine is a signal
# The first look: a question with a cosine below UNRELATED to the nearest passage found, and none that has SPOKEN_OF of
# its words, is read no further. With the words of the best candidate's passage alone, which is less strict, four of
# 1,351 covered questions were such, none of them answered when read (by the gate of that day), and .73 of those off
# topic, .95 in collections of FAQ (bench/LOG.md); bench/gate.py prints the shares of the rule itself.
UNRELATED = 0.3
SPOKEN_OF = 0.6


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known before a word is written."""

    passage: float  # cosine of the question and the nearest passage, -1..1
    nearest: float  # the highest cosine of the question and a piece of evidence under its heading, -1..1
    answered: float  # log-odds, by the reader, that some evidence answers
    lead: float  # how far, in its log-odds, the best candidate stands above what says something else


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of the logistic model."""

    passage: float = 3.14
    nearest: float = 2.76
    answered: float = 0.44
    lead: float = 0.53
    bias: float = -3.42

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


def read_signals(hits: Sequence[Hit], ranked: Sequence[Evidence], chosen: Selection) -> Signals:
    """The signals of one question; `ranked` are its candidates, best first."""
    if not ranked:
        return Signals(_best_cosine(hits), 0.0, -SURE, 0.0)
    return Signals(
        passage=_best_cosine(hits),
        nearest=max(piece.cosine for piece in ranked[:NEAREST]),
        answered=chosen.answered,
        lead=chosen.lead,
    )


def _best_cosine(hits: Sequence[Hit]) -> float:
    """Of the question and the nearest passage; 0 without any."""
    return max((hit.dense for hit in hits), default=0.0)
