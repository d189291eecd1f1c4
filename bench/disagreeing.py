"""Two articles that give different numbers for one thing: does the answer show both, each with its own footnote?

    python -m bench.disagreeing [--questions 100] [--show]

squad2's held-out questions whose answer is a number. Beside the passage stands a second article with another number in
its place: the whole passage once more ("whole"), or only the sentence and the one after it ("part"). Said: the share
answered at all, with either number, with both, and with both cited from two articles.
"""

import argparse
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.data import load
from bench.evaluate_sets import WORK
from bench.passages import article
from bench.product import product
from bot.settings import Settings
from corpus.sentences import sentences
from corpus.types import Article, Corpus
from index.build import build_index, open_index
from index.embedder import load_embedder
from training.split import SQUAD2_HELD_OUT


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the two numbers that answer it."""

    question: str
    one: str
    other: str


def made(count: int, *, whole: bool) -> tuple[list[Article], list[Asked]]:
    """All passages, the second articles, and what to ask; one question a passage."""
    chance = random.Random(1)
    passages, rows = load.qa("squad2")
    texts = {each["id"]: each for each in passages}
    articles = [article(each["id"], each["title"], each["text"]) for each in passages]
    asked, used = [], set()
    chance.shuffle(rows)
    for row in rows:
        place = row["gold"][0] if row["gold"] else ""
        if len(asked) == count or not row["answerable"] or row["article"] not in SQUAD2_HELD_OUT or place in used:
            continue
        passage = texts[place]["text"]
        answer = next((one for one in row["answers"] if re.fullmatch(r"\d[\d,]*", one)), None)
        if answer is None or len(_number(answer).findall(passage)) != 1:
            continue
        value = int(answer.replace(",", "")) + chance.choice((-7, -3, 4, 9, 15))
        other = f"{value:,}" if "," in answer else str(value)
        changed = _number(answer).sub(other, passage)
        asked.append(Asked(row["question"], answer, other))
        used.add(place)
        text = changed if whole else _part(changed, other)
        articles.append(article(f"{place}-other", f"{texts[place]['title']}, another", text))
    return articles, asked


def _number(digits: str) -> re.Pattern[str]:
    """The number where it stands for itself."""
    return re.compile(rf"(?<![\d,.]){digits}(?!,?\d)")


def _part(text: str, number: str) -> str:
    """The sentence with the number, and the one after it."""
    said = [text[start:end] for start, end in sentences(text)]
    at = next(at for at, sentence in enumerate(said) if _number(number).search(sentence))
    return " ".join(said[at : at + 2])


def main() -> int:
    """Print a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--show", action="store_true", help="print the answers that do not have both")
    given = parser.parse_args()
    embedder, over = load_embedder(), product(Settings())
    print("| second article | n | answered | a number | both | both, of two articles |\n|---|---|---|---|---|---|")
    for kind in ("whole", "part"):
        articles, asked = made(given.questions, whole=kind == "whole")
        folder = WORK / f"disagreeing-{kind}"
        build_index(Corpus(Path(kind), tuple(sorted(articles, key=lambda each: each.id))), folder, embedder)
        bot = over(open_index(folder, embedder))
        rows = []
        for each in asked:
            answer = bot.answer(each.question)
            numbers = [_number(one) for one in (each.one, each.other)]
            said = [bool(number.search(answer.text)) for number in numbers]
            cited = [{one.article_id for one in answer.citations if number.search(one.quote)} for number in numbers]
            apart = any(one != other for one in cited[0] for other in cited[1])
            rows.append((bool(answer.claims), any(said), all(said), all(said) and apart))
            if given.show and not all(said):
                print(f"{each} -> {answer.text}", file=sys.stderr)
        share = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        print(f"| {kind} | {len(rows)} | {' | '.join(f'{each:.2f}' for each in share)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
