"""Articles and chunks as JSON lines, and back."""

import hashlib
import json
from dataclasses import asdict

from corpus.types import Article, Corpus, Section
from index.types import Chunk


def corpus_hash(corpus: Corpus) -> str:
    """sha256 over the articles as they are stored; changes when anything a reader could see does."""
    digest = hashlib.sha256()
    for article in corpus.articles:
        digest.update(as_line(article))
    return digest.hexdigest()


def as_line(record: Article | Chunk) -> bytes:
    """One line of JSON."""
    return json.dumps(asdict(record)).encode() + b"\n"


def article_of(line: bytes) -> Article:
    """What as_line wrote."""
    record = json.loads(line)
    sections = tuple(
        Section(**{**section, "heading_path": tuple(section["heading_path"])}) for section in record["sections"]
    )
    return Article(**{**record, "sections": sections, "tags": tuple(record["tags"])})


def chunk_of(line: bytes) -> Chunk:
    """What as_line wrote."""
    record = json.loads(line)
    return Chunk(**{**record, "heading_path": tuple(record["heading_path"])})
