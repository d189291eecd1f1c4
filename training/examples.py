"""Examples for the reader, just as the product would meet them: its own search chooses the passages.

    python -m training.examples --train ../shared/train --eval ../shared/eval --out index/built/training/examples.jsonl

One line an example: a question, up to three passages in the order they were found, each with the spans that can be
quoted from it, and which of those answer. None does when the question has no answer or its passages were left out.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.passages import article
from bot.evaluate.metrics.text import normalised_words
from bot.evidence import candidates
from corpus.types import Article, Corpus
from index.build import build_index, open_index
from index.embedder import SentenceTransformerEmbedder, load_embedder
from index.search import Index
from index.types import Chunk
from training.split import SQUAD2_HELD_OUT

PASSAGES = 3  # of a question; a fourth would take a third more of the time a run on two cores has
FOUND = 8  # searched; a gold passage further down takes the last place, or half of them would teach "none"
REMOVED = 0.2  # share of answerable questions asked once more with their passages left out
MEDQUAD = 600  # pairs used: their questions are all of a kind
SEED = 1

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage as the reader gets it."""

    heading: str
    text: str
    spans: tuple[tuple[int, int], ...]  # characters into text
    gold: tuple[int, ...]  # which spans answer


@dataclass(frozen=True, slots=True)
class Example:
    """One question with what was found for it."""

    question: str
    passages: tuple[Passage, ...]
    kind: str
    group: str  # article or thread: a development set is parted by it


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and how to tell that a stretch of an article answers it."""

    question: str
    articles: frozenset[str]  # that hold the answer; empty: none does
    answers: Callable[[str], bool]  # of the text of a span in one of them
    kind: str
    group: str


def squad2(folder: Path) -> tuple[list[Article], list[Asked]]:
    """Paragraphs of the articles that are trained on; half of the questions are written to deceive."""
    passages = [row for row in _rows(folder / "squad2" / "passages.jsonl") if row["article"] not in SQUAD2_HELD_OUT]
    asked = []
    for row in _rows(folder / "squad2" / "questions.jsonl"):
        if row["article"] not in SQUAD2_HELD_OUT:
            gold = frozenset(row["gold"] if row["answerable"] else ())
            kind = "answerable" if row["answerable"] else "adversarial"
            asked.append(Asked(row["question"], gold, _says(row["answers"]), kind, f"squad2:{row['article']}"))
    return [article(row["id"], row["title"], row["text"]) for row in passages], asked


def selqa(folder: Path) -> tuple[list[Article], list[Asked]]:
    """Sections of Wikipedia with the sentences that answer, half of the questions worded otherwise."""
    articles: dict[str, Article] = {}
    asked = []
    for row in _rows(folder / "selqa" / "questions.jsonl"):
        name = f"{row['article']}#{row['section']}"
        sentences = [" ".join(one.split()) for one in row["sentences"]]
        articles.setdefault(name, article(name, row["article"], " ".join(sentences)))
        gold = [sentences[number] for number in row["answer_sentences"]]
        asked.append(
            Asked(row["question"], frozenset((name,)), _overlaps(gold), "answerable", f"selqa:{row['article']}")
        )
    return list(articles.values()), asked


def qed(folder: Path, known: frozenset[str]) -> tuple[list[Article], list[Asked]]:
    """Search questions with one answering sentence; those that stand in an evaluation set are left out."""
    articles: dict[str, Article] = {}
    asked = []
    for number, row in enumerate(_rows(folder / "qed" / "questions.jsonl")):
        if row["explanation"] == "none" or _key(row["question"]) in known:
            continue
        articles.setdefault(row["paragraph"], article(f"qed{number}", row["title"], row["paragraph"]))
        name = articles[row["paragraph"]].id
        sentence = row["selected_sentence"]  # none when it takes several
        answers = _overlaps([sentence["string"]]) if sentence else _says(row["answers"])
        asked.append(Asked(row["question"], frozenset((name,)), answers, "answerable", f"qed:{name}"))
    return list(articles.values()), asked


def medquad(folder: Path, chance: random.Random) -> tuple[list[Article], list[Asked]]:
    """Health FAQ pairs, the question hidden: which passage answers is known, which sentence is not."""
    rows = chance.sample(_rows(folder / "medquad" / "pairs.jsonl"), MEDQUAD)
    articles = [article(row["id"], "", row["answer"]) for row in rows]
    anything: Callable[[str], bool] = lambda *_: True  # noqa: E731 - one line says it all
    return articles, [Asked(row["question"], frozenset((row["id"],)), anything, "pair", row["id"]) for row in rows]


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


def examples(
    name: str, articles: Sequence[Article], asked: Sequence[Asked], work: Path, embedder: SentenceTransformerEmbedder,
    chance: random.Random,
) -> Iterator[Example]:  # fmt: skip
    """Every question with what the product's search finds for it; some once more without the passages that answer."""
    corpus = Corpus(Path(name), tuple(sorted(articles, key=lambda one: one.id)))
    build_index(corpus, work / name, embedder)
    index = open_index(work / name, embedder)
    for one in asked:
        vector = embedder.embed_question(one.question)
        yield _example(index, one, vector, frozenset())
        if one.articles and chance.random() < REMOVED:
            yield _example(index, one, vector, one.articles)


def _example(index: Index, one: Asked, vector: Any, without: frozenset[str]) -> Example:  # noqa: ANN401 - (1, d)
    hits = index.search_vector(one.question, vector, FOUND, (), without)
    chunks = [hit.chunk for hit in hits]
    gold = [chunk for chunk in chunks if chunk.article_id in one.articles]
    kept = chunks[:PASSAGES]
    if gold and not any(chunk.article_id in one.articles for chunk in kept):
        kept[-1] = gold[0]
    kind = "removed" if without else one.kind
    return Example(one.question, tuple(_passage(chunk, one) for chunk in kept), kind, one.group)


def _passage(chunk: Chunk, one: Asked) -> Passage:
    spans = candidates(chunk)
    right = chunk.article_id in one.articles
    gold = [number for number, span in enumerate(spans) if right and one.answers(span.of(chunk))]
    heading = " > ".join(part for part in (chunk.title, *chunk.heading_path) if part)
    return Passage(
        heading, chunk.text, tuple((span.start - chunk.start, span.end - chunk.start) for span in spans), tuple(gold)
    )


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def _key(question: str) -> str:
    return " ".join(normalised_words(question))


def main() -> int:
    """Write the examples; a line on each set to standard error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("train", "eval", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    chance, embedder = random.Random(SEED), load_embedder()
    known = frozenset(
        _key(row["question"]) for name in ("nq_open", "clapnq") for row in _rows(given.eval / name / "questions.jsonl")
    )
    sets = {
        "squad2": squad2(given.eval),
        "selqa": selqa(given.train),
        "qed": qed(given.train, known),
        "medquad": medquad(given.train, chance),
    }
    with given.out.open("w", encoding="utf-8") as out:
        for name, (articles, asked) in sets.items():
            count = found = 0
            for one in examples(name, articles, asked, given.out.parent, embedder, chance):
                out.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
                count += 1
                found += any(passage.gold for passage in one.passages)
            print(f"{name}: {len(articles)} articles, {count} examples, {found} with an answer", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
