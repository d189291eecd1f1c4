"""Which answers a reader may still vote on; only their ids, nothing that was asked or said."""

import time
from collections import OrderedDict
from collections.abc import Callable

HOURS = 6
MOST = 20_000  # ids, some 3 MB


class Remembered:
    """Ids of the answers of the last hours."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._given: OrderedDict[str, float] = OrderedDict()  # id -> when, oldest first

    def add(self, name: str) -> None:
        """Remember an answer that was just given."""
        self._given[name] = self._clock()
        self._forget()

    def __contains__(self, name: str) -> bool:
        self._forget()
        return name in self._given

    def _forget(self) -> None:
        oldest = self._clock() - HOURS * 3600
        while self._given and (len(self._given) > self._most or next(iter(self._given.values())) < oldest):
            self._given.popitem(last=False)
