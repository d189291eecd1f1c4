"""Which of the ranked evidence is worth showing to the generator, and which is worth quoting to the reader."""

from collections.abc import Sequence

from bot.types import Evidence
from bot.words import words

# How far below the best piece of evidence one may score and still be shown to the generator.
SHOWN_MARGIN = 0.2
# Sentences quoted at most, and how far below the best a further one may score. On squad2 and nq_open a gold answer
# stands in the first sentence for .76 and .60 of the questions, in these 1.5 sentences on average for .84 and .75
# (bench/LOG.md).
MOST_QUOTES = 3
QUOTE_MARGIN = 0.1
# Share of the shorter quote's words above which the second of two says nothing new.
SAME_WORDS = 0.8


def worth_showing(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What is not far below the best; `evidence` is ranked."""
    return tuple(piece for piece in evidence if piece.score >= evidence[0].score - SHOWN_MARGIN)


def worth_quoting(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The best piece and those nearly as good that say something else, in reading order within an article."""
    chosen: list[Evidence] = []
    for piece in evidence:
        if piece.score >= evidence[0].score - QUOTE_MARGIN and not any(_repeats(piece, other) for other in chosen):
            chosen.append(piece)
    chosen = chosen[:MOST_QUOTES]
    first_seen = {piece.chunk.article_id: piece.number for piece in reversed(chosen)}
    return tuple(sorted(chosen, key=lambda piece: (first_seen[piece.chunk.article_id], piece.start)))


def _repeats(piece: Evidence, other: Evidence) -> bool:
    ours, theirs = set(words(piece.text)), set(words(other.text))
    return len(ours & theirs) >= SAME_WORDS * min(len(ours), len(theirs))
