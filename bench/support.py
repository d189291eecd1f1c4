"""Is a claim supported by its evidence? Token overlap, the embedder, the reader's second head, and their mix.

    python -m bench.support [--reader FILE]

AUROC on what the reader was not trained on (training/split.py): half of begin, halueval, wice and scifact, and all of
climate_fever. Evidence of more than a window is read window by window, the best counts. The mix is a logistic model of
the four, for each set fitted on the other sets.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.data import load
from bench.gate import fit
from bot.evaluate.metrics.selection import auroc
from bot.evaluate.metrics.text import normalised_words
from bot.reader import ADAPTER, CrossReader, load_reader
from corpus.sentences import sentences
from index.embedder import TextEmbedder, load_embedder
from training.claims import asserted, gold_windows, windows
from training.split import trained_on

MOST = 1200  # pairs of a set


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


def features(one: Pair, embedder: TextEmbedder, reader: CrossReader) -> list[float]:
    """Overlap, cosine of claim and window, of claim and best sentence, the support head's logit; best of windows."""
    said = [part[start:end] for part in one.windows for start, end in sentences(part)]
    claim = embedder.embed_question(one.claim)[0]
    whole, parts = embedder.embed_passages(list(one.windows)) @ claim, embedder.embed_passages(said) @ claim
    near = [one.windows[number] for number in np.argsort(-whole)[:8]]
    logits = reader.supports([(one.claim, part) for part in near])
    return [
        max(overlap(one.claim, part) for part in one.windows), float(whole.max()), float(parts.max()),
        float(max(logits)),
    ]  # fmt: skip


def area(values: NDArray[np.float64], yes: NDArray[np.bool_]) -> float:
    """AUROC, every pair weighing the same."""
    return auroc(values, yes, np.ones(len(yes)))


def main() -> int:
    """Print a row a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, default=ADAPTER)
    given = parser.parse_args()
    reader, embedder, chance = load_reader(given.reader), load_embedder(), random.Random(1)
    found: dict[str, tuple[Any, Any, Any]] = {}
    for name, pairs in PAIRS.items():
        chosen = list(pairs())
        chosen = chance.sample(chosen, min(MOST, len(chosen)))
        rows = np.array([features(one, embedder, reader) for one in chosen])
        found[name] = (rows, np.array([one.supported for one in chosen]), np.array([one.trained for one in chosen]))
    print("| set | n | supported | overlap | cosine | best sentence | reader | mix |")
    for name, (rows, yes, trained) in found.items():
        here, told = rows[~trained], yes[~trained]
        others = [(other[0][~other[2]], other[1][~other[2]]) for also, other in found.items() if also != name]
        x, y = (np.concatenate([other[part] for other in others]) for part in (0, 1))
        slope, bias = fit(x, y, np.concatenate([np.full(len(other[1]), 1 / len(other[1])) for other in others]))
        cells = [area(here[:, column], told) for column in range(rows.shape[1])] + [area(here @ slope + bias, told)]
        print(
            f"| {name} | {len(told)} | {told.mean():.2f} | {' | '.join(f'{cell:.3f}' for cell in cells)} |", flush=True
        )
    return 0


if __name__ == "__main__":
    main()
