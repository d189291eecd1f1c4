"""How well a confidence tells right from wrong: every function weighs its rows, so that it can be resampled.

A row of weight 0 is not there, a row of weight 2 is there twice. Rows with equal confidence are never told apart: where
an order within them would matter, the mean over all orders is taken.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk against coverage, a point for each distinct confidence, the most confident first."""

    coverage: Numbers  # share of all judged questions that are answered, 0..1
    risk: Numbers  # share of those answers that are wrong, 0..1
    threshold: Numbers  # the confidence at and above which these are answered


def _groups(confidence: Numbers) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows by falling confidence, and where in that order each distinct confidence begins."""
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(ranked) else np.zeros(0, np.intp)
    return order, starts


def auroc(confidence: Numbers, positive: NDArray[np.bool_], weights: Numbers) -> float:
    """Chance that a positive row has more confidence than a negative one, ties counting half; nan without either.

    Area under the ROC curve as the Mann-Whitney statistic (Hanley and McNeil, 1982).
    """
    order, starts = _groups(confidence)
    if not len(starts):
        return float("nan")
    ours = np.add.reduceat((weights * positive)[order], starts)
    theirs = np.add.reduceat((weights * ~positive)[order], starts)
    pairs = ours.sum() * theirs.sum()
    below = theirs.sum() - np.cumsum(theirs)
    return float((ours * (below + theirs / 2)).sum() / pairs) if pairs > 0 else float("nan")


def risk_coverage(
    confidence: Numbers, wrong: NDArray[np.bool_], answered: NDArray[np.bool_], weights: Numbers
) -> Curve:
    """The curve of the answered rows; coverage counts the declined ones too (El-Yaniv and Wiener, 2010)."""
    kept, errors, thresholds = _answered(confidence, wrong, answered, weights)
    total = weights.sum()
    return Curve(kept / total if total else kept, errors / kept, thresholds)


def _answered(
    confidence: Numbers, wrong: NDArray[np.bool_], answered: NDArray[np.bool_], weights: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Answers and wrong answers at each distinct confidence and above."""
    order, starts = _groups(confidence[answered])
    if not len(starts):
        return np.zeros(0), np.zeros(0), np.zeros(0)
    here = np.add.reduceat(weights[answered][order], starts)
    failed = np.add.reduceat((weights * wrong)[answered][order], starts)
    there = here > 0
    return np.cumsum(here[there]), np.cumsum(failed[there]), confidence[answered][order][starts][there]


def area_under_risk_coverage(
    confidence: Numbers, wrong: NDArray[np.bool_], answered: NDArray[np.bool_], weights: Numbers
) -> float:
    """Mean over k of the risk of the k most confident answers, 0..1, lower is better; nan without an answer.

    AURC of Geifman, Uziel and El-Yaniv (2019, arXiv 1805.08206). Within equal confidences the expected risk over all
    orders: with k0 answers and e0 errors before and e errors among s equals, after j of them (e0 + e j / s) / (k0 + j).
    Weights must be whole numbers.
    """
    kept, errors, _ = _answered(confidence, wrong, answered, weights)
    if not len(kept):
        return float("nan")
    k0, e0 = np.r_[0, kept[:-1]], np.r_[0, errors[:-1]]
    size, failed = kept - k0, errors - e0
    harmonic = np.r_[0, np.cumsum(1 / np.arange(1, int(kept[-1]) + 1))]
    between = harmonic[kept.astype(int)] - harmonic[k0.astype(int)]
    area = e0 * between + failed / size * (size - k0 * between)
    return float(area.sum() / kept[-1])


def coverage_at(
    most: float, confidence: Numbers, wrong: NDArray[np.bool_], answered: NDArray[np.bool_], weights: Numbers
) -> float:
    """The largest share of all questions that some threshold answers with at most `most` of them wrong; 0 when none."""
    curve = risk_coverage(confidence, wrong, answered, weights)
    within = curve.coverage[curve.risk <= most + 1e-12]
    return float(within.max()) if len(within) else 0.0
