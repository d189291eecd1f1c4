"""What visitors asked and were answered, in one SQLite table beside the thumbs, each row for `kept_days`."""

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from bot.markup.escape import whole
from bot.records.database import opened
from bot.types import Answer, Lane

log = logging.getLogger(__name__)

CHAT = "chat"  # the site of what was asked on our own chat page
# Some 2 kB each: a flood of questions fills 100 MB and no more, and an honest site's month is far below it.
MOST_KEPT = 50_000
OFF = "questions and answers are not kept: {path}: {reason}; set FOOTNOTE_DATA to a file that can be written"
HOUR = 3600.0  # seconds
_TABLE = """
CREATE TABLE IF NOT EXISTS records (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    question TEXT NOT NULL,
    lane TEXT NOT NULL,
    confidence REAL NOT NULL,
    answer TEXT NOT NULL,
    site TEXT NOT NULL,
    vote INTEGER NOT NULL CHECK (vote IN (-1, 0, 1)),
    uncovered TEXT NOT NULL
)"""
_BY_TIME = "CREATE INDEX IF NOT EXISTS records_by_time ON records (at)"
_INSERT = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Record:
    """One question and what was said to it; nothing in it says who asked."""

    id: str  # 32 hex digits
    at: str  # ISO 8601 in UTC, to the second
    question: str
    lane: Lane
    confidence: float
    answer: str  # without footnote marks; of a question that is not covered the line that says so
    site: str  # origin of the page it was asked on, or CHAT
    vote: Literal[-1, 0, 1] = 0
    uncovered: tuple[str, ...] = ()  # parts of the question that are not covered although others were answered


@dataclass(frozen=True, slots=True)
class Day:
    """How many questions of one day were answered and how many declined."""

    date: str  # yyyy-mm-dd, in UTC
    answered: int
    declined: int


def record_of(answer: Answer, name: str, site: str, at: datetime | None = None) -> Record:
    """An answer as it is kept, under the id its visitor may vote with."""
    moment = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    said = answer.text or answer.declined_because
    return Record(name, moment, answer.question, answer.lane, answer.confidence, said, site, 0, answer.uncovered)


class Records:
    """The records' file, opened for each use; what is too old goes at each use, and all of it when none is to be kept.

    A file that cannot be used is told in the log, once; no visitor ever hears of it.
    """

    def __init__(self, path: Path, kept_days: int, keep: bool = True, most: int = MOST_KEPT) -> None:
        self._path = path
        self._kept_days = kept_days
        self._keep = keep
        self._most = most
        self._warned = False

    def add(self, record: Record) -> None:
        """Keep a record."""
        if self._keep:
            self._run(_INSERT, _row(record))

    def vote(self, name: str, vote: Literal[-1, 0, 1]) -> bool:
        """Set the vote of a record; False when there is no such record."""
        if not self._keep or vote not in (-1, 0, 1):
            return False
        return bool(self._run("UPDATE records SET vote = ? WHERE id = ? RETURNING 1", (vote, name)))

    def recent(self, days: int) -> tuple[Record, ...]:
        """Records of the last days, oldest first."""
        return self._select("1", days, "at, rowid")

    def uncovered(self, days: int) -> tuple[Record, ...]:
        """Those of questions that were not covered, wholly or in part, oldest first."""
        return self._select("(lane = 'declined' OR uncovered <> '[]')", days, "at, rowid")

    def disliked(self, days: int, most: int) -> tuple[Record, ...]:
        """Those with a thumb down, newest first."""
        return self._select("vote = -1", days, f"at DESC, rowid DESC LIMIT {most:d}")

    def by_day(self, days: int) -> tuple[Day, ...]:
        """The days on which anything was asked, oldest first, of so many calendar days; today is the last of them."""
        counted = "SELECT substr(at, 1, 10), sum(lane <> 'declined'), sum(lane = 'declined') FROM records"
        first = _before(days - 1)[: len("yyyy-mm-dd")]
        return tuple(Day(*row) for row in self._run(f"{counted} WHERE at >= ? GROUP BY 1 ORDER BY 1", (first,)))

    def tidy(self) -> bool:
        """Delete what is too old, or all when `keep` is false, as every use does; False: the file cannot be used."""
        return bool(self._run("SELECT 1", ()))

    @contextmanager
    def tidied(self, every: float = HOUR) -> Iterator[None]:
        """Tidy at once and again every so many seconds: a server nobody asks forgets all the same."""
        over = threading.Event()

        def now_and_then() -> None:
            self.tidy()
            while not over.wait(every):
                self.tidy()

        thread = threading.Thread(target=now_and_then, name="tidy records", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _select(self, which: str, days: int, order: str) -> tuple[Record, ...]:
        names = ", ".join(field.name for field in fields(Record))
        rows = self._run(f"SELECT {names} FROM records WHERE at > ? AND {which} ORDER BY {order}", (_before(days),))
        return tuple(Record(**{**row, "uncovered": tuple(json.loads(row["uncovered"]))}) for row in rows)

    def _run(self, statement: str, values: Sequence[str | int | float]) -> list[sqlite3.Row]:
        if not self._keep and not self._path.exists():
            return []
        try:
            with self._open() as connection:
                return connection.execute(statement, values).fetchall()
        except (sqlite3.Error, OSError) as error:
            if not self._warned:
                log.warning(OFF.format(path=self._path, reason=error))
            self._warned = True
            return []

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with opened(self._path, _TABLE) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute(_BY_TIME)
            self._forget(connection)
            yield connection

    def _forget(self, connection: sqlite3.Connection) -> None:
        kept = "SELECT name FROM sqlite_master WHERE name IN ('records', 'feedback')"  # votes hold questions, too
        for (table,) in connection.execute(kept).fetchall():
            too_old = _before(self._kept_days) if self._keep else "~"  # after every date
            connection.execute(f"DELETE FROM {table} WHERE at <= ?", (too_old,))
            # Rows are numbered in the order they come, so this needs no count.
            last = f"(SELECT max(rowid) FROM {table})"
            connection.execute(f"DELETE FROM {table} WHERE rowid <= {last} - ?", (self._most,))


def _before(days: int) -> str:
    """The moment so many days ago, as records have it; a number too large for a calendar means the beginning."""
    now = datetime.now(UTC)
    return (now - timedelta(days=min(days, (now - datetime.min.replace(tzinfo=UTC)).days))).isoformat(
        timespec="seconds"
    )


def _row(record: Record) -> tuple[str | int | float, ...]:
    """Values of a record in the order of its fields."""
    values = [getattr(record, field.name) for field in fields(Record)]
    values[-1] = json.dumps([whole(part) for part in record.uncovered])
    return tuple(whole(each) if isinstance(each, str) else each for each in values)
