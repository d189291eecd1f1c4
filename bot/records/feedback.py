"""Thumbs up and down, kept in one SQLite table; bot/records/kept.py deletes those that are too old."""

import logging
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.records.database import opened

log = logging.getLogger(__name__)

OFF = "thumbs up and down are not kept: {path}: {reason}; set FOOTNOTE_DATA to a file that can be written"
_TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
    exchange TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    answer   TEXT NOT NULL,
    lane     TEXT NOT NULL,
    vote     INTEGER NOT NULL CHECK (vote IN (-1, 1)),
    at       TEXT NOT NULL
)"""
_UPSERT = """
INSERT INTO feedback VALUES (:exchange, :question, :answer, :lane, :vote, :at)
ON CONFLICT (exchange) DO UPDATE SET vote = excluded.vote, at = excluded.at"""


@dataclass(frozen=True, slots=True)
class Vote:
    """One reader's judgement of one answer."""

    exchange: str  # id of the exchange: a changed mind replaces the earlier vote
    question: str
    answer: str
    lane: str
    vote: int  # 1 up, -1 down, 0 taken back


class Feedback:
    """The votes' file; opened for each vote, so that it may be moved, read and backed up while the page runs."""

    def __init__(self, path: Path, *, keep: bool = True) -> None:
        self._path = path
        self._keep = keep
        self._warned = False

    def usable(self) -> bool:
        """Whether votes are to be kept and can be; when they cannot, the log says why, once."""
        return self._write("DELETE FROM feedback WHERE 0", {})

    def record(self, vote: Vote, at: datetime | None = None) -> bool:
        """Keep a vote, or forget it when taken back; False when it cannot be kept."""
        if vote.vote == 0:
            return self._write("DELETE FROM feedback WHERE exchange = :exchange", {"exchange": vote.exchange})
        moment = (at or datetime.now(UTC)).isoformat(timespec="seconds")
        return self._write(_UPSERT, {name: getattr(vote, name) for name in Vote.__slots__} | {"at": moment})

    def votes(self) -> tuple[Vote, ...]:
        """Every vote kept, oldest first."""
        with opened(self._path, _TABLE) as connection:
            rows = connection.execute("SELECT exchange, question, answer, lane, vote FROM feedback ORDER BY at, rowid")
            return tuple(Vote(*row) for row in rows)

    def _write(self, statement: str, values: dict[str, str | int]) -> bool:
        if not self._keep:
            return False
        try:
            with opened(self._path, _TABLE) as connection:
                connection.execute(statement, values)
        except (sqlite3.Error, OSError) as error:
            if not self._warned:
                log.warning(OFF.format(path=self._path, reason=error))
            self._warned = True
            return False
        return True
