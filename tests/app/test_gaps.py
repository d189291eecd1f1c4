"""`python app.py gaps`."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.records.kept import CHAT, Record, Records
from bot.types import Lane
from tests.app.conftest import Run
from tests.fakes import WordHashEmbedder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOOTNOTE_DATA", str(tmp_path / "footnote.sqlite"))
    return tmp_path / "footnote.sqlite"


def keep(data: Path, *questions: str, days: float = 0, lane: Lane = "declined") -> None:
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    for question in questions:
        Records(data, 10_000).add(Record(uuid4().hex, at, question, lane, 0.1, "-", CHAT))


def test_what_was_not_covered_is_printed_with_how_much_was(run: Run, data: Path) -> None:
    keep(data, "Is Whisper an LLM?", "Who made Llama?", lane="faq")
    keep(data, "how much does Whisper cost", "how much does Whisper cost today", days=3)
    keep(data, "how much does Whisper cost", days=2)
    ran = run("gaps")
    assert ran.code == 0
    assert ran.out.split("\n")[:4] == [
        "5 questions in the last 30 days: 2 answered, 3 not covered (40 % answered)",
        "",
        "    3 × how much does Whisper cost",
        "        also: how much does Whisper cost today",
    ]
    assert ran.out.split("\n")[4].startswith("        nearest: Whisper")
    assert run("gaps", "--days", "1").out == "2 questions in the last day: 2 answered, 0 not covered (100 % answered)\n"


def test_a_draft_is_written_once(run: Run, data: Path, tmp_path: Path) -> None:
    keep(data, "how much does Whisper cost")
    out = tmp_path / "drafts" / "faq.md"
    assert "footnote: 1 question to answer -> " in run("gaps", "--out", str(out)).err
    written = out.read_text(encoding="utf-8")
    assert "## how much does Whisper cost?\n\n<!-- Asked once." in written
    again = run("gaps", "--out", str(out))
    assert (again.code, again.out) == (1, "")
    assert "exists; name another file with --out, or remove it" in again.err
    assert out.read_text(encoding="utf-8") == written


def test_a_filled_draft_closes_the_gap(run: Run, data: Path, tmp_path: Path, corpus: Path) -> None:
    keep(data, "how much does Whisper cost")
    assert "Nothing at all." not in run("ask", "how much does Whisper cost").out
    out = corpus / "faq.md"
    run("gaps", "--out", str(out))
    out.write_text(out.read_text(encoding="utf-8") + "\nNothing at all.\n", encoding="utf-8")
    answered = run("ask", "how much does Whisper cost")
    assert answered.code == 0
    assert answered.out.startswith("Nothing at all. [1]")


def test_without_questions_no_model_is_loaded(run: Run, data: Path, embedder: WordHashEmbedder, tmp_path: Path) -> None:
    ran = run("gaps", "--out", str(tmp_path / "faq.md"))
    assert ran.code == 0
    assert ran.out == "0 questions in the last 30 days: 0 answered, 0 not covered\n"
    assert "nothing to draft" in ran.err
    assert embedder.embedded == []
    assert not (tmp_path / "faq.md").exists()


def test_what_is_too_old_is_not_shown_and_gone(run: Run, data: Path) -> None:
    keep(data, "how much does Whisper cost", days=31)
    assert run("gaps", "--days", "365").out.startswith("0 questions")
    with sqlite3.connect(data) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (0,)
    connection.close()


def test_nothing_kept_and_nothing_readable_are_one_line(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FOOTNOTE_KEEP", "false")
    ran = run("gaps")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("footnote: nothing is kept, because the setting keep is false")
    assert not data.exists()
    monkeypatch.delenv("FOOTNOTE_KEEP")
    data.write_text("my notes, not a database, and long enough to be looked at as one")
    ran = run("gaps")
    assert (ran.code, ran.out) == (1, "")
    assert "cannot be read; mend or remove it" in ran.err


@pytest.mark.parametrize("days", ["0", "-1", "many", "1.5"])
def test_days_are_a_number(run: Run, days: str) -> None:
    assert run("gaps", "--days", days).code == 2
