"""Whether a sentence rests on its evidence, decided by rules that can be read.

The untrained generator of 135 million parameters invents, negates and mixes up. So a sentence is supported only when it
is one sentence (or one list with its lead-in) of the evidence, said again with cuts that cannot change what it says:

- an opening such as "However," or the evidence's own "No," may go;
- an aside in brackets, or one between two commas that explains a name ("Whisper, a speech model, ..."), may go;
- a tail may go at a comma, semicolon, colon or bracket, unless it limits what stands before it or says who says so;
- a subject that a section's first sentence calls "it" may be named by the words its heading begins with.

Anything added but an article, any other order, a number, unit, sign, adjective or quantifier more or less: no support.
A question says nothing, and an item of a list of errors ("These are myths:") says nothing alone.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.reading import is_item, is_row
from bot.types import Evidence
from bot.vocabulary import (
    ADDABLE,
    CONDITION_FIRST,
    CONNECTIVES,
    EXPLAINING,
    GRAMMAR,
    IDLE,
    LIMITING,
    LIMITS,
    NEGATIONS,
    OPENINGS,
    PRONOUNS,
    VERBS,
)
from bot.words import spelt_out, words
from corpus.sentences import sentences

# Support from which a sentence is shown.
SUPPORTED = 1.0
# A claim of fewer facts than this ("Yes, it is.") answers nothing by itself.
FEWEST_FACTS = 2
# Words of an aside; longer ones hold clauses of their own.
LONGEST_ASIDE = 8

_MARK = re.compile(r"([;()\[\]–—]|[,:](?!\d)|\s-\s)")


class CutVerifier:
    """Support is 1 when one piece of the evidence says the claim, 0 otherwise; nothing in between is shown."""

    def support(self, claim: str, evidence: Evidence) -> float:
        """1.0 or 0.0."""
        said = words(spelt_out(claim))
        first = evidence.start == evidence.chunk.start  # further down, "it" may be anything named in between
        return float(
            any(
                _supports(_tokens(piece), said, _subject(evidence) if first and number == 0 else [])
                for number, piece in enumerate(_pieces(evidence))
            )
        )

    def may_become(self, beginning: str, evidence: Evidence) -> bool:
        """Whether the words so far are in one piece of evidence in order, but for what a claim may add or rename."""
        said = words(spelt_out(beginning))
        free = ADDABLE.union(_subject(evidence))
        return any(
            all(said[i] in free for i in set(range(len(said))) - {i for i, _ in _align(said, words(spelt_out(piece)))})
            for piece in _pieces(evidence)
        )


@dataclass(frozen=True, slots=True)
class _Token:
    text: str  # a word, or one punctuation mark
    is_mark: bool


def _subject(evidence: Evidence) -> list[str]:
    """The words of the heading from its subject on, as far as that can be told: without what asks."""
    said = words(spelt_out(evidence.chunk.heading or evidence.chunk.title))
    return list(itertools.dropwhile(lambda word: word in GRAMMAR or word in VERBS, said))


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    for number, piece in enumerate(_MARK.split(spelt_out(text))):
        if number % 2:  # what the pattern caught
            found.append(_Token(piece.strip(), is_mark=True))
        else:
            found += [_Token(word, is_mark=False) for word in words(piece)]
    return found


def _pieces(evidence: Evidence) -> list[str]:
    """What one sentence may rest on: each sentence, each row as written, and a list with its lead-in as a whole."""
    found: list[str] = []
    items: list[str] = []
    lead = "" if is_row(evidence.lead) else evidence.lead
    over = evidence.lead
    for start, end in sentences(evidence.text):
        piece = evidence.text[start:end]
        begin = evidence.text.rfind("\n", 0, start) + 1
        if is_item(evidence.text[begin:end]):
            items.append(piece)
        elif not is_row(piece):
            lead = over = piece
        turned = piece != over and any(word in NEGATIONS or word in LIMITING for word in words(over))
        if not piece.endswith("?") and not (turned and (is_item(evidence.text[begin:end]) or is_row(piece))):
            found.append(piece)
    if items and lead:
        found.append(", ".join((lead.rstrip(":. "), *(item.rstrip(".;, ") for item in items))))
    return found


def _supports(evidence: Sequence[_Token], claim: Sequence[str], subject: Sequence[str]) -> bool:
    if sum(word not in GRAMMAR for word in claim) < FEWEST_FACTS:
        return False
    pairs = _align(claim, ["" if token.is_mark else token.text for token in evidence])
    if not pairs:
        return False
    (first, begin), (_, last) = pairs[0], pairs[-1]
    head, tail = evidence[:begin], evidence[last + 1 :]
    added = set(range(len(claim))) - {i for i, _ in pairs}
    named = [i for i in sorted(added) if i < first and claim[i] not in ADDABLE]
    renamed = set(named) if _has_pronoun(head) and _names([claim[i] for i in named], subject) else set()
    return (
        all(claim[i] in ADDABLE for i in added - renamed)
        and _may_open_without(head, renamed=bool(renamed))
        and all(_may_cut(evidence[a + 1 : b], evidence[b].text) for (_, a), (_, b) in itertools.pairwise(pairs))
        and _may_end_before(tail)
    )


def _align(claim: Sequence[str], evidence: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs (i, j) of a longest common subsequence; on ties the earliest words of both."""
    rows, columns = len(claim), len(evidence)
    length = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best = max(length[i + 1][j], length[i][j + 1])
            length[i][j] = max(best, length[i + 1][j + 1] + 1) if claim[i] == evidence[j] else best
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if claim[i] == evidence[j] and length[i][j] == length[i + 1][j + 1] + 1:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _has_pronoun(head: Sequence[_Token]) -> bool:
    return any(token.text in PRONOUNS for token in head)


def _names(said: Sequence[str], subject: Sequence[str]) -> bool:
    """Whether the words are all of the heading's subject: "CLIP" of "CLIP an LLM", not "LLM", nor one of two."""
    after = subject[len(said) : len(said) + 1]
    return (
        bool(said)
        and list(subject[: len(said)]) == list(said)
        and not any(word in NEGATIONS or word in LIMITS or word in VERBS for word in said)
        and all(word in ("a", "an", "the") or word in VERBS for word in after)
    )


def _may_open_without(head: Sequence[_Token], *, renamed: bool) -> bool:
    """Only openings, articles and, when the claim names the subject itself, its pronoun may be left out."""
    free = PRONOUNS | {"nay"} if renamed else frozenset()  # "No - it learns ..." as "CLIP learns ..."
    after_mark = next((len(head) - i for i, token in enumerate(reversed(head)) if token.is_mark), 0)
    return all(
        token.is_mark or token.text in free or token.text in (OPENINGS if i < after_mark else CONNECTIVES)
        for i, token in enumerate(head)
    )


def _may_end_before(tail: Sequence[_Token]) -> bool:
    said = [token.text for token in tail if not token.is_mark]
    if not said:
        return True
    return tail[0].is_mark and said[0] not in CONDITION_FIRST and not _limits(said)


def _may_cut(gap: Sequence[_Token], before: str) -> bool:
    """Whether the claim may leave out what stands between two of its words; `before` is the second of them."""
    said = [token.text for token in gap if not token.is_mark]
    if not said:
        return True
    marks = [token for token in gap if token.is_mark]
    if len(marks) == 2 and gap[0].is_mark and gap[-1].is_mark:
        explains = marks[0].text != "," or (said[:1] and said[0] in EXPLAINING and before not in ("and", "or"))
        return (
            bool(explains)
            and len(said) <= LONGEST_ASIDE
            and said[:1] != ["for"]
            and not VERBS & set(said)
            and not _limits(said)
        )
    return all(word in IDLE for word in said)


def _limits(said: Sequence[str]) -> bool:
    return any(word in NEGATIONS or word in LIMITING for word in said)
