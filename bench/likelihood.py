"""Would the generator's own opinion help the gate? How likely it finds the question after the evidence.

    python -m bench.likelihood [--questions 300]

Query likelihood (Ponte and Croft, 1998) by the untrained generator: the mean log-probability of the question's tokens
after the passage of the best evidence, and how much that passage adds to it. Said, set by set: AUROC of questions with
an answer in the articles against the set's own without one, by the gate's confidence, by each signal alone, and by a
logistic model over the three, fitted on the other sets; and the median milliseconds that the signals cost. Questions
that are an FAQ entry's own are left out: nothing of them is uncertain.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.evaluate_sets import WORK
from bench.evaluation_sets import opened, sets_named, spread
from bench.gate_rows import set_of
from bench.logistic import fit
from bot.choosing import ChoosingGenerator
from bot.evaluate.metrics.selection import auroc
from bot.gate import Gate
from bot.generator import load_generator
from bot.lookup import Lookup
from bot.reader import load_reader
from bot.settings import Settings
from index.embedder import load_embedder

SETS = ("stackfaq", "stackfaq, titles hidden", "squad2", "clapnq", "mtrag")
NAMES = ("gate", "likelihood", "gain", "all three")
ASKED = "\n\nQuestion:"
RIDGE = 1e-3  # of the three
Numbers = NDArray[np.float64]


def likelihood(generator: ChoosingGenerator, passage: str, question: str) -> float:
    """Mean log-probability of the question's tokens after a passage."""
    import torch

    tokens = generator._chat.tokens
    before, asked = tokens(passage + ASKED), tokens(f" {question}")
    model: Any = generator._model
    with torch.no_grad():
        given = torch.tensor([[*before, *asked]])
        logits = model.network(input_ids=given, logits_to_keep=len(asked) + 1).logits[0, :-1].float()
    chances = torch.log_softmax(logits, -1)
    return float(chances.gather(1, torch.tensor(asked)[:, None]).mean())


def signals(name: str, most: int, generator: ChoosingGenerator, parts: tuple[Any, Any]) -> tuple[Numbers, Any, float]:
    """(n, 3) log-odds of the gate, likelihood, gain; (n,) whether it is covered; milliseconds a question."""
    embedder, reader = parts
    (one,) = sets_named([name])
    index, cases = opened(one, WORK, embedder)
    lookup = Lookup(index, reader, Gate(), Settings(min_confidence=0.0))
    rows, covered, spent = [], [], []
    for case in spread([case for case in cases if case.answerable is not None], most):
        look = lookup.looks(case.question, case.history)[0][0]
        if not look.evidence:
            continue  # an entry of the FAQ, of which nothing is asked
        began = time.perf_counter()
        after = likelihood(generator, look.evidence[0].chunk.passage, look.query)
        gain = after - likelihood(generator, "", look.query)
        spent.append(1000 * (time.perf_counter() - began))
        chance = min(max(look.confidence, 1e-6), 1 - 1e-6)
        rows.append((np.log(chance / (1 - chance)), after, gain))
        covered.append(bool(case.answerable))
    return np.array(rows), np.array(covered), statistics.median(spent)


def areas(found: Sequence[tuple[Numbers, Any, float]], at: int) -> list[float]:
    """AUROC of one set by each column of NAMES."""
    x, covered, _ = found[at]
    others = [one for name, one in zip(SETS, found, strict=True) if set_of(name) != set_of(SETS[at])]
    # Each set and kind weighs the same, as for the gate itself.
    weights = np.concatenate([np.where(kind, 1 / kind.sum(), 1 / (~kind).sum()) for _, kind, _ in others])
    given, known = (np.concatenate([one[part] for one in others]) for part in (0, 1))
    slope, bias = fit(given, known, weights, RIDGE)
    columns = [*x.T, x @ slope + bias]
    return [float(auroc(column, covered, np.ones(len(covered)))) for column in columns]


def main() -> int:
    """Print a row a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=300)
    given = parser.parse_args()
    generator = load_generator("", Settings().models, "torch")
    parts = (load_embedder(), load_reader())
    found = [signals(name, given.questions, generator, parts) for name in SETS]
    print(f"| set | covered | not | {' | '.join(NAMES)} | ms |\n{'|---' * (len(NAMES) + 4)}|")
    for at, (name, (_, covered, spent)) in enumerate(zip(SETS, found, strict=True)):
        cells = " | ".join(f"{area:.3f}" for area in areas(found, at))
        print(f"| {name} | {covered.sum()} | {(~covered).sum()} | {cells} | {spent:.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
