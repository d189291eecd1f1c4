"""Nearest neighbours among unit rows: exact up to where that is fast enough, past it from short codes, refined exactly.

Either way every row is looked at, FAISS proposes, and cosines come from the rows themselves, one memory-mapped matrix.
"""

import mmap
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from index.types import Vectors

Kind = Literal["exact", "approximate"]
Choice = Literal["auto", "exact", "approximate"]

# More rows are searched by codes. A scan takes .3 ms of one core for 10,000 rows and 13 for 100,000; codes take 1.4 for
# 100,000 and 3.5 for a million (bench/results/scale.json). Exact as long as it costs a few milliseconds.
MOST_EXACT = 50_000
# Dimensions that share four bits: 48 bytes a row instead of 1,536.
TOGETHER = 4
# Rows proposed by codes for each that is wanted, and the fewest: of a million rows, 300 hold .997 of the ten nearest.
SPARE = 2
FEWEST = 1024
TRAINED_ON = 65_536  # rows; the codes are of 16 points a group of dimensions, more rows change nothing
BLOCK = 8_192  # rows copied at once
# What the numbers of a row are stored as. Rows that codes propose are read here and there from the disk; of halves
# twice as many stay in memory. A cosine changes by 5e-4 at most, of MiniLM's rows by 7e-5 (bench/LOG.md).
STORED: dict[Kind, str] = {"exact": "<f4", "approximate": "<f2"}


def kind_of(rows: int, choice: Choice) -> Kind:
    """How so many rows are searched; there are no codes of nothing."""
    if choice == "auto":
        return "exact" if rows <= MOST_EXACT else "approximate"
    return choice if rows else "exact"


class Nearest(Protocol):
    """Proposes rows."""

    def propose(self, vector: Vectors, k: int) -> NDArray[np.int64]:
        """Rows among which the k nearest to a (1, d) question are looked for, in any order."""


class Scan:
    """Every row is compared: what it proposes holds the k nearest and all that may tie with the last of them."""

    # Cosines closer than this may be ordered otherwise by FAISS than by the sums of the rows (float32, unit rows).
    MARGIN = 1e-5

    def __init__(self, rows: Vectors) -> None:
        self._rows = rows

    def propose(self, vector: Vectors, k: int) -> NDArray[np.int64]:
        """Fetches past the k-th until what is left behind cannot tie with it."""
        import faiss

        wide = min(len(self._rows), k + 16)
        while True:
            near, rows = faiss.knn(vector, self._rows, wide, metric=faiss.METRIC_INNER_PRODUCT)
            if wide == len(self._rows) or near[0, wide - 1] < near[0, k - 1] - self.MARGIN:
                return np.asarray(rows[0], np.int64)
            wide = min(len(self._rows), wide * 4)


class Codes:
    """Every row's code is compared: four bits for four dimensions (product quantization, read by FAISS's fast scan).

    Andre, Kermarrec and Le Scouarnec, "Quicker ADC" (2018).
    """

    def __init__(self, codes: Any) -> None:  # noqa: ANN401 - faiss has no types
        self._codes = codes

    def propose(self, vector: Vectors, k: int) -> NDArray[np.int64]:
        """More than k, since codes blur: the same for every k up to FEWEST / SPARE."""
        size, wide = int(self._codes.ntotal), max(FEWEST, SPARE * k)
        if wide < size:
            rows = self._codes.search(vector, wide)[1][0]
            rows = rows[rows >= 0]  # the scan has no place for rows that are as far away as can be
            if len(rows) >= k:
                return np.asarray(rows, np.int64)
        return np.arange(size)

    @classmethod
    def of(cls, rows: Vectors) -> "Codes":
        """Learn the codes from a part of the rows, the same on every run, and write one for each; n is not 0."""
        import faiss

        size, dimension = rows.shape
        parts = dimension // TOGETHER if dimension % TOGETHER == 0 else dimension
        codes = faiss.IndexPQFastScan(dimension, parts, 4, faiss.METRIC_INNER_PRODUCT)
        codes.pq.cp.min_points_per_centroid = 1
        some = np.ascontiguousarray(rows[:: -(-size // TRAINED_ON)], np.float32)
        codes.train(
            some if len(some) >= 1 << 4 else np.resize(some, (1 << 4, dimension))
        )  # a row for each of 16 points
        for at in range(0, size, BLOCK):
            codes.add(np.ascontiguousarray(rows[at : at + BLOCK], np.float32))
        return cls(codes)

    @classmethod
    def load(cls, path: Path) -> "Codes":
        """Read what `save` wrote."""
        import faiss

        return cls(faiss.deserialize_index(np.fromfile(path, np.uint8)))

    def save(self, path: Path) -> None:
        """Write FAISS's own format; through Python, so that a full disk is an OSError."""
        import faiss

        path.write_bytes(faiss.serialize_index(self._codes).tobytes())


class FaissStore:
    """Cosines of unit rows, ties by row, the same on every run; search(k) begins as search(k + 1) does.

    Without codes the answer is exact. With codes it is so among the rows they propose, which are the same for every k
    up to 512.
    """

    def __init__(self, rows: Vectors, codes: Codes | None = None) -> None:
        self._rows = rows
        self.codes = codes
        self._nearest: Nearest = codes or Scan(rows)

    @classmethod
    def of(cls, vectors: Vectors, kind: Kind = "exact") -> "FaissStore":
        """A store over an (n, d) matrix with unit rows, stored as its kind asks; n may be 0 where it is exact."""
        rows = np.asarray(vectors, STORED[kind])
        return cls(rows, None if kind == "exact" else Codes.of(rows))

    @classmethod
    def load(cls, matrix: Path, codes: Path | None = None) -> "FaissStore":
        """Over a matrix in a .npy file, exact or by the codes in another file; ValueError for halves without codes."""
        rows = np.load(matrix, mmap_mode="r")
        if not codes and rows.dtype != STORED["exact"]:
            raise ValueError(f"{matrix.name} is of {rows.dtype}, and there are no codes to search it by")
        if codes and isinstance(rows.base, mmap.mmap) and hasattr(mmap, "MADV_RANDOM"):
            # A question reads rows here and there. Where memory is short, what the system reads ahead of each pushes
            # out what the next needs: a million chunks in 1 GiB took seconds a question (bench/LOG.md).
            rows.base.madvise(mmap.MADV_RANDOM)
        return cls(rows, Codes.load(codes) if codes else None)

    @property
    def vectors(self) -> Vectors:
        """(n, d) unit rows, float32 or, by codes, float16; not to be written to."""
        return self._rows

    @property
    def kind(self) -> Kind:
        """How it searches."""
        return "approximate" if self.codes else "exact"

    @property
    def dimension(self) -> int:
        """Columns."""
        return int(self._rows.shape[1])

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, vectors: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """Rows (m, k') and cosines (m, k'), best first, ties by row; k' = min(k, n)."""
        k = max(0, min(k, len(self)))
        rows = np.zeros((len(vectors), k), np.int64)
        cosines = np.zeros((len(vectors), k), np.float32)
        for i, vector in enumerate(vectors) if k else ():
            # One question at a time: FAISS sums in another order from 20 on.
            rows[i], cosines[i] = self._search_one(np.ascontiguousarray(vector[None], np.float32), k)
        return rows, cosines

    def cosines(self, vector: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """Cosine of a (1, d) question with given rows, each summed by itself: equal rows give equal bits."""
        return np.asarray((self._rows[rows] * vector[0]).sum(axis=1), np.float32)

    def _search_one(self, vector: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        found = np.sort(self._nearest.propose(vector, k))
        cosines = self.cosines(vector, found)
        best = np.argsort(-cosines, kind="stable")[:k]
        return found[best], cosines[best]
