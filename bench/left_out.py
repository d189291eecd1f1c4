"""The sets of `make evaluate-sets` by a gate that was fitted without them: what is declined, what is not.

    python -m bench.left_out

The shipped gate's nine numbers were fitted on questions of most of these sets, some of them the very ones that are
asked (bench/gate.py). So each set is looked up once more by the weights fitted without it, titles shown and hidden,
which results/gate.json has; off-topic questions by those fitted without stackfaq, whose articles they are asked of.
Said: the share of covered questions that are declined, of the others that are answered, and the AUROC between them.

The threshold (.3) and the bounds of bot/faq.py are the shipped ones, which were chosen with these sets in sight.
"""

import json
import sys

import numpy as np

from bench.evaluate_sets import WORK
from bench.evaluation_sets import SETS, Set, opened
from bench.gate import WEIGHTS, set_of
from bot.evaluate.metrics.selection import auroc
from bot.gate import Gate
from bot.lookup import Lookup
from bot.reader import load_reader
from bot.settings import Settings
from bot.types import Reader
from index.embedder import load_embedder
from index.types import Embedder


def fitted_without(name: str) -> Gate | None:
    """The gate whose weights learnt nothing from a set; None where the shipped one's did not either."""
    if not WEIGHTS.is_file():
        sys.exit(f"no {WEIGHTS}; first run: python -m bench.gate")
    without = json.loads(WEIGHTS.read_text(encoding="utf-8"))["without"]
    weights = without.get("stackfaq" if name == "off topic" else set_of(name))
    return Gate(**weights) if weights else None


def row(one: Set, gate: Gate, embedder: Embedder, reader: Reader) -> str:
    """A row of the table."""
    index, cases = opened(one, WORK, embedder)
    lookup = Lookup(index, reader, gate, Settings())
    cases = [case for case in cases if case.answerable is not None]
    looks = [lookup.looks(case.question, case.history)[0] for case in cases]
    answered = np.array([any(look.covered for look in found) for found in looks])
    confidence = np.array([min(look.confidence for look in found) for found in looks])
    covered = np.array([case.answerable for case in cases])
    cells = [f"{(~answered[covered]).mean():.3f}" if covered.any() else "-"]
    cells += [f"{answered[~covered].mean():.3f}" if (~covered).any() else "-"]
    cells += [f"{auroc(confidence, covered, np.ones(len(cases))):.3f}" if 0 < covered.sum() < len(cases) else "-"]
    return f"| {one.name} | {covered.sum()} | {(~covered).sum()} | {' | '.join(cells)} |"


def main() -> int:
    """Print a row a set."""
    embedder, reader = load_embedder(), load_reader()
    print("| set | covered | not | declined | answered | AUROC |\n|---|---|---|---|---|---|")
    for made in (make() for make in SETS):
        gate = fitted_without(made.name)
        if gate is not None:
            print(row(made, gate, embedder, reader), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
