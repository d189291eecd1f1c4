"""What every request passes before any route: by which name, who may read the answer or frame it, how much is sent."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.origins import frame_ancestors, named
from bot.settings import Settings
from bot.web.problems import PREFIXES, PROBES, Problem, answer
from bot.web.shapes import MOST_BODY

if TYPE_CHECKING:
    from fastapi import FastAPI

SHARED = (*PREFIXES, "/widget")  # what pages of allowed sites may read; never the chat, nor Gradio's own routes
ENDLESS = 18  # digits of a length nobody sends
LONGEST_NAME = 253  # characters of a name in the DNS
MISDIRECTED = "this server does not go by the name {name!r}; if it should, add it to the setting hosts"


class Named:
    """Refuses, with 421, what is addressed to a name this server does not have."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], count: Callable[[int], None]) -> None:
        self.app = app
        self._hosts = hosts
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that it came to the wrong door."""
        # Balancers and Prometheus ask by whatever address they know; what they read names no visitor and no question.
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] in PROBES):
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("host", "")
        if named(asked) in self._hosts:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            self._count(421)
            name = (named(asked) or asked)[:LONGEST_NAME]
            await answer(Problem(421, MISDIRECTED.format(name=name)), Request(scope))(scope, receive, send)


class ForSites(CORSMiddleware):
    """Lets the allowed sites read what is shared with them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        shared = scope["type"] == "http" and scope["path"].startswith(SHARED)
        await (super().__call__ if shared else self.app)(scope, receive, send)


class Bounded(RequestBodyLimitMiddleware):
    """Bounds what is sent to the API, and nothing else: files to evaluate are larger."""

    def __init__(self, app: ASGIApp, count: Callable[[int], None]) -> None:
        super().__init__(app, max_body_size=MOST_BODY)
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that it is too long."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIXES):
            await self.app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "")
        if told.isdecimal() and (len(told) > ENDLESS or int(told) > MOST_BODY):  # the other kind is met as it is read
            self._count(413)
            too_long = Problem(413, f"a request may have {MOST_BODY:,} bytes")
            await answer(too_long, Request(scope))(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


class Framed:
    """Says who may frame an answer, the chat's and Gradio's too, wherever its own policy does not."""

    def __init__(self, app: ASGIApp, ancestors: str) -> None:
        self.app = app
        self._ancestors = ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                policy = headers.get("Content-Security-Policy", "")
                if "frame-ancestors" not in policy:
                    headers["Content-Security-Policy"] = "; ".join(filter(None, (policy, self._ancestors)))
            await send(message)

        await self.app(scope, receive, told if scope["type"] == "http" else send)


def add_edge(app: "FastAPI", settings: Settings, count: Callable[[int], None]) -> None:
    """Put all of it around the application, and nothing of Gradio's; `count` gets the status of what is refused."""
    app.add_middleware(Bounded, count=count)
    # Gradio, mounted later, leaves this to the application once it sees a CORSMiddleware; by itself it would allow
    # every origin unless the host is localhost.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(
        ForSites,  # without credentials: nothing here knows cookies
        allow_origins=list(settings.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=["Retry-After"],
    )
    app.add_middleware(Framed, ancestors=frame_ancestors(settings.origins))
    if settings.known_hosts is not None:
        app.add_middleware(Named, hosts=settings.known_hosts, count=count)  # the outermost
