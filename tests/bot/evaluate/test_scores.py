"""One record's worth: each rule of right and wrong, of citations and of retrieval."""

import math
from typing import Any

import pytest
from hypothesis import given

from bot.evaluate.scores import SCORES, SHORT, scores
from bot.evaluate.types import FAILED, REFUSED, Record, Sentence
from tests.bot.evaluate.material import SILENT, cited, numbered, ranked, record, records, runs, silent, table_of

NONE = math.nan
LONG = " ".join(f"word{at}" for at in range(SHORT + 1))
STRAY = (cited(is_expected=False),)
SOURCES = {"expected_sources": ("cats.md",), "relevant": 1}


@pytest.mark.parametrize(
    ("given_record", "right"),
    [
        pytest.param(record(), NONE, id="nothing expected"),
        pytest.param(silent(), NONE, id="nothing expected, declined"),
        pytest.param(record(expected_answers=("fish",)), 1, id="short answer said"),
        pytest.param(record(expected_answers=("meat",)), 0, id="short answer not said"),
        pytest.param(record(expected_answers=("meat", "fish")), 1, id="one of two short answers"),
        pytest.param(record(expected_answers=("fish",), answerable=True), 1, id="told answerable"),
        pytest.param(record(**SOURCES), 1, id="source cited"),
        pytest.param(record(**SOURCES, citations=STRAY), 0, id="another source cited"),
        pytest.param(record(**SOURCES, citations=(*STRAY, cited(2))), 1, id="source cited beside another"),
        pytest.param(record(**SOURCES, expected_answers=("fish",)), 1, id="both"),
        pytest.param(record(**SOURCES, expected_answers=("meat",)), 0, id="source without the answer"),
        pytest.param(record(**SOURCES, expected_answers=("fish",), citations=STRAY), 0, id="answer without the source"),
        pytest.param(record(expected_answers=(LONG,)), NONE, id="long answer alone cannot tell"),
        pytest.param(record(expected_answers=(LONG,), answer=f"So: {LONG}."), NONE, id="nor when it is said"),
        pytest.param(record(**SOURCES, expected_answers=(LONG,)), 1, id="long answer decides nothing beside a source"),
        pytest.param(record(**SOURCES, expected_answers=(LONG,), citations=STRAY), 0, id="nor does it save one"),
        pytest.param(record(expected_answers=(LONG, "meat")), 0, id="long beside short decides nothing"),
        pytest.param(record(expected_answers=(LONG, "meat"), answer=LONG), 0, id="nor when that is said"),
        pytest.param(record(answerable=True), NONE, id="answerable, answered, nothing to compare with"),
        pytest.param(silent(answerable=True), 0, id="answerable, declined"),
        pytest.param(silent(expected_answers=("fish",)), 0, id="an answer makes it answerable"),
        pytest.param(silent(**SOURCES), 0, id="so does a source"),
        pytest.param(silent(answerable=False), 1, id="unanswerable, declined"),
        pytest.param(record(answerable=False), 0, id="unanswerable, answered"),
        pytest.param(record(answerable=False, expected_answers=("fish",)), 0, id="unanswerable wins over an answer"),
        pytest.param(silent(REFUSED, answerable=False), 1, id="unanswerable, refused"),
        pytest.param(silent(REFUSED, expected_answers=("fish",)), 0, id="answerable, refused"),
        pytest.param(silent(FAILED, expected_answers=("fish",)), 0, id="answerable, failed"),
    ],
)  # fmt: skip
def test_right_and_wrong(given_record: Record, right: float) -> None:
    assert scores(given_record)["right"] == pytest.approx(right, nan_ok=True)


def test_an_answer_of_as_many_words_as_are_short_is_short() -> None:
    just_short = " ".join(LONG.split()[:SHORT])
    assert scores(record(**SOURCES, expected_answers=(just_short,)))["right"] == 0


def test_a_broken_program_is_never_right() -> None:
    assert scores(silent(FAILED, answerable=False))["right"] != 1


def test_citations_count_each_footnote_once_and_each_sentence_that_rests_on_an_expected_one() -> None:
    notes = (cited(1), cited(2, is_expected=False), cited(3, is_verbatim=False))
    said = tuple(Sentence(f"Sentence {numbers}.", numbers, 1.0) for numbers in ((1, 2), (2,), (1, 3), (3,)))
    found = scores(record(**SOURCES, citations=notes, sentences=said))
    expected = {
        "cited": 1, "citation_recall": 3 / 4, "citation_precision": 2 / 3, "citations": 3, "quotes_verbatim": 2,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("changes", [{}, {"expected_answers": ("fish",)}, {"answerable": False} | SOURCES])
def test_citations_are_judged_only_where_a_source_of_an_answer_is_expected(changes: dict[str, Any]) -> None:
    found = scores(record(**changes))
    assert all(math.isnan(found[name]) for name in ("cited", "citation_recall", "citation_precision"))
    assert (found["citations"], found["quotes_verbatim"]) == (1, 1), "whether a quote is one needs no expectation"


@pytest.mark.parametrize("lane", SILENT)
def test_of_silence_only_declining_is_scored(lane: str) -> None:
    found = scores(silent(lane, **SOURCES, expected_answers=("fish", "!"), ranking=ranked("01")))
    assert (found["answered"], found["answer_hit"], found["token_f1"], found["rouge_l"]) == (0, 0, 0, 0)
    assert all(
        math.isnan(found[name]) for name in ("words", "cited", "citations", "citation_recall", "citation_precision")
    )


def test_retrieval_is_scored_even_when_the_bot_declines() -> None:
    found = scores(silent(expected_sources=("cats.md", "dogs.md"), relevant=2, ranking=ranked("0100010")))
    assert found["mrr10"] == 1 / 2
    assert (found["recall1"], found["recall5"], found["recall10"], found["hit1"]) == (0, 0.5, 1, 0)
    ideal = 1 + 1 / math.log2(3)
    assert found["ndcg10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(7)) / ideal, abs=1e-9)


@pytest.mark.parametrize("changes", [{}, {"expected_answers": ("fish",)}, {"relevant": 1}])
def test_retrieval_is_undefined_without_expected_sources(changes: dict[str, Any]) -> None:
    found = scores(record(ranking=ranked("1"), **changes))
    assert all(math.isnan(found[name]) for name in ("ndcg10", "mrr10", "recall1", "recall5", "recall10", "hit1"))


def test_an_expected_source_that_is_nowhere_counts_as_not_found() -> None:
    found = scores(
        record(expected_sources=("gone.md",), unknown_sources=("gone.md",), relevant=1, ranking=ranked("00"))
    )
    assert (found["ndcg10"], found["mrr10"], found["recall10"], found["hit1"]) == (0, 0, 0, 0)


@given(records())
def test_every_score_is_named_and_a_share_unless_it_counts(one: Record) -> None:
    found = scores(one)
    assert set(found) == set(SCORES)
    counts = {"words", "citations", "quotes_verbatim"}
    for name, value in found.items():
        assert math.isnan(value) or 0 <= value <= (99 if name in counts else 1), name
    assert math.isnan(found["quotes_verbatim"]) == math.isnan(found["citations"])
    assert not found["quotes_verbatim"] > found["citations"]


@given(runs)
def test_a_table_has_each_records_scores_in_its_row(run: list[Record]) -> None:
    table = table_of(*run)
    assert table.ids == tuple(one.id for one in run)
    assert table.lanes == tuple(one.lane for one in run)
    for row, one in enumerate(run):
        for name, value in scores(one).items():
            assert table[name][row] == pytest.approx(value, abs=1e-6, nan_ok=True)
        assert {tag for tag, rows in table.tags.items() if row in rows} == set(one.tags)
    assert table.taken(range(len(run))[::-1]).ids == table.ids[::-1]


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        ("off_topic", ("off-topic", "Off topic", "off_topic", "OOD", "out-of-domain")),
        ("near_domain", ("near-domain", "NEAR_DOMAIN", "near", "held-out")),
        ("adversarial", ("adversarial", "Adversarial", "false premise")),
    ],
)
def test_kinds_of_unanswerable_questions_are_told_by_their_tags(kind: str, spellings: tuple[str, ...]) -> None:
    run = numbered([record(tags=(tag,)) for tag in (*spellings, "faq", "topic")])
    assert table_of(*run).kinds[kind].tolist() == [True] * len(spellings) + [False, False]


def test_a_question_is_told_from_another_by_its_words_and_its_history() -> None:
    run = [record(), record(answer="Other."), record(history=("Before?",)), record(question="Other?")]
    same, again, later, other = table_of(*run).questions
    assert same == again
    assert len({same, later, other}) == 3
