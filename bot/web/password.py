"""A page behind a password: HTTP Basic (RFC 7617) with any name, and few guesses."""

import binascii
import hmac
import math
import threading
import time
from base64 import b64decode
from hashlib import sha256

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.responses import Response

from bot.settings import Settings
from bot.web.admission import address_of
from corpus.errors import SettingsError

# Ten guesses in a quarter of an hour are 30,000 a month from one address: too few for 12 characters, too many for 4.
GUESSES = parse("10 per 15 minutes")
SHORTEST = 12  # characters
CHALLENGE = {"WWW-Authenticate": 'Basic realm="operator", charset="UTF-8"'}
TOO_SHORT = "setting operator_password: has fewer than {shortest} characters; choose a longer one, or none for no page"
ASKED = "This page needs the operator's password."
WRONG = "Too many wrong passwords; try again in {seconds} s."


class Password:
    """The operator's password; guesses are counted by address, in memory."""

    def __init__(self, settings: Settings) -> None:
        if len(settings.operator_password) < SHORTEST:
            raise SettingsError(TOO_SHORT.format(shortest=SHORTEST))
        self._settings = settings
        self._digest = _digest(settings.operator_password.encode("utf-8", "surrogateescape"))
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._guessing = threading.Lock()  # or many guesses at once would all be looked at before one is counted

    def refusal(self, request: Request) -> Response | None:
        """What to answer instead of the page; None to who knows the password."""
        if "authorization" not in request.headers:
            return Response(ASKED, 401, CHALLENGE, "text/plain")
        address = address_of(request, self._settings)
        with self._guessing:
            if not self._limiter.test(GUESSES, address):
                reset = self._limiter.get_window_stats(GUESSES, address).reset_time
                seconds = max(1, math.ceil(reset - time.time()))
                return Response(WRONG.format(seconds=seconds), 429, {"Retry-After": str(seconds)}, "text/plain")
            # Digests of one length, compared in constant time: how long a refusal takes tells nothing.
            if hmac.compare_digest(_digest(given(request.headers["authorization"])), self._digest):
                return None
            self._limiter.hit(GUESSES, address)
        return Response(ASKED, 401, CHALLENGE, "text/plain")


def given(header: str) -> bytes:
    """The password in an Authorization header; anything else is an empty one."""
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return b64decode(coded.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _digest(password: bytes) -> bytes:
    return sha256(password).digest()
