"""Which sentence answers: the product's ranking beside the reader's, and mixtures of the two.

    python -m bench.evidence [--reader FOLDER] [--questions 400]

Questions whose passages are in the index. Said: an expected answer's words stand in the best sentence (or it is a gold
sentence, or it stands in a gold passage where that is all that is known). Then whether the chance the reader gives to
"none of them" tells questions with an answer from those without: AUROC, near and off topic apart.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.evaluate_sets import WORK
from bench.evaluation_sets import SETS, Set, write
from bot.coverage import Coverage
from bot.evaluate.metrics.selection import auroc
from bot.evaluate.metrics.text import answer_hit
from bot.evaluate.questions import open_questions
from bot.evaluate.sources import Sources
from bot.evaluate.types import Case
from bot.ranking import EvidenceRanker
from bot.types import Evidence
from corpus.load import load_articles
from index.build import build_index, open_index
from index.embedder import load_embedder
from index.search import Index
from training.model import ADAPTER, CrossReader, Passage, load_reader

SHORT = 20  # words of an expected answer that is looked for in a sentence
WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)  # of the old score beside the reader's logit
READ = (3, 4, 6, 8)  # passages read


@dataclass(frozen=True, slots=True)
class Row:
    """One question: its candidates, best first by the product's score."""

    old: Any  # (n,) scores
    passage: Any  # (n,) rank of the passage each stands in
    logit: Any  # (n,) the reader's
    none: Any  # (passages,)
    right: Any  # (n,) whether it answers; all False when it cannot be told
    answerable: bool
    tags: tuple[str, ...]


def rows(one: Set, reader: CrossReader, count: int) -> list[Row]:
    """Candidates of a fixed sample of the set's questions."""
    folder, questions = write(one, WORK)
    embedder = load_embedder()
    build_index(load_articles(folder), folder.parent / "index", embedder)
    index = open_index(folder.parent / "index", embedder)
    ranker, sources, found = EvidenceRanker(embedder, Coverage(index.lexical)), Sources(index.articles), []
    cases = list(open_questions(questions).cases())
    step = max(1, len(cases) // count)
    began, reading = time.perf_counter(), 0.0
    for case in cases[::step]:
        vector = embedder.embed_question(case.question)
        hits = index.search_vector(case.question, vector, max(READ))
        evidence = ranker.rank(case.question, vector, hits, 1000)
        began = time.perf_counter()
        found.append(_row(case, evidence, [hit.chunk for hit in hits], reader, sources, index))
        reading += time.perf_counter() - began
    print(
        f"{one.name}: {len(found)} questions, {1000 * reading / len(found):.0f} ms to read {max(READ)}", file=sys.stderr
    )
    return found


def _row(
    case: Case, evidence: Sequence[Evidence], chunks: Sequence[Any], reader: CrossReader, sources: Sources, index: Index
) -> Row:
    spans = {chunk.id: [one for one in evidence if one.chunk.id == chunk.id] for chunk in chunks}
    passages = [
        Passage(
            " > ".join(part for part in (chunk.title, *chunk.heading_path) if part), chunk.text,
            tuple((one.start - chunk.start, one.end - chunk.start) for one in spans[chunk.id]),
        )
        for chunk in chunks
    ]  # fmt: skip
    read = reader.read(case.question, passages)
    logits = {
        (chunk.id, one.start): float(value)
        for chunk, found in zip(chunks, read, strict=True)
        for one, value in zip(spans[chunk.id], found.spans, strict=True)
    }
    places = [chunk.id for chunk in chunks]
    expected = sources.find(case.sources)
    short = [one for one in case.answers if len(one.split()) <= SHORT]

    def right(one: Evidence) -> bool:
        if short:
            return bool(answer_hit(one.text, short))
        return expected.holds(one.chunk.article_id, one.start, one.end)

    return Row(
        np.array([one.score for one in evidence]),
        np.array([places.index(one.chunk.id) for one in evidence]),
        np.array([logits[one.chunk.id, one.start] for one in evidence]),
        np.array([one.none for one in read]),
        np.array([right(one) for one in evidence], bool),
        bool(case.answerable if case.answerable is not None else case.answers or case.sources),
        case.tags,
    )


def said(found: Sequence[Row], weight: float, read: int) -> float:
    """Share of answerable questions whose best candidate answers; passages that are not read come last."""
    hits = []
    for row in found:
        if row.answerable and len(row.old):
            score = np.where(row.passage < read, row.logit + weight * row.old, -1e9 + row.old)
            hits.append(row.right[int(np.argmax(score))])
    return float(np.mean(hits)) if hits else float("nan")


def old(found: Sequence[Row]) -> float:
    """The same by the product's score alone."""
    hits = [row.right[0] for row in found if row.answerable and len(row.old)]
    return float(np.mean(hits)) if hits else float("nan")


def covered(row: Row, read: int) -> float:
    """Log-odds that some candidate answers."""
    logits = row.logit[row.passage < read]
    logits = logits[np.isfinite(logits)]
    if not len(logits):
        return -99.0
    top = logits.max()
    return float(top + np.log(np.exp(logits - top).sum()) - row.none[:read].mean())


def main() -> int:
    """Print a row a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, default=ADAPTER)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    reader = load_reader(given.reader)
    names = [f"{read} read, {weight:g}" for read in READ for weight in WEIGHTS]
    print(f"| set | n | product | {' | '.join(names)} | AUROC {' / '.join(map(str, READ))} |")
    for make in SETS:
        one = make()
        if given.names and one.name not in given.names:
            continue
        found = rows(one, reader, given.questions)
        cells = [f"{said(found, weight, read):.3f}" for read in READ for weight in WEIGHTS]
        positive = np.array([row.answerable for row in found])
        areas = [auroc(np.array([covered(row, read) for row in found]), positive, np.ones(len(found))) for read in READ]
        told = " / ".join(f"{area:.3f}" for area in areas)
        print(f"| {one.name} | {len(found)} | {old(found):.3f} | {' | '.join(cells)} | {told} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
