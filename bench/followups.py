"""Follow-up questions: is a gold passage among the hits, asked alone, with the subject carried, and by the rule.

    python -m bench.followups

mtrag's 217 human conversations; recall@1 and @8 over the tasks that have a gold passage and a history.
"""

import sys
from pathlib import Path

from bench.data import load
from bench.gate import WORK
from bench.passages import article
from bot.question import goes_on, with_subject
from bot.types import Turn
from corpus.types import Corpus
from index.build import build_index, open_index
from index.embedder import load_embedder

DEPTHS = (1, 8)


def main() -> int:
    """Print one row a way of asking."""
    passages, tasks = load.qa("mtrag")
    embedder = load_embedder()
    articles = tuple(
        sorted(
            (article(passage["id"], passage["title"], passage["text"]) for passage in passages),
            key=lambda each: each.id,
        )
    )
    build_index(Corpus(Path("mtrag"), articles), WORK / "mtrag", embedder)
    index = open_index(WORK / "mtrag", embedder)
    found: dict[str, list[list[bool]]] = {"last turn alone": [], "subject carried": [], "the rule": []}
    for task in tasks:
        history = [Turn(text, "") for role, text in task["history"] if role == "user"]
        if not history or not task["gold"]:
            continue
        alone, carried = task["question"], with_subject(task["question"], history)
        asked = {"last turn alone": alone, "subject carried": carried, "the rule": carried if goes_on(alone) else alone}
        for way, query in asked.items():
            ranked = list(dict.fromkeys(hit.chunk.article_id for hit in index.search(query, 3 * DEPTHS[-1])))
            found[way].append([bool(set(ranked[:depth]) & set(task["gold"])) for depth in DEPTHS])
    for way, rows in found.items():
        shares = [sum(row[i] for row in rows) / len(rows) for i in range(len(DEPTHS))]
        print(f"| {way} | {len(rows)} | {' | '.join(f'{share:.3f}' for share in shares)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
