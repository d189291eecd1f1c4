"""The whole road with nothing declined, beside quoting the best sentence by cosine; and what is wrong at each coverage.

    python -m bench.road [SET ...]

Sets with short answers (squad2 where none is named), the questions of `make evaluate-sets`. Said: whether an expected
answer stands in what is shown, for questions that have one; for the sentence nearest to the question in the passages
the product looks at, and for its answer with `min_confidence` 0. Then, the questions most trusted answered first, the
share of answers that are wrong: without the expected answer, or to a question that has none.
"""

import argparse
import statistics
import sys

import numpy as np

from bench.evaluate_sets import WORK
from bench.evaluation_sets import opened, sets_named
from bench.product import product
from bot.coverage import Coverage
from bot.evaluate.metrics.selection import auroc, risk_coverage
from bot.evaluate.metrics.text import answer_hit
from bot.evaluate.scores import short_answers
from bot.ranking import EvidenceRanker
from bot.settings import Settings
from index.embedder import load_embedder

COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def main() -> int:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=("squad2",))
    settings, embedder = Settings(min_confidence=0), load_embedder()
    over, rows, curves = product(settings), [], []
    for one in sets_named(parser.parse_args().names):
        index, cases = opened(one, WORK, embedder)
        bot = over(index)
        ranker = EvidenceRanker(embedder, Coverage(index.lexical))
        nearest, shown, lengths, confidence, right, answerable = [], [], [], [], [], []
        for case in cases:
            answer = bot.answer(case.question)
            wanted = short_answers(case.answers) if case.answerable is not False else ()
            hit = bool(wanted) and bool(answer_hit(answer.text, wanted))
            answerable.append(bool(wanted))
            confidence.append(answer.confidence if answer.claims else 0.0)
            right.append(hit)
            if wanted:
                vector = embedder.embed_question(case.question)
                found = ranker.rank(case.question, vector, index.search_vector(case.question, vector, settings.top_k))
                best = max(found, key=lambda piece: piece.cosine, default=None)
                nearest.append(best is not None and bool(answer_hit(best.text, wanted)))
                shown.append(hit)
                lengths.append((len(best.text.split()) if best else 0, len(answer.text.split())))
        trust, told = np.array(confidence), np.array(answerable)
        area = f"{auroc(trust, told, np.ones(len(trust))):.3f}" if not told.all() else "-"
        near, said = statistics.fmean(nearest), statistics.fmean(shown)
        long = " / ".join(f"{statistics.fmean(column):.0f}" for column in zip(*lengths, strict=True))
        rows.append(f"| {one.name} | {len(shown)} | {near:.3f} | {said:.3f} | {said - near:+.3f} | {long} | {area} |")
        curve = risk_coverage(trust, ~np.array(right), trust > 0, np.ones(len(trust)))
        risks = [float(np.interp(at, curve.coverage, curve.risk)) for at in COVERAGES]
        curves.append(f"| {one.name} | {len(trust)} | {' | '.join(f'{risk:.3f}' for risk in risks)} |")
    print(
        "| set | covered questions | nearest sentence | the answer | difference | words of each | AUROC |\n"
        + "|---" * 7
        + "|"
    )
    print("\n".join(rows))
    print(f"\n| wrong, at coverage | questions | {' | '.join(f'{at:.1f}' for at in COVERAGES)} |")
    print("|---" * (len(COVERAGES) + 2) + "|\n" + "\n".join(curves))
    return 0


if __name__ == "__main__":
    sys.exit(main())
