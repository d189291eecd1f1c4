"""How often a visitor, and all visitors of a site together, may do each thing."""

import ipaddress
import math
import time
from typing import Literal

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

Kind = Literal["ask", "token", "questions", "articles", "feedback", "metrics", "key"]
# An IPv6 network this size is one household: its addresses are one visitor.
HOUSEHOLD = 64


class Rates:
    """Counts in memory, in windows that slide; what was refused does not count."""

    def __init__(self, visitor: str, site: str) -> None:
        self._visitor = parse(visitor)
        self._site = parse(site)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def wait(self, kind: Kind, address: str, site: str) -> int:
        """Seconds to wait before doing this; 0 counts it as done."""
        return self._hit(self._visitor, kind, "visitor", address) or self._hit(self._site, kind, "site", site)

    def _hit(self, limit: RateLimitItem, *names: str) -> int:
        if self._limiter.hit(limit, *names):
            return 0
        reset = self._limiter.get_window_stats(limit, *names).reset_time
        return max(1, math.ceil(reset - time.time()))


def visitor_of(address: str) -> str:
    """The address by which a visitor is told apart."""
    try:
        known = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((int(known), HOUSEHOLD), strict=False))
    return str(known)
