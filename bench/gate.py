"""Fit the gate: which questions do the articles cover? Prints weights for bot/gate.py and what they give set by set.

    python -m bench.gate [--train ../shared/train] [--questions 300]

Nobody says which questions are not covered: bench/gate_questions.py makes them of the collections of ../shared/train.
Every kind of every collection weighs the same, off-topic half, and every collection has a level of its own. The ridge
is the one by which a collection that was left out is told best. One number is left to people's labels, the level: what
is added to the log-odds of all so that the chances of the evaluation sets' questions are told best.

Then the evaluation sets, titles shown and hidden, a row each, with the level that the other sets want: AUROC of covered
questions against near ones (adversarial in squad2), held-out and off-topic ones; and, at three thresholds, the share of
covered questions accepted and of near, held and off ones declined. Off-topic questions are the same for all sets, and
none that `make evaluate-sets` asks. How well chances are told: Brier score and log loss, weighed as in the fit, and
the slope and shift that would mend the log-odds. Beside it the same by people's labels, each set by weights fitted in
the same way on the other sets. Last, what the first look does not read.
"""

import argparse
import dataclasses
import json
import random
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.data import FOLDER
from bench.gate_questions import COVERED, KINDS, Collection, evaluation_collections, training_collections
from bench.logistic import Numbers, fit, level, log_loss, shares
from bot.coverage import Coverage
from bot.gate import Background, Gate, Signals, read_signals, unrelated
from bot.lookup import KEPT_EVIDENCE
from bot.ranking import EvidenceRanker
from bot.reader import load_reader
from bot.selection import select
from bot.settings import Settings
from bot.types import Reader
from corpus.types import Corpus
from index.build import build_index, open_index
from index.embedder import load_embedder
from index.types import Embedder

THRESHOLDS = (0.5, 0.3, 0.2)
NAMES = [field.name for field in dataclasses.fields(Signals)]
WORK = Path("index/built/bench")
RIDGES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
TOP_K = Settings.model_fields["top_k"].default


def set_of(label: str) -> str:
    """The set whose questions these are, its titles shown or hidden."""
    return label.split(",")[0]


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """Questions of collections, n of them."""

    labels: NDArray[np.str_]  # (n,) collections
    kinds: NDArray[np.str_]  # (n,) covered, near, held, off
    signals: Numbers  # (n, 8)
    far: NDArray[np.bool_]  # (n,) whether the first look ends there

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


def rows_of(collections: Iterable[Collection], embedder: Embedder, reader: Reader) -> Rows:
    """The signals of all questions."""
    rows = [row for one in collections for row in signals_of(one, embedder, reader)]
    labels, kinds, signals, far = zip(*rows, strict=True)
    return Rows(np.array(labels), np.array(kinds), np.array(signals), np.array(far))


def levelled(rows: Rows, log_odds: Numbers) -> Numbers:
    """(n,) log-odds, those of each set plus the level that the others want."""
    told, weights = log_odds.copy(), rows.weights
    for group in np.unique(rows.groups):
        here = rows.groups == group
        told[here] += level(log_odds, rows.covered, weights * ~here)
    return told


def signals_of(of: Collection, embedder: Embedder, reader: Reader) -> list[tuple[str, str, list[float], bool]]:
    """(collection, kind, signals, whether the first look ends there) of the questions of one, all of them read."""
    corpus = Corpus(Path(of.label), tuple(sorted(of.articles, key=lambda one: one.id)))
    folder = WORK / re.sub(r"\W+", "-", of.label)
    build_index(corpus, folder, embedder)
    index = open_index(folder, embedder)
    cover, background = Coverage(index.lexical), Background(index.moments)
    ranker, found = EvidenceRanker(embedder, cover, len(index.chunks)), []
    ranker.prepare(index.chunks)  # in one go: much faster than chunk by chunk
    for question in of.questions:
        vector = embedder.embed_question(question.text)
        hits = index.search_vector(question.text, vector, TOP_K + TOP_K * bool(question.held))
        hits = tuple(hit for hit in hits if hit.chunk.article_id not in question.held)[:TOP_K]
        ranked = ranker.rank(question.text, vector, hits)
        chosen = select(reader, question.text, ranked, KEPT_EVIDENCE)
        signals = read_signals(question.text, vector, hits, ranked, chosen, cover, background)
        far = unrelated(question.text, hits, cover)
        found.append((of.label, question.kind, [getattr(signals, each) for each in NAMES], far))
    print(of.label, len(index.chunks), "chunks", len(found), "questions", file=sys.stderr, flush=True)
    return found


def left_out(rows: Rows, ridge: float) -> Numbers:
    """(n,) log-odds, those of each set by weights fitted on the others."""
    log_odds, weights = np.zeros(len(rows.labels)), rows.weights
    for group in np.unique(rows.groups):
        here = rows.groups == group
        slope, bias = fit(rows.signals, rows.covered, weights * ~here, ridge, rows.groups)
        log_odds[here] = (rows.signals @ slope + bias)[here]
    return log_odds


def auroc(positive: Numbers, negative: Numbers) -> float:
    """Chance that a covered question scores above another, ties counting half."""
    return float((positive[:, None] > negative).mean() + 0.5 * (positive[:, None] == negative).mean())


def print_table(labels: NDArray[np.str_], kinds: NDArray[np.str_], confidence: Numbers) -> None:
    """One row a set, as the module's docstring says."""
    for label in dict.fromkeys(labels):
        of = {kind: confidence[(labels == label) & (kinds == kind)] for kind in (COVERED, *KINDS)}
        cells = [f"{auroc(of['covered'], of[kind]):.3f}" if len(of[kind]) else "-" for kind in KINDS]
        for threshold in THRESHOLDS:
            cells.append(f"{(of['covered'] >= threshold).mean():.3f}")
            cells += [f"{(of[kind] < threshold).mean():.3f}" if len(of[kind]) else "-" for kind in KINDS]
        print(f"| {label} | {' | '.join(cells)} |")


def print_told(rows: Rows, log_odds: Numbers) -> None:
    """The table of `rows`, and how well chances are told."""
    chance, weights = 1 / (1 + np.exp(-log_odds)), rows.weights
    print_table(rows.labels, rows.kinds, chance)
    brier = float((shares(rows.covered, weights) / 2 * (chance - rows.covered) ** 2).sum())
    slope, shift = fit(log_odds[:, None], rows.covered, weights, 0.0)
    loss = log_loss(log_odds, rows.covered, weights)
    print(f"\nBrier {brier:.4f}, log loss {loss:.4f}, slope {slope[0]:.2f}, shift {shift:.2f}\n")


def _as_gate(slope: Numbers, bias: float) -> dict[str, float]:
    """The fields of a Gate, as they would be written into bot/gate.py."""
    return {**dict(zip(NAMES, slope.round(2).tolist(), strict=True)), "bias": round(bias, 2)}


def print_first_look(
    labels: NDArray[np.str_], kinds: NDArray[np.str_], far: NDArray[np.bool_], shipped: Numbers
) -> None:
    """A row a set: the share of each kind that is not read, and the highest confidence reading would have given it."""
    for label in dict.fromkeys(labels):
        ended = [far[(labels == label) & (kinds == kind)] for kind in (COVERED, *KINDS)]
        highest = max(shipped[(labels == label) & far], default=0.0)
        cells = [f"{one.mean():.3f}" if len(one) else "-" for one in ended]
        print(f"| {label} | {' | '.join(cells)} | {highest:.2f} |")


def main() -> int:
    """Collect signals, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, default=FOLDER.parent / "train")
    parser.add_argument("--questions", type=int, default=300, help="of each collection and kind; half as many held out")
    given = parser.parse_args()
    embedder, reader = load_embedder(), load_reader()
    learnt = rows_of(training_collections(given.train, given.questions, random.Random(1)), embedder, reader)
    losses = {ridge: log_loss(left_out(learnt, ridge), learnt.covered, learnt.weights) for ridge in RIDGES}
    print("log loss of collections left out, by ridge:", {ridge: round(loss, 4) for ridge, loss in losses.items()})
    ridge = min(losses, key=losses.__getitem__)
    slope, bias = fit(learnt.signals, learnt.covered, learnt.weights, ridge, learnt.groups)
    asked = rows_of(evaluation_collections(given.questions, random.Random(1)), embedder, reader)
    print("means", json.dumps(dict(zip(NAMES, asked.signals.mean(0).round(3).tolist(), strict=True))))
    told = asked.signals @ slope + bias
    more = level(told, asked.covered, asked.weights)
    print("gate", json.dumps(_as_gate(slope, bias + more)), f"level {more:.2f}, ridge {ridge}\n")
    print_told(asked, levelled(asked, told))
    print("by people's labels of the other sets:\n")
    print_told(asked, left_out(asked, ridge))
    print("| not read: set | covered | near | held | off | at most |\n" + "|---" * 6 + "|")
    shipped = np.array([Gate().confidence(Signals(*row)) for row in asked.signals])
    print_first_look(asked.labels, asked.kinds, asked.far, shipped)
    return 0


if __name__ == "__main__":
    sys.exit(main())
