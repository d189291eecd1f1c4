"""What gate, guard and verifier add to an answer, beside the reader, the generator and the whole: milliseconds.

    python -m bench.added [--questions 100] [SET ...]

Each set's first questions only warm up; median and 95th percentile over the others that are answered, each asked once.
The reader, which chooses the evidence, and the generator, which the guard steers, are told beside.
"""

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import bot.lookup
from bench.evaluate_sets import WORK
from bench.evaluation_sets import opened, sets_named
from bot.choosing import ChoosingGenerator
from bot.gate import Gate
from bot.generator import load_generator
from bot.guard import Guard
from bot.pipeline import Bot
from bot.reader import CrossReader, load_reader
from bot.settings import Settings
from bot.types import Answer
from bot.verifier import CutVerifier
from index.embedder import load_embedder

CHOSEN = ("stackfaq", "squad2", "clapnq", "nq_open")
PARTS = {
    "gate": ((bot.lookup, "unrelated"), (bot.lookup, "read_signals"), (Gate, "confidence")),
    "guard": ((Guard, "__init__"), (Guard, "options")),
    "verifier": ((CutVerifier, "support"),),
    "reader": ((CrossReader, "read"),),
    "generator": ((ChoosingGenerator, "choose"),),
}
WARM = 5  # questions asked before any counts
ADDED = ("gate", "guard", "verifier")
Spent = dict[str, float]


def watched(owner: Any, name: str, part: str, spent: Spent) -> None:  # noqa: ANN401 - a module or a class
    """Add the time of each call of a function, or of each step of a generator, to `spent`."""
    inner = getattr(owner, name)

    def timed(call: Callable[[], Any]) -> Any:  # noqa: ANN401
        began = time.perf_counter()
        try:
            return call()
        finally:
            spent[part] += time.perf_counter() - began

    def steps(made: Iterator[Any]) -> Iterator[Any]:
        while (one := timed(lambda: next(made, None))) is not None:
            yield one

    def outer(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        made = timed(lambda: inner(*given, **named))
        return steps(made) if part == "generator" else made

    setattr(owner, name, outer)


def answers(
    names: Sequence[str], questions: int, generator: ChoosingGenerator, spent: Spent
) -> Iterator[tuple[Answer, float]]:
    """The answers to each set's questions but the first WARM, and the seconds of each; `spent` is of it alone."""
    settings, embedder, reader = Settings(), load_embedder(), load_reader()
    for one in sets_named(names):
        index, cases = opened(one, WORK, embedder)
        bot = Bot(index, generator, reader, CutVerifier(), Gate(), settings)
        for number, case in enumerate(cases[:: max(1, len(cases) // questions)]):
            spent.clear()
            began = time.perf_counter()
            answer = bot.answer(case.question)
            whole = time.perf_counter() - began
            if number >= WARM:
                yield answer, whole


def main() -> int:
    """Print a row a part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("names", nargs="*", default=CHOSEN)
    given = parser.parse_args()
    generator = load_generator("", Settings().models)
    spent: Spent = defaultdict(float)
    for part, functions in PARTS.items():
        for owner, name in functions:
            watched(owner, name, part, spent)
    rows: dict[str, list[float]] = defaultdict(list)
    for answer, whole in answers(given.names, given.questions, generator, spent):
        if answer.claims:
            for part in PARTS:
                rows[part].append(1000 * spent[part])
            rows["gate, guard and verifier"].append(1000 * sum(spent[part] for part in ADDED))
            rows["whole answer"].append(1000 * whole)
    print("| part | answers | median ms | 95th percentile |\n|---|---|---|---|")
    for part, found in rows.items():
        last = statistics.quantiles(found, n=20)[-1]
        print(f"| {part} | {len(found)} | {statistics.median(found):.1f} | {last:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
