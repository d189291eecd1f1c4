"""Whatever ends a run, what was answered is there when it goes on."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evaluate.journal import JOURNAL, open_journal
from bot.evaluate.types import Record, Times
from corpus.errors import EvaluationError
from tests.bot.evaluate.material import cited, numbered, record, runs, silent

RUN: dict[str, object] = {"questions": "q.csv", "code": "abc", "settings": {"top_k": 8, "name": "ü"}}
HOSTILE = numbered(
    [
        record(answer='Tab\tline\n"quotes" \\ and \u2028\x85\r\x00.', history=("Before?",), tags=("a", "b")),
        silent(answerable=False, declined_because="\t}\t{"),
        record(answerable=True, expected_answers=("ü", "😀"), citations=(cited(before="…", heading_path=("A", "B")),)),
        record(confidence=0.1 + 0.2, unknown_sources=("gone.md",), uncovered=("and this?",), ranking=()),
    ]
)  # fmt: skip


def times(one: Record) -> Times:
    return Times(one.row, None if not one.answered else one.row / 7, one.row / 3)


def asked(folder: Path, records: list[Record], *, resume: bool = False) -> list[tuple[Record, Times]]:
    """Answer what is not answered yet, and what the journal then holds."""
    journal = open_journal(folder, RUN, resume=resume)
    for one in records:
        if one.row not in journal.answered:
            journal.add(one, times(one))
    found = list(journal)
    assert found == list(journal), "can be gone through more than once"
    journal.close()
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A journal of all HOSTILE records, answered in another order than asked."""
    folder = tmp_path_factory.mktemp("journal")
    asked(folder, HOSTILE[::-1])
    return (folder / JOURNAL).read_bytes()


@given(runs, st.randoms(use_true_random=False))
def test_records_come_back_as_they_were_in_the_order_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, run: list[Record], chance: random.Random
) -> None:
    shuffled = sorted(run, key=lambda _: chance.random())
    assert asked(tmp_path_factory.mktemp("j"), shuffled) == [(one, times(one)) for one in run]


def test_records_of_any_text_come_back_as_they_were(written: bytes, tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_bytes(written)
    assert asked(tmp_path, [], resume=True) == [(one, times(one)) for one in HOSTILE]
    assert len(written.splitlines()) == 1 + len(HOSTILE)


@settings(max_examples=200)
@given(data=st.data())
def test_a_run_cut_off_at_any_byte_goes_on_where_it_was(
    tmp_path_factory: pytest.TempPathFactory, written: bytes, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("j")
    cut = data.draw(st.integers(written.index(b"\n") + 1, len(written)))
    (folder / JOURNAL).write_bytes(written[:cut])
    whole = written[:cut].count(b"\n") - 1
    journal = open_journal(folder, RUN, resume=True)
    assert journal.answered == {one.row for one in HOSTILE[::-1][:whole]}
    assert list(journal) == [(one, times(one)) for one in HOSTILE if one.row in journal.answered]
    journal.close()
    assert asked(folder, HOSTILE, resume=True) == [(one, times(one)) for one in HOSTILE]
    assert asked(folder, [], resume=True) == [(one, times(one)) for one in HOSTILE], "and again"


@given(data=st.data())
def test_a_run_cut_off_while_it_said_what_it_is_cannot_go_on_and_says_why(
    tmp_path_factory: pytest.TempPathFactory, written: bytes, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("j")
    (folder / JOURNAL).write_bytes(written[: data.draw(st.integers(0, written.index(b"\n")))])
    with pytest.raises(EvaluationError, match="first line is damaged"):
        open_journal(folder, RUN, resume=True)
    assert asked(folder, HOSTILE) == [(one, times(one)) for one in HOSTILE], "without an answer nothing is lost"


@given(st.lists(st.binary(max_size=20), min_size=2, max_size=4).map(b"\n".join))
def test_rubbish_at_the_end_is_cut_off(
    tmp_path_factory: pytest.TempPathFactory, written: bytes, rubbish: bytes
) -> None:
    folder = tmp_path_factory.mktemp("j")
    (folder / JOURNAL).write_bytes(written + rubbish)
    assert asked(folder, [], resume=True) == [(one, times(one)) for one in HOSTILE]
    assert (folder / JOURNAL).read_bytes() == written


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"code": "other"}, "other code"),
        ({"code": "other", "questions": "p.csv"}, "other code, questions"),
        ({"settings": {"top_k": 9, "name": "ü"}}, "other settings"),
        ({"articles": 3}, "other articles"),
    ],
)
def test_another_run_is_refused_and_what_differs_is_named(tmp_path: Path, change: dict[str, object], told: str) -> None:
    asked(tmp_path, HOSTILE)
    before = (tmp_path / JOURNAL).read_bytes()
    with pytest.raises(EvaluationError, match=rf"answers of another run \({told}\); .*delete .*{JOURNAL}"):
        open_journal(tmp_path, RUN | change, resume=True)
    assert (tmp_path / JOURNAL).read_bytes() == before


def test_the_order_in_which_a_run_says_what_it_is_is_nothing(tmp_path: Path) -> None:
    asked(tmp_path, HOSTILE)
    open_journal(tmp_path, dict(reversed(RUN.items())), resume=True).close()


@pytest.mark.parametrize("content", [b"", b"rubbish\n", b"[1]\n", b"3\n", b"\xff\n", b'{"code": \n'])
def test_a_journal_that_is_none_is_refused_to_go_on_with(tmp_path: Path, content: bytes) -> None:
    (tmp_path / JOURNAL).write_bytes(content)
    with pytest.raises(EvaluationError, match="first line is damaged"):
        open_journal(tmp_path, RUN, resume=True)


def test_unfinished_answers_are_not_thrown_away_unasked(tmp_path: Path) -> None:
    asked(tmp_path, HOSTILE)
    before = (tmp_path / JOURNAL).read_bytes()
    with pytest.raises(EvaluationError, match="holds 4 answers of a run that did not end; go on with --resume"):
        open_journal(tmp_path, RUN, resume=False)
    assert (tmp_path / JOURNAL).read_bytes() == before


def test_going_on_with_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="holds no run to go on with; leave --resume out"):
        open_journal(tmp_path, RUN, resume=True)
    assert not (tmp_path / JOURNAL).exists()


def test_a_run_that_answered_nothing_yet_goes_on_and_begins_again(tmp_path: Path) -> None:
    assert asked(tmp_path, []) == []
    assert asked(tmp_path, [], resume=True) == []
    assert asked(tmp_path, HOSTILE) == [(one, times(one)) for one in HOSTILE]


def test_lines_of_a_report_are_json_of_one_line_each(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, RUN, resume=False)
    for one in HOSTILE:
        journal.add(one, times(one))
    for one, (line, clock) in zip(HOSTILE, journal.lines(), strict=True):
        assert (line.count(b"\n"), clock.count(b"\n")) == (0, 0)
        read = json.loads(line)
        assert (read["answer"], read["row"], read["confidence"]) == (one.answer, one.row, one.confidence)
        assert json.loads(clock)["finished"] == times(one).finished
    assert [record for record, _ in journal] == list(journal.records())
    assert [each for _, each in journal] == list(journal.times())
    journal.close()
