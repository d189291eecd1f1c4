"""A bot's answer, made in a thread, heard on the event loop: the loop never waits for a model."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, TypeVar

import anyio
from starlette.requests import Request

from bot.types import Event

T = TypeVar("T")


class Gone(Exception):
    """Whoever asked has gone away."""


async def events_of(
    stream: Callable[[], Iterator[Event]], threads: Executor, over: Callable[[], None]
) -> AsyncGenerator[Event, None]:
    """The events of one answer, made by one thread from beginning to end; `over` is called when it is done with it.

    Closing this iterator closes the bot's, after the sentence it is at; only then is this one closed.
    """
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[Event | None] = asyncio.Queue()  # an answer's few sentences: a slow listener holds up nobody
    stop = threading.Event()

    def tell(event: Event | None) -> None:
        with suppress(RuntimeError):  # the server is gone, and its loop with it
            loop.call_soon_threadsafe(heard.put_nowait, event)

    def work() -> None:
        events = stream()
        try:
            for event in events:
                tell(event)
                if stop.is_set():
                    return
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()
            tell(None)

    working = loop.run_in_executor(threads, work)
    working.add_done_callback(lambda _: over())
    try:
        while (event := await heard.get()) is not None:
            yield event
        await working  # what went wrong in it goes wrong here
    finally:
        stop.set()
        with anyio.CancelScope(shield=True):
            await asyncio.wait([working])
        if not working.cancelled():
            working.exception()  # looked at: it is no news that work stopped half-way fails


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; Gone, and the work cancelled, when the client goes away before. The body must be read."""
    working = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_disconnect(request))
    try:
        await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Gone
        return working.result()
    finally:
        watching.cancel()
        working.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait((working, watching))


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
