"""A folder of files becomes a corpus: every good file an article, every bad one a line in the report."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from corpus.blocks import Reading
from corpus.build import build, same_words
from corpus.clean import one_line
from corpus.errors import CorpusError
from corpus.files import find_files
from corpus.readers import docx, html, markdown, pairs, pdf, text
from corpus.types import Article, Corpus, Problem

Progress = Callable[[Iterable[str]], Iterable[str]]

READERS: MappingProxyType[str, Callable[[bytes, str], Reading]] = MappingProxyType(
    {
        **dict.fromkeys((".md", ".markdown"), markdown.read),
        **dict.fromkeys((".html", ".htm", ".xhtml"), html.read),
        **dict.fromkeys((".txt", ".text"), text.read),
        ".pdf": pdf.read,
        ".docx": docx.read,
        **dict.fromkeys((".csv", ".tsv"), pairs.read_table),
        ".jsonl": pairs.read_lines,
    }
)
# A file of this size is ten thousand pages of text; a larger one is a dump of data, not an article.
MAX_FILE = 64 * 1024 * 1024  # bytes
# Shorter texts ("Not yet.") may well be the answer to two questions.
MIN_DUPLICATE = 200  # characters
SHOWN_PROBLEMS = 5  # in the message of a strict refusal


def load_articles(folder: Path, *, strict: bool = False, progress: Progress | None = None) -> Corpus:
    """Read every article below a folder.

    Args:
        folder: Markdown, HTML, text, PDF, DOCX, CSV, TSV and JSON Lines files, in folders of any depth.
        strict: refuse the whole folder when a file cannot be used.
        progress: wraps the file names as they are read, as `tqdm` does.

    Raises:
        CorpusError: the folder is missing or holds no article, or `strict` and there were errors.
    """
    _check_folder(folder)
    found = find_files(folder, frozenset(READERS))
    loading = _Loading(list(found.problems))
    for name in found.names if progress is None else progress(found.names):
        loading.add(folder, name)
    problems = tuple(
        sorted(loading.problems, key=lambda problem: (not problem.is_error, problem.path, problem.message))
    )
    corpus = Corpus(folder, tuple(sorted(loading.articles, key=lambda article: article.id)), problems)
    _check_corpus(corpus, strict)
    return corpus


def _check_folder(folder: Path) -> None:
    if folder.is_file():
        raise CorpusError(f"{folder} is a file; name the folder that holds the articles")
    if not folder.is_dir():
        raise CorpusError(f"{folder} does not exist; name the folder that holds the articles")


def _check_corpus(corpus: Corpus, strict: bool) -> None:
    errors = [problem for problem in corpus.problems if problem.is_error]
    told = "; ".join(map(str, errors[:SHOWN_PROBLEMS])) + (" ..." if len(errors) > SHOWN_PROBLEMS else "")
    if strict and errors:
        count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
        raise CorpusError(f"{corpus.folder} has {count}: {told}")
    if not corpus.articles:
        formats = " ".join(READERS)
        raise CorpusError(
            f"{corpus.folder} holds no article; put files there ({formats}){f': {told}' if errors else ''}"
        )


@dataclass
class _Loading:
    """What has been read so far."""

    problems: list[Problem]
    articles: list[Article] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    texts: dict[bytes, list[Article]] = field(default_factory=dict)

    def add(self, folder: Path, name: str) -> None:
        """Read one file: its articles, or a line on what is wrong with it."""
        try:
            reading = READERS[PurePosixPath(name).suffix.lower()](_bytes(folder / name), name)
        except CorpusError as error:
            self.problems.append(Problem(name, one_line(str(error))))
            return
        self.problems += (Problem(name, one_line(told.message), told.is_error) for told in reading.complaints)
        count = 0
        for draft in reading.drafts:
            article_id = unicodedata.normalize("NFC", name) + (f"#{draft.key}" if draft.key else "")
            article = build(draft, article_id, _title(name))
            count += article is not None
            if article is not None and not self._is_known(article, name):
                self.articles.append(article)
        if not count and not reading.complaints:
            # Site generators keep pages that are only a title and a list made by the site.
            titled = any(draft.title for draft in reading.drafts)
            self.problems.append(Problem(name, "holds no text; fill it or remove it", is_error=not titled))

    def _is_known(self, article: Article, name: str) -> bool:
        key = hashlib.sha256(article.text.encode()).digest()
        for other in self.texts.setdefault(key, []):
            if len(article.text) >= MIN_DUPLICATE or same_words(article.title, other.title):
                told = f'"{article.title}" says the same as {other.id}, which is used; remove one of them'
                self.problems.append(Problem(name, told, is_error=False))
                return True
        if article.id in self.ids:
            self.problems.append(
                Problem(name, f"there is another article with the id {article.id}; rename one of them")
            )
            return True
        self.texts[key].append(article)
        self.ids.add(article.id)
        return False


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            raise CorpusError(f"is too large ({size / 2**20:.0f} MB, at most {MAX_FILE // 2**20}); split it")
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"cannot be read ({error.strerror}); allow reading it") from error
    if not data.strip():
        raise CorpusError("is empty; fill it or remove it")
    return data


def _title(name: str) -> str:
    """A title from a file's name: "reset-your-password.md" is "Reset your password"."""
    words = one_line(PurePosixPath(name).stem.replace("_", " ").replace("-", " "))
    return words[:1].upper() + words[1:] or name
