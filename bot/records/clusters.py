"""Questions that mean the same, put together by the embedder's vectors."""

import numpy as np
from numpy.typing import NDArray

from index.types import Vectors


def clusters(rows: Vectors, apart: float) -> NDArray[np.int64]:
    """The cluster (n,) of each unit row, 0..m in the order of their first rows.

    Average linkage: the mean cosine distance of any two clusters is above `apart`. Holds n (n - 1) / 2 distances.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(rows) < 2:
        return np.zeros(len(rows), np.int64)
    distances = np.clip(1 - rows.astype(np.float64) @ rows.T.astype(np.float64), 0, 2)
    np.fill_diagonal(distances, 0)
    found = fcluster(linkage(squareform(distances, checks=False), "average"), apart, "distance")
    _, first, numbers = np.unique(found, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[numbers]
