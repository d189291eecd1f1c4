"""How far apart two questions may be and still be one gap: rephrasings of the same question should come together.

python -m bench.gaps prints, for each distance, the adjusted Rand index and BCubed precision and recall (Bagga and
Baldwin, 1998) of the clusters against the sets' own groups.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from bench.data import load
from bot.records.clusters import clusters
from index.embedder import load_embedder

DISTANCES = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65)
EACH = 8  # questions of an intent of banking77


def groups(name: str) -> tuple[list[str], NDArray[np.int64]]:
    """Questions of a set and the number of the group each belongs to."""
    if name == "stackfaq":
        pairs = [(row["question"], row["thread"]) for row in load.rows(name, "questions.jsonl")]
    else:
        taken: dict[str, int] = {}
        pairs = []
        for row in load.rows("banking77_oos", "valid.jsonl"):
            taken[row["intent"]] = taken.get(row["intent"], 0) + 1
            if taken[row["intent"]] <= EACH:
                pairs.append((row["question"], row["intent"]))
    names = sorted({group for _, group in pairs})
    return [question for question, _ in pairs], np.array([names.index(group) for _, group in pairs])


def bcubed(found: NDArray[np.int64], truth: NDArray[np.int64]) -> tuple[float, float]:
    """Mean share of a question's cluster that is of its group, and of its group that is in its cluster."""
    together, related = found[:, None] == found, truth[:, None] == truth
    both = (together & related).sum(axis=1)
    return float((both / together.sum(axis=1)).mean()), float((both / related.sum(axis=1)).mean())


def main() -> int:
    """Print the table."""
    from sklearn.metrics import adjusted_rand_score

    embedder = load_embedder()
    for name in ("stackfaq", "banking77"):
        questions, truth = groups(name)
        rows = embedder.embed_passages(questions)
        print(f"{name}: {len(questions)} questions, {len(set(truth.tolist()))} groups")
        print("| distance | clusters | Rand | BCubed precision | recall | F1 |\n|---|---|---|---|---|---|")
        for distance in DISTANCES:
            found = clusters(rows, distance)
            precision, recall = bcubed(found, truth)
            middle = 2 * precision * recall / (precision + recall)
            rand = adjusted_rand_score(truth, found)
            figures = " | ".join(f"{value:.3f}" for value in (rand, precision, recall, middle))
            print(f"| {distance} | {found.max() + 1} | {figures} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
