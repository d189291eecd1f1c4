"""Questions that take something false for granted: are they answered with the sentence that corrects them?

    python -m bench.premises [--questions 100] [--show]

In the article's words: a sentence of the shipped articles, or of squad2's six held-out ones, with a fact turned into
another (training/swaps.py), asked as "Is the Nile shorter than the Rhine?" and "Why is the Nile shorter than the
Rhine?"; the sentence it was made from corrects it. In other words: climate_fever's claims as "Is it true that ...?",
asked of its sentences put together to articles; people judged which of five support or refute each claim. Beside
each kind the true ones. Told: how many are answered, and how often the right sentence comes first or at all.
"""

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.data import load
from bench.evaluate_sets import WORK
from bench.evaluation_sets import opened, squad2
from bench.passages import article
from bot.assemble import update_index
from bot.evidence import candidates
from bot.gate import Gate
from bot.lookup import Lookup
from bot.quote import worth_quoting
from bot.reader import CrossReader, load_reader
from bot.settings import Settings
from bot.words import words
from corpus.types import Corpus
from index.build import build_index, open_index
from index.embedder import load_embedder
from index.search import Index
from index.types import Embedder
from training.split import SQUAD2_HELD_OUT
from training.swaps import swapped

FEWEST, MOST = 7, 26  # words of a sentence that is turned
ELSEWHERE = 6  # other passages which names and numbers are taken from
_SAID = re.compile(
    r"^(?P<subject>(?:The |An? )?[A-Z]?[^,;:()]{2,40}?) "
    r"(?P<verb>is|are|was|were|can|has|have|will) (?P<rest>[^;:()]+)\.$"
)
_POINTS = re.compile(
    r"^(?:its?|this|these|those|that|they|there|s?he|his|her|their|such|we|you|some|both|but|and)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and how to tell that a quote is the sentence that answers or corrects it."""

    kind: str
    question: str
    right: Callable[[str], bool]


def questions(sentence: str) -> tuple[str, str] | None:
    """What a sentence says as a yes/no question, and as one that takes it for granted."""
    said = _SAID.match(sentence)
    if said is None or _POINTS.match(sentence):
        return None
    subject = said["subject"]
    if subject.split()[0] in ("The", "A", "An", "Most", "Many", "All"):
        subject = subject[0].lower() + subject[1:]
    asked = f"{said['verb']} {subject} {said['rest']}?"
    return asked[0].upper() + asked[1:], f"Why {asked}"


def turned(index: Index, articles: frozenset[str] | None, count: int) -> Iterator[Asked]:
    """Four questions of a sentence: yes/no and why, with a fact turned and as it is."""
    chance = random.Random(1)
    chunks = [one for one in index.chunks if articles is None or one.title.replace(" ", "_") in articles]
    texts = [one.text for one in chunks]
    said = [span.of(chunk) for chunk in chunks for span in candidates(chunk)]
    chance.shuffle(said)
    for sentence in said:
        if "\n" in sentence or not FEWEST <= len(words(sentence)) <= MOST or (true := questions(sentence)) is None:
            continue
        other = swapped(sentence, sentence, chance.sample(texts, min(ELSEWHERE, len(texts))), chance)
        if other is None or (false := questions(other)) is None:
            continue
        for truth, both in (("false", false), ("true", true)):
            for form, question in zip(("is", "why"), both, strict=True):
                yield Asked(f"{form}, {truth}", question, lambda text, whole=sentence: whole in text)  # type: ignore[misc]
        count -= 1
        if not count:
            return


def climate(embedder: Embedder, count: int) -> tuple[Index, list[Asked]]:
    """The index of all sentences, and claims that were refuted or supported as a whole."""
    rows = list(load.rows("climate_fever", "claims.jsonl"))
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for row in rows:
        for one in row["evidences"]:
            number = int(one["evidence_id"].rsplit(":", 1)[1])
            found[one["article"]][number] = " ".join(one["evidence"].split())
    made = [
        article(f"{number:04}", title, "\n\n".join(text for _, text in sorted(said.items())))
        for number, (title, said) in enumerate(sorted(found.items()))
    ]
    build_index(Corpus(Path("climate_fever"), tuple(made)), WORK / "climate_fever", embedder)
    chance, asked = random.Random(1), []
    for label, kind in (("REFUTES", "false"), ("SUPPORTS", "true")):
        chosen = [row for row in rows if row["claim_label"] == label]
        for row in chance.sample(chosen, min(count, len(chosen))):
            gold = [" ".join(one["evidence"].split()) for one in row["evidences"] if one["evidence_label"] == label]
            claim = row["claim"].strip().rstrip(".")
            opening = claim if claim[:2].isupper() else claim[0].lower() + claim[1:]
            asked.append(Asked(kind, f"Is it true that {opening}?", _one_of(gold)))
    return open_index(WORK / "climate_fever", embedder), asked


def _one_of(gold: list[str]) -> Callable[[str], bool]:
    return lambda text: any(one in text or text in one for one in gold)


def measure(name: str, index: Index, asked: list[Asked], reader: CrossReader, *, show: bool) -> None:
    """A row for each kind of question."""
    lookup = Lookup(index, reader, Gate(), Settings())
    found: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for one in asked:
        look = lookup.search(one.question)
        quoted = [piece.text for piece in worth_quoting(look.evidence)] if look.covered else []
        if look.entry is not None:
            quoted = [look.entry.text]
        right = [one.right(text) for text in quoted]
        found[one.kind].append((look.covered, right[:1] == [True], any(right)))
        if show and not any(right):
            print(f"{one.kind} {look.confidence:.2f}: {one.question}\n   -> {quoted}")
    for kind, rows in found.items():
        share = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        print(f"| {name} | {kind} | {len(rows)} | {' | '.join(f'{each:.2f}' for each in share)} |", flush=True)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100, help="sentences, and claims of each kind")
    parser.add_argument("--show", action="store_true", help="print what was not answered with the right sentence")
    given = parser.parse_args()
    embedder, reader, count = load_embedder(), load_reader(), given.questions
    print("| articles | asked | n | answered | right first | right in it |\n|---|---|---|---|---|---|")
    shipped = update_index(Settings()).index
    measure("shipped", shipped, list(turned(shipped, None, count)), reader, show=given.show)
    squad, _ = opened(squad2(), WORK, embedder)
    measure("squad2", squad, list(turned(squad, SQUAD2_HELD_OUT, count)), reader, show=given.show)
    measure("climate_fever", *climate(embedder, count), reader, show=given.show)
    return 0


if __name__ == "__main__":
    main()
