"""What the gate is fitted on takes nobody's word, and is what it says it is."""

import os
import random
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
EVAL = Path(os.environ.get("EVAL_DATA", ROOT.parent / "shared" / "eval"))
TRAIN = EVAL.parent / "train"
if not ((EVAL / "load.py").is_file() and (TRAIN / "dstc_faq").is_dir()):
    pytest.skip(f"NOT RUN: no data at {EVAL} and {TRAIN}; set EVAL_DATA", allow_module_level=True)

from bench.gate import KINDS, NAMES, Rows  # noqa: E402 - opens the data when it is imported
from bench.gate_questions import Collection, training_collections  # noqa: E402


@pytest.fixture(scope="module")
def collections() -> list[Collection]:
    return list(training_collections(TRAIN, 40, random.Random(1)))


def test_every_collection_has_all_kinds_and_hides_its_headings(collections: list[Collection]) -> None:
    for one in collections:
        assert {question.kind for question in one.questions} == {"covered", *KINDS}
        assert not any(section.heading for each in one.articles for section in each.sections)
        assert not {question.text for question in one.questions} & {each.title for each in one.articles}


def test_what_is_held_out_is_there_and_asked_of_as_it_is_too(collections: list[Collection]) -> None:
    for one in collections:
        there = {each.id for each in one.articles}
        covered = {question.text for question in one.questions if question.kind == "covered"}
        held = [question for question in one.questions if question.held]
        assert len(held) == 20
        assert all(question.kind == "held" and question.held <= there for question in held)
        assert {question.text for question in held} <= covered


def test_what_is_not_covered_is_asked_nowhere_as_covered(collections: list[Collection]) -> None:
    for one in collections:
        covered = {question.text for question in one.questions if question.kind == "covered"}
        assert not covered & {question.text for question in one.questions if question.kind in ("near", "off")}


def _rows(turned: str = "") -> Rows:
    """Three sets of twenty questions each, whose first signal says what is covered; in the set `turned` it lies."""
    draw = np.random.default_rng(1)
    labels = np.repeat(["here", "there", "there, titles hidden", "elsewhere"], 20)
    kinds = np.tile(["covered", "held"], 40)
    covered = (kinds == "covered") ^ np.array([label.startswith(turned or "-") for label in labels])
    signals = draw.normal(size=(80, len(NAMES)))
    signals[:, 0] += 2 * covered
    return Rows(labels, kinds, signals, np.zeros(80, bool))


def test_a_set_left_out_teaches_neither_form_of_it() -> None:
    """The weights by which "there" is told are those of the others, whatever its own labels say."""
    there = _rows().groups == "there"
    assert there.sum() == 40
    right, lying = (rows.left_out() for rows in (_rows(), _rows("there")))
    slopes = [np.linalg.lstsq(np.c_[rows.signals, np.ones(80)][there], told[there], rcond=None)[0]
              for rows, told in ((_rows(), right), (_rows("there"), lying))]  # fmt: skip
    assert slopes[0] == pytest.approx(slopes[1])
    assert slopes[0][0] > 0


def test_a_set_is_as_steep_and_as_high_as_the_others_want_it() -> None:
    """Whatever its own labels say: what lies in "there" does not change how "there" is told."""
    told = [rows.mended(rows.signals[:, 0]) for rows in (_rows(), _rows("there"))]
    there = _rows().groups == "there"
    slope, level = np.polyfit(_rows().signals[there, 0], told[0][there], 1)
    assert slope > 0
    assert told[1][there] == pytest.approx(slope * _rows("there").signals[there, 0] + level)


def test_rows_are_joined_in_order() -> None:
    one = _rows()
    both = Rows.joined([one, one])
    assert both.labels.tolist() == [*one.labels, *one.labels]
    assert both.signals.shape == (160, len(NAMES))


def test_every_kind_of_every_collection_weighs_the_same_and_off_topic_half() -> None:
    labels, kinds = (
        np.array(["a"] * 7 + ["b"] * 2),
        np.array(["covered"] * 4 + ["off"] * 2 + ["held"] + ["covered", "off"]),
    )
    weights = Rows(labels, kinds, np.zeros((9, len(NAMES))), np.zeros(9, bool)).weights
    assert weights.tolist() == [0.25] * 4 + [0.25] * 2 + [1.0] + [1.0, 0.5]
