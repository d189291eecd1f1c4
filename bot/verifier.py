"""Whether a sentence rests on its evidence, decided by rules that can be read.

The untrained generator of 135 million parameters invents, negates and mixes up. So a sentence is supported only when it
is one sentence (or one list with its lead-in) of the evidence, said again with cuts that cannot change what it says:

- an opening such as "However," or the evidence's own "No," may go;
- an aside between two commas or in brackets may go, and up to two words that are no verb, no limit and no negation;
- a tail may go at a comma, semicolon, colon or bracket, unless it limits what stands before it;
- a subject the evidence calls "it" may be named as the heading names it.

Anything added but an article, any other order, any number, negation or quantifier more or less: no support.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.reading import is_item, is_row
from bot.types import Evidence
from bot.words import GRAMMAR, LIMITS, NEGATIONS, words
from corpus.sentences import sentences

# Support from which a sentence is shown.
SUPPORTED = 1.0
# A claim of fewer facts than this ("Yes, it is.") answers nothing by itself.
FEWEST_FACTS = 2
# Words that may be cut without punctuation around them; with three, "Y in dogs, Z in cats" could become "Y in cats".
LONGEST_BARE_CUT = 2
# Words of an aside between two commas; longer ones hold clauses of their own.
LONGEST_ASIDE = 8

_OPENINGS = frozenset(
    "however therefore thus so also but and yes instead moreover furthermore for example in fact short other "
    "words overall finally first second third still nevertheless similarly likewise indeed".split()
)
# The only words a claim may add: "built on" must not become "built by", nor "is" "was".
_ADDABLE = frozenset("a an the that also".split())
_PRONOUNS = frozenset("it they this these that those he she we".split())
_VERBS = frozenset("is are was were be been has have had does do did will shall can may must".split())
_MARK = re.compile(r"([;()\[\]–—]|[,:](?!\d)|\s-\s)")


class CutVerifier:
    """Support is 1 when one piece of the evidence says the claim, 0 otherwise; nothing in between is shown."""

    def support(self, claim: str, evidence: Evidence) -> float:
        """1.0 or 0.0."""
        subject = set(words(" ".join((evidence.chunk.title, *evidence.chunk.heading_path))))
        said = words(claim)
        return float(any(_supports(_tokens(piece), said, subject) for piece in _pieces(evidence)))

    def may_become(self, beginning: str, evidence: Evidence) -> bool:
        """Whether the words so far are in one piece of evidence in order, but for what a claim may add or rename."""
        subject = set(words(" ".join((evidence.chunk.title, *evidence.chunk.heading_path))))
        said = words(beginning)
        free = _ADDABLE | subject
        return any(
            all(said[i] in free for i in set(range(len(said))) - {i for i, _ in _align(said, words(piece))})
            for piece in _pieces(evidence)
        )


@dataclass(frozen=True, slots=True)
class _Token:
    text: str  # a word, or one punctuation mark
    is_mark: bool


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    for number, piece in enumerate(_MARK.split(text)):
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
    for start, end in sentences(evidence.text):
        piece = evidence.text[start:end]
        begin = evidence.text.rfind("\n", 0, start) + 1
        found.append(piece)
        if is_item(evidence.text[begin:end]):
            items.append(piece)
        else:
            lead = piece
    if items and lead:
        found.append(", ".join((lead.rstrip(":. "), *(item.rstrip(".;, ") for item in items))))
    return found


def _supports(evidence: Sequence[_Token], claim: Sequence[str], subject: set[str]) -> bool:
    if sum(word not in GRAMMAR for word in claim) < FEWEST_FACTS:
        return False
    pairs = _align(claim, ["" if token.is_mark else token.text for token in evidence])
    if not pairs:
        return False
    (first, begin), (_, last) = pairs[0], pairs[-1]
    head, tail = evidence[:begin], evidence[last + 1 :]
    added = set(range(len(claim))) - {i for i, _ in pairs}
    renamed = {i for i in added if i < first and claim[i] in subject} if _has_pronoun(head) else set()
    return (
        all(claim[i] in _ADDABLE for i in added - renamed)
        and _may_open_without(head, renamed=bool(renamed))
        and all(_may_cut(evidence[a + 1 : b]) for (_, a), (_, b) in itertools.pairwise(pairs))
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
    return any(token.text in _PRONOUNS for token in head)


def _may_open_without(head: Sequence[_Token], *, renamed: bool) -> bool:
    """Only openings, grammar and, when the claim names the subject itself, its pronoun may be left out."""
    allowed = _OPENINGS | (_PRONOUNS if renamed else frozenset())
    said = [token.text for token in head if not token.is_mark]
    if said[:1] == ["no"] and renamed:  # "No - it learns ..." as "CLIP learns ..."
        said = said[1:]
    return all(word in allowed or word in ("a", "an", "the") for word in said)


def _may_end_before(tail: Sequence[_Token]) -> bool:
    said = [token.text for token in tail if not token.is_mark]
    if not said:
        return True
    return tail[0].is_mark and not any(word in NEGATIONS or word in LIMITS for word in said)


def _may_cut(gap: Sequence[_Token]) -> bool:
    said = [token.text for token in gap if not token.is_mark]
    if any(word in NEGATIONS or word in LIMITS or word in _VERBS for word in said):
        return False
    marks = [token for token in gap if token.is_mark]
    if len(marks) == 2 and gap[0].is_mark and gap[-1].is_mark:
        return len(said) <= LONGEST_ASIDE
    return len(said) <= LONGEST_BARE_CUT and not (marks and said)
