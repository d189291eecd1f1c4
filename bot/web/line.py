"""Questions in line: a few are answered at once, the rest wait, and visitors take turns."""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

FIRST_GUESS = 1.0  # seconds one question takes, until some have been answered
MEMORY = 0.1  # weight of the newest question in the running mean of seconds
LONGEST_WAIT = 60  # seconds asked for in Retry-After at most


class Full(Exception):
    """The line has no place left."""


class Line:
    """Who may have work done now. Belongs to one event loop.

    Visitors take turns, each with his oldest question. When the line is full, a visitor who has fewer questions in it
    takes the place of the newest question of the visitor who has most.
    """

    def __init__(self, places: int, most: int) -> None:
        self._places = places
        self._most = most
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # by visitor, whose turn is next first
        self._seconds = FIRST_GUESS
        self.busy = 0  # questions being answered

    @property
    def waiting(self) -> int:
        """Questions in line."""
        return sum(map(len, self._waiting.values()))

    @property
    def full(self) -> bool:
        """Whether every place is taken."""
        return self.busy >= self._places and self.waiting >= self._most

    @property
    def patience(self) -> int:
        """Seconds after which a question refused now may find a place."""
        ahead = (self.waiting + 1) * self._seconds / self._places
        return max(1, min(LONGEST_WAIT, math.ceil(ahead)))

    @asynccontextmanager
    async def turn(self, visitor: str) -> AsyncIterator[None]:
        """Wait for a place and hold it; Full at once when there is none to wait for."""
        leave = await self.enter(visitor)
        try:
            yield
        finally:
            leave()

    async def enter(self, visitor: str) -> Callable[[], None]:
        """Wait for a place, Full as in `turn`; whoever enters must call what this gives when the work is over."""
        await self._enter(visitor)
        began = time.monotonic()

        def leave() -> None:
            self._seconds += MEMORY * (time.monotonic() - began - self._seconds)
            self._leave()

        return leave

    async def _enter(self, visitor: str) -> None:
        if self.busy < self._places:  # then nobody waits: each place that is left goes to the next in line
            self.busy += 1
            return
        if self.waiting >= self._most:
            self._make_room(visitor)
        ticket = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(visitor, deque()).append(ticket)
        try:
            await ticket
        except asyncio.CancelledError:
            if ticket.cancelled():
                self._forget(visitor, ticket)
            elif ticket.exception() is None:  # it was its turn in the moment it went away
                self._leave()
            raise

    def _make_room(self, visitor: str) -> None:
        """Send the newest question of the visitor with most of them away, unless that is this one."""
        greedy = max(self._waiting, key=lambda name: len(self._waiting[name]), default=visitor)
        mine = len(self._waiting.get(visitor, ()))
        if len(self._waiting.get(greedy, ())) <= mine + 1:
            raise Full
        ticket = self._waiting[greedy].pop()
        if not ticket.done():
            ticket.set_exception(Full())

    def _leave(self) -> None:
        self.busy -= 1
        while self._waiting:
            visitor = next(iter(self._waiting))
            tickets = self._waiting.pop(visitor)
            ticket = tickets.popleft()
            if tickets:
                self._waiting[visitor] = tickets
            if not ticket.done():
                self.busy += 1
                ticket.set_result(None)
                return

    def _forget(self, visitor: str, ticket: asyncio.Future[None]) -> None:
        tickets = self._waiting.get(visitor)
        if tickets and ticket in tickets:
            tickets.remove(ticket)
            if not tickets:
                del self._waiting[visitor]
