"""Files of JSON lines: what every stage of training reads and leaves behind."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """All rows, or no file: what lies at `path` is always whole."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as out:
        out.writelines(as_line(row) for row in rows)
    part.replace(path)


def as_line(row: dict[str, Any]) -> str:
    """One row."""
    return json.dumps(row, ensure_ascii=False) + "\n"
