"""The FAQ lane: a question that is one of the articles' own gets the author's answer as written."""

import itertools
import re
from collections.abc import Sequence

from bot.types import Evidence
from bot.vocabulary import GRAMMAR, LIMITS, NEGATIONS
from bot.words import stem, words
from index.types import Chunk

# Cosine of two questions that mean the same. On stackfaq 163 of 500 rephrasings reach it, all of them with the right
# thread, and none of the 120 whose thread is left out; after the checks below 77 are left, all right. On covid_deepset
# 99 % of the pairs above it are duplicates.
SAME_QUESTION = 0.8
# From this cosine on, an entry is taken when the reader's best evidence stands in it and the gate is sure. On stackfaq
# 28 more rephrasings of 500 get the author's answer so, all of the right thread, none of the 120 whose thread is left
# out; on datatalks_faq 6 more of 300, one of another entry (bench/LOG.md).
LIKE_QUESTION = 0.65
SURE = 0.7  # the gate's confidence
# "Are all LLMs foundation models?" and "Are all foundation models LLMs?" have a cosine of .98: among candidates
# this near the best one, the order of the words decides.
NEAR_TIE = 0.08
# Words that ask, politely or not, and carry nothing that two questions could differ in.
_ASKING = frozenset("please tell explain describe say know want like mean means meant pls can could would do".split())
_POLITE = frozenset("please pls".split())
_AUXILIARY = frozenset("can could would do".split())
# Two yes-or-no questions that begin so are two; those with "can" and "could", "is" and "are" may be one.
_TWO_QUESTIONS = ({"can", "do"}, {"can", "would"}, {"can", "does"}, {"could", "do"}, {"could", "does"}, {"do", "would"})
_YES_OR_NO = re.compile(r"(?:yes|no)\b", re.IGNORECASE)
_OPEN = frozenset("what which who whom whose when where why how".split())
# Questions that differ in one of these ask for another thing ("when" and "many" are among the limits).
_WANTED = frozenset("who whom whose where why should off".split())
# A paraphrase may say "can" for "may", but "after I have checked in" asks for another thing.
_BOUNDS = frozenset("after before until unless once over under more less".split())
_TIME_OR_COUNT = frozenset("when long many much often soon".split())


def heading_asked(question: str, nearest: Sequence[tuple[Chunk, float]]) -> Chunk | None:
    """The FAQ entry whose heading is `question`, but for what carries nothing; or None."""
    asked = _as_written(question)
    return next((chunk for chunk, _ in nearest if asked and _as_written(chunk.heading) == asked), None)


def same_question(question: str, nearest: Sequence[tuple[Chunk, float]]) -> Chunk | None:
    """The FAQ entry that asks the same as `question`, or None; `nearest` is best first with cosines.

    Besides the cosine, negations, limits and numbers must agree, names of one must not stand for names of the other,
    and the two may neither differ in just one word ("enable", "disable") nor be the same words in another order.
    """
    if not nearest:
        return None
    if own := heading_asked(question, nearest):
        return own
    best = nearest[0][1]
    if best < SAME_QUESTION:
        return None
    tied = [chunk for chunk, cosine in nearest if cosine >= best - NEAR_TIE]
    chunk = max(tied, key=lambda entry: _order_agreement(question, entry.heading))
    asked, entry = _plainly(question), _plainly(chunk.heading)
    if asked[1:] == entry[1:] and {*asked[:1], *entry[:1]} in _TWO_QUESTIONS:
        return None  # "Do they share my data?" is not "Can they share my data?"
    return chunk if _agrees(question, chunk, NEGATIONS | (LIMITS - _ASKING) | _WANTED) else None


def paraphrased(
    question: str, nearest: Sequence[tuple[Chunk, float]], evidence: Sequence[Evidence], confidence: float
) -> Chunk | None:
    """The nearest FAQ entry when what was found for `question`, best first, says that it asks the same; or None."""
    if not nearest or not evidence or confidence < SURE:
        return None
    (entry, cosine), best = nearest[0], evidence[0].chunk
    if (best.article_id, best.anchor, best.heading_path) != (entry.article_id, entry.anchor, entry.heading_path):
        return None
    if cosine < LIKE_QUESTION or _is_narrower(entry.heading, question):
        return None
    if _YES_OR_NO.match(entry.text) and _OPEN.intersection(words(question)[:3]):
        return None  # "in how many languages" is not answered by "No."
    if _TIME_OR_COUNT.intersection(words(question)[:3]) and not _TIME_OR_COUNT.intersection(words(entry.heading)):
        return None
    return entry if _agrees(question, entry, NEGATIONS | _WANTED | _BOUNDS) else None


def _plainly(question: str) -> list[str]:
    return [word for word in words(question) if word not in _POLITE]


def _as_written(question: str) -> list[str]:
    """The stems of a question, "please" apart, and "how can I" like "how do I"; "can they?" is not "do they?"."""
    asked = [stem(word) for word in _plainly(question)]
    return ["how", *asked[2:]] if asked[:1] == ["how"] and _AUXILIARY.intersection(asked[1:2]) else asked


def _content(question: str) -> list[str]:
    return [stem(word) for word in words(question) if word not in _ASKING]


def _order_agreement(question: str, other: str) -> float:
    """Share of neighbouring word pairs the two have in common (Dice)."""
    ours, theirs = _pairs(question), _pairs(other)
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


def _pairs(question: str) -> set[tuple[str, str]]:
    stems = ["^", *_content(question), "$"]
    return set(itertools.pairwise(stems))


def _agrees(question: str, chunk: Chunk, sense: frozenset[str]) -> bool:
    """Whether nothing but wording tells the two apart; words of `sense` and numbers must be the same in both."""
    asked, entry = words(question), words(chunk.heading)
    if {word for word in asked if _tells(word, sense)} != {word for word in entry if _tells(word, sense)}:
        return False
    if _is_turned(_facts(question), _facts(chunk.heading)):
        return False
    heading, there = _stems(chunk.heading), _stems(f"{chunk.heading} {chunk.text}")
    names, others = _names(question), _names(chunk.heading)
    foreign = not all(_stems(name) <= heading for name in names)
    if foreign and not all(_stems(name) <= _stems(question) for name in others):
        return False  # "Is Llama an LLM?" is not "Is CLIP an LLM?", even when that answer speaks of Llama too
    return all(_stems(name) <= there for name in names)


def _is_narrower(entry: str, question: str) -> bool:
    """Whether the entry asks for one kind only: "a source package" of "a package", "in Windows" of anywhere."""
    named = all(_stems(name) <= _stems(question) for name in _names(entry))
    return not named or set(_facts(question)) < set(_facts(entry))


def _tells(word: str, sense: frozenset[str]) -> bool:
    return word in sense or word[0].isdigit()


def _is_turned(asked: list[str], entry: list[str]) -> bool:
    """Whether one word stands for another, or the same words stand in another order."""
    ours, theirs = set(asked) - set(entry), set(entry) - set(asked)
    return len(ours) == len(theirs) == 1 or (sorted(asked) == sorted(entry) and asked != entry)


def _facts(question: str) -> list[str]:
    return [stem(word) for word in words(question) if word not in _ASKING and word not in GRAMMAR]


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)}


def _names(question: str) -> list[str]:
    """Numbers, and capitalised words after the first."""
    found = re.findall(r"\w+(?:[-.]\w+)*", question)
    return [
        word
        for position, word in enumerate(found)
        if any(char.isdigit() for char in word)
        or (any(char.isupper() for char in (word if position else word[1:])) and word.casefold() not in GRAMMAR)
    ]
