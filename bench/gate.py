"""Fit the gate: which questions do the articles cover? Prints weights for bot/gate.py and what they give set by set.

    python -m bench.gate [--train ../shared/train] [--questions 300]

Nobody's label of what is not covered is learnt from: bench/gate_questions.py makes what is covered and what is not of
the collections of ../shared/train. Every kind of every collection weighs the same, off-topic half, and every collection
has a level of its own.

Then the evaluation sets, of which the weights know nothing: questions whose passages are in the index; questions their
set calls unanswerable ("near", adversarial in squad2), answerable questions whose gold passages are held out of
retrieval ("held"), and off-topic questions of three other sets ("off"), none of which `make evaluate-sets` asks.
People's labels of these give two numbers, how steep the log-odds are and where they lie (Platt, 1999); RIDGE and the
choice of signals were made with them in sight, the threshold with the answers of `make evaluate-sets`.

The table, a row a set, titles shown and hidden: AUROC against near, held and off; then, at three thresholds, the share
of covered questions accepted and of near, held and off ones declined. Off-topic questions are the same for all sets,
asked of other articles. Below it how well chances are told: Brier score and log loss, weighed as in the fit. Each set's
steepness and level are those that the other sets want. Beside it the same by weights fitted in the same way on people's
labels of the other sets. Last what the first look leaves unread.
"""

import argparse
import dataclasses
import json
import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.data import FOLDER, load
from bench.evaluation_sets import off_topic
from bench.gate_questions import Question, some, training_collections
from bench.gate_rows import COVERED, KINDS, Rows
from bench.logistic import Numbers, fit, log_loss, platt, shares
from bench.passages import article
from bot.coverage import Coverage
from bot.evaluate.metrics.selection import auroc
from bot.gate import Gate, Signals, read_signals, unrelated
from bot.lookup import KEPT_EVIDENCE
from bot.ranking import EvidenceRanker
from bot.reader import load_reader
from bot.selection import select
from bot.settings import Settings
from bot.types import Reader
from corpus.types import Article, Corpus
from index.build import build_index, open_index
from index.embedder import load_embedder
from index.types import Embedder
from training.split import SQUAD2_DEVELOP

TITLED = ("stackfaq", "squad2", "datatalks_faq", "clapnq", "nq_open")
SETS = (*((name, True) for name in TITLED), ("stackfaq", False))
THRESHOLDS = (0.5, Settings.model_fields["min_confidence"].default, 0.2)
NAMES = [field.name for field in dataclasses.fields(Signals)]
WORK = Path("index/built/bench")
# A hundredth of it tells collections of ../shared/train that are left out better and people's questions worse, which
# echo their passages less (bench/LOG.md).
RIDGE = 0.1
QUESTIONS = 300  # of each set and kind; of what is held out half as many, of ../shared/train twice as many
TOP_K = Settings.model_fields["top_k"].default


def questions_of(rows: Sequence[dict], count: int, chance: random.Random) -> list[Question]:
    """Of a set, off-topic ones apart."""
    covered = [row for row in rows if row["answerable"]]
    other = [row for row in rows if not row["answerable"]]
    found = [Question(row["question"], COVERED) for row in some(covered, count, chance)]
    found += [Question(row["question"], "near") for row in some(other, count, chance)]
    held = some(covered, count // 2, chance)
    return found + [Question(row["question"], "held", frozenset(row["gold"])) for row in held]


def signals_of(
    name: str, titled: bool, off: Sequence[str], count: int, embedder: Embedder, reader: Reader, chance: random.Random
) -> Rows:
    """The questions of one set, all of them read."""
    passages, rows = load.qa(name)
    if name == "squad2":  # the reader was trained on nine of its articles, six others are for evaluation
        rows = [row for row in rows if row["article"] in SQUAD2_DEVELOP]
    made = [article(each["id"], each["title"] if titled else "", each["text"]) for each in passages]
    questions = [*questions_of(rows, count, chance), *(Question(text, "off") for text in off)]
    return ask(name if titled else f"{name}, titles hidden", made, questions, embedder, reader)


def ask(
    label: str, articles: Sequence[Article], questions: Sequence[Question], embedder: Embedder, reader: Reader
) -> Rows:
    """The same of any collection of articles."""
    corpus = Corpus(Path(label), tuple(sorted(articles, key=lambda each: each.id)))
    folder = WORK / re.sub(r"\W+", "-", label)
    build_index(corpus, folder, embedder)
    index = open_index(folder, embedder)
    cover, signals, far = Coverage(index.lexical), [], []
    ranker = EvidenceRanker(embedder, cover, len(index.chunks))
    ranker.prepare(index.chunks)  # in one go: much faster than chunk by chunk
    for one in questions:
        vector = embedder.embed_question(one.text)
        hits = index.search_vector(one.text, vector, TOP_K, (), one.held)
        ranked = ranker.rank(one.text, vector, hits)
        chosen = select(reader, one.text, ranked, KEPT_EVIDENCE)
        signals.append(dataclasses.astuple(read_signals(hits, ranked, chosen)))
        far.append(unrelated(one.text, hits, cover))
    print(label, len(index.chunks), "chunks", len(questions), "questions", file=sys.stderr, flush=True)
    kinds = np.array([one.kind for one in questions])
    return Rows(np.full(len(kinds), label), kinds, np.array(signals), np.array(far))


def off_topic_questions(count: int, chance: random.Random) -> list[str]:
    """Of three sets, none of them asked by `make evaluate-sets`."""
    off = [row["question"] for row in load.rows("clinc150", "oos_questions.jsonl")]
    off += [row["question"] for row in load.rows("selfaware", "offtopic_questions.jsonl")]
    off += [row["question"] for row in load.rows("banking77_oos", "ood-oos_valid.jsonl")]
    asked = {row["question"] for row in off_topic().questions}
    return some([question for question in off if question not in asked], count, chance)


def print_told(rows: Rows, log_odds: Numbers) -> None:
    """The table and the line on chances, as the module's docstring says."""
    confidence, weights = 1 / (1 + np.exp(-log_odds)), rows.weights
    for label in dict.fromkeys(rows.labels):
        of = {kind: confidence[rows.of(label, kind)] for kind in (COVERED, *KINDS)}
        cells = []
        for kind in KINDS:
            both = rows.of(label, COVERED, kind)
            told = auroc(confidence[both], rows.covered[both], np.ones(both.sum()))
            cells.append(f"{told:.3f}" if len(of[kind]) else "-")
        for threshold in THRESHOLDS:
            cells.append(f"{(of[COVERED] >= threshold).mean():.3f}")
            cells += [f"{(of[kind] < threshold).mean():.3f}" if len(of[kind]) else "-" for kind in KINDS]
        print(f"| {label} | {' | '.join(cells)} |")
    brier = float((shares(rows.covered, weights) / 2 * (confidence - rows.covered) ** 2).sum())
    print(f"\nBrier {brier:.4f}, log loss {log_loss(log_odds, rows.covered, weights):.4f}")


def as_gate(slope: Numbers, bias: float) -> dict[str, float]:
    """The fields of a Gate, as they would be written into bot/gate.py."""
    return {**dict(zip(NAMES, slope.round(2).tolist(), strict=True)), "bias": round(bias, 2)}


def print_first_look(rows: Rows) -> None:
    """A row a set: the share of each kind that is not read, and the highest confidence reading would have given it."""
    shipped = np.array([Gate().confidence(Signals(*row)) for row in rows.signals])
    for label in dict.fromkeys(rows.labels):
        ended = [rows.far[rows.of(label, kind)] for kind in (COVERED, *KINDS)]
        highest = max(shipped[(rows.labels == label) & rows.far], default=0.0)
        cells = [f"{one.mean():.3f}" if len(one) else "-" for one in ended]
        print(f"| {label} | {' | '.join(cells)} | {highest:.2f} |")


def main() -> int:
    """Collect signals, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, default=FOLDER.parent / "train")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    given = parser.parse_args()
    count, parts, chance = given.questions, (load_embedder(), load_reader()), random.Random(1)
    collections = training_collections(given.train, 2 * count, random.Random(1))
    learnt = Rows.joined(ask(one.label, one.articles, one.questions, *parts) for one in collections)
    off = off_topic_questions(count, chance)
    asked = Rows.joined(signals_of(name, titled, off, count, *parts, chance) for name, titled in SETS)
    slope, bias = fit(learnt.signals, learnt.covered, learnt.weights, RIDGE, learnt.groups)
    told = asked.signals @ slope + bias
    steep, more = platt(told, asked.covered, asked.weights)
    print("as fitted", json.dumps(as_gate(slope, bias)), f"made {steep:.2f} times as steep, then raised by {more:.2f}")
    print("gate", json.dumps(as_gate(steep * slope, steep * bias + more)), "\n")
    print_told(asked, asked.mended(told))
    print("\nby people's labels of the other sets:\n")
    print_told(asked, asked.left_out(RIDGE))
    print("\n| not read: set | covered | near | held | off | at most |\n" + "|---" * 6 + "|")
    print_first_look(asked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
