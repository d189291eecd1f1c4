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
from typing import Protocol

from bot.evaluate.ask import Asked
from bot.evaluate.crew import Alone
from bot.evaluate.questions import QuestionFile
from bot.evaluate.run import Wish, evaluate, identity
from bot.evaluate.shelf import Shelf, Stage, Standing, new_id
from bot.evaluate.types import Record
from bot.evaluate.upload import take, without_folder
from bot.settings import Settings
from corpus.errors import EvaluationError, FootnoteError
from index.manifest import Manifest

log = logging.getLogger(__name__)

WAITING = 3  # in line: who comes later might wait for half an hour, and is better told so
HOUR = 3600.0  # seconds
# Evaluations begun in an hour. At two questions a second on two cores, twelve of three hundred questions take half of
# it; the other half is for those who chat.
AN_HOUR = 12
CLOSING = 10.0  # seconds a server that ends waits for the question under way; most take less than one
KNOWN = 50  # evaluations that were stopped or broke, kept in memory for their pages to tell
GIVEN = "given"  # folder of the visitor's file, until it is evaluated


class Examined(Asked, Protocol):
    """The part of `bot.pipeline.Bot` that the desk needs."""

    @property
    def manifest(self) -> Manifest:
        """Of the index it answers from."""


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
        self._thread: threading.Thread | None = None  # of the one that is running
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
        return self._shelf.finished(run_id)

    def stop(self, run_id: str) -> None:
        """End an evaluation: at once when it waits, else after the question under way."""
        with self._lock:
            run = self._runs.get(run_id)
            if run is not None:
                self._stop(run)

    def close(self) -> None:
        """End all of them before the process ends: a thread in the midst of a model's work would take it down."""
        with self._lock:
            for run in self._runs.values():
                self._stop(run)
            thread = self._thread
        if thread is not None:
            thread.join(CLOSING)

    def _stop(self, run: _Run) -> None:
        run.stop = True
        if run in self._line:
            self._line.remove(run)
            self._shelf.drop(run.id)
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
            self._thread = threading.Thread(target=self._work, args=(self._running,), name="evaluation", daemon=True)
            self._thread.start()

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
            run_of = identity(run.file, self._bot.manifest, self._settings)
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
