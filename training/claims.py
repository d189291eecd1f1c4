"""Claims with evidence, some supported and some not: what the reader's second head, support, is trained on.

    python -m training.claims --train ../shared/train --eval ../shared/eval --out index/built/training/claims.jsonl

Made from questions with a known answer ("Who wrote it?" and "Ada" make "Ada wrote it"), from sentences said again with
a clause less, and from both with one fact turned into another (training/swaps.py); and half of four sets that people
judged. The other half of each, and all of climate_fever, measure (bench/support.py).
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.vocabulary import GRAMMAR, LIMITING, NEGATIONS
from bot.words import stem, words
from corpus.sentences import sentences
from training.lines import read_lines, write_lines
from training.split import SQUAD2_DEVELOP, SQUAD2_HELD_OUT, Unseen, develops, trained_on
from training.swaps import swapped

WINDOW = 700  # characters of evidence: what is longer is read in parts, as the product's chunks are
MEDQUAD = 1500  # answers whose sentences are used
FEWEST, MOST = 6, 45  # words of a claim made from a sentence
# A clause that is cut must hold none of these ("for students", "as long as", "so they say").
TURNING = NEGATIONS | LIMITING | {"for", "as", "so"}
SEED = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """One pair."""

    claim: str
    evidence: str
    supported: bool
    kind: str


def windows(said: Sequence[str]) -> list[tuple[str, frozenset[int]]]:
    """Neighbouring sentences of up to WINDOW characters, each window with the numbers of its sentences."""
    found: list[list[int]] = []
    size = WINDOW + 1
    for number, one in enumerate(said):
        if size + len(one) > WINDOW:
            found.append([])
            size = 0
        found[-1].append(number)
        size += len(one) + 1
    return [(" ".join(said[number] for number in numbers), frozenset(numbers)) for numbers in found]


def facts(text: str) -> set[str]:
    """The stems of its words that carry a fact."""
    return {stem(word) for word in words(text) if word not in GRAMMAR}


def asserted(question: str, answer: str) -> str:
    """Question and answer as one statement, roughly."""
    asked, said = question.strip().rstrip("?").strip(), answer.strip().rstrip(".")
    if match := re.match(r"(?:who|what|which)\s+(is|are|was|were)\s+(.+)", asked, re.IGNORECASE):
        return f"{match[2][0].upper()}{match[2][1:]} {match[1]} {said}."
    if match := re.match(r"who\s+(?!did|does|do\b)(\w.+)", asked, re.IGNORECASE):
        return f"{said} {match[1]}."
    if match := re.match(
        r"(?:what|which)\s+(\w+(?:\s\w+)?)\s+(is|was|are|were|has|had|can)\s+(.+)", asked, re.IGNORECASE
    ):
        return f"{said} is the {match[1]} that {match[2]} {match[3]}."
    return f"{asked}? {said}."


def shortened(sentence: str, chance: random.Random) -> str:
    """The sentence without a clause that stands between commas or after the last one, when it has one."""
    parts = sentence.split(", ")
    if len(parts) < 2 or chance.random() < 0.4:
        return sentence
    cut = parts.pop(chance.randrange(1, len(parts)))
    made = ", ".join(parts).rstrip(".;") + "."
    limits = any(word in TURNING for word in words(cut))
    return made if len(made.split()) >= FEWEST and not limits else sentence


def answered(folder: Path, chance: random.Random) -> Iterator[Claim]:
    """Questions of squad2 with the right answer, with another of the same article, or turned."""
    texts = {row["id"]: row["text"] for row in read_lines(folder / "squad2" / "passages.jsonl")}
    kept_out = SQUAD2_HELD_OUT | SQUAD2_DEVELOP
    asked = [row for row in read_lines(folder / "squad2" / "questions.jsonl") if row["article"] not in kept_out]
    known = [row for row in asked if row["answerable"]]
    by_article: dict[str, list[str]] = {}
    for row in known:
        by_article.setdefault(row["article"], []).append(row["answers"][0])
    for row in asked:
        text = texts[row["gold"][0]]
        if not row["answerable"]:
            near = [one for one in by_article.get(row["article"], []) if one in text]
            if near:
                yield Claim(asserted(row["question"], chance.choice(near)), text, supported=False, kind="adversarial")
            continue
        yield Claim(asserted(row["question"], row["answers"][0]), text, supported=True, kind="answer")
        near = [one for one in by_article[row["article"]] if one in text and one not in row["answers"]]
        question = swapped(row["question"], text, [texts[chance.choice(known)["gold"][0]]], chance)
        if near and chance.random() < 0.5:
            yield Claim(asserted(row["question"], chance.choice(near)), text, supported=False, kind="other answer")
        elif question and chance.random() < 0.5:
            yield Claim(asserted(question, row["answers"][0]), text, supported=False, kind="swapped question")


def said_again(texts: Sequence[str], chance: random.Random) -> Iterator[Claim]:
    """A sentence of each text, shortened, and as often with a fact turned into another."""
    for text in texts:
        found = [text[start:end] for start, end in sentences(text[: 2 * WINDOW])]
        fit = [one for one in found if FEWEST <= len(one.split()) <= MOST]
        if not fit:
            continue
        one = chance.choice(fit)
        evidence = next(part for part, numbers in windows(found) if found.index(one) in numbers)
        claim = shortened(one, chance)
        other = swapped(claim, evidence, chance.sample(list(texts), 4), chance)
        if other and chance.random() < 0.6:
            yield Claim(other, evidence, supported=False, kind="swapped sentence")
        else:
            yield Claim(claim, evidence, supported=True, kind="sentence")


def judged(folder: Path, chance: random.Random) -> Iterator[Claim]:
    """The half of begin, halueval, wice and scifact that is trained on."""
    yield from _halueval(folder, chance)
    for row in read_lines(folder / "begin" / "begin.jsonl"):
        if trained_on("begin", row["knowledge"]):
            yield Claim(row["response"], row["knowledge"], row["begin_label"] == "Fully attributable", "begin")
    for row in read_lines(folder / "wice" / "claims.jsonl"):
        if trained_on("wice", row["id"]):
            for numbers in row["supporting_sentences"][:2]:
                text = " ".join(row["evidence"][number] for number in numbers)[: 2 * WINDOW]
                yield Claim(row["claim"], text, row["label"] == "supported", "wice")
    for row in read_lines(folder / "scifact" / "claim_evidence.jsonl"):
        if trained_on("scifact", row["doc"]):
            for part in gold_windows(row):
                yield Claim(row["claim"], part, row["label"] == "SUPPORT", "scifact")


def _halueval(folder: Path, chance: random.Random) -> Iterator[Claim]:
    for row in read_lines(folder / "halueval" / "qa.jsonl"):
        if trained_on("halueval", row["id"]):
            yield Claim(asserted(row["question"], row["right_answer"]), row["context"], supported=True, kind="halueval")
            wrong = chance.choice(row["hallucinated_answers"])
            claim = wrong if len(wrong.split()) >= FEWEST else asserted(row["question"], wrong)
            yield Claim(claim, row["context"], supported=False, kind="halueval")


def gold_windows(row: dict[str, Any]) -> list[str]:
    """The gold sentences of a claim of scifact, two of them at most, each with its neighbours.

    The set numbers them but joined them without a space, so a number may be off by one; the neighbours make up for it.
    """
    said = re.split(r"(?<=[.!?])\s*(?=[A-Za-z(\d])(?<!\d\.)", " ".join(row["sentences"]))
    places = [min(int(number), len(said) - 1) for number in re.findall(r"\d+", row["gold_sentences"])[:2]]
    return [" ".join(said[max(0, place - 1) : place + 2])[: 2 * WINDOW] for place in places]


def main() -> int:
    """Write the claims; a line on each kind to standard error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("train", "eval", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    chance = random.Random(SEED)
    unseen = Unseen(given.eval)
    health = [
        row["answer"] for row in read_lines(given.train / "medquad" / "pairs.jsonl") if not unseen.asks(row["question"])
    ]
    prose = [
        " ".join(row["sentences"])
        for row in list(read_lines(given.train / "selqa" / "questions.jsonl"))[::2]
        if not develops(f"selqa:{row['article']}")
    ]
    prose += [row["paragraph"] for row in read_lines(given.train / "qed" / "questions.jsonl")]
    found = [
        *answered(given.eval, chance),
        *said_again([text for text in chance.sample(health, MEDQUAD) if not unseen.holds(text)], chance),
        *said_again([text for text in prose if not unseen.holds(text)], chance),
        *judged(given.eval, chance),
    ]
    chance.shuffle(found)
    write_lines(given.out, map(asdict, found))
    for (kind, supported), count in sorted(Counter((one.kind, one.supported) for one in found).items()):
        print(f"{kind}: {count} {'supported' if supported else 'not supported'}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
