"""One score from two: cosine of the vectors and BM25's share of what the question could reach."""

import numpy as np
from numpy.typing import NDArray

# Weight of the cosine; chosen on seven sets at once, each also left out in turn (bench/README.md).
ALPHA = 0.7

Scores = NDArray[np.float32]


def fuse(dense: Scores, lexical: Scores) -> Scores:
    """Convex combination, element by element; rises with both, so it is bounded by the best of both."""
    return np.asarray(np.float32(ALPHA) * dense + np.float32(1 - ALPHA) * lexical, np.float32)
