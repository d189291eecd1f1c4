"""Of the sentences people marked as a long answer, how many are cited; and of the citations, how many lie in one.

    python -m bench.gold

clapnq's answerable questions through the product as it ships: means over those it answers, and over all of them, a
declined one counting 0. ROUGE-L is against the answers people wrote.
"""

import statistics
import sys

from bench.evaluate_sets import WORK
from bench.evaluation_sets import clapnq, opened
from bench.product import product
from bot.evaluate.metrics.text import rouge_l
from bot.evaluate.sources import Sources
from bot.settings import Settings
from index.embedder import load_embedder


def main() -> int:
    """Print two rows."""
    index, cases = opened(clapnq(), WORK, load_embedder())
    bot, sources = product(Settings())(index), Sources(index.articles)
    marked, rows = [], []
    for case in (case for case in cases if case.sources):
        answer = bot.answer(case.question)
        places = [(cited.article_id, cited.start, cited.end) for cited in answer.citations]
        gold = [sources.find([named]) for named in dict.fromkeys(case.sources)]  # several people marked some
        cited = [any(one.holds(*place) for place in places) for one in gold]
        right = [any(one.holds(*place) for one in gold) for place in places]
        marked.append(len(gold))
        precision = statistics.fmean(right) if right else 0.0
        rows.append((bool(places), statistics.fmean(cited), precision, len(places), rouge_l(answer.text, case.answers)))
    print(f"{len(rows)} questions, {statistics.fmean(marked):.2f} marked sentences each")
    print("| of | n | marked ones cited | citations in a marked one | citations | ROUGE-L |\n|---|---|---|---|---|---|")
    for name, some in (("those answered", [row for row in rows if row[0]]), ("all", rows)):
        means = [statistics.fmean(row[at] for row in some) for at in range(1, 5)]
        print(f"| {name} | {len(some)} | {' | '.join(f'{mean:.3f}' for mean in means)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
