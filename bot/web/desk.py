"""The one way from a visitor's question to its events: in line, in a thread, kept in the records."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from typing import Literal, Protocol
from uuid import uuid4

from bot.chat.converse import Answering
from bot.records.kept import Record, record_of
from bot.settings import Settings
from bot.types import Event, Finished, Turn
from bot.web.admission import Visitor
from bot.web.line import Full, Line
from bot.web.metrics import Metrics
from bot.web.problems import BUSY, TROUBLE, Problem
from bot.web.remembered import Remembered
from bot.web.running import events_of
from corpus.errors import QuestionError

log = logging.getLogger(__name__)


class Keeping(Protocol):
    """What the API needs of the records."""

    def add(self, record: Record) -> None:
        """Keep what was asked and said."""

    def vote(self, name: str, vote: Literal[-1, 0, 1]) -> bool:
        """Keep what its reader thinks of it."""


class Desk:
    """Takes questions and gives events."""

    def __init__(self, bot: Answering, settings: Settings, records: Keeping) -> None:
        self.bot = bot
        self.records = records
        self.line = Line(settings.concurrent, settings.waiting)
        self.remembered = Remembered()
        self.metrics = Metrics(self.line)
        self._longest = settings.max_question_chars
        # A thread for each place: torch keeps threads of its own for every thread that uses it.
        self._threads = ThreadPoolExecutor(settings.concurrent, "answer")

    def close(self) -> None:
        """Let the threads end; what they are at comes to nothing."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def events(
        self, visitor: Visitor, name: str, question: str, history: Sequence[Turn]
    ) -> AsyncGenerator[Event, None]:
        """The events of one answer, named `name`; Problem when there will be none."""
        self._check(question, history)
        began = time.monotonic()
        whole = False
        try:
            leave = await self.line.enter(visitor.address)
            self.metrics.waited.observe(time.monotonic() - began)
            stream = partial(self._kept, visitor, name, question, history)
            # The place in line is free again once the thread is, however slowly the answer is read.
            async with aclosing(events_of(stream, self._threads, leave)) as events:
                async for event in self.metrics.timed(events, began):
                    if isinstance(event, Finished):
                        whole = True
                        self.remembered.add(name)
                    yield event
        except (GeneratorExit, asyncio.CancelledError):
            self.metrics.stopped.inc(0 if whole else 1)
            raise
        except Full:
            seconds = self.line.patience
            raise Problem(503, BUSY.format(seconds=seconds), {"Retry-After": str(seconds)}) from None
        except QuestionError as error:
            raise Problem(422, str(error)) from None
        except Exception:  # a line of ours, too, may name folders: that is for the log
            log.exception("no answer to a question of %d characters", len(question))
            raise Problem(500, TROUBLE) from None

    def _check(self, question: str, history: Sequence[Turn]) -> None:
        """Refuse before anybody waits in line."""
        for asked in (question, *(turn.question for turn in history)):
            if len(asked) > self._longest:
                raise Problem(422, f"a question has {len(asked):,} characters; up to {self._longest:,} fit")

    def _kept(self, visitor: Visitor, name: str, question: str, history: Sequence[Turn]) -> Iterator[Event]:
        """The bot's events; closing this iterator closes the bot's. The answer is kept before it is given.

        Afterwards would be too late: who has the last event closes this, and mostly before it would go on.
        """
        events = self.bot.stream(question, history)
        try:
            for event in events:
                if isinstance(event, Finished):
                    self.records.add(record_of(event.answer, name, visitor.site))
                yield event
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()


def new_id() -> str:
    """An id nobody can guess: whoever knows it may vote."""
    return uuid4().hex
