"""Fit the gate: which questions do the articles cover? Prints weights for bot/gate.py and what they give set by set.

    python -m bench.gate [--questions 300] [--ridge .001]

Positives: questions whose passages are in the index. Negatives: questions their set calls unanswerable ("near",
adversarial in squad2), answerable questions whose gold passages are held out of retrieval ("held"), and off-topic
questions of three other sets ("off"), none of which `make evaluate-sets` asks. Every kind of every set weighs the
same, off-topic half. The table scores each set by weights fitted without it, titles shown and hidden: AUROC against
near, held and off; then, at three thresholds, the share of covered questions accepted and of near, held and off ones
declined. Off-topic questions are the same for all sets, asked of other articles. The weights of a run without options
are kept in results/gate.json: bench/left_out.py asks the sets' questions by them. Last, how well chances are told of
sets left out: Brier score and log loss, weighed as in the fit, and the slope and shift that would mend the log-odds.
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
from numpy.typing import NDArray

from bench.data import load
from bench.evaluation_sets import off_topic
from bench.logistic import fit, log_loss, shares
from bench.passages import article
from bot.coverage import Coverage
from bot.gate import Background, Gate, Signals, read_signals, unrelated
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

Array = NDArray[np.float64]
Asked = tuple[str, str, frozenset[str]]  # a question, its kind, passages held out

TITLED = ("stackfaq", "squad2", "datatalks_faq", "clapnq", "nq_open")
SETS = (*((name, True) for name in TITLED), ("stackfaq", False))
KINDS = ("near", "held", "off")
THRESHOLDS = (0.5, 0.3, 0.2)
NAMES = [field.name for field in dataclasses.fields(Signals)]
WORK = Path("index/built/bench")
# Thirty times as much tells sets that are left out a little better, and truer, but squad2's and mtrag's untouched ones
# worse (bench/LOG.md, 2026-11-30).
RIDGE = 1e-3
QUESTIONS = 300  # of each set and kind; of what is held out half as many
WEIGHTS = Path(__file__).resolve().parent / "results" / "gate.json"
TOP_K = Settings.model_fields["top_k"].default


def set_of(label: str) -> str:
    """The set whose questions these are, its titles shown or hidden."""
    return label.split(",")[0]


def questions_of(rows: Sequence[dict], count: int, chance: random.Random) -> list[Asked]:
    """(question, kind, passages held out)."""
    covered = [row for row in rows if row["answerable"]]
    other = [row for row in rows if not row["answerable"]]
    found = [(row["question"], "covered", frozenset[str]()) for row in chance.sample(covered, min(count, len(covered)))]
    found += [(row["question"], "near", frozenset[str]()) for row in chance.sample(other, min(count, len(other)))]
    held = chance.sample(covered, min(count // 2, len(covered)))
    return found + [(row["question"], "held", frozenset(row["gold"])) for row in held]


def signals_of(
    name: str, titled: bool, off: Sequence[str], count: int, embedder: Embedder, reader: Reader, chance: random.Random
) -> list[tuple[str, str, list[float], bool]]:
    """(set, kind, signals, whether the first look ends there) of the questions of one set, all of them read."""
    passages, rows = load.qa(name)
    if name == "squad2":  # the reader was trained on nine of its articles, six others are for evaluation
        rows = [row for row in rows if row["article"] in SQUAD2_DEVELOP]
    made = [article(each["id"], each["title"] if titled else "", each["text"]) for each in passages]
    questions = [*questions_of(rows, count, chance), *((q, "off", frozenset[str]()) for q in off)]
    return ask(name if titled else f"{name}, titles hidden", made, questions, embedder, reader)


def ask(
    label: str, articles: Sequence[Article], questions: Sequence[Asked], embedder: Embedder, reader: Reader
) -> list[tuple[str, str, list[float], bool]]:
    """The same of any collection of articles."""
    corpus = Corpus(Path(label), tuple(sorted(articles, key=lambda each: each.id)))
    folder = WORK / re.sub(r"\W+", "-", label)
    build_index(corpus, folder, embedder)
    index = open_index(folder, embedder)
    cover, background = Coverage(index.lexical), Background(index.moments)
    ranker, found = EvidenceRanker(embedder, cover, len(index.chunks)), []
    ranker.prepare(index.chunks)  # in one go: much faster than chunk by chunk
    for question, kind, held in questions:
        vector = embedder.embed_question(question)
        hits = index.search_vector(question, vector, TOP_K + TOP_K * bool(held))
        hits = tuple(hit for hit in hits if hit.chunk.article_id not in held)[:TOP_K]
        ranked = ranker.rank(question, vector, hits)
        chosen = select(reader, question, ranked, KEPT_EVIDENCE)
        signals = read_signals(question, vector, hits, ranked, chosen, cover, background)
        far = unrelated(question, hits, cover)
        found.append((label, kind, [getattr(signals, each) for each in NAMES], far))
    print(label, len(index.chunks), "chunks", len(found), "questions", file=sys.stderr, flush=True)
    return found


def off_topic_questions(count: int, chance: random.Random) -> list[str]:
    """Of three sets, none of them asked by `make evaluate-sets`."""
    off = [row["question"] for row in load.rows("clinc150", "oos_questions.jsonl")]
    off += [row["question"] for row in load.rows("selfaware", "offtopic_questions.jsonl")]
    off += [row["question"] for row in load.rows("banking77_oos", "ood-oos_valid.jsonl")]
    asked = {row["question"] for row in off_topic().questions}
    off = [question for question in off if question not in asked]
    return chance.sample(off, min(len(off), count))


def auroc(positive: Array, negative: Array) -> float:
    """Chance that a covered question scores above another, ties counting half."""
    return float((positive[:, None] > negative).mean() + 0.5 * (positive[:, None] == negative).mean())


def print_table(labels: NDArray[np.str_], kinds: NDArray[np.str_], confidence: Array) -> None:
    """One row a set, as the module's docstring says."""
    for label in dict.fromkeys(labels):
        of = {kind: confidence[(labels == label) & (kinds == kind)] for kind in ("covered", *KINDS)}
        cells = [f"{auroc(of['covered'], of[kind]):.3f}" if len(of[kind]) else "-" for kind in KINDS]
        for threshold in THRESHOLDS:
            cells.append(f"{(of['covered'] >= threshold).mean():.3f}")
            cells += [f"{(of[kind] < threshold).mean():.3f}" if len(of[kind]) else "-" for kind in KINDS]
        print(f"| {label} | {' | '.join(cells)} |")


def print_calibration(log_odds: Array, y: NDArray[np.bool_], weights: Array) -> None:
    """One line; covered and other questions weigh the same, as in the fit."""
    chance = 1 / (1 + np.exp(-log_odds))
    brier = float((shares(y, weights) / 2 * (chance - y) ** 2).sum())
    loss = log_loss(log_odds, y, weights)
    slope, shift = fit(log_odds[:, None], y, weights, 0.0)
    print(f"\nleft out: Brier {brier:.4f}, log loss {loss:.4f}, slope {slope[0]:.2f}, shift {shift:.2f}")


def as_gate(slope: Array, bias: float) -> dict[str, float]:
    """The fields of a Gate, as they would be written into bot/gate.py."""
    return {**dict(zip(NAMES, slope.round(2).tolist(), strict=True)), "bias": round(bias, 2)}


def print_first_look(labels: NDArray[np.str_], kinds: NDArray[np.str_], far: NDArray[np.bool_], shipped: Array) -> None:
    """A row a set: the share of each kind that is not read, and the highest confidence reading would have given it."""
    for label in dict.fromkeys(labels):
        ended = [far[(labels == label) & (kinds == kind)] for kind in ("covered", *KINDS)]
        highest = max(shipped[(labels == label) & far], default=0.0)
        cells = [f"{one.mean():.3f}" if len(one) else "-" for one in ended]
        print(f"| {label} | {' | '.join(cells)} | {highest:.2f} |")


def main() -> int:
    """Collect signals, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--ridge", type=float, default=RIDGE)
    given = parser.parse_args()
    count = given.questions
    chance, embedder, reader = random.Random(1), load_embedder(), load_reader()
    off = off_topic_questions(count, chance)
    rows = [row for name, titled in SETS for row in signals_of(name, titled, off, count, embedder, reader, chance)]
    labels, kinds = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    x, y = np.array([row[2] for row in rows]), kinds == "covered"
    far = np.array([row[3] for row in rows])
    weights, left_out = np.zeros(len(rows)), np.zeros(len(rows))
    for label in np.unique(labels):
        for kind in np.unique(kinds):
            here = (labels == label) & (kinds == kind)
            weights[here] = (0.5 if kind == "off" else 1.0) / max(1, here.sum())
    names, without = np.array([set_of(label) for label in labels]), {}
    for name in np.unique(names):
        slope, bias = fit(x, y, weights * (names != name), given.ridge)
        left_out[names == name] = (x @ slope + bias)[names == name]
        without[str(name)] = as_gate(slope, bias)
    slope, bias = fit(x, y, weights, given.ridge)
    print("means", json.dumps(dict(zip(NAMES, x.mean(0).round(3).tolist(), strict=True))))
    print("gate", json.dumps(as_gate(slope, bias)))
    record = {"questions": count, "all": as_gate(slope, bias), "without": without}
    if (count, given.ridge) == (QUESTIONS, RIDGE):
        WEIGHTS.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print_table(labels, kinds, 1 / (1 + np.exp(-left_out)))
    print_calibration(left_out, y, weights)
    print("\n| not read: set | covered | near | held | off | at most |\n" + "|---" * 6 + "|")
    print_first_look(labels, kinds, far, np.array([Gate().confidence(Signals(*row)) for row in x]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
