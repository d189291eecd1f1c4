"""Examples for the reader, just as the product would meet them: its own search chooses the passages.

    python -m training.examples --train ../shared/train --eval ../shared/eval --out index/built/training/examples.jsonl

One line an example: a question, up to four passages in the order they were found, each with the spans that can be
quoted from it, the product's own score of each, and which of those answer. None does when the question has no answer,
when its passages were left out, or when a fact of it was turned into another (training/swaps.py).
"""

import argparse
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench.passages import article
from bot.coverage import Coverage
from bot.evaluate.metrics.text import normalised_words
from bot.question import goes_on, with_subject
from bot.ranking import EvidenceRanker
from bot.selection import by_passage, passage_of
from bot.types import Evidence, Turn
from corpus.types import Article, Corpus, Section
from index.build import build_index, open_index
from index.embedder import TextEmbedder, load_embedder
from training.altered import altered
from training.lines import read_lines, write_lines
from training.manuals import MANUALS, pages_of, partly_hidden
from training.mining import mine, says_one_of
from training.split import SQUAD2_HELD_OUT, Unseen
from training.swaps import swapped
from training.types import Example, Passage

# Passages of a question. One number would teach the reader what share of them usually answers.
PASSAGES = (2, 3, 3, 4)
# Searched, three more than the product looks at; a gold passage further down takes the last place, or half of them
# would teach "none".
FOUND = 8
REMOVED = 0.15  # share of answerable questions asked once more with their passages left out
SWAPPED = 0.5  # share of answerable ones asked once more with a fact turned into another, where one can be
MEDQUAD = 1000  # pairs used: their questions are all of a kind
ENTRIES = 700  # of dstc_faq's 2,869, asked by their own question
NEIGHBOURS = 12  # passages beside the one that answers which other names and numbers are taken from
SEED = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and how to tell that a stretch of an article answers it."""

    question: str
    articles: frozenset[str]  # that hold the answer; empty: none does
    answers: Callable[[str], bool]  # of the text of a span in one of them
    kind: str
    group: str
    words: tuple[str, ...] = ()  # the answer, where it is a few words


def squad2(folder: Path) -> tuple[list[Article], list[Asked]]:
    """Paragraphs of the articles that are trained on; half of the questions are written to deceive."""
    passages = [
        row for row in read_lines(folder / "squad2" / "passages.jsonl") if row["article"] not in SQUAD2_HELD_OUT
    ]
    asked = []
    for row in read_lines(folder / "squad2" / "questions.jsonl"):
        if row["article"] not in SQUAD2_HELD_OUT:
            gold = frozenset(row["gold"] if row["answerable"] else ())
            kind = "answerable" if row["answerable"] else "adversarial"
            group = f"squad2:{row['article']}"
            asked.append(Asked(row["question"], gold, _says(row["answers"]), kind, group, tuple(row["answers"])))
    return [article(row["id"], row["title"], row["text"]) for row in passages], asked


def selqa(folder: Path, unseen: Unseen, *, reworded: bool = False) -> tuple[list[Article], list[Asked]]:
    """Sections of Wikipedia with the sentences that answer, half of the questions, or all, worded otherwise."""
    articles: dict[str, Article] = {}
    asked = []
    for row in read_lines(folder / "selqa" / "questions.jsonl"):
        name = f"{row['article']}#{row['section']}"
        sentences = [" ".join(one.split()) for one in row["sentences"]]
        if unseen.holds(" ".join(sentences)):
            continue
        articles.setdefault(name, article(name, row["article"], " ".join(sentences)))
        if reworded and not row["paraphrase"]:
            continue
        gold = [sentences[number] for number in row["answer_sentences"]]
        asked.append(
            Asked(row["question"], frozenset((name,)), _overlaps(gold), "answerable", f"selqa:{row['article']}")
        )
    return list(articles.values()), asked


def qed(folder: Path, unseen: Unseen) -> tuple[list[Article], list[Asked]]:
    """Search questions with one answering sentence; paragraphs that stand in evaluation sets too are left out."""
    articles: dict[str, Article] = {}
    asked = []
    for number, row in enumerate(read_lines(folder / "qed" / "questions.jsonl")):
        if row["explanation"] == "none" or unseen.asks(row["question"]) or unseen.holds(row["paragraph"]):
            continue
        articles.setdefault(row["paragraph"], article(f"qed{number}", row["title"], row["paragraph"]))
        name = articles[row["paragraph"]].id
        sentence = row["selected_sentence"]  # none when it takes several
        answers = _overlaps([sentence["string"]]) if sentence else _says(row["answers"])
        words = tuple(row["answers"])
        asked.append(Asked(row["question"], frozenset((name,)), answers, "answerable", f"qed:{name}", words))
    return list(articles.values()), asked


def medquad(
    folder: Path, unseen: Unseen, chance: random.Random, *, hidden: float = 0.5
) -> tuple[list[Article], list[Asked]]:
    """Health FAQ pairs, the question hidden from a share: which passage answers is known, which sentence is not."""
    pairs = [row for row in read_lines(folder / "medquad" / "pairs.jsonl") if not unseen.asks(row["question"])]
    pairs = [row for row in pairs if not unseen.holds(row["answer"])]
    pairs = chance.sample(pairs, MEDQUAD)
    articles = [
        article(row["id"], row["question"] if chance.random() < 1 - hidden else "", row["answer"]) for row in pairs
    ]
    return articles, [
        Asked(row["question"], frozenset((row["id"],)), _anything, "pair", f"medquad:{row['id']}") for row in pairs
    ]


def dstc_faq(
    folder: Path, chance: random.Random, *, hidden: float = 0.4, turns_only: bool = False
) -> tuple[list[Article], list[Asked]]:
    """A help centre of hotels and restaurants: its entries asked by name, and the turns of dialogues that need one.

    A share of the entries hides its own question; with `turns_only` none is asked by it.
    """
    entries = list(read_lines(folder / "dstc_faq" / "passages.jsonl"))
    titled = {row["id"]: row["entity"].title() for row in entries if row["entity"]}
    articles = [_entry(row, titled.get(row["id"], ""), hidden=chance.random() < hidden) for row in entries]
    asked = []
    for row in read_lines(folder / "dstc_faq" / "questions.jsonl"):
        history = [Turn(text, "") for who, text in row["history"] if who == "U"]
        carried = bool(history) and goes_on(row["question"])
        question = with_subject(row["question"], history) if carried else row["question"]
        name = titled.get(row["gold"][0], "") if row["gold"] else ""
        if name and name.casefold() not in question.casefold():
            question = f"{name}: {question}"  # which one is meant stands in a turn long before
        kind = "pair" if row["gold"] else "removed"
        asked.append(Asked(question, frozenset(row["gold"]), _anything, kind, _entry_group(row["gold"] or [row["id"]])))
    for row in () if turns_only else chance.sample(entries, ENTRIES):
        name = titled.get(row["id"], "")
        question = row["title"] if not name or name.casefold() in row["title"].casefold() else f"{name}: {row['title']}"
        asked.append(Asked(question, frozenset((row["id"],)), _anything, "pair", _entry_group([row["id"]])))
    return articles, asked


def manual(
    packages: Path, pages: str, work: Path, unseen: Unseen, chance: random.Random
) -> tuple[list[Article], list[Asked]]:
    """A manual and the questions its sentences answer by their form; of a heading's section no sentence is known to."""
    whole = [one for one in pages_of(packages / pages, work, chance) if not unseen.holds(one.text)]
    articles = [partly_hidden(one, chance) for one in whole]
    asked = [
        Asked(
            one.question, frozenset(one.articles), says_one_of(one.texts),
            "pair" if one.form == "heading" else "mined", f"{pages}:{one.articles[0]}",
        )
        for one in mine(articles, whole, chance)
    ]  # fmt: skip
    return articles, asked


def _entry_group(entries: Sequence[str]) -> str:
    """By the hotel or restaurant: its entries resemble each other."""
    return f"dstc:{min(entries).rsplit('-faq', 1)[0]}"


def _entry(row: dict[str, Any], name: str, *, hidden: bool) -> Article:
    """An FAQ entry under its own question, or with that hidden."""
    made = article(row["id"], name, row["text"])
    if hidden or not row["title"]:
        return made
    return replace(made, sections=(Section((row["title"],), "", 0, 0, len(made.text)),))


def _anything(_: str) -> bool:
    return True


def _says(answers: Sequence[str]) -> Callable[[str], bool]:
    wanted = [f" {' '.join(words)} " for one in answers if (words := normalised_words(one))]

    def says(text: str) -> bool:
        said = f" {' '.join(normalised_words(text))} "
        return any(one in said for one in wanted)

    return says


def _overlaps(gold: Sequence[str]) -> Callable[[str], bool]:
    """Whether a span shares most of its words, in order, with a gold sentence."""
    wanted = [" ".join(normalised_words(one)) for one in gold]

    def overlaps(text: str) -> bool:
        said = " ".join(normalised_words(text))
        return any(said and one and (said in one or one in said) and min(len(said), len(one)) > 20 for one in wanted)

    return overlaps


class Examples:
    """Asks questions of one set of articles by the product's own search."""

    def __init__(
        self, name: str, articles: Sequence[Article], work: Path, embedder: TextEmbedder,
        chance: random.Random,
    ) -> None:  # fmt: skip
        build_index(Corpus(Path(name), tuple(sorted(articles, key=lambda one: one.id))), work / name, embedder)
        self._index = open_index(work / name, embedder)
        self._ranker = EvidenceRanker(embedder, Coverage(self._index.lexical), len(self._index.chunks))
        self._ranker.prepare(self._index.chunks)  # in one go: much faster than chunk by chunk
        self._embedder = embedder
        self._chance = chance
        self._by_title: dict[str, list[str]] = defaultdict(list)
        for one in articles:
            self._by_title[one.title].append(one.text)

    def of(self, asked: Sequence[Asked]) -> Iterator[Example]:
        """Every question; some once more without the passages that answer, some with a fact turned into another."""
        for one in asked:
            first = self._example(one, frozenset())
            reached = any(passage.article in one.articles for passage in first.passages)
            # Else the passage is there and no span of it was recognised: it would teach "none". So would a mined
            # question whose page was not found, while other pages may well answer it.
            if any(passage.gold for passage in first.passages) or not (reached or one.kind == "mined"):
                yield first
            if one.articles and self._chance.random() < REMOVED:
                yield self._example(replace(one, kind="removed"), one.articles)
            if one.kind == "answerable" and self._chance.random() < SWAPPED and (other := self._swapped(one)):
                yield self._example(other, frozenset())

    def _swapped(self, one: Asked) -> Asked | None:
        beside = " ".join(self._index.articles[name].text for name in sorted(one.articles))
        title = self._index.articles[min(one.articles)].title
        others = [text for text in self._by_title[title] if text not in beside]
        if len(others) < NEIGHBOURS:
            others += [self._chance.choice(self._index.chunks).text for _ in range(NEIGHBOURS)]
        question = swapped(one.question, beside, self._chance.sample(others, NEIGHBOURS), self._chance)
        return replace(one, question=question, articles=frozenset(), kind="swapped", words=()) if question else None

    def _example(self, one: Asked, without: frozenset[str]) -> Example:
        vector = self._embedder.embed_question(one.question)
        hits = self._index.search_vector(one.question, vector, FOUND, (), without)
        ranked = self._ranker.rank(one.question, vector, hits)
        found = by_passage(ranked)
        gold = [pieces for pieces in found if pieces[0].chunk.article_id in one.articles]
        kept = found[: self._chance.choice(PASSAGES)]
        if gold and not any(pieces in gold for pieces in kept):
            kept[-1] = gold[0]
        return Example(one.question, tuple(_passage(pieces, one) for pieces in kept), one.kind, one.group)


def _passage(pieces: Sequence[Evidence], one: Asked) -> Passage:
    chunk, given = pieces[0].chunk, passage_of(pieces)
    right = chunk.article_id in one.articles
    gold = [number for number, piece in enumerate(pieces) if right and one.answers(piece.text)]
    places = [
        (start + match.start(), start + match.end())
        for start, end in (given.spans[number] for number in gold)
        for answer in one.words
        for match in re.finditer(re.escape(answer), chunk.text[start:end], re.IGNORECASE)
    ]
    scores = tuple(round(score, 4) for score in given.scores)
    answers = tuple(sorted(set(places)))
    return Passage(chunk.article_id, given.heading, given.text, given.spans, scores, tuple(gold), answers)


def main() -> int:
    """Write the examples; a line on each set to standard error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("train", "eval", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--manuals", type=Path, help="where training.manuals unpacked its packages")
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    chance, embedder = random.Random(SEED), load_embedder()
    unseen = Unseen(given.eval)
    sets = {
        "dstc_faq": dstc_faq(given.train, chance),
        "squad2": squad2(given.eval),
        "selqa": selqa(given.train, unseen),
        "qed": qed(given.train, unseen),
        "medquad": medquad(given.train, unseen, chance),
    }

    if given.manuals:
        drawn = random.Random(SEED)
        for package, pages, _ in (one for one in MANUALS if (given.manuals / one[0]).exists()):
            name = f"{package}-{Path(pages).name}"
            sets[name] = manual(given.manuals, f"{package}/{pages}", given.out.parent / "pages" / name, unseen, drawn)

    def examples() -> Iterator[Example]:
        altering, others = random.Random(SEED), []
        for name, (articles, asked) in sets.items():
            made = list(Examples(name, articles, given.out.parent, embedder, chance).of(asked))
            found = sum(any(passage.gold for passage in one.passages) for one in made)
            others += [other for one in made for other in altered(one, altering)]
            print(f"{name}: {len(articles)} articles, {len(made)} examples, {found} with an answer", file=sys.stderr)
            yield from made
        print(f"{len(others)} altered", file=sys.stderr)
        yield from others

    write_lines(given.out, map(asdict, examples()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
