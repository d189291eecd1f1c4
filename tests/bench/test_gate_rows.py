"""How questions weigh, and what a set that is left out learns from: nothing of its own."""

import numpy as np
import pytest

from bench.gate_rows import Rows
from bench.logistic import fit


def _rows(turned: str = "") -> Rows:
    """Three sets, twenty questions a form, whose first signal says what is covered; in the set `turned` it lies."""
    draw = np.random.default_rng(1)
    labels = np.repeat(["here", "there", "there, titles hidden", "elsewhere"], 20)
    kinds = np.tile(["covered", "held"], 40)
    covered = (kinds == "covered") ^ np.array([label.startswith(turned or "-") for label in labels])
    signals = draw.normal(size=(80, 4))
    signals[:, 0] += 2 * covered
    return Rows(labels, kinds, signals, np.zeros(80, bool))


def test_a_set_left_out_teaches_neither_form_of_it() -> None:
    """The weights by which "there" is told are those of the others, whatever its own labels say."""
    there = _rows().groups == "there"
    assert there.sum() == 40
    right, lying = (rows.left_out(0.01) for rows in (_rows(), _rows("there")))
    slopes = [np.linalg.lstsq(np.c_[rows.signals, np.ones(80)][there], told[there], rcond=None)[0]
              for rows, told in ((_rows(), right), (_rows("there"), lying))]  # fmt: skip
    assert slopes[0] == pytest.approx(slopes[1])
    assert slopes[0][0] > 0


def test_a_set_is_as_steep_and_as_high_as_the_others_want_it() -> None:
    rows = _rows()
    there, told = rows.groups == "there", rows.signals[:, 0]
    slope, level = fit(told[~there, None], rows.covered[~there], rows.weights[~there], 0.0)
    assert rows.mended(told)[there] == pytest.approx(slope[0] * told[there] + level, abs=1e-3)
    assert slope[0] > 1.2


def test_rows_are_joined_in_order() -> None:
    one, other = _rows(), Rows(np.array(["x"]), np.array(["off"]), np.full((1, 4), 9.0), np.array([True]))
    both = Rows.joined([one, other])
    assert both.labels.tolist() == [*one.labels, "x"]
    assert both.kinds.tolist() == [*one.kinds, "off"]
    assert both.signals[-1].tolist() == [9.0] * 4
    assert both.signals[:-1].tolist() == one.signals.tolist()
    assert both.far.tolist() == [False] * 80 + [True]


def test_every_kind_of_every_collection_weighs_the_same_and_off_topic_half() -> None:
    labels, kinds = (
        np.array(["a"] * 7 + ["b"] * 2),
        np.array(["covered"] * 4 + ["off"] * 2 + ["held"] + ["covered", "off"]),
    )
    weights = Rows(labels, kinds, np.zeros((9, 4)), np.zeros(9, bool)).weights
    assert weights.tolist() == [0.25] * 4 + [0.25] * 2 + [1.0] + [1.0, 0.5]
