"""How time, memory and recall grow with the number of chunks: a table, a plot and results/scale.json.

    python -m bench.scale --of INDEX --chunks 1000 10000 100000 1000000
    python -m bench.scale --of INDEX --chunks 1000000 --step search      one built before, searched alone, three times

INDEX is a folder `python app.py index --index INDEX` made of real articles; what it lacks comes as editions of it
(bench/varied.py). Each size is built by one process and asked by another, so that memory is each one's own. The step
`search` is for a control group that holds memory, files included: the first time the files are cold there.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.data import load
from bench.varied import Editions, VariedEmbedder
from bot.settings import Settings
from corpus.types import Corpus
from index.build import build_index, open_index
from index.embedder import load_embedder
from index.generations import current
from index.lexical import highest
from index.manifest import read_manifest
from index.search import DEPTH, Index
from index.store import FaissStore
from index.types import Vectors

WORK = Path("index/built/bench/scale")
RESULTS = Path(__file__).parent / "results" / "scale.json"
PLOT = Path("docs/scale.png")
SIZES = (1_000, 10_000, 100_000, 1_000_000)
SETS = ("nq_open", "stackfaq", "squad2", "datatalks_faq", "mtrag")
EACH = 60  # questions of a set, and 200 made of headings
READ = Settings.model_fields["top_k"].default  # hits the product asks for


class Named:
    """Stands for the embedder an index was made with, whichever it was; questions are embedded beforehand."""

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(current(folder))
        self.fingerprint, self.dtype, self.dimension = manifest.embedder, manifest.dtype, manifest.dimension


def main() -> int:
    """Measure, print, plot."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__.split("\n")[0])
    parser.add_argument("--of", type=Path, required=True, metavar="INDEX", help="a built index of real articles")
    parser.add_argument("--chunks", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(STEPS[given.step](given.of, given.chunks[0])))
        return 0
    WORK.mkdir(parents=True, exist_ok=True)
    write_questions(given.of)
    rows = []
    for size in given.chunks:
        row: dict[str, Any] = {}
        for name in ("build", "ask"):
            command = [
                sys.executable,
                "-m",
                "bench.scale",
                "--of",
                str(given.of),
                "--chunks",
                str(size),
                "--step",
                name,
            ]
            row |= json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        rows.append(row)
        print(json.dumps(row), file=sys.stderr, flush=True)
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(as_table(rows))
    plot(rows, PLOT)
    return 0


def write_questions(folder: Path) -> None:
    """Questions of five sets and of the articles' headings, with their vectors."""
    embedder = load_embedder()
    index = open_index(folder, embedder)
    chance = np.random.default_rng(3)
    asked: list[str] = []
    for name in SETS:
        texts = sorted({row["question"] for row in load.rows(name, "questions.jsonl") if row.get("question")})
        asked += [texts[i] for i in chance.permutation(len(texts))[:EACH]]
    headings = sorted({chunk.heading for chunk in index.chunks if 8 < len(chunk.heading) < 60})
    for i in chance.permutation(len(headings))[:200]:
        asked.append(f"How do I {headings[i][0].lower()}{headings[i][1:].rstrip('?.')}?")
    (WORK / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
    np.save(WORK / "questions.npy", embedder.embed_passages(asked))


def build(folder: Path, size: int) -> dict[str, Any]:
    """Build an index of so many chunks; the embedder's part is told apart, since it only stands for one."""
    index = open_index(folder, Named(folder))  # type: ignore[arg-type]
    embedder = VariedEmbedder(index)
    spent = 0.0
    real = embedder.embed_passages

    def timed(texts: Sequence[str]) -> Vectors:
        nonlocal spent
        began = time.process_time()
        rows = real(texts)
        spent += time.process_time() - began
        return rows

    embedder.embed_passages = timed  # type: ignore[method-assign]
    before, cpu, began = _peak(), time.process_time(), time.perf_counter()
    report = build_index(Corpus(folder, Editions(index, size)), WORK / str(size), embedder, rebuild=True)  # type: ignore[arg-type]
    return {
        "chunks": report.chunks,
        "articles": report.articles,
        "strange": embedder.strange,
        "build_s": round(time.perf_counter() - began, 1),
        "build_cpu_s": round(time.process_time() - cpu - spent, 1),
        "build_peak_mb": _peak(),
        "before_mb": before,
        "files_mb": {path.name: path.stat().st_size >> 20 for path in current(WORK / str(size)).rglob("*.*")},
    }


def ask(folder: Path, size: int) -> dict[str, Any]:
    """Open it and ask every question; times are wall-clock and of the asking thread, milliseconds."""
    questions, vectors = _questions()
    empty = _resident()
    began, cpu = time.perf_counter(), time.process_time()
    index = open_index(WORK / str(size), Named(WORK / str(size)))  # type: ignore[arg-type]
    opened, opened_cpu = time.perf_counter() - began, time.process_time() - cpu
    index.search_vector(questions[0], vectors[:1], READ)  # what is built when first needed
    pairs = [(question, vectors[i : i + 1]) for i, question in enumerate(questions)]
    both = _times(lambda one: _both(index, *one), pairs)
    dense = _times(lambda one: index.vectors.search(one[1], DEPTH), pairs)
    lexical = _times(lambda one: highest(index.lexical.scores(one[0]), DEPTH), pairs)
    product = _times(lambda one: index.search_vector(one[0], one[1], READ), pairs)
    resident = _resident()
    rows = index.vectors.vectors
    exact = FaissStore(np.asarray(rows, np.float32))
    near = index.vectors if index.vectors.codes else FaissStore.of(rows, "approximate")
    truth = _nearest(rows, vectors, 10)
    found = near.search(vectors, 10)[0]
    recall = np.mean(
        [len(set(ours) & set(right)) / 10 for ours, right in zip(found.tolist(), truth.tolist(), strict=True)]
    )
    return {
        "questions": len(questions),
        "search": index.vectors.kind,
        "open_s": round(opened, 2),
        "open_cpu_s": round(opened_cpu, 2),
        "both": both,
        "dense": dense,
        "lexical": lexical,
        "product": product,
        "exact": _times(lambda one: exact.search(one[1], DEPTH), pairs[:: max(1, size // 20_000)]),
        "codes": _times(lambda one: near.search(one[1], DEPTH), pairs),
        "recall10_of_codes": round(float(recall), 4),
        "own_mb": resident[0] - empty[0],
        "mapped_mb": resident[1] - empty[1],
        "process_mb": sum(resident),
    }


def search(_: Path, size: int) -> dict[str, Any]:
    """Ask it every question, by meaning and by words alone, three times; needs no more memory than the product."""
    questions, vectors = _questions()
    empty = _resident()
    index = open_index(WORK / str(size), Named(WORK / str(size)))  # type: ignore[arg-type]
    pairs = [(question, vectors[i : i + 1]) for i, question in enumerate(questions)]
    rounds = [_times(lambda one: _both(index, *one), pairs) for _ in range(3)]
    own, mapped = _resident()
    return {"both": rounds, "own_mb": own - empty[0], "mapped_mb": mapped - empty[1], "process_mb": own + mapped}


def _questions() -> tuple[list[str], Vectors]:
    return json.loads((WORK / "questions.json").read_text(encoding="utf-8")), np.load(WORK / "questions.npy")


def _both(index: Index, question: str, vector: Vectors) -> None:
    """The search by meaning and by words, each its DEPTH best."""
    index.vectors.search(vector, DEPTH)
    highest(index.lexical.scores(question), DEPTH)


def _times(call: Callable[[Any], object], given: Sequence[Any]) -> dict[str, float]:
    wall, own = [], []
    for one in given:
        began, cpu = time.perf_counter(), time.thread_time()
        call(one)
        own.append(time.thread_time() - cpu)
        wall.append(time.perf_counter() - began)
    named = {"wall": wall, "cpu": own}
    return {
        f"{kind}_p{q}": round(1000 * float(np.percentile(all_, q)), 2) for kind, all_ in named.items() for q in (50, 95)
    }


def _nearest(rows: Vectors, vectors: Vectors, k: int) -> np.ndarray:
    """The k nearest rows of each question, by brute force, block by block."""
    best, held = np.zeros((len(vectors), 0), np.int64), np.zeros((len(vectors), 0), np.float32)
    for at in range(0, len(rows), 65_536):
        cosines = vectors @ np.asarray(rows[at : at + 65_536], np.float32).T
        top = np.argpartition(-cosines, min(k, cosines.shape[1] - 1), axis=1)[:, :k]
        best, held = np.hstack([best, top + at]), np.hstack([held, np.take_along_axis(cosines, top, 1)])
    return np.take_along_axis(best, np.argsort(-held, axis=1, kind="stable")[:, :k], 1)


def _peak() -> int:
    """The most this process has held, mapped files included, MB."""
    return _held()["VmHWM"]


def _resident() -> tuple[int, int]:
    """MB of this process' own memory, and of files it has mapped."""
    held = _held()
    return held["RssAnon"], held["RssFile"]


def _held() -> dict[str, int]:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    parted = (line.partition(":") for line in lines)
    return {name: int(rest.split()[0]) >> 10 for name, _, rest in parted if rest.endswith("kB")}


def as_table(rows: Sequence[dict[str, Any]]) -> str:
    """Markdown."""
    lines = [
        "| chunks | search | meaning and words, ms | meaning | words | whole search | recall@10 of codes | own, MB "
        "| mapped | open, s | build without embedding, s | peak, MB |",
        "|---:|---|---|---|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        times = (f"{row[name]['cpu_p50']} / {row[name]['cpu_p95']}" for name in ("both", "dense", "lexical", "product"))
        others = ("recall10_of_codes", "own_mb", "mapped_mb", "open_cpu_s", "build_cpu_s", "build_peak_mb")
        cells = (f"{row['chunks']:,}", row["search"], *times, *(str(row[name]) for name in others))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Time per question, memory and build time over the number of chunks, both axes logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    sizes = [row["chunks"] for row in rows]
    figure, axes = plt.subplots(1, 3, figsize=(13, 3.8), constrained_layout=True)
    for name, label in (
        ("exact", "dense, exact"),
        ("codes", "dense, codes"),
        ("lexical", "words"),
        ("product", "whole search"),
    ):
        axes[0].plot(sizes, [row[name]["cpu_p50"] for row in rows], marker="o", label=label)
    axes[0].set_ylabel("ms a question (median, one core)")
    for name, label in (("own_mb", "own"), ("mapped_mb", "mapped files")):
        axes[1].plot(sizes, [max(1, row[name]) for row in rows], marker="o", label=label)
    axes[1].set_ylabel("resident memory of the index, MB")
    axes[2].plot(sizes, [row["build_cpu_s"] for row in rows], marker="o", label="build without embedding")
    axes[2].set_ylabel("seconds of CPU")
    for axis in axes:
        axis.set(xscale="log", yscale="log", xlabel="chunks")
        axis.grid(alpha=0.3)
        axis.legend(frameon=False)
    figure.savefig(path, dpi=110)


STEPS: dict[str, Callable[[Path, int], dict[str, Any]]] = {"build": build, "ask": ask, "search": search}


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.exit(main())
