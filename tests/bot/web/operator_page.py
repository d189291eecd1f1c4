"""The operator's page alone, over a small index and records written by hand."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.records.kept import CHAT, Record, Records
from bot.settings import Settings
from bot.types import Lane
from bot.web.operator import add_operator
from index.search import Index
from tests.browser.fake_bot import small_index

PASSWORD = "eine Maus im Käfig"
AUTH = ("operator", PASSWORD)


@dataclass(frozen=True, slots=True)
class Indexed:
    """As much of a bot as the page needs."""

    index: Index


def asked(
    question: str, lane: Lane = "declined", days: float = 0, vote: Literal[-1, 0, 1] = 0, answer: str = "Not covered."
) -> Record:
    """A record of so many days ago."""
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    return Record(uuid4().hex, at, question, lane, 0.25, answer, CHAT, vote)


def app(folder: Path, kept: Iterable[Record] = (), index: Index | None = None, **given: Any) -> FastAPI:  # noqa: ANN401
    """The page as an application."""
    settings = Settings(**({"data": folder / "footnote.sqlite", "operator_password": PASSWORD} | given))
    records = Records(settings.data, settings.kept_days, settings.keep)
    for record in kept:
        records.add(record)
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_operator(made, Indexed(index or small_index()), settings, records)
    return made


@contextmanager
def page(folder: Path, kept: Iterable[Record] = (), **given: Any) -> Iterator[TestClient]:  # noqa: ANN401
    """A client of it."""
    with TestClient(app(folder, kept, **given)) as client:
        yield client
