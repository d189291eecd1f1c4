"""How good a ranking is: `gains` are the relevances of what was found, best first, each 0 or 1."""

import math
from collections.abc import Sequence


def ndcg(gains: Sequence[int], relevant: int, depth: int) -> float:
    """nDCG@depth: sum of gain / log2(rank + 1), over that of a ranking with all `relevant` ones first, 0..1.

    Järvelin and Kekäläinen (2002) with linear gains, as trec_eval and BEIR report it. `relevant` is at least 1.
    """
    gained = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:depth], 1))
    return gained / sum(1 / math.log2(rank + 1) for rank in range(1, min(relevant, depth) + 1))


def reciprocal_rank(gains: Sequence[int], depth: int) -> float:
    """1 / rank of the first relevant one; 0 when it is not among the first `depth` (Voorhees, 1999)."""
    return next((1 / rank for rank, gain in enumerate(gains[:depth], 1) if gain), 0.0)


def recall(gains: Sequence[int], relevant: int, depth: int) -> float:
    """Share of the relevant ones among the first `depth`, 0..1; `relevant` is at least 1."""
    return sum(gains[:depth]) / relevant


def hit(gains: Sequence[int], depth: int) -> float:
    """1.0 when any of the first `depth` is relevant, else 0.0."""
    return float(any(gains[:depth]))
