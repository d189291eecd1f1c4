"""Puts the API and the pages beside the chat on the application."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from bot.settings import Settings
from bot.web.admission import Admission
from bot.web.ask import add_ask
from bot.web.desk import Answering, Desk
from bot.web.problems import PREFIXES, Problem, add_nowhere, add_problems, answer, documented
from bot.web.rates import Rates
from bot.web.reading import add_reading
from bot.web.shapes import MOST_BODY, Health, Token
from bot.web.tokens import LIFETIME, Tokens

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from bot.records import Records


ENDLESS = 18  # digits of a length nobody sends


class Bounded(RequestBodyLimitMiddleware):
    """Bounds what is sent to the API, and nothing else: files to evaluate are larger."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that it is too long."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIXES):
            await self.app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "")
        if told.isdecimal() and (len(told) > ENDLESS or int(told) > MOST_BODY):  # the other kind is met as it is read
            too_long = Problem(413, f"a request may have {MOST_BODY:,} bytes")
            await answer(too_long, Request(scope))(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


def add_web(app: "FastAPI", bot: Answering, settings: Settings, records: "Records") -> Callable[[], None]:
    """Add it all; what is returned ends its threads."""
    from fastapi import APIRouter
    from fastapi.middleware.cors import CORSMiddleware

    app.add_middleware(Bounded, max_body_size=MOST_BODY)
    # Gradio, mounted below, leaves this to us once it sees a CORSMiddleware; by itself it would allow every origin
    # unless the host is localhost. No credentials: nothing here knows cookies.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=["Retry-After"],
    )
    tokens = Tokens()
    desk = Desk(bot, settings, records)
    admission = Admission(settings, tokens, Rates(settings.visitor_rate, settings.site_rate))
    router = APIRouter()
    _add_own(router, desk, admission, tokens)
    add_ask(router, desk, admission)
    add_reading(router, desk, admission)
    app.include_router(router)
    add_problems(app)
    add_nowhere(app, router)
    for name, more in (("pages", (bot, settings)), ("operator", (bot, settings, records))):
        if find_spec(f"bot.web.{name}"):
            getattr(import_module(f"bot.web.{name}"), f"add_{name}")(app, *more)
    return desk.close


def _add_own(router: "APIRouter", desk: Desk, admission: Admission, tokens: Tokens) -> None:
    @router.get("/api/token", response_model=Token, responses=documented(403, 429))
    async def token(request: Request) -> Token:
        """A token for the page that asks; pages of other sites send it as `Authorization: Bearer TOKEN`."""
        page = admission.page_of(request)
        admission.admit(request, "token")
        return Token(token=tokens.make(page), expires_in=LIFETIME)

    @router.get("/api/health", response_model=Health)
    async def health() -> Health:
        """Whether the server lives and could take a question."""
        return Health(ready=not desk.line.full, answering=desk.line.busy, waiting=desk.line.waiting)
