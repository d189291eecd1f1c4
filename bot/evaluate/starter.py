"""A file of questions made from the articles, to begin with: no model is needed, every row says that it was made."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from bot.evaluate.exports import csv_line
from corpus.errors import EvaluationError
from corpus.types import Article, Corpus, Section

HEADER = ("question", "expected_answer", "expected_source", "answerable", "tags", "without")
LONGEST_ANSWER = 2000  # characters of an author's answer that are kept to compare with
MOST_OF_ARTICLE = 5  # questions of an article whose headings ask none, and that is held out
_ASKS = re.compile(r"(?:what|why|when|where|who|whom|whose|which|how|is|are|can|do|does|should|will)\b", re.IGNORECASE)
_HOW_TO = re.compile(r"how to\s+", re.IGNORECASE)


def write_starter(corpus: Corpus, out: Path | None) -> str:
    """Write the file, to standard output when `out` is None; returns a line on what is in it."""
    rows = list(starter_rows(corpus))
    text = "".join(csv_line(row) for row in (HEADER, *rows))
    if out is None:
        print(text, end="")  # noqa: T201 - what was asked for
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            with out.open("x", encoding="utf-8", newline="") as file:
                file.write("\ufeff" + text)
        except FileExistsError:  # somebody may have worked on it
            raise EvaluationError(f"{out}: exists; name another file with --out, or remove it") from None
    held = sum(row[3] == "no" for row in rows)
    made = f"{len(rows) - held:,} questions the articles answer, {held:,} with the article that answers held out"
    return f"{made}; they were made by rule: read them through, mend them, and add what your users really ask"


def starter_rows(corpus: Corpus) -> Iterator[tuple[str, ...]]:
    """FAQ questions and headings with their sections; then the same questions with their article held out.

    Held out, an article is as good as not there, so that the bot should decline, unless another article answers too.
    """
    asked = [row for article in corpus.articles for row in _asked(article)]
    for article, section, question, tag in asked:
        answer = json.dumps([article.text[section.body : section.end].strip()[:LONGEST_ANSWER]], ensure_ascii=False)
        known = answer if tag == "faq" else ""
        yield question, known, _source(article, section), "yes", f"made, {tag}", ""
    by_article: dict[str, int] = {}
    for article, _, question, tag in asked:
        by_article[article.id] = by_article.get(article.id, 0) + 1
        if len(corpus.articles) > 1 and (tag == "faq" or by_article[article.id] <= MOST_OF_ARTICLE):
            yield question, "", "", "no", "made, held-out, near-domain", article.id


def _asked(article: Article) -> Iterator[tuple[Article, Section, str, str]]:
    for section in article.sections:
        body = article.text[section.body : section.end].strip()
        if section.is_faq and body:
            yield article, section, section.heading or article.title, "faq"
        elif section.heading and body:
            yield article, section, as_question(section.heading, article.title), "heading"


def as_question(heading: str, title: str) -> str:
    """A heading as somebody might ask it.

    >>> as_question("How to reset a password", "Accounts"), as_question("Why it matters", "Backups")
    ('How do I reset a password?', 'Why it matters (Backups)?')
    >>> as_question("Limits", "Backups")
    'What should I know about "Limits" in "Backups"?'
    """
    said = heading.strip().rstrip("?.:!")
    if _HOW_TO.match(said):
        return f"How do I {_HOW_TO.sub('', said)}?"
    if _ASKS.match(said):
        return f"{said}?" if heading.rstrip().endswith("?") else f"{said} ({title})?"
    return f'What should I know about "{said}" in "{title}"?'


def _source(article: Article, section: Section) -> str:
    return f"{article.id}#{section.anchor}" if section.anchor else article.id
