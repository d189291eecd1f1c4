"""What an answer is worth, the same for every peer.

- **Declined**: what the peer itself calls so, as Footnote does; else an empty answer, or one whose first two sentences
  say in any of the ways in DECLINES that the answer is not known or not in the articles. These peers have no other way
  to decline. The list was written from how models of this size put it; whatever it misses counts as an answer, and a
  test holds what it must not take for a decline.
- **Hit**: squad2, a gold answer's words stand in the answer (SQuAD's normalisation); stackfaq, which has no short
  answers, the first source the peer returns or cites is of the right thread and the answer is no decline. The latter
  judges little more than the search, whatever the answer says.
- **Wrong**: an answer that is no decline, to a question that is not covered, or to one that is without a hit.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from bench.peers.questions import Question
from bot.evaluate.metrics.text import answer_hit

Verdict = Literal["hit", "wrong", "declined", "failed"]

_NOT = r"(?:not|n't|n’t)"
DECLINES = re.compile(
    "|".join(
        (
            rf"\bi (?:do|did|would|could|ca|can|am|was|have)\s?{_NOT} (?:\w+ )?"
            r"(?:know|have|find|found|sure|aware|able|answer|provide|determine|see|familiar|give|help|assist|tell)",
            r"\bi(?:'m|’m| am) (?:sorry|unable|unsure|not (?:sure|aware|able|familiar|certain))",
            rf"\b(?:unable to|can\s?{_NOT}|could\s?{_NOT}) (?:be )?(?:answer|find|found|provide|determine)",
            r"\bsorry, (?:but )?i\b",
            r"\bnone of the (?:documents|passages|texts|articles)\b",
            rf"\b(?:is|it's|it’s)\s?{_NOT} (?:clear|possible) (?:from|to (?:say|tell|answer|determine))\b",
            r"\b(?:context|documents?|passages?|texts?|articles?|information|question|answer)(?: \w+){0,3} "
            rf"(?:do|does|did|is|are|was)\s?{_NOT} (?:\w+ ){{0,2}}"
            r"(?:contain|mention|provide|specif|includ|say|state|answer|relevant|given|clear|enough|available|known|sufficient)",
            r"\b(?:no|not enough|insufficient) (?:\w+ )?(?:information|mention|context|answer)\b",
            rf"\b(?:is|are|was|were)\s?{_NOT} (?:\w+ )?(?:mentioned|specified|provided|stated|known)\b",
        )
    ),
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
SENTENCES = 2  # in which a decline is looked for; later on a model talks of other things


def declines(text: str) -> bool:
    """Whether the answer says that it has none."""
    beginning = " ".join(_SENTENCE_END.split(text.strip())[:SENTENCES])
    return not beginning or bool(DECLINES.search(" ".join(beginning.split())))


def verdict(question: Question, text: str, sources: Sequence[str], declined: bool | None = None) -> Verdict:
    """One answer's; a hit counts even where the answer apologises as well. `declined` None: its words decide."""
    if question.kind == "squad2" and answer_hit(text, question.answers):
        return "hit"
    if declines(text) if declined is None else declined:
        return "declined"
    if question.kind == "stackfaq" and sources and sources[0] in question.sources:
        return "hit"
    return "wrong"


def counts(judged: Iterable[tuple[Question, Verdict]]) -> dict[str, dict[str, int]]:
    """How often each verdict fell, by kind of question."""
    found = Counter((question.kind, verdict) for question, verdict in judged)
    kinds, verdicts = ("squad2", "stackfaq", "uncovered"), ("hit", "wrong", "declined", "failed")
    return {kind: {one: found[kind, one] for one in verdicts} for kind in kinds}
