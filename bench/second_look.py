"""What the reader may replace: the order of the passages found, and the comparison of a question with FAQ entries.

    python -m bench.second_look [--questions 300]

Passages: of questions with an answer (no history), the share whose best passage is right, the best being the first
found, the one of the best sentence by cosine and words, or the one of the reader's best sentence: the reader alone,
which reads all that are found and hears nothing of the ranking, and as it ships; and the share with a right passage
among those that are read. Entries: how many questions get the author's answer of a right and of a wrong entry, by the
wording alone, as it ships, by the nearest entry's cosine, and by reader and gate alone: the entry that the reader's
best sentence stands in, where the gate is as sure as for a paraphrase. The bounds that ship were chosen on stackfaq
(bot/faq.py). `--questions` bounds the first table.
"""

import argparse
import dataclasses
import sys
from collections.abc import Sequence

from bench.evaluate_sets import WORK
from bench.evaluation_sets import datatalks, off_topic, opened, sets_named, spread, stackfaq
from bot.coverage import Coverage
from bot.evaluate.sources import Sources
from bot.evaluate.types import Case
from bot.faq import LIKE_QUESTION, SAME_QUESTION, SURE, same_question
from bot.gate import Gate
from bot.lookup import NEAREST_ENTRIES, Lookup
from bot.ranking import EvidenceRanker
from bot.reader import USUAL_SCORE, load_reader
from bot.selection import PASSAGES, TRUST, by_passage, read_odds
from bot.settings import Settings
from bot.types import Reader
from index.embedder import load_embedder
from index.search import Index
from index.types import Chunk

SETS = ("stackfaq", "stackfaq, titles hidden", "squad2", "clapnq", "nq_open", "datatalks_faq", "mtrag")
WAYS = ("wording", "ships", f"cosine {SAME_QUESTION}", f"cosine {LIKE_QUESTION}", "reader and gate alone")


def passages(index: Index, cases: Sequence[Case], reader: Reader) -> list[float]:
    """Shares of the questions whose best passage, in each way, is right."""
    ranker, sources = EvidenceRanker(index.embedder, Coverage(index.lexical)), Sources(index.articles)
    rows = []
    for case in cases:
        wanted = sources.find(case.sources)
        vector = index.embedder.embed_question(case.question)
        hits = index.search_vector(case.question, vector, Settings.model_fields["top_k"].default)
        ranked = ranker.rank(case.question, vector, hits)
        found = by_passage(ranked)
        odds = read_odds(reader, case.question, found[:PASSAGES])
        bare = [[dataclasses.replace(piece, score=USUAL_SCORE) for piece in pieces] for pieces in found]
        alone = read_odds(reader, case.question, bare)

        best = (
            hits[0].chunk,
            ranked[0].chunk,
            max(alone, key=lambda pair: pair[1])[0].chunk,
            max(odds, key=lambda pair: pair[1] + TRUST * pair[0].score)[0].chunk,
        )
        right = [wanted.holds(*_place(chunk)) for chunk in best]
        rows.append([*right, any(wanted.holds(*_place(pieces[0].chunk)) for pieces in found[:PASSAGES])])
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


def _place(chunk: Chunk) -> tuple[str, int, int]:
    return chunk.article_id, chunk.start, chunk.end


def entries(index: Index, cases: Sequence[Case], reader: Reader) -> list[list[int]]:
    """In each way, how many questions get the answer of a right and of a wrong entry."""
    lookup, sources = Lookup(index, reader, Gate(), Settings()), Sources(index.articles)
    found = [[0, 0] for _ in WAYS]
    for case in cases:
        look = lookup.search(case.question)
        nearest = index.faq_nearest(look.vector, NEAREST_ENTRIES)
        entry, cosine = nearest[0]
        free = lookup.search(case.question, own_question=False)
        first = free.evidence[0].chunk if free.evidence else None
        sure = first is not None and first.is_faq and free.confidence >= SURE
        chosen = (
            same_question(look.query, nearest),
            look.entry,
            entry if cosine >= SAME_QUESTION else None,
            entry if cosine >= LIKE_QUESTION else None,
            first if sure else None,
        )
        wanted = sources.find(case.sources)
        for counts, one in zip(found, chosen, strict=True):
            if one is not None:
                counts[not wanted.holds(*_place(one))] += 1
    return found


def main() -> int:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=300)
    most = parser.parse_args().questions
    embedder, reader = load_embedder(), load_reader()
    print("| passages: set | n | found first | best sentence | reader alone | as it ships | among those read |")
    print("|---|---|---|---|---|---|---|")
    for one in sets_named(SETS):
        index, cases = opened(one, WORK, embedder)
        cases = spread([case for case in cases if case.sources and case.answerable is not False], most)
        shares = " | ".join(f"{share:.3f}" for share in passages(index, cases, reader))
        print(f"| {one.name} | {len(cases)} | {shares} |", flush=True)
    print(f"\n| entries, right / wrong: set | n | {' | '.join(WAYS)} |\n|---|---{'|---' * len(WAYS)}|")
    for one in (stackfaq(titled=True), datatalks(), off_topic()):
        index, every = opened(one, WORK, embedder)
        for name, cases in (
            (one.name, [case for case in every if case.sources]),
            (f"{one.name}, not covered", [case for case in every if not case.sources]),
        ):
            if cases:
                cells = " | ".join(f"{right} / {wrong}" for right, wrong in entries(index, cases, reader))
                print(f"| {name} | {len(cases)} | {cells} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
