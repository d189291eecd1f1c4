"""Thumbs in SQLite."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.records.feedback import Feedback, Vote

UP = Vote("e1", "Is CLIP an LLM?", "No.", "faq", 1)


def test_a_vote_is_kept_with_its_moment(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "below" / "votes.sqlite")
    assert feedback.record(UP, datetime(2025, 3, 1, 12, tzinfo=UTC))
    assert feedback.votes() == (UP,)
    with sqlite3.connect(tmp_path / "below" / "votes.sqlite") as connection:
        assert connection.execute("SELECT at FROM feedback").fetchall() == [("2025-03-01T12:00:00+00:00",)]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_changed_mind_replaces_and_a_vote_taken_back_is_gone(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "votes.sqlite")
    feedback.record(UP)
    feedback.record(Vote("e1", UP.question, UP.answer, UP.lane, -1))
    assert [vote.vote for vote in feedback.votes()] == [-1]
    feedback.record(Vote("e1", UP.question, UP.answer, UP.lane, 0))
    assert feedback.votes() == ()


def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "votes.sqlite")
    vote = Vote("e'; DROP TABLE feedback; --", "\x00'\"", "<b>", "faq", 1)
    assert feedback.record(vote)
    assert feedback.votes() == (vote,)


def test_many_readers_vote_at_once(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "votes.sqlite")
    kept: list[bool] = []
    votes = [Vote(f"e{number}", "q", "a", "faq", 1) for number in range(12)]
    threads = [threading.Thread(target=lambda vote=vote: kept.append(feedback.record(vote))) for vote in votes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept == [True] * 12
    assert len(feedback.votes()) == 12


def test_a_file_that_cannot_be_written_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("no folder")
    feedback = Feedback(tmp_path / "file" / "votes.sqlite")
    assert not feedback.usable()
    assert not feedback.record(UP)
    (line,) = caplog.messages
    assert "thumbs up and down are not kept" in line
    assert "FOOTNOTE_DATA" in line


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "votes.sqlite"
    path.write_text("my notes, not a database, and long enough to be looked at as one")
    before = path.read_text()
    assert not Feedback(path).record(UP)
    assert path.read_text() == before
