"""Whether a sentence rests on its evidence, decided by rules that can be read.

The untrained generator of 135 million parameters invents, negates and mixes up. So a sentence is supported only when it is one
sentence (or one list with its lead-in) of the evidence, said again with cuts that cannot change what it says:

- an opening such as "However," or the evidence's own "No," may go;
- an aside between two commas or in brackets may go, and up to two words that are no verb, no limit and no negation;
- a tail may go at a comma, semicolon, colon or bracket, unless it limits what stands before it;
- a subject the evidence calls "it" may be named as the heading names it.

Anything added but grammar, any other order, any number, negation or quantifier more or less: no support.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.reading import is_item, is_row
from bot.types import Evidence
from bot.words import GRAMMAR, LIMITS, NEGATIONS, stem, words
from corpus.sentences import sentences

# The share of a claim's words that its evidence must hold in order. One: a missing word is a missing fact.
SUPPORTED = 1.0
# A claim of fewer facts than this ("Yes, it is.") answers nothing by itself.
FEWEST_FACTS = 2
# Words that may be cut without punctuation around them; with three, "Y in dogs, Z in cats" could become "Y in cats".
LONGEST_BARE_CUT = 2
# Words of an aside between two commas; longer ones hold clauses of their own.
LONGEST_ASIDE = 8

_OPENINGS = frozenset(
    [
        "however",
        "therefore",
        "thus",
        "so",
        "also",
        "but",
        "and",
        "yes",
        "instead",
        "moreover",
        "furthermore",
        "for",
        "example",
        "in",
        "fact",
        "short",
        "other",
        "words",
        "overall",
        "finally",
        "first",
        "second",
        "third",
        "still",
        "nevertheless",
        "similarly",
        "likewise",
        "indeed",
    ]
)
_PRONOUNS = frozenset(["it", "they", "this", "these", "that", "those", "he", "she", "we"])
_VERBS = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "does",
        "do",
        "did",
        "will",
        "shall",
        "can",
        "may",
        "must",
    ]
)
_MARKS = re.compile(r"[,;:()\[\]–—]|\s-\s")
_PIECE = re.compile(r"[,;:()\[\]–—]|\s-\s|[^,;:()\[\]–—]+?(?=[,;:()\[\]–—]|\s-\s|$)")


class CutVerifier:
    """Support as the share of a claim's facts in one piece of evidence, 0 as soon as a cut could change the sense."""

    def support(self, claim: str, evidence: Evidence) -> float:
        """0..1; at SUPPORTED and above the claim says only what the evidence says."""
        names = words(" ".join((evidence.chunk.title, *evidence.chunk.heading_path)))
        subject = {stem(word) for word in names}
        said = words(claim)
        return max((_support(said, _tokens(piece), subject) for piece in _pieces(evidence)), default=0.0)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str  # a word, or one punctuation mark
    is_mark: bool


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    for piece in _PIECE.findall(text):
        if _MARKS.fullmatch(piece):
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


def _support(claim: Sequence[str], evidence: Sequence[_Token], subject: set[str]) -> float:
    facts = [word for word in claim if word not in GRAMMAR]
    if len(facts) < FEWEST_FACTS:
        return 0.0
    pairs = _align([stem(word) for word in claim], ["" if t.is_mark else stem(t.text) for t in evidence])
    if not pairs:
        return 0.0
    matched = {i for i, _ in pairs}
    unmatched = [i for i in range(len(claim)) if i not in matched]
    if any(claim[i] in NEGATIONS or claim[i] in LIMITS or claim[i][0].isdigit() for i in unmatched):
        return 0.0
    begin, last = pairs[0][1], pairs[-1][1]
    head, tail = evidence[:begin], evidence[last + 1 :]
    renamed = {i for i in unmatched if i < pairs[0][0] and stem(claim[i]) in subject} if _is_pronoun(head) else set()
    if not (_may_open_without(head, renamed=bool(renamed)) and _may_end_before(tail)):
        return 0.0
    gaps = [evidence[a + 1 : b] for (_, a), (_, b) in zip(pairs, pairs[1:], strict=False)]
    if not all(_may_cut(gap) for gap in gaps):
        return 0.0
    return sum(1 for i, word in enumerate(claim) if word not in GRAMMAR and (i in matched or i in renamed)) / len(facts)


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


def _is_pronoun(head: Sequence[_Token]) -> bool:
    return [token.text for token in head if not token.is_mark and token.text not in _OPENINGS | {"no"}][
        :1
    ] != [] and any(token.text in _PRONOUNS for token in head)


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
