"""What a corpus is made of.

An article has one true string, `Article.text`, and everything that points into an article does so by characters of
that string. Every reader writes it in the same plain form, so that later stages see structure without knowing formats:

    heading        a line of its own, without marks (the Section knows that it is a heading and how deep)
    paragraph      one line, runs of white space made one space
    list item      "- text" or "1. text", nested items indented by two spaces; a list is consecutive such lines
    table row      "| cell | cell |", the first row of consecutive ones is the header; a table without a header
                   begins with an empty row, "|  |  |"
    code           lines as written between lines of three backticks

Blocks are parted by one empty line; a heading is followed by one empty line; there is no white space at either end.
"""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text up to the next heading; the sections of an article tile its text.

    `sections[0].start == 0`, each `end` is the next `start`, the last `end` is `len(article.text)`.
    """

    heading_path: tuple[str, ...]  # outermost first, this heading last; () before the first heading; no article title
    anchor: str  # fragment that links here, "" for the top of the article
    start: int  # characters into Article.text, heading line included
    body: int  # characters into Article.text: where the text after the heading line begins; start <= body <= end
    end: int  # characters into Article.text
    is_faq: bool = False  # the heading is a question, the body its author's answer

    @property
    def heading(self) -> str:
        """This section's own heading, or an empty string."""
        return self.heading_path[-1] if self.heading_path else ""


@dataclass(frozen=True, slots=True)
class Article:
    """One article in the plain form above."""

    id: str  # path below the corpus folder with forward slashes; FAQ pairs add "#" and a hash of the question
    title: str
    url: str  # address of the article for links, "" when unknown
    text: str
    sections: tuple[Section, ...]
    updated: str = ""  # ISO date, "" when unknown
    tags: tuple[str, ...] = ()

    def section_at(self, at: int) -> Section | None:
        """The section that holds a character of the text."""
        return next((one for one in self.sections if one.start <= at < one.end), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the loading report."""

    path: str  # below the corpus folder, with forward slashes
    message: str  # one line: what is wrong and what to do
    is_error: bool = True  # False: told, but nothing is missing from the index (a duplicate, say)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder held: the articles, sorted by id, and everything that could not be used."""

    folder: Path
    articles: tuple[Article, ...]
    problems: tuple[Problem, ...] = field(default=())

    @property
    def has_errors(self) -> bool:
        """Whether some file could not be used."""
        return any(problem.is_error for problem in self.problems)
