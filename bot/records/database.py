"""The one SQLite file of questions, answers and thumbs: opened for each use, so that it may be moved and backed up."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_PATIENCE = 5.0  # seconds to wait for another process that is writing


@contextmanager
def opened(path: Path, table: str) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction, `table` made by its statement if need be; sqlite3.Error or OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")  # readers and a writer do not wait for each other
        connection.execute("PRAGMA secure_delete = ON")  # or what is deleted would stay readable in the file
        connection.execute(table)
        yield connection
