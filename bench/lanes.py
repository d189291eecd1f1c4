"""How long an answer takes, lane by lane, in one process on all cores: milliseconds, medians and 95th percentiles.

    python -m bench.lanes [--questions 200] [SET ...]

Every question is asked twice, without history, the second time once all others were asked: what was embedded the first
time is kept then.
"""

import argparse
import statistics
import sys
from collections import defaultdict

from bench.evaluate_sets import WORK
from bench.evaluation_sets import opened, sets_named, spread
from bench.product import product
from bot.pipeline import LANES
from bot.settings import Settings
from index.embedder import load_embedder

CHOSEN = ("stackfaq", "off topic")
WARM = 5  # questions asked before any counts


def told(milliseconds: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{statistics.median(milliseconds):.0f} / {statistics.quantiles(milliseconds, n=20)[-1]:.0f}"


def main() -> int:
    """Print a row a lane of each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("names", nargs="*", default=CHOSEN)
    given = parser.parse_args()
    embedder, over = load_embedder(), product(Settings())
    print("| set | lane | answers | retrieved | first sentence | whole | whole, asked again |\n" + "|---" * 7 + "|")
    for one in sets_named(given.names):
        index, cases = opened(one, WORK, embedder)
        bot = over(index)
        drawn = [case.question for case in spread(cases, given.questions)]
        for question in drawn[:WARM]:
            bot.answer(question)
        rows: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for again in (False, True):
            for question in drawn[WARM:]:
                answer = bot.answer(question)
                for stage, seconds in answer.timings.items():
                    rows[answer.lane][stage + " again" * again].append(1000 * seconds)
        for lane in (lane for lane in LANES if len(rows[lane]["finished"]) > 1):
            found = rows[lane]
            first = told(found["first_sentence"]) if found["first_sentence"] else "-"
            whole = f"{told(found['finished'])} | {told(found['finished again'])}"
            count = len(found["finished"])
            print(f"| {one.name} | {lane} | {count} | {told(found['retrieved'])} | {first} | {whole} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
