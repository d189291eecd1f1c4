"""Who may evaluate what on a server: one evaluation at a time, a short line behind it, so many an hour."""

import logging
import math
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from bot.evaluate.ask import Asked
from bot.evaluate.crew import Alone
from bot.evaluate.figures import Figure
from bot.evaluate.questions import QuestionFile
from bot.evaluate.run import Wish, about, evaluate
from bot.evaluate.shelf import Shelf, new_id
from bot.evaluate.types import Record
from bot.evaluate.upload import take, without_folder
from bot.settings import Settings
from corpus.errors import EvaluationError, FootnoteError
from index.manifest import Manifest

log = logging.getLogger(__name__)

WAITING = 3  # in line: who comes later would wait an hour or more and is better told so
HOUR = 3600.0  # seconds
# Evaluations begun in an hour. A hundred questions take a minute or two on two cores, which whoever chats meanwhile
# feels; twelve such leave more than half of the time to them.
AN_HOUR = 12
KNOWN = 50  # evaluations that were stopped or broke, kept in memory for their pages to tell
GIVEN = "given"  # folder of the visitor's file, until it is evaluated

Stage = Literal["waiting", "asking", "done", "stopped", "failed"]


class Examined(Asked, Protocol):
    """The part of `bot.pipeline.Bot` that the desk needs."""

    @property
    def manifest(self) -> Manifest:
        """Of the index it answers from."""


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


class _StoppedError(Exception):
    """The visitor pressed Stop."""


@dataclass(slots=True)
class _Run:
    id: str
    file: QuestionFile
    standing: Standing
    began: float = 0.0
    stop: bool = False

    def watched(self, records: Iterable[Record], total: int, done: int) -> Iterator[Record]:
        """The records again, counted, until they are no longer wanted."""
        for number, record in enumerate(records, done + 1):
            self.standing = replace(self.standing, done=number)
            if self.stop and number < total:
                raise _StoppedError
            yield record


class Desk:
    """Takes files and evaluates them one after another, in threads that do not mind whether anybody watches."""

    def __init__(
        self, bot: Examined, settings: Settings, shelf: Shelf, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._bot = bot
        self._settings = settings
        self._shelf = shelf
        self._clock = clock
        self._lock = threading.Lock()  # held for what is below, never while a file is read or a question asked
        self._runs: dict[str, _Run] = {}  # all but the finished ones, which are on the shelf
        self._line: list[_Run] = []
        self._running: _Run | None = None
        self._begun: deque[float] = deque(maxlen=AN_HOUR)

    def hand_in(self, given: Path) -> str:
        """The id of a new evaluation, which is under way or in line.

        Raises:
            EvaluationError: the file cannot be used, the line is full, or too many were begun; a line for the visitor.
        """
        with self._lock:
            self._admit()
        run_id = new_id()
        folder = self._shelf.folder(run_id)
        try:
            file = take(given, folder / GIVEN, self._settings.questions_to_evaluate)
            run = _Run(run_id, file, Standing(given.name, file.count, "waiting"))
            with self._lock:
                self._admit()  # others may have come while the file was read
                self._enter(run)
        except BaseException:
            self._shelf.drop(run_id)
            raise
        return run_id

    def look(self, run_id: str) -> Standing | None:
        """Where an evaluation stands; None when there is none of that id, or none any more."""
        with self._lock:
            run, running = self._runs.get(run_id), self._running
            if run is not None and run in self._line:
                other = (running.standing.done, running.standing.total) if running else (0, 0)
                return replace(run.standing, ahead=self._line.index(run), other=other)
            if run is not None:
                seconds = self._clock() - run.began if run is running else 0.0
                return replace(run.standing, seconds=seconds, stopping=run.stop)
        found = self._shelf.finished(run_id)
        if found is None:
            return None
        return Standing(found.file, found.total, "done", found.total, remarks=found.remarks, figures=found.figures)

    def stop(self, run_id: str) -> None:
        """End an evaluation: at once when it waits, else after the question under way."""
        with self._lock:
            run = self._runs.get(run_id)
            if run is None:
                return
            run.stop = True
            if run in self._line:
                self._line.remove(run)
                self._shelf.drop(run_id)
                run.standing = replace(run.standing, stage="stopped")

    def _admit(self) -> None:
        """EvaluationError when no further evaluation is taken now."""
        if len(self._line) >= WAITING:
            raise EvaluationError(f"{WAITING} evaluations are waiting already. Please come back when one is done.")
        if len(self._begun) == AN_HOUR and (wait := self._begun[0] + HOUR - self._clock()) > 0:
            minutes = math.ceil(wait / 60)
            told = f"{AN_HOUR} evaluations were begun within an hour, as many as this server takes."
            raise EvaluationError(f"{told} The next may begin in {minutes} minute{'s' * (minutes > 1)}.")

    def _enter(self, run: _Run) -> None:
        self._begun.append(self._clock())
        over = [known.id for known in self._runs.values() if not known.standing.busy]
        for known in over[: max(0, len(self._runs) + 1 - KNOWN)]:
            del self._runs[known]
        self._runs[run.id] = run
        self._line.append(run)
        if self._running is None:
            self._begin_next()

    def _begin_next(self) -> None:
        self._running = self._line.pop(0) if self._line else None
        if self._running is not None:
            self._running.began = self._clock()
            self._running.standing = replace(self._running.standing, stage="asking")
            # A daemon: the server ends when it is told to, whatever is being evaluated.
            threading.Thread(target=self._work, args=(self._running,), name="evaluation", daemon=True).start()

    def _work(self, run: _Run) -> None:
        stage, trouble = self._evaluated(run)
        if stage != "done":
            self._shelf.drop(run.id)
        with self._lock:
            run.standing = replace(run.standing, stage=stage, trouble=trouble)
            if stage == "done":
                del self._runs[run.id]
            self._begin_next()

    def _evaluated(self, run: _Run) -> tuple[Stage, str]:
        """How it ended, and one line on it."""
        try:
            run_of = about(run.file, self._bot.manifest, self._settings)
            folder = self._shelf.folder(run.id)
            evaluate(run.file, self._bot.articles, run_of, folder, Wish(), Alone(self._bot), run.watched)
            shutil.rmtree(folder / GIVEN)
            self._shelf.pack(run.id)
            self._shelf.tidy(self._busy() - {run.id})
        except _StoppedError:
            return "stopped", ""
        except FootnoteError as error:
            return "failed", " ".join(without_folder(str(error), run.file.path).split())
        except Exception:
            log.exception("an evaluation of %d questions broke", run.file.count)
            return "failed", ""
        return "done", ""

    def _busy(self) -> frozenset[str]:
        with self._lock:
            return frozenset(run.id for run in self._runs.values() if run.standing.busy)
