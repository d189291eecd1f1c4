"""Which sentence answers: the ranking by cosine and words beside the reader's choice, and how much to quote.

    python -m bench.evidence [--reader FILE] [--questions 400] [--three] [SET ...]

Questions whose passages are in the index. Said: an expected answer's words stand in the best sentence (or it lies in an
expected source, where that is all that is known); whether the chance the reader gives to "none of them" tells questions
with an answer from those without (AUROC); and whether any sentence within a margin of the best answers, and how many
those are.
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
from bench.evaluation_sets import Set, opened, sets_named
from bot.coverage import Coverage
from bot.evaluate.metrics.selection import auroc
from bot.evaluate.metrics.text import answer_hit
from bot.evaluate.scores import short_answers
from bot.evaluate.sources import Sources
from bot.evaluate.types import Case
from bot.quote import MOST_QUOTES
from bot.ranking import EvidenceRanker
from bot.reader import ADAPTER, CrossReader, load_reader
from bot.selection import PASSAGES, TRUST, any_of, by_passage, passage_of
from bot.types import Evidence
from index.embedder import load_embedder
from index.types import Hit

TOP_K = 8  # more than the product looks at, since up to six are read here
READ = (2, 3, 4, 5, 6)  # passages read, those with the best candidates first
MARGINS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)  # log-odds below the best to which sentences are quoted


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


def rows(one: Set, reader: CrossReader, count: int, *, three: bool = False) -> list[Row]:
    """Candidates of a fixed sample of the set's questions."""
    embedder = load_embedder()
    index, cases = opened(one, WORK, embedder)
    ranker, sources, found = EvidenceRanker(embedder, Coverage(index.lexical)), Sources(index.articles), []
    step = max(1, len(cases) // count)
    began, reading = time.perf_counter(), 0.0
    for case in cases[::step]:
        vector = embedder.embed_question(case.question)
        hits = index.search_vector(case.question, vector, TOP_K)
        if three:
            hits = _three(case, hits, index.search_vector(case.question, vector, 200), sources)
        evidence = ranker.rank(case.question, vector, hits)
        began = time.perf_counter()
        found.append(_row(case, evidence, reader, sources))
        reading += time.perf_counter() - began
    print(
        f"{one.name}: {len(found)} questions, {1000 * reading / len(found):.0f} ms to read {max(READ)}", file=sys.stderr
    )
    return found


def _three(case: Case, hits: Sequence[Hit], further: Sequence[Hit], sources: Sources) -> list[Hit]:
    """The first three, the third of them one that answers when none of them does."""
    expected, kept = sources.find(case.sources), list(hits[:3])
    right = [hit for hit in further if expected.holds(hit.chunk.article_id, hit.chunk.start, hit.chunk.end)]
    return kept if not right or any(hit in right for hit in kept) else [*kept[:2], right[0]]


def _row(case: Case, evidence: Sequence[Evidence], reader: CrossReader, sources: Sources) -> Row:
    passages = by_passage(evidence)[: max(READ)]
    read = reader.read(case.question, [passage_of(pieces) for pieces in passages])
    logits = {
        (piece.chunk.id, piece.start): float(value)
        for pieces, found in zip(passages, read, strict=True)
        for piece, value in zip(pieces, found.spans, strict=True)
    }
    evidence = [one for one in evidence if (one.chunk.id, one.start) in logits]
    places = [pieces[0].chunk.id for pieces in passages]
    expected = sources.find(case.sources)
    short = short_answers(case.answers)

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


def said(found: Sequence[Row], read: int) -> float:
    """Share of answerable questions whose best candidate answers; passages that are not read come last."""
    hits = []
    for row in found:
        if row.answerable and len(row.old):
            score = np.where(row.passage < read, row.logit + TRUST * row.old, -1e9 + row.old)
            hits.append(row.right[int(np.argmax(score))])
    return float(np.mean(hits)) if hits else float("nan")


def old(found: Sequence[Row]) -> float:
    """The same by the product's score alone."""
    hits = [row.right[0] for row in found if row.answerable and len(row.old)]
    return float(np.mean(hits)) if hits else float("nan")


def covered(row: Row, read: int) -> float:
    """Log-odds that some candidate answers."""
    odds = row.logit[row.passage < read] - row.none[:read].mean()
    return any_of(odds[np.isfinite(odds)].tolist())


def quoted(found: Sequence[Row], margin: float) -> tuple[float, float]:
    """Share of answerable questions that the sentences quoted answer, and how many those are on average."""
    hits, counts = [], []
    for row in found:
        if row.answerable and len(row.old):
            logit = np.where(row.passage < PASSAGES, row.logit + TRUST * row.old, -np.inf)
            best = np.argsort(-logit, kind="stable")[:MOST_QUOTES]
            best = best[logit[best] >= logit[best[0]] - margin]
            hits.append(row.right[best].any())
            counts.append(len(best))
    return (float(np.mean(hits)), float(np.mean(counts))) if hits else (float("nan"), 0.0)


def main() -> int:
    """Print a row a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, default=ADAPTER)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--three", action="store_true", help="three passages, one that answers always among them")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    reader = load_reader(given.reader)
    print(f"| set | n | ranking | {' | '.join(f'reader, {read}' for read in READ)} | AUROC, {PASSAGES} read |", end="")
    print(" ".join(f" quoted within {margin:g} |" for margin in MARGINS))
    for one in sets_named(given.names):
        found = rows(one, reader, given.questions, three=given.three)
        cells = [f"{said(found, read):.3f}" for read in READ]
        positive = np.array([row.answerable for row in found])
        area = auroc(np.array([covered(row, PASSAGES) for row in found]), positive, np.ones(len(found)))
        cells.append(f"{area:.3f}")
        cells += [f"{share:.3f} ({count:.1f})" for share, count in (quoted(found, margin) for margin in MARGINS)]
        print(f"| {one.name} | {len(found)} | {old(found):.3f} | {' | '.join(cells)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
