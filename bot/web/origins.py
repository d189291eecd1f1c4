"""Which sites may ask: one list of origins for CORS and for the pages that may hold our frame; names of hosts."""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from starlette.requests import Request

_ORIGIN = re.compile(r"https?://(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?))(?::[0-9]{0,5})?")
_PORTS = {"http": 80, "https": 443}
OWN = "own"  # the site of our own pages: what the Host header calls us, a client may choose anew each time


def origin(text: str) -> str:
    """An origin as browsers write it, `scheme://host` with the port where it is not the usual one; ValueError."""
    written = text.strip().lower().removesuffix("/")
    if not _ORIGIN.fullmatch(written):
        raise ValueError(f"{text[:80]!r} is no origin; write scheme://host or scheme://host:port, no path, no *")
    parts = urlsplit(written)
    usual = parts.port is None or parts.port == _PORTS[parts.scheme]
    return written.rsplit(":", 1)[0] if usual and parts.port is not None else written


def host(text: str) -> str:
    """A name or address as `named` gives it, for the setting; ValueError."""
    bare = text.strip().strip("[]")
    found = named(f"[{bare}]" if ":" in bare else bare)
    if not found or (":" in found and not _is_six(found)):
        raise ValueError(f"{text[:80]!r} is no host; write a name or an address, no scheme, no port, no *")
    return found


def _is_six(text: str) -> bool:
    try:
        return bool(IPv6Address(text))
    except ValueError:
        return False


def named(header: str) -> str:
    """The host a Host header names, without port, brackets and last dot; empty when it names none."""
    found = _HOST.fullmatch(header.lower())
    return (found["six"] or found["name"].removesuffix(".")) if found else ""


def is_own(asked_from: str, request: Request) -> bool:
    """Whether an Origin header names this server itself.

    The scheme is not compared: behind a proxy that ends TLS the server does not know which one the browser used.
    """
    try:
        theirs = urlsplit(origin(asked_from))
        ours = urlsplit(origin(f"{theirs.scheme}://{request.headers.get('host', '')}"))
    except ValueError:
        return False
    return theirs == ours


def frame_ancestors(allowed: Iterable[str]) -> str:
    """The directive of a content security policy that lets our own pages and the allowed sites hold a page."""
    return " ".join(("frame-ancestors 'self'", *allowed))
