"""Questions to fit the gate on without labels of what is not covered (bench/gate.py), of ../shared/train.

A question that stands beside its answer is covered; it is not once the articles that answer are held out, or a fact of
it is turned into another (training/swaps.py); nor are questions of the other collections. The reader has learnt from
most of these questions (hardly any of medquad's); fitted on those it never saw a gate is neither better nor worse
(bench/LOG.md).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.data import FOLDER
from bench.gate_rows import COVERED
from corpus.types import Article
from training.examples import NEIGHBOURS, Asked, dstc_faq, medquad, qed, selqa
from training.split import Unseen
from training.swaps import swapped

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what is known of it."""

    text: str
    kind: str  # COVERED or one of KINDS
    held: frozenset[str] = frozenset()  # articles kept out of retrieval


@dataclass(frozen=True, slots=True)
class Collection:
    """Articles and what is asked of them."""

    label: str
    articles: Sequence[Article]
    questions: Sequence[Question]


def training_collections(folder: Path, count: int, chance: random.Random) -> Iterator[Collection]:
    """Of each set of ../shared/train `count` questions, half as many held out, asked in other words than the articles'.

    The question an entry answers is hidden (medquad is asked it); titles of articles stay. Of selqa's and dstc_faq's
    questions those are left out that were written with the answer in sight.
    """
    unseen = Unseen(FOLDER)
    sets = {
        "dstc_faq": dstc_faq(folder, chance, hidden=1, turns_only=True),
        "selqa": selqa(folder, unseen, reworded=True),
        "qed": qed(folder, unseen),
        "medquad": medquad(folder, unseen, chance, hidden=1),
    }
    known = {name: [one for one in asked if one.articles] for name, (_, asked) in sets.items()}
    for name, (articles, _) in sets.items():
        covered = some(known[name], count, chance)
        questions = [Question(one.question, COVERED) for one in covered]
        questions += [Question(text, "near") for text in _altered(covered, articles, chance)]
        questions += [Question(one.question, "held", one.articles) for one in some(covered, count // 2, chance)]
        elsewhere = [one.question for other, asked in known.items() if other != name for one in asked]
        questions += [Question(text, "off") for text in some(elsewhere, count, chance)]
        yield Collection(name, articles, questions)


def _altered(asked: Sequence[Asked], articles: Sequence[Article], chance: random.Random) -> Iterator[str]:
    texts = {one.id: one.text for one in articles}
    for one in asked:
        beside = " ".join(texts[name] for name in sorted(one.articles))
        others = [chance.choice(articles).text for _ in range(NEIGHBOURS)]
        if (text := swapped(one.question, beside, others, chance)) is not None:
            yield text


def some(given: Sequence[T], count: int, chance: random.Random) -> list[T]:
    """So many drawn, or all where there are fewer."""
    return chance.sample(given, min(count, len(given)))
