"""Exact nearest neighbours in a flat FAISS index."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.types import Vectors

# Cosines closer than this may be ordered otherwise by FAISS than by the sums below (float32, unit rows).
MARGIN = 1e-5


class FaissStore:
    """Cosines of unit rows; exact, ties by row, so search(k) begins as search(k + 1) does."""

    def __init__(self, flat: Any) -> None:  # noqa: ANN401 - faiss has no types
        import faiss

        self._flat = flat
        size = int(flat.ntotal) * int(flat.d)
        # A view of the index's own memory, which lives as long as self._flat.
        self._rows: Vectors = (faiss.rev_swig_ptr(flat.get_xb(), size) if size else np.zeros(0, np.float32)).reshape(
            -1, int(flat.d)
        )

    @classmethod
    def of(cls, vectors: Vectors) -> "FaissStore":
        """A store over an (n, d) float32 matrix with unit rows; n may be 0."""
        import faiss

        flat = faiss.IndexFlatIP(vectors.shape[1])
        if len(vectors):
            flat.add(np.ascontiguousarray(vectors, np.float32))
        return cls(flat)

    @classmethod
    def load(cls, path: Path) -> "FaissStore":
        """Read what `save` wrote."""
        import faiss

        return cls(faiss.deserialize_index(np.fromfile(path, np.uint8)))

    def save(self, path: Path) -> None:
        """Write FAISS's own format; through Python, so that a full disk is an OSError."""
        import faiss

        path.write_bytes(faiss.serialize_index(self._flat).tobytes())

    @property
    def vectors(self) -> Vectors:
        """(n, d) float32, unit rows; a copy, since the index's own memory goes with the store."""
        return self._rows.copy()

    @property
    def dimension(self) -> int:
        """Columns."""
        return int(self._flat.d)

    def __len__(self) -> int:
        return int(self._flat.ntotal)

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
        """Fetch past the k-th until what is left behind cannot tie with it, then order by our own sums."""
        wide = min(len(self), k + 16)
        while True:
            near, rows = self._flat.search(vector, wide)
            if wide == len(self) or near[0, wide - 1] < near[0, k - 1] - MARGIN:
                break
            wide = min(len(self), wide * 4)
        found = np.sort(rows[0])
        cosines = self.cosines(vector, found)
        best = np.argsort(-cosines, kind="stable")[:k]
        return found[best], cosines[best]
