"""How far chance goes: bootstrap intervals and McNemar's test."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.evaluate.metrics.selection import Numbers

SAMPLES = 1000  # resamples; the ends of a 95 % interval move by about a twentieth of its width from seed to seed
SEED = 20_261_125  # any fixed number: the same file gives the same interval
LEVEL = 0.95


def resamples(size: int, samples: int = SAMPLES, seed: int = SEED) -> Iterator[Numbers]:
    """How often each of `size` rows is drawn, with replacement, `samples` times over; (size,) whole numbers each."""
    chance = np.random.default_rng(seed)
    for _ in range(samples):
        yield np.bincount(chance.integers(size, size=size), minlength=size).astype(np.float64)


def interval(values: Numbers, level: float = LEVEL) -> tuple[float, float] | None:
    """The percentile interval of resampled values (Efron, 1979); None when most resamples left the figure undefined."""
    defined = values[~np.isnan(values)]
    if len(defined) < len(values) / 2 or not len(defined):
        return None
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def intervals(figures: Sequence[Callable[[Numbers], float]], size: int) -> list[tuple[float, float] | None]:
    """The interval of each figure, a function of how often each of `size` rows counts; all see the same resamples."""
    drawn = np.full((len(figures), SAMPLES), np.nan)
    for sample, weights in enumerate(resamples(size) if figures else ()):
        for number, figure in enumerate(figures):
            drawn[number, sample] = figure(weights)
    return [interval(row) for row in drawn]


def mcnemar(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> tuple[int, int, float]:
    """Questions that became right, that became wrong, and the exact two-sided p that this is chance.

    McNemar (1947), exact: under chance the changes fall to either side like a fair coin, Binomial(b + c, 1/2).
    """
    from scipy.stats import binomtest

    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    p = binomtest(gained, gained + lost, 0.5).pvalue if gained + lost else 1.0
    return gained, lost, float(p)
