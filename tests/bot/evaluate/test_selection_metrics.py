"""Confidence against right and wrong: brute force over thresholds and orders, and scikit-learn."""

import itertools
import math
import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from bot.evaluate.metrics.selection import Numbers, area_under_risk_coverage, auroc, coverage_at, risk_coverage

Flags = NDArray[np.bool_]
Asked = tuple[float, bool, bool, int]  # confidence, wrong, answered, weight

confidences = st.sampled_from((0.1, 0.25, 0.5, 0.75)) | st.floats(0, 1, allow_subnormal=False)
asked = st.tuples(confidences, st.booleans(), st.booleans(), st.integers(0, 3))
many = st.lists(asked, min_size=1, max_size=25)
close = {"abs": 1e-9}


def columns(rows: Sequence[Asked]) -> tuple[Numbers, Flags, Flags, Numbers]:
    confidence, wrong, answered, weights = zip(*rows, strict=True)
    return np.array(confidence), np.array(wrong, bool), np.array(answered, bool), np.array(weights, float)


def answers(rows: Sequence[Asked]) -> list[tuple[float, bool]]:
    """Confidence and wrongness of the answered ones, each as often as it weighs."""
    return [(confidence, wrong) for confidence, wrong, answered, weight in rows if answered for _ in range(weight)]


def brute_curve(rows: Sequence[Asked]) -> list[tuple[float, float, float]]:
    """Coverage, risk and threshold for each threshold there is, tried one by one."""
    said, total = answers(rows), sum(row[3] for row in rows)
    points = []
    for threshold in sorted({confidence for confidence, _ in said}, reverse=True):
        kept = [wrong for confidence, wrong in said if confidence >= threshold]
        points.append((len(kept) / total, sum(kept) / len(kept), threshold))
    return points


def brute_area(rows: Sequence[Asked]) -> float:
    """Mean over k of the risk of the first k, averaged over every order in which confidence falls."""
    orders = [
        [wrong for _, wrong in order]
        for order in itertools.permutations(answers(rows))
        if all(one[0] >= other[0] for one, other in itertools.pairwise(order))
    ]
    areas = [sum(sum(order[:k]) / k for k in range(1, len(order) + 1)) / len(order) for order in orders]
    return sum(areas) / len(areas)


@settings(max_examples=200)
@given(many)
def test_the_risk_curve_is_what_each_threshold_gives(rows: list[Asked]) -> None:
    curve = risk_coverage(*columns(rows))
    assert list(zip(curve.coverage, curve.risk, curve.threshold, strict=True)) == [
        pytest.approx(point, **close) for point in brute_curve(rows)
    ]


@settings(max_examples=200)
@given(many, st.sampled_from((0.0, 0.02, 0.05, 0.25, 1 / 3, 0.5, 1.0)))
def test_coverage_is_the_best_of_all_thresholds(rows: list[Asked], most: float) -> None:
    best = max((coverage for coverage, risk, _ in brute_curve(rows) if risk <= most + 1e-12), default=0)
    assert coverage_at(most, *columns(rows)) == pytest.approx(best, **close)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from((0.2, 0.5, 0.8)), st.booleans(), st.booleans(), st.integers(0, 2)), max_size=6)
)
def test_the_area_is_the_mean_over_all_orders_of_ties(rows: list[Asked]) -> None:
    if not 0 < len(answers(rows)) <= 6:
        return
    assert area_under_risk_coverage(*columns(rows)) == pytest.approx(brute_area(rows), **close)


@pytest.mark.parametrize(
    ("rows", "area"),
    [
        ([(0.9, False, True, 1), (0.5, True, True, 1)], (0 + 1 / 2) / 2),
        ([(0.9, True, True, 1), (0.5, False, True, 1)], (1 + 1 / 2) / 2),
        ([(0.5, True, True, 1), (0.5, False, True, 1)], (1 / 2 + 1 / 2) / 2),
        ([(0.9, False, True, 2), (0.5, True, True, 1), (0.1, True, False, 9)], (0 + 0 + 1 / 3) / 3),
    ],
)
def test_the_area_by_hand(rows: list[Asked], area: float) -> None:
    assert area_under_risk_coverage(*columns(rows)) == pytest.approx(area, **close)


def test_without_an_answer_there_is_no_area_and_no_coverage() -> None:
    rows = [(0.9, True, False, 1), (0.5, True, True, 0)]
    assert math.isnan(area_under_risk_coverage(*columns(rows)))
    assert coverage_at(0.5, *columns(rows)) == 0
    assert not len(risk_coverage(*columns(rows)).risk)


@settings(max_examples=200)
@given(st.lists(st.tuples(confidences, st.booleans(), st.integers(0, 3)), min_size=1, max_size=30))
def test_auroc_is_scikit_learns_on_rows_repeated_by_weight(rows: list[tuple[float, bool, int]]) -> None:
    confidence, positive, weights = (np.array(column) for column in zip(*rows, strict=True))
    found = auroc(confidence, positive, weights.astype(float))
    repeated = np.repeat(positive, weights)
    if len(set(repeated.tolist())) < 2:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(roc_auc_score(repeated, np.repeat(confidence, weights)), **close)
        assert auroc(-confidence, positive, weights.astype(float)) == pytest.approx(1 - found, **close)


def test_auroc_of_nothing_is_undefined() -> None:
    assert math.isnan(auroc(np.zeros(0), np.zeros(0, bool), np.zeros(0)))


@settings(max_examples=100)
@given(many, st.randoms(use_true_random=False))
def test_a_weight_is_so_many_rows_and_their_order_is_nothing(rows: list[Asked], chance: random.Random) -> None:
    spread = [(confidence, wrong, answered, 1) for confidence, wrong, answered, weight in rows for _ in range(weight)]
    if not spread:
        return
    shuffled = sorted(spread, key=lambda _: chance.random())
    for metric in (area_under_risk_coverage, lambda *asked: coverage_at(0.25, *asked)):
        weighed, one_by_one = metric(*columns(rows)), metric(*columns(shuffled))
        assert weighed == pytest.approx(one_by_one, **close, nan_ok=True)
        assert math.isnan(weighed) or 0 <= weighed <= 1 + 1e-12
