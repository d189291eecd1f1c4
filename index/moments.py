"""What cosine a question has with any row at all, told from sums over the rows that are made once."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.types import Vectors

BLOCK = 8_192  # rows summed at once


@dataclass(frozen=True, slots=True)
class Moments:
    """First and second moments of the rows of a matrix."""

    size: int
    centre: Vectors  # (d,) mean of the rows
    moment: Vectors  # (d, d) mean of the rows' outer products

    @classmethod
    def of(cls, vectors: Vectors) -> "Moments":
        """From a matrix, (n, d); n may be 0."""
        size, dimension = vectors.shape
        total, products = np.zeros(dimension, np.float32), np.zeros((dimension, dimension), np.float32)
        for at in range(0, size, BLOCK):
            rows = np.asarray(vectors[at : at + BLOCK], np.float32)
            total += rows.sum(axis=0)
            products += rows.T @ rows
        share = np.float32(max(1, size))
        return cls(size, total / share, products / share)

    def mean_and_variance(self, vector: Vectors) -> tuple[float, float]:
        """Of the cosines of a (1, d) question with all rows."""
        mean = float(vector[0] @ self.centre)
        return mean, max(0.0, float(vector[0] @ self.moment @ vector[0]) - mean * mean)

    def save(self, path: Path) -> None:
        """As a .npy file, (d + 1, d): the centre, then the moment."""
        np.save(path, np.vstack([self.centre[None], self.moment]), allow_pickle=False)

    @classmethod
    def load(cls, path: Path, size: int) -> "Moments":
        """Read what `save` wrote."""
        held = np.load(path)
        return cls(size, held[0], held[1:])
