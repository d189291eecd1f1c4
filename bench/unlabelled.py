"""A gate fitted without labels of what is not covered, beside one by people's labels. It does not ship (bench/LOG.md).

    python -m bench.unlabelled [--train ../shared/train] [--questions 300]

bench/gate_questions.py makes what is covered and what is not of the collections of ../shared/train. Every kind of every
collection weighs the same, off-topic half, and every collection has a level of its own. The ridge is the one by which a
collection that was left out is told best. One number is left to people's labels, the level: what is added to the
log-odds of all so that the chances of the evaluation sets' questions are told best.

Then the table of bench/gate.py, with the level that the other sets want, and how well chances are told: Brier score and
log loss, weighed as in the fit, and the slope and shift that would mend the log-odds. Beside it the same by people's
labels, each set by weights fitted in the same way on the other sets.
"""

import argparse
import dataclasses
import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.data import FOLDER
from bench.gate import (
    QUESTIONS,
    SETS,
    as_gate,
    ask,
    off_topic_questions,
    print_calibration,
    print_table,
    set_of,
    signals_of,
)
from bench.gate_questions import COVERED, training_collections
from bench.logistic import Numbers, fit, level, log_loss
from bot.reader import load_reader
from index.embedder import load_embedder

RIDGES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """Questions of collections, n of them."""

    labels: NDArray[np.str_]  # (n,) collections
    kinds: NDArray[np.str_]  # (n,) covered, near, held, off
    signals: Numbers  # (n, 8)

    @property
    def covered(self) -> NDArray[np.bool_]:
        """(n,)."""
        return self.kinds == COVERED

    @property
    def groups(self) -> NDArray[np.str_]:
        """(n,) the sets, whose questions are the same with titles shown and hidden."""
        return np.array([set_of(label) for label in self.labels])

    @property
    def weights(self) -> Numbers:
        """(n,) every kind of every collection the same, off-topic half."""
        weights = np.zeros(len(self.labels))
        for label in np.unique(self.labels):
            for kind in np.unique(self.kinds):
                here = (self.labels == label) & (self.kinds == kind)
                weights[here] = (0.5 if kind == "off" else 1.0) / max(1, here.sum())
        return weights


def rows_of(asked: Iterable[tuple[str, str, list[float], bool]]) -> Rows:
    """Of what bench/gate.py says of each question."""
    labels, kinds, signals, _ = zip(*asked, strict=True)
    return Rows(np.array(labels), np.array(kinds), np.array(signals))


def levelled(rows: Rows, log_odds: Numbers) -> Numbers:
    """(n,) log-odds, those of each set plus the level that the others want."""
    told, weights = log_odds.copy(), rows.weights
    for group in np.unique(rows.groups):
        here = rows.groups == group
        told[here] += level(log_odds, rows.covered, weights * ~here)
    return told


def left_out(rows: Rows, ridge: float) -> Numbers:
    """(n,) log-odds, those of each set by weights fitted on the others."""
    log_odds, weights = np.zeros(len(rows.labels)), rows.weights
    for group in np.unique(rows.groups):
        here = rows.groups == group
        slope, bias = fit(rows.signals, rows.covered, weights * ~here, ridge, rows.groups)
        log_odds[here] = (rows.signals @ slope + bias)[here]
    return log_odds


def print_told(rows: Rows, log_odds: Numbers) -> None:
    """The table of `rows`, and how well chances are told."""
    print_table(rows.labels, rows.kinds, 1 / (1 + np.exp(-log_odds)))
    print_calibration(log_odds, rows.covered, rows.weights)


def main() -> int:
    """Collect signals, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, default=FOLDER.parent / "train")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    given = parser.parse_args()
    count, parts, chance = given.questions, (load_embedder(), load_reader()), random.Random(1)
    learnt = rows_of(
        row
        for one in training_collections(given.train, count, random.Random(1))
        for row in ask(one.label, one.articles, [(each.text, each.kind, each.held) for each in one.questions], *parts)
    )
    losses = {ridge: log_loss(left_out(learnt, ridge), learnt.covered, learnt.weights) for ridge in RIDGES}
    print("log loss of collections left out, by ridge:", {ridge: round(loss, 4) for ridge, loss in losses.items()})
    ridge = min(losses, key=losses.__getitem__)
    slope, bias = fit(learnt.signals, learnt.covered, learnt.weights, ridge, learnt.groups)
    off = off_topic_questions(count, chance)
    asked = rows_of(row for name, titled in SETS for row in signals_of(name, titled, off, count, *parts, chance))
    told = asked.signals @ slope + bias
    more = level(told, asked.covered, asked.weights)
    print("gate", json.dumps(as_gate(slope, bias + more)), f"level {more:.2f}, ridge {ridge}\n")
    print_told(asked, levelled(asked, told))
    print("\nby people's labels of the other sets:\n")
    print_told(asked, left_out(asked, ridge))
    return 0


if __name__ == "__main__":
    sys.exit(main())
