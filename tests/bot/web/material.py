"""An application with the scripted bot, and clients of it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.chat.server import configuration
from bot.records.kept import Records
from bot.settings import Settings
from bot.web.mount import add_web
from bot.web.rates import Rates
from tests.browser.fake_bot import FakeBot

SITE = "https://help.example.org"  # the allowed one
OTHER = "https://evil.example"


def settings(folder: Path, **given: Any) -> Settings:  # noqa: ANN401
    """Settings with one allowed site and rates that no test reaches by accident."""
    plenty = {"visitor_rate": "100000/minute", "site_rate": "100000/minute", "origins": (SITE,)}
    plenty["hosts"] = ("testserver",)  # what the test client calls every server
    return Settings(data=folder / "footnote.sqlite", **{**plenty, **given})


def records(chosen: Settings) -> Records:
    """The records these settings name."""
    return Records(chosen.data, chosen.kept_days, chosen.keep)


def api(folder: Path, bot: FakeBot | None, **given: Any) -> tuple[FastAPI, Callable[[], None]]:  # noqa: ANN401
    """The API alone, without Gradio, and what ends its threads."""
    chosen = settings(folder, **given)
    rates = Rates(chosen.visitor_rate, chosen.site_rate)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    return app, add_web(app, bot or FakeBot(), chosen, records(chosen), rates)


@contextmanager
def client(folder: Path, bot: FakeBot | None = None, **given: Any) -> Iterator[TestClient]:  # noqa: ANN401
    """A client of the API alone, without Gradio."""
    app, end = api(folder, bot, **given)
    with TestClient(app) as opened:
        yield opened
    end()


@contextmanager
def served(folder: Path, bot: FakeBot | None = None, **given: Any) -> Iterator[str]:  # noqa: ANN401
    """The address of the API on a real local server."""
    app, end = api(folder, bot, **given)
    server = uvicorn.Server(configuration(app))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        httpx.get(f"{address}/api/health", timeout=10).raise_for_status()  # waits until it answers
        yield address
        server.should_exit = True
        thread.join(timeout=10)
    end()
