"""Articles and chunks as JSON lines, and back."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from corpus.types import Article, Corpus, Section
from index.types import Chunk


def corpus_hash(corpus: Corpus) -> str:
    """sha256 over the articles as they are stored; changes when anything a reader could see does."""
    digest = hashlib.sha256()
    for article in corpus.articles:
        digest.update(_line(article))
    return digest.hexdigest()


def write_lines(path: Path, records: Iterable[Article | Chunk]) -> None:
    """One record a line, UTF-8."""
    with path.open("wb") as file:
        file.writelines(map(_line, records))


def read_articles(path: Path) -> Iterator[Article]:
    """What write_lines wrote."""
    for record in _records(path):
        sections = tuple(
            Section(**{**section, "heading_path": tuple(section["heading_path"])}) for section in record["sections"]
        )
        yield Article(**{**record, "sections": sections, "tags": tuple(record["tags"])})


def read_chunks(path: Path) -> Iterator[Chunk]:
    """What write_lines wrote."""
    for record in _records(path):
        yield Chunk(**{**record, "heading_path": tuple(record["heading_path"])})


def _records(path: Path) -> Iterator[dict]:  # type: ignore[type-arg] # fields of a dataclass, unpacked at once
    with path.open("rb") as file:
        for line in file:
            yield json.loads(line)


def _line(record: Article | Chunk) -> bytes:
    return json.dumps(asdict(record)).encode() + b"\n"
