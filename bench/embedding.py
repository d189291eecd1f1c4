"""How many passages a second: sentence-transformers as it comes, and the ways the product could embed.

    python -m bench.embedding --of INDEX [--passages 512] [--rounds 5]

INDEX is a built index of real articles; each round embeds the same passages in every way in turn. Times are medians,
the ratio is to `SentenceTransformer.encode` at its defaults in the same run; "off" is the largest difference of a
cosine between two of the passages from what that gives.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np

import index.bert_encoder
from bench.scale import Named
from index.build import open_index
from index.embedder import load_embedder, shipped_folder
from index.types import Vectors

Way = Callable[[list[str]], Vectors]


def ways() -> dict[str, Way]:
    """Each way by its name, models loaded."""
    import torch
    from sentence_transformers import SentenceTransformer

    def library(**options: object) -> Way:
        model = SentenceTransformer(str(shipped_folder()), device="cpu", local_files_only=True, **options)
        return lambda texts: np.asarray(model.encode(texts, show_progress_bar=False), np.float32)

    with mock.patch.object(index.bert_encoder, "native_precision", return_value="f32"):
        plain = load_embedder(engine="openvino").embed_passages
    return {
        "SentenceTransformer.encode": library(),
        "the same in bfloat16": library(model_kwargs={"dtype": torch.bfloat16}),
        "engine torch": load_embedder(engine="torch").embed_passages,
        "openvino in float32": plain,
        "engine openvino (default)": load_embedder(engine="openvino").embed_passages,
    }


def main() -> int:
    """Print one row a way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", type=Path, required=True, metavar="INDEX")
    parser.add_argument("--passages", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    chunks = open_index(given.of, Named(given.of)).chunks  # type: ignore[arg-type]
    rows = np.random.default_rng(0).permutation(len(chunks))[: given.passages]
    texts = [chunks[int(row)].passage for row in rows]
    spent: dict[str, list[float]] = {}
    made: dict[str, Vectors] = {}
    every = ways()
    for _ in range(given.rounds + 1):  # the first warms up
        for name, way in every.items():
            began = time.perf_counter()
            made[name] = way(texts)
            spent.setdefault(name, []).append(time.perf_counter() - began)
    first = next(iter(made))
    usual, cosines = statistics.median(spent[first][1:]), made[first] @ made[first].T
    print("| way | passages a second | ratio | off |\n|---|---:|---:|---:|")
    for name, times in spent.items():
        middle = statistics.median(times[1:])
        off = float(np.abs(made[name] @ made[name].T - cosines).max())
        print(f"| {name} | {len(texts) / middle:.0f} | {usual / middle:.2f} | {off:.4f} |", flush=True)
    print(json.dumps({name: [round(one, 2) for one in times] for name, times in spent.items()}), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
