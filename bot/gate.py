"""Whether the articles cover a question: a logistic model over a few signals of retrieval and evidence.

Fitted by bench/gate.py on questions with and without an answer in their articles; the constants below are its output.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.coverage import Coverage
from bot.types import Evidence
from index.types import Hit


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known before a word is written; each higher when the question is better covered, except `unknown`."""

    passage: float  # cosine of the question and the nearest passage, -1..1
    sentence: float  # cosine of the question and the best evidence under its heading, -1..1
    coverage: float  # share of the question's words, by weight, in the best evidence's passage, 0..1
    together: float  # the same for the three best pieces of evidence together, 0..1
    unknown: float  # words of the question that stand in no article: 0, 1/3, 2/3 or 1 (three and more)


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of the logistic model."""

    passage: float = 10.4
    sentence: float = 3.3
    coverage: float = 1.1
    together: float = 0.5
    unknown: float = -1.0
    bias: float = -8.0

    def confidence(self, signals: Signals) -> float:
        """The estimated chance, 0..1, that the articles answer the question."""
        total = (
            self.bias
            + self.passage * signals.passage
            + self.sentence * signals.sentence
            + self.coverage * signals.coverage
            + self.together * signals.together
            + self.unknown * signals.unknown
        )
        return 1 / (1 + math.exp(-total))


def read_signals(question: str, hits: Sequence[Hit], evidence: Sequence[Evidence], cover: Coverage) -> Signals:
    """The signals of one question."""
    if not hits or not evidence:
        return Signals(0.0, 0.0, 0.0, 0.0, 1.0)
    return Signals(
        passage=max(hit.dense for hit in hits),
        sentence=evidence[0].cosine,
        coverage=cover.share(question, evidence[0].chunk.passage),
        together=cover.share(question, " ".join(piece.text for piece in evidence[:3])),
        unknown=min(cover.unknown(question), 3) / 3,
    )
