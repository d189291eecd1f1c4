"""How far chance goes: the bootstrap and McNemar's test against numpy, scipy and hand examples."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from bot.evaluate.metrics.resample import LEVEL, SAMPLES, interval, mcnemar, resamples


@given(st.integers(1, 60), st.integers(1, 20))
def test_each_resample_draws_as_many_rows_as_there_are(size: int, samples: int) -> None:
    drawn = list(resamples(size, samples))
    assert len(drawn) == samples
    for weights in drawn:
        assert weights.shape == (size,)
        assert weights.sum() == size
        assert (weights == np.round(weights)).all()
        assert (weights >= 0).all()


def test_the_same_file_is_drawn_from_the_same_way_and_another_seed_otherwise() -> None:
    first, second, other = (list(resamples(40, 50, seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
    assert np.array_equal(list(itertools.islice(resamples(40), 50)), list(resamples(40, 50)))
    assert sum(1 for _ in resamples(3)) == SAMPLES


def test_resampled_means_lie_around_the_mean_as_widely_as_theory_says() -> None:
    values = np.random.default_rng(7).random(200)
    means = np.array([weights @ values / len(values) for weights in resamples(len(values))])
    error = values.std() / np.sqrt(len(values))
    assert abs(means.mean() - values.mean()) < 4 * error / np.sqrt(SAMPLES)
    low, high = interval(means) or (0, 0)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.1)


@given(st.lists(st.floats(-5, 5) | st.just(float("nan")), max_size=60), st.sampled_from((0.5, 0.9, LEVEL)))
def test_the_interval_is_between_two_quantiles_of_what_is_defined(values: list[float], level: float) -> None:
    given_values = np.array(values, float)
    defined = given_values[~np.isnan(given_values)]
    found = interval(given_values, level)
    if not len(defined) or len(defined) < len(values) / 2:
        assert found is None
    else:
        expected = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
        assert found == pytest.approx(tuple(expected), abs=1e-9)


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 5, 1.0),
        (0, 6, 2 / 2**6),
        (6, 0, 2 / 2**6),
        (1, 8, 2 * (1 + 9) / 2**9),
        (2, 10, 2 * (1 + 12 + 66) / 2**12),
    ],
)
def test_mcnemar_by_hand(gained: int, lost: int, p: float) -> None:
    before = np.array([False] * gained + [True] * lost + [True, False] * 7)
    after = np.array([True] * gained + [False] * lost + [True, False] * 7)
    found = mcnemar(before, after)
    assert found[:2] == (gained, lost)
    assert found[2] == pytest.approx(p, abs=1e-9)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_mcnemar_is_a_sign_test_on_the_changed(pairs: list[tuple[bool, bool]]) -> None:
    before, after = (np.array([pair[side] for pair in pairs], bool) for side in (0, 1))
    gained, lost, p = mcnemar(before, after)
    assert gained == sum(pair == (False, True) for pair in pairs)
    assert lost == sum(pair == (True, False) for pair in pairs)
    assert p == pytest.approx(binomtest(gained, gained + lost).pvalue if gained + lost else 1, abs=1e-9)
    assert mcnemar(after, before) == pytest.approx((lost, gained, p), abs=1e-12)
