"""Which of the ranked evidence is worth showing to the generator, and which is worth quoting to the reader."""

from collections.abc import Sequence

from bot.types import Evidence
from bot.vocabulary import GRAMMAR, NEGATIONS, NUMBERS
from bot.words import stem, words

# How far below the best piece of evidence, in log-odds, one may score and still be shown to the generator.
SHOWN_MARGIN = 2.0
# Pieces that answer at most, and how far below the best a further one may score. On squad2, clapnq and nq_open a gold
# answer stands in the first for .83, .78 and .69 of the questions, in these 1.2, 1.5 and 1.4 for .91, .84 and .76
# (bench/LOG.md).
MOST_QUOTES = 3
QUOTE_MARGIN = 1.0
# Share of the shorter quote's words above which the second of two says nothing new.
SAME_WORDS = 0.8
_POLAR = NEGATIONS | {"always"}


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

    Rows of one table may differ in a "not" alone ("charged and charging", "charged and not charging").
    """
    shorter, longer = _by_length(piece, other)
    if not alike(piece, other) or not _numbers(shorter) <= _numbers(longer):
        return False
    return not (disagrees(piece, other) or _turned(shorter, longer))


def alike(piece: Evidence, other: Evidence) -> bool:
    """Whether the shorter of two says hardly a word that the other does not: the same, or the same thing otherwise."""
    shorter, longer = _by_length(piece, other)
    return len(shorter & longer) >= SAME_WORDS * len(shorter)


def disagrees(piece: Evidence, other: Evidence) -> bool:
    """Whether two articles say the same of the same thing but for a number, a day, or a word such as "not"."""
    if piece.chunk.article_id == other.chunk.article_id:
        return False  # an article that names two numbers for one thing tells in between what each is for
    ours, theirs = set(words(piece.text)), set(words(other.text))
    return _turned(ours, theirs) or (_facts(ours) == _facts(theirs) and _numbers(ours) != _numbers(theirs))


def _turned(ours: set[str], theirs: set[str]) -> bool:
    """Whether two say the same of the same thing but for a word such as "not"."""
    return _facts(ours) == _facts(theirs) and ours & _POLAR != theirs & _POLAR


def _by_length(piece: Evidence, other: Evidence) -> list[set[str]]:
    """The words of two pieces, of the one with fewer first."""
    return sorted((set(words(piece.text)), set(words(other.text))), key=len)


def _numbers(said: set[str]) -> set[str]:
    return {word for word in said if word[0].isdigit() or word in NUMBERS}


def _facts(said: set[str]) -> set[str]:
    return {stem(word) for word in said - GRAMMAR - _POLAR - _numbers(said)}
