"""How often a visitor, and all visitors of a site together, may do each thing."""

import ipaddress
import math
import threading
import time
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

Kind = Literal["ask", "token", "questions", "articles", "feedback", "metrics", "key"]
STRICT = ("ask", "key")  # what costs seconds, or could be guessed
# Reading costs little, and a whole office may share one address: so many times as often as asking.
READING = 10
# An IPv6 network this size is one household: its addresses are one visitor.
HOUSEHOLD = 64


class Rates:
    """Counts in memory, in windows that slide; what was refused does not count."""

    def __init__(self, visitor: str, site: str) -> None:
        self._asking = parse(visitor), parse(site)
        self._reading = tuple(type(rate)(rate.amount * READING, rate.multiples) for rate in self._asking)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._counting = threading.Lock()  # the chat page asks from threads, and what was tested is hit later

    def wait(self, kind: Kind, address: str, site: str) -> int:
        """Seconds to wait before doing this; 0 counts it as done."""
        of_visitor, of_site = self._asking if kind in STRICT else self._reading
        counts = ((of_visitor, (kind, "visitor", address)), (of_site, (kind, "site", site)))
        with self._counting:
            # Both are tested before either is hit: a refusal costs nothing.
            wait = max(self._left(limit, *names) for limit, names in counts)
            if not wait:
                for limit, names in counts:
                    self._limiter.hit(limit, *names)
        return wait

    def _left(self, limit: RateLimitItem, *names: str) -> int:
        """Seconds until this may be done; 0 at once."""
        if self._limiter.test(limit, *names):
            return 0
        reset = self._limiter.get_window_stats(limit, *names).reset_time
        return max(1, math.ceil(reset - time.time()))


def visitor_of(address: str) -> str:
    """The address by which a visitor is told apart."""
    known = _known(address.strip())
    if known is None:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((int(known), HOUSEHOLD), strict=False))
    return str(known)


def _known(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as it stands, or with the port some proxies add to it."""
    with suppress(ValueError):
        return ipaddress.ip_address(address)
    with suppress(ValueError):
        return ipaddress.ip_address(urlsplit(f"//{address}").hostname or "")
    return None
