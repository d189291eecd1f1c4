"""Origins of sites and names of hosts, as browsers write them, however a setting spells them."""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

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
    found = bare(text)
    if not found:
        raise ValueError(f"{text[:80]!r} is no host; write a name or an address, no scheme, no port, no *")
    return found


def bare(text: str) -> str:
    """A name or address without a port, as `named` gives it; empty when it is none."""
    written = text.strip().strip("[]")
    return named(f"[{written}]" if ":" in written else written)


def named(header: str) -> str:
    """The host a Host header names, without port, brackets and last dot; empty when it names none."""
    found = _HOST.fullmatch(header.lower())
    if found is None:
        return ""
    try:
        return str(IPv6Address(found["six"])) if found["six"] else found["name"].removesuffix(".")
    except ValueError:
        return ""


def is_loopback(text: str) -> bool:
    """Whether only this machine can connect to a server that listens on this name or address."""
    try:
        return ip_address(bare(text)).is_loopback
    except ValueError:
        return bare(text) == "localhost"


def is_own(asked_from: str, header: str) -> bool:
    """Whether an Origin header names the server that the Host header of the same request names.

    The scheme is not compared: behind a proxy that ends TLS the server does not know which one the browser used.
    """
    try:
        theirs = urlsplit(origin(asked_from))
        ours = urlsplit(origin(f"{theirs.scheme}://{header}"))
    except ValueError:
        return False
    return theirs == ours


def frame_ancestors(allowed: Iterable[str]) -> str:
    """The directive of a content security policy that lets our own pages and the allowed sites hold a page."""
    return " ".join(("frame-ancestors 'self'", *allowed))
