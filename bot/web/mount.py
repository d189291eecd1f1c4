"""Puts the API and the pages beside the chat on the application."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from bot.chat.converse import Answering
from bot.settings import Settings
from bot.web.admission import Admission
from bot.web.ask import add_ask
from bot.web.completions import add_completions
from bot.web.desk import Desk
from bot.web.documents import add_documents
from bot.web.edge import add_edge
from bot.web.metrics import add_metrics
from bot.web.operator import Indexed, add_operator
from bot.web.pages import add_pages
from bot.web.problems import add_nowhere, add_problems
from bot.web.rates import Rates
from bot.web.reading import add_reading
from bot.web.tokens import Tokens, add_tokens

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.records.kept import Records


class Asked(Answering, Indexed, Protocol):
    """What all of it together needs of the bot."""


def add_web(app: "FastAPI", bot: Asked, settings: Settings, records: "Records", rates: Rates) -> Callable[[], None]:
    """Add it all; what is returned ends its threads."""
    from fastapi import APIRouter

    tokens = Tokens()
    admission = Admission(settings, tokens, rates)
    desk = Desk(bot, settings, records)
    router = APIRouter()
    add_tokens(router, admission, tokens)
    add_ask(router, desk, admission)
    add_reading(router, desk, admission)
    add_metrics(router, desk.metrics, admission)
    add_completions(router, desk, admission)
    app.include_router(router)
    add_nowhere(app, router)
    add_documents(app, router)
    add_problems(app, desk.metrics.problem)
    add_edge(app, settings, desk.metrics.problem)
    add_pages(app, bot, settings)
    add_operator(app, bot, settings, records)
    return desk.close
