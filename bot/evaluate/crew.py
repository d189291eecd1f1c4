"""Who answers: one bot in this process, or several processes with a bot each."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Protocol

from bot.evaluate.ask import Asked, ask
from bot.evaluate.sources import Sources
from bot.evaluate.types import Case, Record, Times
from bot.settings import Settings
from corpus.errors import EvaluationError, FootnoteError
from index.engine import cores

# Cases handed out per process: one in work and one to go on with.
AHEAD = 2


class Crew(Protocol):
    """Answers cases."""

    def answers(self, cases: Iterable[Case]) -> Iterator[tuple[Record, Times]]:
        """One pair a case, each as soon as it is there, in no promised order; few cases are held at a time."""


class Alone:
    """One bot, in this process; the caller may have other uses for it."""

    def __init__(self, bot: Asked) -> None:
        self._bot = bot
        self._sources = Sources(bot.articles)

    def answers(self, cases: Iterable[Case]) -> Iterator[tuple[Record, Times]]:
        """In the order of the cases."""
        for case in cases:
            yield ask(self._bot, case, self._sources)


class Processes:
    """A bot on one thread in each of several processes: two of them answer 1.8 times as many questions as one.

    One process with two threads answers 1.6 times as many: some steps are too small to share (bench/batch.py). On one
    thread or two, the bytes of an answer are the same.
    """

    def __init__(self, settings: Settings, count: int, corpus: str) -> None:
        """`corpus` is the hash of the articles that are evaluated: an index of others is refused."""
        self._settings = settings
        self._count = count
        self._corpus = corpus

    def answers(self, cases: Iterable[Case]) -> Iterator[tuple[Record, Times]]:
        """In the order they are finished.

        Raises:
            FootnoteError: the bot cannot be made, of a missing model say; or a process is killed from outside.
        """
        waiting = iter(cases)
        given = (self._settings.model_dump(mode="json"), self._corpus)
        pool = ProcessPoolExecutor(self._count, multiprocessing.get_context("spawn"), _begin, given)
        try:
            running: set[Future[tuple[Record, Times]]] = set()
            while True:
                more = islice(waiting, self._count * AHEAD - len(running))
                running |= {pool.submit(_answer, case) for case in more}
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        except BrokenProcessPool:
            told = "a process that answers questions was killed, for want of memory perhaps"
            raise EvaluationError(f"{told}; go on with --resume, and with --workers 1 if it happens again") from None
        finally:
            _end(pool)


def workers(wanted: int | None) -> int:
    """As many processes as are wanted, or as there are cores to run on."""
    return wanted or cores()


def _end(pool: ProcessPoolExecutor) -> None:
    """At once: what is being answered is given up."""
    for process in (pool._processes or {}).values():
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


# What one process works with, filled once by _begin: a bot, or the mistake that leaves it without one.
_here: list[tuple[Asked, Sources] | FootnoteError] = []


def _begin(settings: dict[str, object], corpus: str) -> None:
    """Make this process's bot. Ctrl-C reaches every process of the terminal; only the first decides what to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is loaded, and by index/engine.py
    from bot.assemble import assemble_stored

    try:
        bot = assemble_stored(Settings(**settings))  # type: ignore[arg-type]
        if bot.manifest.corpus != corpus:
            raise EvaluationError("the index was built again meanwhile, of other articles; begin again")
        _here.append((bot, Sources(bot.articles)))
    except FootnoteError as mistake:
        _here.append(mistake)
    except Exception as error:  # the first process says it in one line
        _here.append(EvaluationError(f"a process that answers cannot begin: {type(error).__name__}: {error}"))


def _leave_with_parent() -> None:
    """End when the first process was killed: it can no longer tell the others to."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answer(case: Case) -> tuple[Record, Times]:
    if isinstance(_here[0], FootnoteError):
        raise _here[0]
    bot, sources = _here[0]
    return ask(bot, case, sources)
