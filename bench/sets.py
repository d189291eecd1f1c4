"""Evaluation sets as tasks: passages made articles, questions with the articles that answer them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.data import load
from corpus.types import Article, Corpus, Section

# Name of the set and whether its titles are shown; in bankfaqs the title is the question itself.
SETS = (
    ("scifact", True),
    ("stackfaq", True),
    ("stackfaq", False),
    ("squad2", True),
    ("clapnq", True),
    ("datatalks_faq", True),
    ("bankfaqs", False),
)


@dataclass(frozen=True, slots=True)
class Task:
    """One retrieval task."""

    name: str
    corpus: Corpus
    questions: tuple[tuple[str, dict[str, int]], ...]  # question and the grades of the articles that answer it


def tasks(names: frozenset[str] = frozenset()) -> Iterator[Task]:
    """The sets in their order, or those named."""
    for name, titled in SETS:
        shown = name if titled else f"{name}, titles hidden"
        if not names or name in names:
            passages, questions = _scifact() if name == "scifact" else _faq(name)
            articles = (article(row["id"], row.get("title", "") if titled else "", row["text"]) for row in passages)
            yield Task(shown, Corpus(Path(name), tuple(sorted(articles, key=lambda one: one.id))), questions)


def article(name: str, title: str, text: str) -> Article:
    """A passage as an article of one section."""
    text = text.strip()
    return Article(name, title, "", text, (Section((), "", 0, 0, len(text)),))


def _scifact() -> tuple[list[dict[str, str]], tuple[tuple[str, dict[str, int]], ...]]:
    passages, queries, judged = load.ir("scifact")
    return passages, tuple((row["text"], judged[row["id"]]) for row in queries if row["id"] in judged)


def _faq(name: str) -> tuple[list[dict[str, str]], tuple[tuple[str, dict[str, int]], ...]]:
    if name == "bankfaqs":
        passages = load.rows(name, "passages.jsonl")
        return passages, tuple((row["title"], {row["id"]: 1}) for row in passages)
    passages, questions = load.qa(name)
    return passages, tuple(
        (row["question"], dict.fromkeys(row["gold"], 1)) for row in questions if row["answerable"] and row["gold"]
    )
