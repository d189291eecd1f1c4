"""The one SQLite file of questions, answers and thumbs: opened for each use, so that it may be moved and backed up."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_PATIENCE = 5.0  # seconds to wait for another process or thread that is writing
_PAUSE = 0.01  # seconds


@contextmanager
def opened(path: Path, table: str) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction, `table` made by its statement if need be; sqlite3.Error or OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection, connection:
        _write_ahead(connection)
        connection.execute("PRAGMA secure_delete = ON")  # or what is deleted would stay readable in the file
        connection.execute(table)
        yield connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers and a writer do not wait for each other; when several make the file at once SQLite refuses some."""
    patience = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(_PAUSE)
