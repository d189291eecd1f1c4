"""Texts into a matrix of vectors, embedding only those whose vectors are not known yet.

What is embedded goes to a journal at once, so that a build that is killed goes on where it was: known are the vectors
of the old index and those of the journal. The journal goes when the new index is put to use.
"""

import json
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.generations import JOURNAL
from index.types import Embedder, Vectors

SLICE = 64  # passages embedded between two steps of the progress bar
WINDOW = 4096  # passages held in memory and sorted by length at once: like lengths together need less padding
BLOCK = 8192  # rows copied at once

Digests = NDArray[np.bytes_]  # (n,) S16


class Progress(Protocol):
    """Passes items on and shows how far it is; tqdm, in short."""

    def __call__(self, items: Iterable[str], total: int | None = None) -> Iterable[str]:
        """The items again."""


@dataclass(frozen=True, slots=True)
class Source:
    """Vectors by the digest of the text they were made of."""

    digests: Digests
    vectors: Vectors  # (n, d), often memory-mapped; float16 where they were searched by codes

    def lends(self, stored: str) -> bool:
        """Whether vectors of the type `stored` can be had from it, the same bits as if they were embedded anew."""
        return self.vectors.dtype.itemsize >= np.dtype(stored).itemsize

    def rows_of(self, digests: Digests) -> NDArray[np.int64]:
        """A row for each digest, -1 where there is none."""
        if not len(self.digests):
            return np.full(len(digests), -1, np.int64)
        order = np.argsort(self.digests, kind="stable")
        held = self.digests[order]
        at = np.minimum(np.searchsorted(held, digests), len(held) - 1)
        return np.where(held[at] == digests, order[at], -1)


class Journal:
    """An append-only file of digests and vectors; a record cut short or garbled by a crash ends it."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._path = folder / JOURNAL
        self._of = json.dumps([embedder.fingerprint, embedder.dtype, embedder.dimension]).encode() + b"\n"
        self._row = np.dtype([("digest", "S16"), ("vector", "<f4", (embedder.dimension,)), ("check", "<u4")])

    def clear(self) -> None:
        """Forget what a killed build left."""
        self._path.unlink(missing_ok=True)

    def add(self, digests: Digests, vectors: Vectors) -> None:
        """Append records; they survive the end of the process."""
        records = np.zeros(len(digests), self._row)
        records["digest"], records["vector"] = digests, vectors
        records["check"] = [_check(record) for record in records]
        with self._path.open("ab") as file:
            file.write((b"" if file.tell() else self._of) + records.tobytes())

    def source(self) -> Source:
        """All whole records; what follows them is cut off, another embedder's are removed."""
        kept = self._whole()
        if kept is None:
            self._path.unlink(missing_ok=True)
            return Source(np.zeros(0, "S16"), np.zeros((0, self._row["vector"].shape[0]), np.float32))
        return Source(np.asarray(kept["digest"]), kept["vector"])

    def _whole(self) -> NDArray[Any] | None:
        if not self._path.is_file():
            return None
        with self._path.open("rb") as file:
            if file.readline() != self._of:
                return None
        size = (self._path.stat().st_size - len(self._of)) // self._row.itemsize
        records: NDArray[Any] = (
            np.memmap(self._path, self._row, "r", len(self._of), (size,)) if size else np.zeros(0, self._row)
        )
        whole = next((at for at, record in enumerate(records) if record["check"] != _check(record)), size)
        with self._path.open("rb+") as file:
            file.truncate(len(self._of) + whole * self._row.itemsize)
        return records[:whole] if whole else None


def embed_missing(
    digests: Digests, text_of: Callable[[int], str], known: Sequence[Source], embedder: Embedder, journal: Journal,
    progress: Progress | None,
) -> int:  # fmt: skip
    """Embed into the journal each text that is not known, once; how many rows are not known.

    Args:
        digests: one for each row.
        text_of: the text of a row.
        known: where vectors are to be had without embedding.
        embedder: makes the others.
        journal: takes them.
        progress: wraps the texts that are embedded.
    """
    distinct, first, counts = np.unique(digests, return_index=True, return_counts=True)
    unknown = np.all([source.rows_of(distinct) < 0 for source in known], axis=0) if known else np.ones(len(first), bool)
    rows = np.sort(first[unknown])
    order: deque[int] = deque()
    texts = _by_length(rows, text_of, order)
    for part in _slices(progress(texts, len(rows)) if progress else texts):
        journal.add(digests[[order.popleft() for _ in part]], embedder.embed_passages(part))
    return int(counts[unknown].sum())


def write_matrix(path: Path, digests: Digests, known: Sequence[Source], dimension: int, stored: str) -> None:
    """The vector of each digest as a .npy file, (n, d) of the type `stored`; a full disk is an OSError."""
    found = [source.rows_of(digests) for source in known]
    if (np.max(found, axis=0) < 0).any():
        raise OSError(f"{JOURNAL} has lost what was written to it")
    with path.open("wb") as file:  # front to back, so that a full disk is told
        shape = (len(digests), dimension)
        np.lib.format.write_array_header_1_0(file, {"descr": stored, "fortran_order": False, "shape": shape})
        for at in range(0, len(digests), BLOCK):
            block = np.zeros((min(BLOCK, len(digests) - at), dimension), stored)
            for source, rows in zip(known, found, strict=True):
                here = rows[at : at + BLOCK]
                block[here >= 0] = source.vectors[here[here >= 0]]
            file.write(block.tobytes())


def _by_length(rows: NDArray[np.int64], text_of: Callable[[int], str], order: deque[int]) -> Iterator[str]:
    """The texts of rows, window by window sorted by length, and their rows in `order`: vectors know no neighbours."""
    for at in range(0, len(rows), WINDOW):
        window = [(text_of(int(row)), int(row)) for row in rows[at : at + WINDOW]]
        for text, row in sorted(window, key=lambda pair: len(pair[0])):
            order.append(row)
            yield text


def _slices(items: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(items)
    while part := list(islice(iterator, SLICE)):
        yield part


def _check(record: Any) -> int:  # noqa: ANN401 - numpy's void
    return zlib.crc32(record["vector"].tobytes(), zlib.crc32(bytes(record["digest"])))
