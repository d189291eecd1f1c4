"""Articles and 200 mixed questions, drawn by a fixed seed from the evaluation sets.

Articles: the paragraphs of squad2's six articles that no training has seen, and stackfaq's answers under their threads'
questions, each an article of its own as in `make evaluate-sets`. Questions: 80 of squad2 with a gold answer, 40
rephrasings of stackfaq's threads; and 80 that are not covered: 20 of squad2 written to deceive, 20 of threads left out,
40 of clinc150 about anything.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bench.peers.types import Article
from training.split import SQUAD2_HELD_OUT

SEED = 1
Kind = Literal["squad2", "stackfaq", "uncovered"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked and what would be right."""

    text: str
    kind: Kind
    answers: tuple[str, ...] = ()  # squad2: any of these stands in a right answer
    sources: tuple[str, ...] = ()  # stackfaq: ids of the thread's articles


def articles() -> list[Article]:
    """486."""
    from bench.data import load  # here, so that tests of what is pure need no evaluation data

    passages = [row for row in load.qa("squad2")[0] if row["article"] in SQUAD2_HELD_OUT] + load.qa("stackfaq")[0]
    return [Article(row["id"], row["title"], row["text"]) for row in passages]


def questions() -> list[Question]:
    """200, covered and not covered in turn as far as they go, so that any beginning of the list is mixed."""
    from bench.data import load

    chance = random.Random(SEED)
    squad2 = [row for row in load.qa("squad2")[1] if row["article"] in SQUAD2_HELD_OUT]
    stackfaq = load.qa("stackfaq")[1]
    clinc = load.rows("clinc150", "oos_questions.jsonl")

    def drawn(rows: Iterable[dict[str, Any]], count: int, answerable: bool) -> list[dict[str, Any]]:
        return chance.sample([row for row in rows if bool(row.get("answerable")) is answerable], count)

    covered = [
        Question(row["question"], "squad2", answers=tuple(row["answers"])) for row in drawn(squad2, 80, True)
    ] + [Question(row["question"], "stackfaq", sources=tuple(row["gold"])) for row in drawn(stackfaq, 40, True)]
    foreign = drawn(squad2, 20, False) + drawn(stackfaq, 20, False) + chance.sample(clinc, 40)
    uncovered = [Question(row["question"], "uncovered") for row in foreign]
    chance.shuffle(covered)
    chance.shuffle(uncovered)
    mixed: list[Question] = []
    while covered or uncovered:  # three covered, two not
        mixed += covered[:3] + uncovered[:2]
        covered, uncovered = covered[3:], uncovered[2:]
    return mixed
