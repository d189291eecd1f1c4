"""Figures of whole runs: one by hand, and what must hold of any."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evaluate.catalogue import BY_NAME, BY_TAG, METRICS
from bot.evaluate.figures import Figure, figures
from bot.evaluate.types import FAILED, REFUSED, Record, Sentence
from tests.bot.evaluate.material import cited, few_resamples, numbered, ranked, record, records, runs, silent, table_of

FISH = {"expected_answers": ("fish",)}
SOURCE = {"expected_sources": ("cats.md",), "relevant": 1}
BY_HAND = numbered(
    [
        record(**FISH, **SOURCE, confidence=0.9, ranking=ranked("1"), lane="faq"),  # right
        record(**FISH, **SOURCE, confidence=0.8, ranking=ranked("01"), citations=(cited(is_expected=False), cited(2)),
               sentences=(Sentence("A cat eats fish.", (1,), 1.0), Sentence("So it does.", (2,), 1.0))),  # right
        record(**FISH, answer="It eats meat.", confidence=0.8, lane="generated"),  # wrong
        silent(**FISH, **SOURCE, confidence=0.3, ranking=ranked("00")),  # wrong: declined
        silent(answerable=False, confidence=0.3, tags=("off-topic",)),  # right: declined
        record(answerable=False, confidence=0.5, tags=("near domain",)),  # wrong: answered
        silent(REFUSED, confidence=0.0),  # not judged
        silent(FAILED, **FISH, confidence=0.0),  # wrong
    ]
)  # fmt: skip
VALUES = {
    "right": (3 / 7, 7),
    "wrong_answers": (2 / 4, 4),
    # risks of the first 1..4 answers; the second and the third are tied: (0 + 1/2 (0 or 1) ...) in expectation
    "aurc": ((0 + 1 / 4 + 1 / 3 + 2 / 4) / 4, 7),
    "coverage_at_2": (1 / 7, 7),
    "coverage_at_5": (1 / 7, 7),
    "answer_hit": (2 / 5, 5),
    "answer_hit_answered": (2 / 3, 3),
    # "cat eats fish" holds "fish": 1/2; "it eats meat" holds none
    "token_f1": ((1 / 2 + 1 / 2) / 5, 5),
    # "a cat eats fish" against "fish": precision 1/4, recall 1
    "rouge_l": ((2 / 5 + 2 / 5) / 5, 5),
    "answer_words": ((4 + 4 + 3 + 4) / 4, 4),
    "citation_recall": ((1 + 1 / 2) / 2, 2),
    "citation_precision": ((1 + 1 / 2) / 2, 2),
    "cited": (1, 2),
    "quotes_verbatim": (1, 4),
    "ndcg10": ((1 + 1 / math.log2(3) + 0) / 3, 3),
    "mrr10": ((1 + 1 / 2 + 0) / 3, 3),
    "recall1": (1 / 3, 3),
    "recall5": (2 / 3, 3),
    "recall10": (2 / 3, 3),
    "hit1": (1 / 3, 3),
    "answered": (4 / 8, 8),
    "covered_precision": (3 / 4, 4),
    "covered_recall": (3 / 5, 5),
    "false_declines": (2 / 5, 5),
    "answered_unanswerable": (1 / 2, 2),
    "answered_off_topic": (0, 1),
    "answered_near_domain": (1, 1),
    "answered_adversarial": (None, 0),
    # answerable 0.9 0.8 0.8 0.3 0.0 against 0.3 and 0.5: 3 + 1/2 and 3 of 5
    "covered_auroc": (6.5 / 10, 7),
    "auroc_off_topic": (3.5 / 5, 6),
    "auroc_near_domain": (3 / 5, 6),
    "auroc_adversarial": (None, 0),
    "lane_faq": (1 / 8, 8),
    "lane_generated": (1 / 8, 8),
    "lane_quoted": (2 / 8, 8),
    "lane_declined": (2 / 8, 8),
    "lane_refused": (1 / 8, 8),
    "lane_failed": (1 / 8, 8),
}


def by_name(run: list[Record]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(table_of(*run))}


@pytest.fixture(scope="module")
def by_hand() -> dict[str, Figure]:
    """With all resamples, once."""
    return by_name(BY_HAND)


def test_every_figure_has_been_worked_out_by_hand() -> None:
    assert set(VALUES) == set(BY_NAME)
    assert len(BY_NAME) == len(METRICS)
    assert set(BY_TAG) <= set(BY_NAME)


@pytest.mark.parametrize("name", VALUES)
def test_a_run_by_hand(by_hand: dict[str, Figure], name: str) -> None:
    value, count = VALUES[name]
    assert by_hand[name].value == (None if value is None else pytest.approx(value, abs=1e-6))
    assert by_hand[name].count == count


def test_a_kind_of_question_counts_only_where_the_articles_do_not_answer_it() -> None:
    tagged = [record(answerable=answerable, tags=("off-topic",)) for answerable in (True, None, False)]
    with few_resamples(2):
        found = by_name(numbered([*tagged, silent(answerable=False, tags=("off-topic",))]))
    assert (found["answered_off_topic"].value, found["answered_off_topic"].count) == (0.666667, 3)  # its tag tells
    assert found["auroc_off_topic"].count == 4


def test_the_value_lies_in_its_interval_and_certainty_has_no_width(by_hand: dict[str, Figure]) -> None:
    for figure in by_hand.values():
        if figure.value is None or figure.low is None or figure.high is None:
            assert (figure.low, figure.high) == (None, None), figure
        else:
            assert figure.low <= figure.value <= figure.high, figure
    assert (by_hand["quotes_verbatim"].low, by_hand["quotes_verbatim"].high) == (1, 1)
    assert by_hand["right"].low != by_hand["right"].high


def test_the_same_run_gives_the_same_figures_to_the_last_digit(by_hand: dict[str, Figure]) -> None:
    assert by_name(BY_HAND) == by_hand


def test_of_no_questions_nothing_is_defined() -> None:
    assert all((one.value, one.low, one.high, one.count) == (None, None, None, 0) for one in figures(table_of()))


def test_of_questions_without_expectations_only_what_needs_none_is_defined() -> None:
    with few_resamples():
        found = by_name(numbered([record(), silent()]))
    defined = {name for name, figure in found.items() if figure.value is not None}
    assert defined == {"answered", "answer_words", "quotes_verbatim", *(name for name in VALUES if "lane_" in name)}


@settings(max_examples=25)
@given(runs)
def test_figures_are_shares_or_undefined_and_never_nan(run: list[Record]) -> None:
    with few_resamples():
        found = by_name(run)
        assert by_name(run) == found
    for name, figure in found.items():
        numbers = [value for value in (figure.value, figure.low, figure.high) if value is not None]
        most = 1 if BY_NAME[name].is_share else math.inf
        assert all(0 <= value <= most for value in numbers), figure
        assert (figure.value is None) == (figure.count == 0), figure
        assert figure.count <= len(run)
        if figure.value is None:
            assert not numbers, figure
    assert sum(figure.value or 0 for name, figure in found.items() if "lane_" in name) == pytest.approx(1, abs=1e-5)


@settings(max_examples=25)
@given(runs, st.randoms(use_true_random=False))
def test_the_order_of_the_questions_changes_no_value(run: list[Record], chance: random.Random) -> None:
    shuffled = chance.sample(run, len(run))
    with few_resamples(2):
        before, after = by_name(run), by_name(shuffled)
    for name, figure in before.items():
        assert figure.count == after[name].count
        assert figure.value == pytest.approx(after[name].value, abs=2e-6)  # kept to six decimals


@settings(max_examples=25)
@given(runs, records())
def test_declining_one_question_more_never_raises_what_is_said_rightly(run: list[Record], one: Record) -> None:
    declined = silent("declined", **{name: getattr(one, name) for name in ("expected_answers", "answerable", "tags")})
    with few_resamples(2):
        before, after = by_name(run), by_name(numbered([*run, declined]))
    for name in ("answer_hit", "token_f1", "rouge_l"):
        less, more = before[name].value, after[name].value
        assert more is None or (more == 0 if less is None else more <= less)
    for name in ("answer_hit_answered", "wrong_answers", "cited", "citation_recall", "citation_precision", "aurc"):
        assert after[name].value == before[name].value, name


@settings(max_examples=25)
@given(runs)
def test_a_question_asked_twice_counts_twice(run: list[Record]) -> None:
    with few_resamples(2):
        once, twice = by_name(run), by_name(numbered(run * 2))
    for name, figure in once.items():
        if name != "aurc":  # a mean over ranks, which are other ranks in a longer list
            assert twice[name].value == pytest.approx(figure.value, abs=2e-6)
            assert twice[name].count == 2 * figure.count
