"""Batch evaluation beside the same questions asked one at a time: questions a second, in rounds that take turns.

    python -m bench.batch [--questions 150] [--rounds 2] [SET ...]

One at a time: one bot on all cores, as a server or `ask` has it. Batch: `python app.py evaluate`'s processes of one
thread each. Every round begins with new bots; the first answers, given while processes are still being made, do not
count.
"""

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence

from bench.evaluate_sets import WORK
from bench.evaluation_sets import sets_named, spread, write
from bot.assemble import assemble_stored, update_index
from bot.evaluate.crew import Alone, Crew, Processes, workers
from bot.evaluate.questions import open_questions
from bot.evaluate.types import Case
from bot.settings import Settings

CHOSEN = ("stackfaq", "squad2")
WARM = 20  # answers, by when every process gives some


def rate(crew: Crew, cases: Sequence[Case]) -> float:
    """Answers a second after the first WARM."""
    stamps = [time.perf_counter() for _ in crew.answers(cases)]
    return (len(stamps) - WARM) / (stamps[-1] - stamps[WARM - 1])


def main() -> int:
    """Print a row a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("names", nargs="*", default=CHOSEN)
    given = parser.parse_args()
    if given.questions <= 2 * WARM:
        parser.error(f"ask more than {2 * WARM} questions: the first {WARM} do not count")
    count = workers(None)
    print(f"| set | one at a time | {count} processes | ratio | one process |\n|---|---:|---:|---:|---:|")
    for one in sets_named(given.names):
        articles, questions = write(one, WORK)
        settings = Settings(corpus=articles, index=articles.parent / "index")
        made_of = update_index(settings).index.manifest.corpus
        drawn = spread(list(open_questions(questions).cases()), given.questions)
        rates = defaultdict(list)
        for _ in range(given.rounds):
            crews: dict[str, Crew] = {
                "alone": Alone(assemble_stored(settings)),
                "all": Processes(settings, count, made_of),
                "single": Processes(settings, 1, made_of),
            }
            for name, crew in crews.items():
                rates[name].append(rate(crew, drawn))
        alone, batch, single = (statistics.median(rates[name]) for name in ("alone", "all", "single"))
        print(f"| {one.name} | {alone:.1f} | {batch:.1f} | {batch / alone:.2f} | {single:.1f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
