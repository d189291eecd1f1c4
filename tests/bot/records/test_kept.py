"""What is kept of questions and answers, and for how long."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.feedback import Feedback, Vote
from bot.records.kept import CHAT, Record, Records, record_of
from bot.types import Lane
from tests.browser.fake_bot import FakeBot
from tests.browser.strings import REPO

QUESTION = "Is CLIP an LLM?"


def asked(number: int, days: float = 0, lane: Lane = "faq", vote: Literal[-1, 0, 1] = 0) -> Record:
    """A record of so many days ago."""
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    return Record(f"{number:032x}", at, f"Question {number}?", lane, 0.5, "An answer.", CHAT, vote)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "below" / "footnote.sqlite", 30)


def test_a_record_comes_back_as_it_was(records: Records) -> None:
    record = replace(asked(1), uncovered=("what does it cost?", "a, \"b\" and 'c'"))
    records.add(record)
    assert records.recent(30) == (record,)


def test_an_answer_becomes_a_record() -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
    answer = FakeBot().answer(QUESTION)
    record = record_of(answer, "f" * 32, "https://help.example", at)
    assert record == Record("f" * 32, "2026-03-01T12:00:00+00:00", QUESTION, "faq", 0.9, answer.text, record.site)
    declined = record_of(FakeBot().answer("Remember?"), "f" * 32, CHAT)
    assert declined.answer == "The articles do not say anything about this."
    assert declined.lane == "declined"


def test_votes_are_set_changed_and_taken_back(records: Records) -> None:
    record = asked(1)
    records.add(record)
    votes: tuple[Literal[-1, 0, 1], ...] = (1, -1, 0)
    for vote in votes:
        assert records.vote(record.id, vote)
        assert records.recent(1) == (replace(record, vote=vote),)
    assert not records.vote("0" * 32, 1)
    assert not records.vote(record.id, 7)  # type: ignore[arg-type]


def test_each_question_is_counted_on_its_day(records: Records) -> None:
    for number, (days, lane) in enumerate([(0, "faq"), (0, "declined"), (0, "quoted"), (2, "declined")]):
        records.add(asked(number, days, lane))  # type: ignore[arg-type]
    today = datetime.now(UTC)
    first, last = records.by_day(7)
    assert (first.date, first.answered, first.declined) == ((today - timedelta(days=2)).date().isoformat(), 0, 1)
    assert (last.date, last.answered, last.declined) == (today.date().isoformat(), 2, 1)
    assert [day.date for day in records.by_day(1)] == [today.date().isoformat()]


def test_so_many_days_are_days_of_the_calendar(records: Records) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for number, at in enumerate((today - timedelta(days=6), today - timedelta(days=6, seconds=1))):
        records.add(replace(asked(number), at=at.isoformat(timespec="seconds")))
    assert [day.date for day in records.by_day(7)] == [(today - timedelta(days=6)).date().isoformat()]
    assert len(records.by_day(8)) == 2


def test_uncovered_and_disliked_are_found(records: Records) -> None:
    partly = replace(asked(3), uncovered=("what does Netflix use?",))
    for record in (asked(1, 3, "declined"), asked(2, 2, vote=1), partly, asked(4, 1, vote=-1), asked(5, 4, vote=-1)):
        records.add(record)
    assert [record.question for record in records.uncovered(30)] == ["Question 1?", "Question 3?"]
    assert [record.question for record in records.disliked(30, 10)] == ["Question 4?", "Question 5?"]
    assert [record.question for record in records.disliked(30, 1)] == ["Question 4?"]
    assert [record.question for record in records.disliked(3, 10)] == ["Question 4?"]


@given(
    ages=st.lists(st.integers(0, 90), max_size=12),
    kept_days=st.integers(0, 60),
    days=st.one_of(st.integers(0, 90), st.just(10**9)),
)
def test_nothing_older_than_the_setting_is_in_the_file(ages: list[int], kept_days: int, days: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "footnote.sqlite"
        generous = Records(path, 10_000)
        for number, age in enumerate(ages):
            generous.add(asked(number, age + 0.5))
        found = Records(path, kept_days).recent(days)
        young = [number for number, age in enumerate(ages) if age < kept_days]
        assert {record.question for record in found} == {f"Question {n}?" for n in young if ages[n] < days}
        assert {record.question for record in generous.recent(10_000)} == {f"Question {n}?" for n in young}


@given(question=st.text(st.characters(exclude_categories=()), max_size=60), part=st.text(max_size=20))
def test_any_text_is_only_text(question: str, part: str) -> None:
    with TemporaryDirectory() as folder:
        records = Records(Path(folder) / "footnote.sqlite", 30)
        records.add(replace(asked(1), question=question, answer=question, uncovered=(part, question)))
        (found,) = records.recent(1)
        whole = question.encode("utf-8", "replace").decode()
        assert (found.question, found.answer, found.uncovered) == (whole, whole, (part, whole))


def test_what_is_deleted_cannot_be_read_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "footnote.sqlite"
    secret = "my daughter's school is in Lyon"
    Records(path, 30).add(replace(asked(1), question=secret))
    assert secret.encode() in path.read_bytes()
    Records(path, 0).tidy()
    assert [file for file in tmp_path.iterdir() if secret.encode() in file.read_bytes()] == []


def test_to_keep_nothing_writes_nothing_and_deletes_what_there_was(tmp_path: Path) -> None:
    path = tmp_path / "below" / "footnote.sqlite"
    silent = Records(path, 30, keep=False)
    silent.add(asked(1))
    assert not silent.vote(asked(1).id, 1)
    assert (silent.recent(30), silent.by_day(30)) == ((), ())
    assert not path.parent.exists()
    Records(path, 30).add(asked(1))
    silent.add(asked(2))
    silent.tidy()
    assert Records(path, 30).recent(30) == ()


def test_votes_are_forgotten_with_the_records(tmp_path: Path) -> None:
    path = tmp_path / "footnote.sqlite"
    feedback = Feedback(path)
    for name, days in (("old", 31), ("new", 29)):
        feedback.record(Vote(name, "q", "a", "faq", 1), datetime.now(UTC) - timedelta(days=days))
    Records(path, 30).tidy()
    assert [vote.exchange for vote in feedback.votes()] == ["new"]
    Records(path, 30, keep=False).tidy()
    assert feedback.votes() == ()


def test_a_server_nobody_asks_forgets_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "footnote.sqlite"
    with Records(path, 30).tidied(every=0.01):
        Records(path, 10_000).add(asked(1, 31))
        for _ in range(200):
            if not Records(path, 10_000).recent(10_000):
                break
            time.sleep(0.01)
        else:
            raise AssertionError("still there after two seconds")


def test_a_flood_pushes_out_the_oldest(tmp_path: Path) -> None:
    records = Records(tmp_path / "footnote.sqlite", 30, most=5)
    for number in range(20):
        records.add(asked(number))
    assert [record.question for record in records.recent(1)] == [f"Question {n}?" for n in range(15, 20)]


def test_threads_write_at_once(tmp_path: Path) -> None:
    for round_ in range(20):  # a file that is being made is the hardest: SQLite refused one in twenty then
        records = Records(tmp_path / str(round_) / "footnote.sqlite", 30)
        threads = [threading.Thread(target=records.add, args=(asked(number),)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {record.id for record in records.recent(1)} == {asked(number).id for number in range(16)}


WRITER = """
import sys
from pathlib import Path
from bot.records.kept import Records
from tests.bot.records.test_kept import asked
first = int(sys.argv[2])
records = Records(Path(sys.argv[1]), 30)
for number in range(first, first + 40):
    records.add(asked(number))
"""


def test_two_processes_write_at_once(tmp_path: Path, records: Records) -> None:
    path = tmp_path / "footnote.sqlite"
    command = [sys.executable, "-c", WRITER, str(path)]
    running = [subprocess.Popen([*command, first], cwd=REPO, stderr=subprocess.PIPE) for first in ("0", "100")]
    for process in running:
        assert process.communicate(timeout=60)[1] == b""
    expected = {asked(first + number).id for first in (0, 100) for number in range(40)}
    assert {record.id for record in Records(path, 30).recent(1)} == expected


def test_a_file_that_cannot_be_written_is_told_once_and_never_raised(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    records = Records(tmp_path / "file" / "footnote.sqlite", 30)
    records.add(asked(1))
    assert not records.vote(asked(1).id, 1)
    assert (records.recent(30), records.by_day(30), records.disliked(30, 5)) == ((), (), ())
    (line,) = caplog.messages
    assert "questions and answers are not kept" in line
    assert "FOOTNOTE_DATA" in line


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "footnote.sqlite"
    path.write_text("my notes, not a database, and long enough to be looked at as one")
    before = path.read_bytes()
    Records(path, 30).add(asked(1))
    assert path.read_bytes() == before
    assert len(caplog.messages) == 1


def test_a_locked_file_delays_and_does_not_lose(tmp_path: Path, records: Records) -> None:
    path = tmp_path / "below" / "footnote.sqlite"
    records.add(asked(1))
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=records.add, args=(asked(2),))
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        other.commit()
        writer.join()
    assert len(records.recent(1)) == 2


def test_uncovered_parts_of_an_answer_are_in_its_record() -> None:
    answer = FakeBot().answer("What does Netflix use?")
    assert record_of(answer, "f" * 32, CHAT).uncovered == ("what does Netflix use?",)
