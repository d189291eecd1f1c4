"""How many passages a second: sentence-transformers as it comes, and the ways the product could embed.

    python -m bench.embedding --of INDEX [--passages 512] [--rounds 5]
    python -m bench.embedding --ndcg stackfaq squad2 scifact [--ways default encode]

INDEX is a built index of real articles; each round embeds the same passages in every way in turn. Times are medians,
the ratio is to `SentenceTransformer.encode` at its defaults in the same run; "off" is the largest difference of a
cosine between two of the passages from what that gives.

With --ndcg: what each way finds in those sets by meaning alone, nDCG@10 of articles by their best chunks; `--ways` are
words of the names of those that are tried there. A way of the product is named by what it computes in.
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
import index.int8
from bench.retrieval import articles_by, score
from bench.scale import Named
from bench.sets import SETS, Task, tasks
from index.build import open_index
from index.chunk import chunk_article
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

    engines = [load_embedder(engine="torch"), load_embedder(engine="openvino")]
    with mock.patch.object(index.int8, "native_int8", return_value=False):
        engines.append(load_embedder(engine="openvino"))
        with mock.patch.object(index.bert_encoder, "native_precision", return_value="f32"):
            engines.append(load_embedder(engine="openvino"))
    made = {
        "SentenceTransformer.encode": library(),
        "the same in bfloat16": library(model_kwargs={"dtype": torch.bfloat16}),
    }
    for embedder in engines:  # by what they compute in, once each
        usual = " (default)" if embedder.dtype == engines[1].dtype else ""
        made.setdefault(embedder.dtype + usual, embedder.embed_passages)
    return made


def quality(task: Task, way: Way) -> float:
    """nDCG@10 by meaning alone."""
    chunks = [chunk for article in task.corpus.articles for chunk in chunk_article(article)]
    rows, asked = way([chunk.passage for chunk in chunks]), way([question for question, _ in task.questions])
    return score([articles_by(chunks, rows @ vector) for vector in asked], task).ndcg10


def qualities(names: list[str], every: dict[str, Way]) -> None:
    """Print one row a way, a column a set."""
    found = list(tasks(frozenset(names)))
    print(f"| way | {' | '.join(task.name for task in found)} |\n|---|" + "---:|" * len(found))
    for name, way in every.items():
        print(f"| {name} | {' | '.join(f'{quality(task, way):.4f}' for task in found)} |", flush=True)


def main() -> int:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", type=Path, metavar="INDEX")
    parser.add_argument("--passages", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ndcg", nargs="+", default=(), metavar="SET")
    parser.add_argument("--ways", nargs="+", default=(), metavar="WORD")
    given = parser.parse_args()
    if not given.of and not given.ndcg:
        parser.error("name an index (--of) or sets (--ndcg)")
    if unknown := set(given.ndcg) - {name for name, _ in SETS}:
        parser.error(f"no such set: {', '.join(sorted(unknown))}; there are {', '.join(name for name, _ in SETS)}")
    every = ways()
    chosen = {name: way for name, way in every.items() if not given.ways or any(one in name for one in given.ways)}
    if not chosen:
        parser.error(f"no such way; there are {', '.join(every)}")
    if given.ndcg:
        qualities(given.ndcg, chosen)
    if given.of:
        speeds(given.of, given.passages, given.rounds, every)
    return 0


def speeds(of: Path, passages: int, rounds: int, every: dict[str, Way]) -> None:
    """Print one row a way."""
    chunks = open_index(of, Named(of)).chunks  # type: ignore[arg-type]
    rows = np.random.default_rng(0).permutation(len(chunks))[:passages]
    texts = [chunks[int(row)].passage for row in rows]
    spent: dict[str, list[float]] = {}
    made: dict[str, Vectors] = {}
    for _ in range(rounds + 1):  # the first warms up
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


if __name__ == "__main__":
    sys.exit(main())
