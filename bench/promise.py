"""Is `most_wrong` kept? The share of answers that are wrong to other questions, beside the share an operator asked for.

    python -m bench.promise [--questions 600] [--show]

Two collections are calibrated as `python app.py calibrate` does, which sees articles only: half of a course's FAQ,
drawn by a fixed seed, and the threads of stackfaq. Then others' questions are asked: people's rephrasings of the
threads, and what was written, it seems by a language model, from each entry of the course; those of entries and
threads that are left out ("near"), and off-topic ones of three other sets. An answer is wrong when it cites none of
the entries its question belongs to, and any to what is left out is, though another entry may say the same. Kinds
weigh as calibration assumes, .5, .25 and .25. The shipped gate, which calibration rescales by two numbers, learnt its
weights from neither collection (bench/gate.py).

Each row, one value of `most_wrong`: the confidence it asks for; of covered questions the share answered; of answers
the share promised, as the articles' own questions have it, and the share found wrong, with its 95 % interval
(bootstrap over threads and entries); of near and off-topic questions the share declined.
"""

import argparse
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.data import load
from bench.evaluate_sets import WORK
from bench.evaluation_sets import SEED, Set, articles, off_topic, write
from bot.assemble import calibrate_index, update_index
from bot.calibrate import WEIGHT_OF, Calibration, Kind, asked_of
from bot.lookup import Look, Lookup
from bot.quote import worth_quoting
from bot.reader import load_reader
from bot.settings import Settings

MOST_WRONG = (0.02, 0.05, 0.1, 0.2, 0.3)
ROUNDS = 1000  # of the bootstrap
SHOWN = 20  # of the surest wrong answers
_NO_QUESTION = re.compile(r"questions?\d*")  # what stands in some rows of the course in a question's place


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the entries that answer it."""

    question: str
    kind: Kind
    gold: frozenset[str]
    group: str  # questions of one are alike: a thread, an entry


def course() -> tuple[Set, list[Asked]]:
    """Half of the course's FAQ."""
    passages, rows = load.qa("datatalks_faq")
    kept = random.Random(SEED).sample(passages, len(passages) // 2)
    names = frozenset(row["id"] for row in kept)
    asked = [
        Asked(row["question"], "own" if gold else "near", gold, row["gold"][0])
        for row in rows
        if not _NO_QUESTION.fullmatch(row["question"])
        for gold in (frozenset(row["gold"]) & names,)
    ]
    return Set("promise, course", articles(kept, faq=True), [], ""), asked


def threads() -> tuple[Set, list[Asked]]:
    """Each thread one entry, all its answers: calibration asks no heading that several articles have."""
    passages, rows = load.qa("stackfaq")
    found: dict[str, dict[str, str]] = {}
    for row in passages:
        thread = found.setdefault(row["thread"], {"id": row["thread"], "title": row["title"], "text": ""})
        thread["text"] += f"{row['text']}\n\n"
    asked = [
        Asked(row["question"], "own", frozenset((row["thread"],)), row["thread"])
        if row["answerable"]
        else Asked(row["question"], "near", frozenset(), row["thread"])
        for row in rows
    ]
    return Set("promise, threads", articles(list(found.values()), faq=True), [], ""), asked


def cited(look: Look) -> set[str]:
    """The rows of the file of articles that an answer would cite."""
    chunks = [look.entry] if look.entry else [piece.chunk for piece in worth_quoting(look.evidence)]
    return {chunk.article_id.partition("#")[2] for chunk in chunks}  # file#id


def drawn(asked: Sequence[Asked], most: int) -> list[Asked]:
    """At most so many of each kind, with off-topic questions besides."""
    chance = random.Random(SEED)
    off = [Asked(row["question"], "off", frozenset(), row["id"]) for row in off_topic().questions]
    kinds: tuple[Kind, ...] = ("own", "near", "off")
    found: list[Asked] = []
    for kind in kinds:
        some = [one for one in (*asked, *off) if one.kind == kind]
        found += chance.sample(some, min(most, len(some)))
    return found


def share(of: NDArray[np.bool_], among: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """Weighted; not a number where there is nothing among which."""
    total = float(weights[among].sum())
    return float(weights[of & among].sum()) / total if total else float("nan")


def resampled(asked: Sequence[Asked]) -> Iterator[NDArray[np.int64]]:
    """Places of the questions of as many groups of each kind as there are, drawn with replacement; ROUNDS times."""
    places: dict[tuple[Kind, str], list[int]] = {}
    for at, one in enumerate(asked):
        places.setdefault((one.kind, one.group), []).append(at)
    groups = {kind: [some for key, some in places.items() if key[0] == kind] for kind in WEIGHT_OF}
    chance = np.random.default_rng(SEED)
    for _ in range(ROUNDS):
        chosen = [some[at] for some in groups.values() for at in chance.integers(0, len(some), len(some))]
        yield np.concatenate(chosen).astype(np.int64)


def print_table(
    calibration: Calibration, asked: Sequence[Asked], confidence: NDArray[np.float64], right: NDArray[np.bool_]
) -> None:
    """A row for each value of `most_wrong`."""
    kinds = np.array([each.kind for each in asked])
    weights = np.array([WEIGHT_OF[each.kind] / (kinds == each.kind).sum() for each in asked])
    draws = list(resampled(asked))
    print("| most_wrong | confidence | answered | promised | wrong | 95 % | near declined | off topic declined |")
    print("|---" * 8 + "|")
    for most in MOST_WRONG:
        point = calibration.point(most)
        if point is None:
            print(f"| {most} | not to be had |  |  |  |  |  |  |")
            continue
        passed = confidence >= point.threshold
        low, high = np.nanpercentile([share(~right[at], passed[at], weights[at]) for at in draws], (2.5, 97.5))
        answered, near, off = (passed[kinds == kind].mean() for kind in ("own", "near", "off"))
        print(
            f"| {most} | {point.threshold:.3f} | {answered:.3f} | {point.wrong:.3f} | "
            f"{share(~right, passed, weights):.3f} | {low:.3f} to {high:.3f} | {1 - near:.3f} | {1 - off:.3f} |"
        )


def main() -> int:
    """Print a table for each collection."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=600, help="of a kind, at most")
    parser.add_argument("--show", action="store_true", help="the surest wrong answers too")
    given = parser.parse_args()
    reader = load_reader()
    for one, others in (course(), threads()):
        folder, _ = write(one, WORK)
        settings = Settings(corpus=folder, index=folder.parent / "index")
        updated = update_index(settings)
        calibration = calibrate_index(settings, updated)
        asked = drawn(others, given.questions)
        _, gate = asked_of(1.0, calibration)
        # Any threshold: the confidences are compared in the table, and what is found depends on none.
        lookup = Lookup(updated.index, reader, gate, settings)
        looks = [lookup.search(each.question) for each in asked]
        confidence = np.array([look.confidence for look in looks])
        right = np.array([bool(each.gold & cited(look)) for each, look in zip(asked, looks, strict=True)])
        fitted = ", ".join(f"{count} {kind}" for kind, count in calibration.questions.items())
        told = ", ".join(f"{sum(each.kind == kind for each in asked)} {kind}" for kind in WEIGHT_OF)
        print(f"\n{one.name}: {len(one.articles)} entries; calibrated on {fitted}; asked {told}\n")
        print_table(calibration, asked, confidence, right)
        if given.show:
            for at in sorted(np.flatnonzero(~right).tolist(), key=lambda at: -confidence[at])[:SHOWN]:
                print(f"{confidence[at]:.3f} {asked[at].kind} {asked[at].question!r} -> {sorted(cited(looks[at]))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
