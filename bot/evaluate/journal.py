"""Answers on disk as they come: nothing that was answered is lost, whatever ends the run."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter

from bot.evaluate.types import Record, Times
from corpus.errors import EvaluationError

JOURNAL = "journal.jsonl"
_RECORDS, _TIMES = TypeAdapter(Record), TypeAdapter(Times)


class Journal:
    """One line for each answered case in the order they were finished, after a line that says what run this is.

    Only where each line begins is held, not the lines.
    """

    def __init__(self, file: IO[bytes], places: dict[int, int]) -> None:
        self._file = file
        self._places = places  # row of the case -> where its line begins

    @property
    def answered(self) -> frozenset[int]:
        """Rows of the cases that need not be asked again."""
        return frozenset(self._places)

    def add(self, record: Record, times: Times) -> None:
        """Write one line, whole, at once."""
        self._places[record.row] = self._file.seek(0, os.SEEK_END)
        self._file.write(_RECORDS.dump_json(record) + b"\t" + _TIMES.dump_json(times) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def __iter__(self) -> Iterator[tuple[Record, Times]]:
        """Everything, in the order of the file of questions."""
        return ((_RECORDS.validate_json(record), _TIMES.validate_json(times)) for record, times in self.lines())

    def records(self) -> Iterator[Record]:
        """The records alone, in that order."""
        return (_RECORDS.validate_json(record) for record, _ in self.lines())

    def times(self) -> Iterator[Times]:
        """The times alone, in that order: much faster."""
        return (_TIMES.validate_json(times) for _, times in self.lines())

    def lines(self) -> Iterator[tuple[bytes, bytes]]:
        """Record and times of each case as JSON, as they were written."""
        for row in sorted(self._places):
            self._file.seek(self._places[row])
            record, _, times = self._file.readline().rstrip(b"\n").rpartition(b"\t")
            yield record, times

    def close(self) -> None:
        """Leave the file as it is."""
        self._file.close()


def open_journal(folder: Path, run: dict[str, object], *, resume: bool) -> Journal:
    """The journal of a run in a folder, to go on or to begin.

    EvaluationError when unfinished answers lie there and `resume` does not say what is to become of them, and when they
    are another run's: other questions, articles, settings or code.
    """
    path = folder / JOURNAL
    ours = json.dumps(run, sort_keys=True).encode() + b"\n"
    if resume:
        return _opened(path, ours)
    if path.exists() and (found := _lines(path)[1]):
        told = f"{folder} holds {len(found):,} answers of a run that did not end"
        raise EvaluationError(f"{told}; go on with --resume, or delete {path} to begin again")
    file = path.open("w+b")
    file.write(ours)
    file.flush()
    return Journal(file, {})


def _opened(path: Path, ours: bytes) -> Journal:
    if not path.exists():
        raise EvaluationError(f"{path.parent} holds no run to go on with; leave --resume out to begin one")
    theirs, places, end = _lines(path)
    if theirs != ours:
        told = f"{path.parent} holds answers of another run ({_difference(theirs, ours)})"
        raise EvaluationError(f"{told}; put that back as it was, or delete {path} to begin again")
    file = path.open("r+b")
    file.truncate(end)  # the line that was being written when the run was killed
    return Journal(file, places)


def _lines(path: Path) -> tuple[bytes, dict[int, int], int]:
    """The first line, where each answer begins by its row, and where the last whole line ends."""
    places: dict[int, int] = {}
    with path.open("rb") as file:
        first = file.readline()
        end = len(first)
        for line in file:
            if not line.endswith(b"\n"):
                break
            record, _, times = line.rpartition(b"\t")
            try:
                places[_RECORDS.validate_json(record).row] = end
                _TIMES.validate_json(times)
            except ValueError:  # zeros after a power cut, say
                break
            end += len(line)
    return first, places, end


def _difference(theirs: bytes, ours: bytes) -> str:
    try:
        before, now = json.loads(theirs), json.loads(ours)
    except ValueError:
        return "its first line is damaged"
    if not isinstance(before, dict) or not theirs.endswith(b"\n"):
        return "its first line is damaged"
    names = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    return f"other {', '.join(names)}"
