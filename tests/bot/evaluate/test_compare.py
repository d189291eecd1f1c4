"""Two runs side by side: nothing from nothing, and a change only where chance does not explain it."""

import pytest
from hypothesis import given, settings

from bot.evaluate.catalogue import BY_NAME
from bot.evaluate.compare import Comparison, Difference, compare
from bot.evaluate.report import Baseline
from bot.evaluate.scores import Table
from bot.evaluate.types import Record
from corpus.errors import EvaluationError
from tests.bot.evaluate.material import few_resamples, numbered, record, runs, silent, table_of

RIGHT, WRONG = record(expected_answers=("fish",)), record(expected_answers=("meat",))


def compared(before: Table, now: Table, name: str) -> Comparison:
    return compare(Baseline(name, {}, before), now, {})


def many(*groups: tuple[int, Record]) -> Table:
    return table_of(*numbered([one for count, one in groups for _ in range(count)]))


def by_name(comparison: Comparison) -> dict[str, Difference]:
    return {one.name: one for one in comparison.differences}


@settings(max_examples=20)
@given(runs)
def test_a_run_beside_itself_has_not_changed(run: list[Record]) -> None:
    with few_resamples():
        found = compared(table_of(*run), table_of(*run), "before")
    assert (found.shared, found.only_before, found.only_now) == (len(run), 0, 0)
    assert (found.gained, found.lost, found.p, found.regressions) == ((), (), 1.0, [])
    assert found.differences, "some figures need no expectations"
    for one in found.differences:
        assert (one.change, one.verdict) == (0, "")
        assert (one.low or 0, one.high or 0) == (0, 0)


@settings(max_examples=20)
@given(runs, runs)
def test_looking_the_other_way_turns_every_change_round(one: list[Record], other: list[Record]) -> None:
    size = min(len(one), len(other))
    ours, theirs = table_of(*one[:size]), table_of(*other[:size])
    with few_resamples():
        forth, back = compared(ours, theirs, "x"), compared(theirs, ours, "x")
    assert (forth.gained, forth.lost, forth.p) == (back.lost, back.gained, back.p)
    turned = {"better": "worse", "worse": "better", "": ""}
    for there, here in zip(forth.differences, back.differences, strict=True):
        assert (there.name, there.before, there.after) == (here.name, here.after, here.before)
        assert there.verdict == turned[here.verdict]
        if there.low is not None and here.high is not None:
            assert there.low == pytest.approx(-here.high, abs=2e-6)


def test_a_run_that_lost_many_answers_is_worse_and_says_in_what() -> None:
    found = compared(many((40, RIGHT), (10, WRONG)), many((20, RIGHT), (30, WRONG)), "before")
    hit = by_name(found)["answer_hit"]
    assert (hit.before, hit.after, hit.change) == (0.8, 0.4, -0.4)
    assert hit.low is not None
    assert hit.high is not None
    assert hit.low < -0.4 < hit.high < 0
    assert hit.verdict == "worse"
    assert by_name(found)["wrong_answers"].verdict == "worse", "where lower is better, a rise is worse"
    assert (len(found.gained), len(found.lost)) == (0, 20)
    assert found.p == pytest.approx(2 / 2**20, abs=1e-6)
    assert any(line.startswith("answer_hit fell from 0.8000 to 0.4000") for line in found.regressions)
    assert any(line.startswith("wrong_answers rose from 0.2000 to 0.6000") for line in found.regressions)
    assert any("20 questions became wrong and 0 right" in line for line in found.regressions)
    better = compared(many((20, RIGHT), (30, WRONG)), many((40, RIGHT), (10, WRONG)), "before")
    assert by_name(better)["answer_hit"].verdict == "better"
    assert better.regressions == []


def test_one_question_lost_of_fifty_may_be_chance() -> None:
    found = compared(many((40, RIGHT), (10, WRONG)), many((39, RIGHT), (11, WRONG)), "before")
    assert found.lost == ("q40",)
    assert by_name(found)["answer_hit"].verdict == ""
    assert (found.p, found.regressions) == (1.0, [])


def test_what_is_neither_good_nor_bad_has_no_verdict() -> None:
    found = by_name(compared(many((40, RIGHT)), many((40, silent(expected_answers=("fish",)))), "before"))
    assert BY_NAME["answered"].better == 0
    assert (found["answered"].change, found["answered"].verdict) == (-1, "")
    assert found["right"].verdict == "worse"


def test_only_questions_of_both_runs_with_the_same_words_are_compared() -> None:
    before = numbered([RIGHT, RIGHT, WRONG, RIGHT])
    reworded = numbered([RIGHT, WRONG, RIGHT, RIGHT])
    now = [reworded[2], reworded[1], record(id="q1", question="Other words?"), record(id="new")]
    found = compared(table_of(*before), table_of(*now), "before")
    assert (found.shared, found.only_before, found.only_now) == (2, 2, 2)
    assert (found.gained, found.lost) == (("q3",), ("q2",))


def test_runs_of_other_questions_cannot_be_compared() -> None:
    with pytest.raises(EvaluationError, match=r"before/report\.json: shares no question"):
        compared(many((2, RIGHT)), table_of(record(question="Other?")), "before/report.json")


def test_a_figure_that_one_run_leaves_undefined_is_not_compared() -> None:
    names = by_name(compared(many((3, record())), many((3, RIGHT)), "before"))
    assert "answer_hit" not in names
    assert "answered" in names
