"""Follow-up questions: does a gold passage stand among the evidence, asked alone, with the subject carried, and so on?

    python -m bench.followups

mtrag's human conversations, those tasks that have a gold passage and a history. "read 1" is the first passage found,
"evidence" the pieces the answer is made from, "cited" that the first of them is right and the question is not declined;
"product" is what the product does with the history; in "nothing cited" it is not told which passages its answer to the
turn before cited. For "product" the earlier questions are looked up one by one, to know what would be quoted.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from bench.data import load
from bench.gate import WORK
from bench.passages import article
from bot.gate import Gate
from bot.lookup import Look, Lookup
from bot.question import goes_on, with_subject
from bot.quote import worth_quoting
from bot.reader import load_reader
from bot.settings import Settings
from bot.types import Turn
from corpus.types import Corpus
from index.build import build_index, open_index
from index.embedder import load_embedder


def main() -> int:
    """Print one row a way of asking."""
    passages, tasks = load.qa("mtrag")
    embedder = load_embedder()
    articles = sorted((article(row["id"], row["title"], row["text"]) for row in passages), key=lambda each: each.id)
    build_index(Corpus(Path("mtrag"), tuple(articles)), WORK / "mtrag", embedder)
    index = open_index(WORK / "mtrag", embedder)
    lookup = Lookup(index, load_reader(), Gate(), Settings())
    found: dict[str, list[tuple[bool, bool, bool, bool]]] = {}
    for task in tasks:
        history = [Turn(text, "") for role, text in task["history"] if role == "user"]
        if not history or not task["gold"]:
            continue
        question, gold = task["question"], set(task["gold"])
        alone = lookup.search(question, own_question=False)
        carried = lookup.search(with_subject(question, history), own_question=False)
        ways = {
            "last turn alone": alone,
            "subject carried": carried,
            "the rule": carried if goes_on(question) else alone,
            "the surer": max(carried, alone, key=lambda look: look.confidence),
            "product, nothing cited": lookup.looks(question, history)[0][0],
            "product": lookup.looks(question, _as_asked(lookup, [turn.question for turn in history]))[0][0],
        }
        for way, look in ways.items():
            found.setdefault(way, []).append(_hit(look, gold))
    print("| asked | n | read 1 | evidence 1 | evidence | cited |\n|---|---|---|---|---|---|")
    for way, rows in found.items():
        shares = [sum(row[i] for row in rows) / len(rows) for i in range(4)]
        print(f"| {way} | {len(rows)} | {' | '.join(f'{share:.3f}' for share in shares)} |")
    return 0


def _as_asked(lookup: Lookup, questions: Sequence[str]) -> list[Turn]:
    """The turns of a conversation with the passages that what is quoted in them stands in."""
    turns: list[Turn] = []
    for question in questions:
        looks = [look for look in lookup.looks(question, turns)[0] if look.covered]
        answering = [
            [look.entry] if look.entry else [one.chunk for one in worth_quoting(look.evidence)] for look in looks
        ]
        cited = [chunk.id for chunks in answering for chunk in chunks]
        turns.append(Turn(question, "", tuple(dict.fromkeys(cited))))
    return turns


def _hit(look: Look, gold: set[str]) -> tuple[bool, bool, bool, bool]:
    pieces = [piece.chunk.article_id for piece in look.evidence]
    first = bool(set(pieces[:1]) & gold)
    return look.hits[0].chunk.article_id in gold, first, bool(set(pieces) & gold), first and look.covered


if __name__ == "__main__":
    sys.exit(main())
