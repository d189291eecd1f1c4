"""Is a claim supported by its evidence? Words, the embedder, the reader's two heads, and their mix.

    python -m bench.support [--reader FILE]

First AUROC, then what it would mean to show sentences in other words than the evidence's by such a signal: the share
of unsupported claims that pass where .9 of the supported ones do. On what the reader was not trained on
(training/split.py): half of begin, halueval, wice and scifact, and all of climate_fever. Evidence of more than a
window is read window by window, the best counts. The mix is a logistic model of four signals, none of which may speak
against a claim; for each set it is fitted on the other sets, each with a level of its own, so that what is learnt is
how the signals weigh and not how often people agree.
"""

import argparse
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bench.data import load
from bot.evaluate.metrics.selection import auroc
from bot.evaluate.metrics.text import normalised_words
from bot.reader import ADAPTER, CrossReader, load_reader
from bot.selection import any_of
from bot.types import Passage
from corpus.sentences import sentences
from index.embedder import TextEmbedder, load_embedder
from training.claims import asserted, facts, gold_windows, windows
from training.split import trained_on

MOST = 1200  # pairs of a set
KEPT = 0.9  # of the supported claims, that a bound on a signal would show
READ = 8  # windows of long evidence, by cosine, that the reader reads
MILD = 1.0  # L2 of the mix: strong, since sets differ more than signals do
SIGNALS = ("overlap", "rare words", "cosine", "best sentence", "support head", "answer head")
MIXED = ("rare words", "best sentence", "support head", "answer head")
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, the windows of its evidence, and whether people say that it is supported."""

    claim: str
    windows: tuple[str, ...]
    supported: bool
    trained: bool


def _climate_fever() -> Iterator[Pair]:
    for row in load.rows("climate_fever", "claims.jsonl"):
        for one in row["evidences"]:
            yield Pair(row["claim"], (one["evidence"],), one["evidence_label"] == "SUPPORTS", trained=False)


def _begin() -> Iterator[Pair]:
    for row in load.rows("begin", "begin.jsonl"):
        supported, trained = row["begin_label"] == "Fully attributable", trained_on("begin", row["knowledge"])
        yield Pair(row["response"], (row["knowledge"],), supported, trained)


def _halueval() -> Iterator[Pair]:
    for row in load.rows("halueval", "qa.jsonl"):
        trained = trained_on("halueval", row["id"])
        for said, supported in ((row["right_answer"], True), *((one, False) for one in row["hallucinated_answers"])):
            yield Pair(asserted(row["question"], said), (row["context"],), supported, trained)


def _wice() -> Iterator[Pair]:
    for row in load.rows("wice", "claims.jsonl"):
        found = tuple(text for text, _ in windows(row["evidence"]))
        yield Pair(row["claim"], found, row["label"] == "supported", trained_on("wice", row["id"]))


def _scifact() -> Iterator[Pair]:
    for row in load.rows("scifact", "claim_evidence.jsonl"):
        yield Pair(row["claim"], tuple(gold_windows(row)), row["label"] == "SUPPORT", trained_on("scifact", row["doc"]))


PAIRS = {
    "begin": _begin, "halueval": _halueval, "wice": _wice, "scifact": _scifact, "climate_fever": _climate_fever,
}  # fmt: skip


def overlap(claim: str, evidence: str) -> float:
    """Share of the claim's words that stand in the evidence."""
    said = set(normalised_words(claim))
    return len(said & set(normalised_words(evidence))) / max(1, len(said))


def rarity(texts: Sequence[str]) -> dict[str, float]:
    """What a stem weighs: the logarithm of the share of texts that lack it, as in BM25."""
    found = Counter(word for text in texts for word in facts(text))
    return {word: math.log((len(texts) + 1) / count) for word, count in found.items()}


def covered(claim: str, evidence: str, weights: Mapping[str, float]) -> float:
    """Share of the claim's facts, by weight, that stand in the evidence; a word that stands nowhere weighs most."""
    said, most = facts(claim), max(weights.values())
    total = sum(weights.get(word, most) for word in said)
    return sum(weights.get(word, most) for word in said & facts(evidence)) / total if total else 1.0


def features(one: Pair, weights: Mapping[str, float], embedder: TextEmbedder, reader: CrossReader) -> list[float]:
    """SIGNALS, the best of the windows for each; the reader's in log-odds."""
    spans = [tuple(sentences(part)) for part in one.windows]
    said = [part[start:end] for part, places in zip(one.windows, spans, strict=True) for start, end in places]
    claim = embedder.embed_question(one.claim)[0]
    whole, parts = embedder.embed_passages(list(one.windows)) @ claim, embedder.embed_passages(said) @ claim
    near = np.argsort(-whole)[:READ]
    read = reader.read(one.claim, [Passage("", one.windows[at], spans[at], (1.0,) * len(spans[at])) for at in near])
    return [
        max(overlap(one.claim, part) for part in one.windows),
        max(covered(one.claim, part, weights) for part in one.windows),
        float(whole.max()), float(parts.max()),
        max(reader.supports([(one.claim, one.windows[at]) for at in near])),
        max(any_of([float(logit) for logit in each.spans]) - each.none for each in read),
    ]  # fmt: skip


def area(values: Array, yes: NDArray[np.bool_]) -> float:
    """AUROC, every pair weighing the same."""
    return auroc(values, yes, np.ones(len(yes)))


def let_through(values: Array, yes: NDArray[np.bool_]) -> float:
    """The share of unsupported claims that stand as high as KEPT of the supported ones do."""
    return float((values[~yes] >= np.quantile(values[yes], 1 - KEPT)).mean())


def fit(sets: Sequence[tuple[Array, NDArray[np.bool_]]]) -> Array:
    """Weights, none below 0, of a logistic model with a bias for each set; sets, and both answers, weigh the same."""
    x, y = (np.concatenate([one[part] for one in sets]) for part in (0, 1))
    which = np.concatenate([np.full(len(yes), number) for number, (_, yes) in enumerate(sets)])
    share = np.concatenate([np.where(yes, 0.5 / yes.sum(), 0.5 / (~yes).sum()) / len(sets) for _, yes in sets])
    scale, count = x.std(0) + 1e-9, x.shape[1]
    rows = np.c_[(x - x.mean(0)) / scale, np.eye(len(sets))[which]]

    def loss(theta: Array) -> float:
        margin = np.where(y, 1, -1) * (rows @ theta)
        return float((share * np.logaddexp(0, -margin)).sum() + MILD * (theta[:count] ** 2).sum())

    bounds = [(0, None)] * count + [(None, None)] * len(sets)
    return minimize(loss, np.zeros(rows.shape[1]), method="L-BFGS-B", bounds=bounds).x[:count] / scale


def main() -> int:
    """Print a row a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, default=ADAPTER)
    given = parser.parse_args()
    reader, embedder, chance = load_reader(given.reader), load_embedder(), random.Random(1)
    asked: dict[str, list[Pair]] = {}
    for name, pairs in PAIRS.items():
        every = list(pairs())
        asked[name] = [one for one in chance.sample(every, min(MOST, len(every))) if not one.trained]
    weights = rarity([part for pairs in asked.values() for one in pairs for part in one.windows])
    found: dict[str, tuple[Array, NDArray[np.bool_]]] = {}
    for name, pairs in asked.items():
        rows = np.array([features(one, weights, embedder, reader) for one in pairs])
        found[name] = (rows, np.array([one.supported for one in pairs]))
        print(name, len(rows), file=sys.stderr, flush=True)
    mixed = [SIGNALS.index(name) for name in MIXED]
    signals = {}
    for name, (rows, yes) in found.items():
        slope = fit([(other[:, mixed], told) for also, (other, told) in found.items() if also != name])
        signals[name] = (np.c_[rows, rows[:, mixed] @ slope], yes)
    for told, worth in (("AUROC", area), (f"let through, {KEPT} kept", let_through)):
        print(f"\n| {told}: set | n | supported | {' | '.join(SIGNALS)} | mix |\n{'|---' * (len(SIGNALS) + 4)}|")
        for name, (rows, yes) in signals.items():
            cells = " | ".join(f"{worth(column, yes):.3f}" for column in rows.T)
            print(f"| {name} | {len(yes)} | {yes.mean():.2f} | {cells} |")
    return 0


if __name__ == "__main__":
    main()
