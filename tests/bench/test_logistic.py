"""The gate's regression on numbers made by hand."""

import numpy as np
import pytest

from bench.logistic import fit, log_loss, platt


def test_levels_of_collections_do_not_decide_what_a_signal_is_worth() -> None:
    """In either collection a higher signal means covered; in the second it is higher all over, and less is covered."""
    signal = np.array([0.0, 1, 2, 3, 10, 11, 12, 13])
    covered = np.array([False, True, True, True, False, False, False, True])
    groups = np.array(["here"] * 4 + ["there"] * 4)
    equal = np.ones(8)
    assert fit(signal[:, None], covered, equal, 1e-3)[0][0] < 0
    assert fit(signal[:, None], covered, equal, 1e-3, groups)[0][0] > 0


def test_both_classes_weigh_the_same_however_many_there_are() -> None:
    signal = np.array([[0.0]] * 90 + [[1.0]] * 10)
    covered = signal[:, 0] == 1
    slope, bias = fit(signal, covered, np.ones(100), 1e-3)
    assert slope[0] * 0.5 + bias == pytest.approx(0, abs=0.01)


def test_a_collection_that_weighs_nothing_teaches_nothing() -> None:
    signal, covered = np.array([[0.0], [1], [0], [1]]), np.array([False, True, True, False])
    groups = np.array(["here", "here", "there", "there"])
    taught = fit(signal, covered, np.array([1.0, 1, 0, 0]), 1e-2, groups)
    assert taught[0] == pytest.approx(fit(signal[:2], covered[:2], np.ones(2), 1e-2)[0], rel=1e-3)


def test_steepness_and_level_that_are_missing_are_found() -> None:
    log_odds = np.repeat([-3.0, -1.0, 1.0], 2000)  # as many are covered as are not, once one is added
    covered = np.random.default_rng(1).random(6000) < 1 / (1 + np.exp(-(log_odds + 1)))
    steep, more = platt(log_odds / 2, covered, np.ones(6000))
    assert steep == pytest.approx(2, abs=0.2)
    assert more == pytest.approx(1, abs=0.2)
    told = steep * log_odds / 2 + more
    assert log_loss(told, covered, np.ones(6000)) < log_loss(log_odds, covered, np.ones(6000))
