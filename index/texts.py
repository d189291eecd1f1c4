"""Articles and chunks where they lie: JSON lines in a memory-mapped file, each read when it is asked for.

Beside each file of lines stands a table, a row a line: where it begins and by which key it is found. An index of a
million chunks so takes the memory of its tables and of the chunks asked for lately (bench/LOG.md).
"""

import hashlib
import mmap
from abc import abstractmethod
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence, ValuesView
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from corpus.types import Article
from index.records import article_of, as_line, chunk_of
from index.types import Chunk

ARTICLES = "articles.jsonl"
ARTICLE_TABLE = "articles.npy"
CHUNKS = "chunks.jsonl"
CHUNK_TABLE = "chunks.npy"
# Lately asked for and kept: a question looks at some two hundred chunks of 2 kB and a handful of articles.
KEPT_CHUNKS = 8192
KEPT_ARTICLES = 256

ARTICLE_ROW = np.dtype([("key", "<u8"), ("at", "<i8"), ("chunk", "<i8")])  # bytes into the file; its first chunk's row
CHUNK_ROW = np.dtype([("key", "<u8"), ("at", "<i8"), ("passage", "S16"), ("opens", "?")])  # opens: an FAQ entry

Table = NDArray[Any]
Rows = NDArray[np.int64]


def digest(text: str) -> bytes:
    """16 bytes that stand for a text; what one digest was embedded to is the vector of every such text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def opened(path: Path) -> "mmap.mmap | bytes":
    """A file's bytes, read when they are looked at; they outlive the file."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


class _Lines:
    """The lines of a file, with the table that says where they begin."""

    def __init__(self, held: "mmap.mmap | bytes", table: Table) -> None:
        self._held = held
        self.table = table

    def __len__(self) -> int:
        return len(self.table)

    def line(self, row: int) -> bytes:
        """One line."""
        begin = int(self.table["at"][row])
        return bytes(self._held[begin : self._held.find(b"\n", begin)])

    def rows(self, key: int) -> Rows:
        """Rows of this key, rising."""
        order, keys = self._by_key
        first, last = (int(np.searchsorted(keys, np.uint64(key), side)) for side in ("left", "right"))
        return np.sort(order[first:last])

    @cached_property
    def _by_key(self) -> tuple[Rows, NDArray[np.uint64]]:
        keys = np.ascontiguousarray(self.table["key"])
        order = np.argsort(keys, kind="stable")
        return order, keys[order]


class StoredArticles(Mapping[str, Article]):
    """The articles by id, in the order they were written."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        self._kept = lru_cache(KEPT_ARTICLES)(self._read)

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[str]:
        return (article.id for article in self._all())

    def __getitem__(self, name: str) -> Article:
        return self._kept(self.number(name))

    def values(self) -> ValuesView[Article]:
        """The articles in order, each line read once."""
        return _Values(self)

    def number(self, name: str) -> int:
        """Which line holds the article; KeyError when none does."""
        for row in self._lines.rows(_article_key(name)) if isinstance(name, str) else ():
            if self._kept(int(row)).id == name:
                return int(row)
        raise KeyError(name)

    def first_chunks(self) -> Rows:
        """(m,) row of each article's first chunk."""
        return np.asarray(self._lines.table["chunk"])

    def _all(self) -> Iterator[Article]:
        return (self._read(row) for row in range(len(self)))

    def _read(self, row: int) -> Article:
        return article_of(self._lines.line(row))


class _Values(ValuesView[Article]):
    _mapping: StoredArticles

    def __iter__(self) -> Iterator[Article]:
        return self._mapping._all()


class _Numbered(Sequence[Chunk]):
    """Chunks by number, each read when it is asked for."""

    @abstractmethod
    def _at(self, number: int) -> Chunk:
        """The chunk of a number from 0 on."""

    @overload
    def __getitem__(self, number: int) -> Chunk: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[Chunk, ...]: ...
    def __getitem__(self, number: int | slice) -> Chunk | tuple[Chunk, ...]:
        """The chunk of a number, or those of a slice."""
        chosen = range(len(self))[number]
        return tuple(map(self._at, chosen)) if isinstance(chosen, range) else self._at(chosen)


class StoredChunks(_Numbered):
    """All chunks, row by row."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        self._kept = lru_cache(KEPT_CHUNKS)(self._read)

    def __len__(self) -> int:
        return len(self._lines)

    def _at(self, number: int) -> Chunk:
        return self._kept(number)

    def __iter__(self) -> Iterator[Chunk]:
        return (self._read(row) for row in range(len(self)))

    def row_of(self, chunk_id: str) -> int | None:
        """The row of the chunk with this id; None when there is none."""
        key = _chunk_key(chunk_id)
        rows = () if key is None else self._lines.rows(key)
        return next((int(row) for row in rows if self[int(row)].id == chunk_id), None)

    @property
    def keys(self) -> NDArray[np.uint64]:
        """(n,) the ids as numbers."""
        return np.asarray(self._lines.table["key"])

    @property
    def passages(self) -> NDArray[np.bytes_]:
        """(n,) digest of each chunk's passage."""
        return np.asarray(self._lines.table["passage"])

    def opening(self) -> Rows:
        """Rows of the chunks that begin an FAQ entry, rising."""
        return np.flatnonzero(self._lines.table["opens"])

    def _read(self, row: int) -> Chunk:
        return chunk_of(self._lines.line(row))


class Entries(_Numbered):
    """The first chunk of each FAQ entry."""

    def __init__(self, chunks: StoredChunks) -> None:
        self._chunks = chunks
        self.rows = chunks.opening()

    def __len__(self) -> int:
        return len(self.rows)

    def _at(self, number: int) -> Chunk:
        return self._chunks[int(self.rows[number])]


def open_texts(folder: Path) -> tuple[StoredArticles, StoredChunks]:
    """What `write_texts` wrote; OSError or ValueError when it cannot be read."""
    articles, chunks = (
        _Lines(opened(folder / lines), np.load(folder / table, mmap_mode="r"))
        for lines, table in ((ARTICLES, ARTICLE_TABLE), (CHUNKS, CHUNK_TABLE))
    )
    return StoredArticles(articles), StoredChunks(chunks)


def write_texts(folder: Path, cut: Iterable[tuple[Article, Sequence[Chunk]]]) -> Iterator[Chunk]:
    """Write articles and their chunks and pass the chunks on; the tables are written after the last."""
    names, places, firsts = array("Q"), array("q"), array("q")  # of articles
    ids, lines, passages, opens = array("Q"), array("q"), bytearray(), bytearray()  # of chunks
    before: Chunk | None = None
    with (folder / ARTICLES).open("wb") as article_file, (folder / CHUNKS).open("wb") as chunk_file:
        for article, parts in cut:
            names.append(_article_key(article.id))
            places.append(article_file.tell())
            firsts.append(len(ids))
            article_file.write(as_line(article))
            for chunk in parts:
                ids.append(int(chunk.id, 16))
                lines.append(chunk_file.tell())
                passages.extend(digest(chunk.passage))
                opens.append(_opens_entry(chunk, before))
                chunk_file.write(as_line(chunk))
                before = chunk
                yield chunk
    _save(folder / ARTICLE_TABLE, ARTICLE_ROW, *map(np.asarray, (names, places, firsts)))
    marks = (np.frombuffer(passages, "S16"), np.frombuffer(opens, "?"))
    _save(folder / CHUNK_TABLE, CHUNK_ROW, np.asarray(ids), np.asarray(lines), *marks)


def _save(path: Path, row: np.dtype[Any], *columns: NDArray[Any]) -> None:
    table = np.zeros(len(columns[0]), row)
    for name, column in zip(row.names or (), columns, strict=True):
        table[name] = column
    np.save(path, table, allow_pickle=False)


def _opens_entry(chunk: Chunk, before: Chunk | None) -> bool:
    """Whether it is the first chunk of an FAQ section."""
    if not chunk.is_faq or before is None:
        return chunk.is_faq
    return (chunk.article_id, chunk.anchor, chunk.heading_path) != (
        before.article_id,
        before.anchor,
        before.heading_path,
    )


def _article_key(name: str) -> int:
    return int.from_bytes(digest(name)[:8], "big")


def _chunk_key(chunk_id: str) -> int | None:
    try:
        key = int(chunk_id, 16)
    except ValueError:
        return None
    return key if 0 <= key < 1 << 64 else None
