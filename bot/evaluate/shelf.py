"""Where an evaluation stands, and finished ones on disk: a folder for each, found by an id nobody can guess."""

import json
import os
import re
import secrets
import shutil
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.evaluate.figures import Figure
from bot.evaluate.run import ANSWERS, JUNIT, PAGE, REPORT, SPREADSHEET, TIMES

KEPT = 10  # evaluations, of about 12 KB a question
ZIP = "report.zip"
FILES = (PAGE, SPREADSHEET, ANSWERS, REPORT, JUNIT, TIMES)
Stage = Literal["waiting", "asking", "done", "stopped", "failed"]
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_ID_BYTES = 16  # 128 bits, written in 22 characters


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one evaluation stands at one moment."""

    file: str  # the name of the file of questions
    total: int  # questions
    stage: Stage
    done: int = 0  # questions
    seconds: float = 0.0  # since the first was asked
    stopping: bool = False  # the question under way is still answered
    ahead: int = 0  # waiting before this one
    other: tuple[int, int] = (0, 0)  # the evaluation under way while this one waits: done, total
    trouble: str = ""  # one line on what went wrong, "" for what only the log can tell
    remarks: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def busy(self) -> bool:
        """Whether it goes on by itself."""
        return self.stage in ("waiting", "asking")

    @property
    def rate(self) -> float:
        """Questions a second so far; 0.0 before the first is answered."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until all are answered, if it goes on like this."""
        return (self.total - self.done) / self.rate if self.rate else None


def new_id() -> str:
    """Knowing it is what allows to see and stop an evaluation, so it cannot be guessed."""
    return secrets.token_urlsafe(_ID_BYTES)


class Shelf:
    """The newest evaluations; everything that comes from a browser is checked here before it becomes a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder(self, run_id: str) -> Path:
        """Where an evaluation's files are; ValueError for what is no id."""
        if not _ID.fullmatch(run_id):
            raise ValueError("no id of an evaluation")
        return self._folder / run_id

    def file(self, run_id: str, name: str) -> Path | None:
        """A file of a finished evaluation; None for every other path."""
        if not _ID.fullmatch(run_id) or name not in (*FILES, ZIP):
            return None
        folder = self.folder(run_id)
        path = folder / name
        return path if (folder / REPORT).is_file() and path.is_file() else None  # the report is written last

    def finished(self, run_id: str) -> Standing | None:
        """An evaluation that was finished, by this server or one before it; None when there is none of that id."""
        path = self.file(run_id, REPORT)
        try:
            record = json.loads(path.read_text(encoding="utf-8")) if path else None
            if record is None:
                return None
            asked = record["run"]["questions"]
            figures = tuple(Figure(name, **values) for name, values in record["metrics"].items())
            count, remarks = asked["count"], tuple(record["remarks"])
            return Standing(asked["file"], count, "done", count, remarks=remarks, figures=figures)
        except (OSError, ValueError, KeyError, TypeError):  # removed meanwhile, or of another version
            return None

    def pack(self, run_id: str) -> None:
        """All files of a finished evaluation in one archive."""
        folder = self.folder(run_id)
        partial = folder / f"{ZIP}.partial"
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in FILES:
                archive.write(folder / name, f"evaluation/{name}")
        os.replace(partial, folder / ZIP)

    def drop(self, run_id: str) -> None:
        """Remove everything of an evaluation."""
        shutil.rmtree(self.folder(run_id), ignore_errors=True)

    def tidy(self, busy: Collection[str]) -> None:
        """Remove all but the newest; what a server left unfinished counts by its age like the others."""
        found = [path for path in self._folder.iterdir() if _ID.fullmatch(path.name) and path.name not in busy]
        for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
            self.drop(path.name)
