"""nDCG@10 and hit@1 of BM25, vectors and their fusion, through the index as it ships.

    python -m bench.retrieval                 all sets; the table on standard output, figures in bench/results
    python -m bench.retrieval stackfaq clapnq only these

An article's score is its best chunk's; FOOTNOTE_ENGINE says which engine embeds. Indexes are kept in index/built/bench,
so a second run embeds only questions.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.data import load
from bench.sets import Task, tasks
from bot.settings import Settings
from index.build import build_index, open_index
from index.embedder import TextEmbedder, load_embedder
from index.search import Index
from index.types import Chunk, Vectors

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "index" / "built" / "bench"
RESULTS = Path(__file__).resolve().parent / "results" / "retrieval.json"
DEEP = 100  # hits read per question; far more than ten articles' worth on every set
SLICE = 256  # questions embedded at once
PUBLISHED_SCIFACT = 0.645  # all-MiniLM-L6-v2, MTEB: whole abstracts cut at the window


@dataclass(frozen=True, slots=True)
class Score:
    """Means over a task's questions."""

    ndcg10: float
    hit1: float

    def __str__(self) -> str:
        return f"{self.ndcg10:.3f} / {self.hit1:.3f}"


@dataclass(frozen=True, slots=True)
class Row:
    """One set."""

    name: str
    articles: int
    chunks: int
    questions: int
    bm25: Score
    dense: Score
    fused: Score
    search_ms: float  # per question, embedding left out


def measure(task: Task, embedder: TextEmbedder) -> Row:
    """Build or update the task's index and ask it everything."""
    folder = BUILT / "retrieval" / task.name.replace(", ", "-").replace(" ", "-")
    build_index(task.corpus, folder, embedder, progress=bar)
    index = open_index(folder, embedder)
    asked = [question for question, _ in task.questions]
    vectors = np.concatenate([embedder.embed_passages(asked[at : at + SLICE]) for at in range(0, len(asked), SLICE)])
    lexical = [articles_by(index.chunks, index.lexical.scores(question)) for question in asked]
    dense = [articles_by(index.chunks, scores) for scores in vectors @ index.vectors.vectors.T]
    began = time.perf_counter()
    fused = [fused_articles(index, question, row[None]) for question, row in zip(asked, vectors, strict=True)]
    seconds = time.perf_counter() - began
    scores = [score(ranked, task) for ranked in (lexical, dense, fused)]
    return Row(
        task.name, len(index.articles), len(index.chunks), len(asked), *scores, search_ms=1000 * seconds / len(asked)
    )


def articles_by(chunks: Sequence[Chunk], scores: NDArray[np.float32]) -> list[str]:
    """The ten best articles, each by its best chunk."""
    best = np.argsort(-scores, kind="stable")[:DEEP]
    return list(dict.fromkeys(chunks[row].article_id for row in best))[:10]


def fused_articles(index: Index, question: str, vector: Vectors) -> list[str]:
    """The same through the search that ships."""
    hits = index.search_vector(question, vector, DEEP)
    return list(dict.fromkeys(hit.chunk.article_id for hit in hits))[:10]


def score(ranked: list[list[str]], task: Task) -> Score:
    """Means over the questions."""
    pairs = [(found, relevant) for found, (_, relevant) in zip(ranked, task.questions, strict=True)]
    return Score(
        float(np.mean([load.ndcg10(found, relevant) for found, relevant in pairs])),
        float(np.mean([bool(found) and found[0] in relevant for found, relevant in pairs])),
    )


def scifact_whole(task: Task, embedder: TextEmbedder) -> Score:
    """Dense on whole abstracts cut at the model's window, as the published figure was made."""
    names = [article.id for article in task.corpus.articles]
    texts = [embedder.windows(f"{article.title} {article.text}")[0] for article in task.corpus.articles]
    cache = BUILT / f"scifact-whole-{embedder.dtype}.npy"
    if not cache.exists():
        np.save(cache, embedder.embed_passages(list(bar(texts, len(texts)))))
    asked = embedder.embed_passages([question for question, _ in task.questions])
    order = np.argsort(-(asked @ np.load(cache).T), axis=1, kind="stable")[:, :10]
    return score([[names[i] for i in row] for row in order], task)


def bar(items, total=None):  # noqa: ANN001, ANN201 - passes anything on
    """A bar on standard error."""
    from tqdm import tqdm

    return tqdm(items, total=total, unit="text", leave=False, disable=None)


def table(rows: list[Row]) -> str:
    """Markdown; the better of BM25 and dense beside fused tells whether fusion pays."""
    lines = [
        "| set | articles | chunks | questions | BM25 | dense | fused | fused - better of both | ms |",
        "|---|---:|---:|---:|---|---|---|---:|---:|",
    ]
    for row in rows:
        gain = row.fused.ndcg10 - max(row.bm25.ndcg10, row.dense.ndcg10)
        lines.append(
            f"| {row.name} | {row.articles:,} | {row.chunks:,} | {row.questions:,} | {row.bm25} | {row.dense} "
            f"| {row.fused} | {gain:+.3f} | {row.search_ms:.1f} |"
        )
    return "\n".join(lines)


def main(names: list[str]) -> int:
    """Measure, print, keep."""
    embedder = load_embedder(engine=Settings().engine)
    rows: list[Row] = []
    whole: Score | None = None
    for task in tasks(frozenset(names)):
        rows.append(measure(task, embedder))
        print(table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
        if task.name == "scifact":
            whole = scifact_whole(task, embedder)
    print(table(rows))
    if whole:
        print(f"\nscifact, whole abstracts cut at the window, dense: {whole} (published {PUBLISHED_SCIFACT})")
    if not names:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT)
        record = {
            "commit": commit.stdout.strip(),
            "embedder": embedder.fingerprint,
            "dtype": embedder.dtype,
            "scifact_whole_dense": asdict(whole) if whole else None,
            "sets": [asdict(row) for row in rows],
        }
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(record, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
