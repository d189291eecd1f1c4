"""The chat page, and the Evaluate page beside it, on a local web server."""

import errno
import gc
import socket
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from bot.chat import texts
from bot.chat.converse import Answering
from bot.evaluate.desk import Desk, Examined
from bot.evaluate.shelf import Shelf
from bot.evaluate.upload import MOST_BYTES
from bot.records.feedback import Feedback
from bot.records.kept import Records
from bot.settings import Settings
from bot.types import Event, Turn
from corpus.errors import SettingsError

if TYPE_CHECKING:
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI

    from index.search import Index

CLOSING = 1  # seconds open pages get to end when the server stops; each holds a connection as long as it is open
LARGEST_UPLOAD = 1  # bytes: Gradio has an upload route, the chat page has no use for it
EVALUATIONS = "evaluations"  # folder of finished evaluations, beside the votes


class Served(Answering, Examined, Protocol):
    """What the pages and the API together need of the bot."""

    def stream(
        self, question: str, history: Sequence[Turn], without: Collection[str] = (), further: int = 0
    ) -> Iterator[Event]:
        """The events of one answer; closing the iterator stops the work."""

    @property
    def index(self) -> "Index":
        """The index answered from."""


def build_app(bot: Served, settings: Settings) -> "FastAPI":
    """The web application: the chat page at /, the Evaluate page where it is wanted, other routes beside them."""
    from fastapi import FastAPI

    from bot.chat.early import Early
    from bot.chat.evaluation import PATH
    from bot.chat.page import build_page, looks, stay_at_home
    from bot.web.mount import add_web
    from bot.web.rates import Rates

    stay_at_home()
    shelf = Shelf(settings.data.parent / EVALUATIONS)
    desk = Desk(bot, settings, shelf)
    records = Records(settings.data, settings.kept_days, keep=settings.keep)
    rates = Rates(settings.visitor_rate, settings.site_rate)

    @asynccontextmanager
    async def ending(_: FastAPI) -> AsyncIterator[None]:
        with records.tidied():
            yield
        desk.close()
        end_web()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=ending)
    app.add_middleware(Early, paths=("/", f"{PATH}/"))
    end_web = add_web(app, bot, settings, records, rates)
    _own_routes(app, bot, settings)
    if settings.questions_to_evaluate:
        _evaluate_page(
            app, bot, settings, desk, shelf
        )  # before the chat, whose address is the beginning of every other
    page = build_page(bot, settings, Feedback(settings.data, keep=settings.keep), records, rates)
    return _mounted(app, page, settings, path="/", max_file_size=LARGEST_UPLOAD, **looks(settings))


def _evaluate_page(app: "FastAPI", bot: Served, settings: Settings, desk: Desk, shelf: Shelf) -> None:
    from bot.chat.downloads import add_downloads
    from bot.chat.evaluation import PATH, build_evaluation
    from bot.chat.page import looks
    from bot.chat.standing import example_csv

    add_downloads(app, shelf, example_csv(bot.starters(settings.starters)))
    page = build_evaluation(desk, settings)
    _mounted(app, page, settings, path=PATH, max_file_size=MOST_BYTES, **looks(settings, "evaluation.css"))


def _mounted(app: "FastAPI", page: "gr.Blocks", settings: Settings, **how: Any) -> "FastAPI":  # noqa: ANN401
    import gradio as gr

    # No footer, no record of runs, no second renderer, no dashboard, no installable app, no tool server.
    off = {"footer_links": [], "run_history": False, "ssr_mode": False, "enable_monitoring": False}
    off |= {"pwa": False, "mcp_server": False, "show_error": False}
    address = {"server_name": settings.host, "server_port": settings.port}
    mounted: FastAPI = gr.mount_gradio_app(app, page, **address, **off, **how)
    return mounted


def _own_routes(app: "FastAPI", bot: Served, settings: Settings) -> None:
    """The page's icon, and the articles whose address is a path of this server."""
    from fastapi import Response

    from bot.chat.article import POLICY, PREFIX, addresses, article_html
    from bot.origins import frame_ancestors

    policy = POLICY.format(ancestors=frame_ancestors(settings.origins))

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return Response(icon(settings.colour), media_type="image/svg+xml")

    @cache  # the articles of an index stay as they are
    def served() -> dict[str, str]:
        return addresses(bot.articles.values())

    @app.get(PREFIX + "{name:path}")
    def article(name: str) -> Response:
        found = served().get(PREFIX + name)
        if found is None:
            return Response(texts.NO_ARTICLE, 404, media_type="text/plain")
        return Response(
            article_html(bot.articles[found], settings), 200, {"Content-Security-Policy": policy}, "text/html"
        )


def icon(colour: str) -> str:
    """The page's icon: a footnote mark on the accent colour."""
    from bot.markup.colours import ink_on

    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{colour}"/><path d="M8 20h10M8 25h7" stroke="{ink_on(colour)}" '
        f'stroke-width="2.5" stroke-linecap="round"/><path d="M21 9l3-2v10" stroke="{ink_on(colour)}" '
        'stroke-width="2.8" fill="none" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens there; SettingsError when the address is taken or not to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SettingsError(texts.PORT_IN_USE.format(port=port)) from None
            reason = error.strerror or str(error)
            raise SettingsError(texts.CANNOT_LISTEN.format(host=host, port=port, reason=reason)) from None
        yield listener


def serve(assemble: Callable[[], Served], settings: Settings) -> None:
    """Serve the chat until interrupted; says where on standard output as soon as it can answer.

    The address is taken before the bot is assembled, so that a port in use is told at once.
    """
    with listening(settings.host, settings.port) as listener:
        port = listener.getsockname()[1]
        server = _server(build_app(assemble(), settings), f"http://{_spoken(settings.host)}:{port}")
        with suppress(KeyboardInterrupt):  # Ctrl-C is how one stops it
            server.run(sockets=[listener])


def _spoken(host: str) -> str:
    """The host as it stands in an address a browser on this machine can open."""
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _server(app: "FastAPI", address: str) -> Any:  # noqa: ANN401 - uvicorn is imported only here
    import uvicorn

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            # What is loaded stays. The collector would go through all of it every minute, and nobody is answered
            # meanwhile: .3 s.
            gc.collect()
            gc.freeze()
            await super().startup(sockets)
            if self.started:
                sys.stdout.write(texts.READY.format(address=address) + "\n")
                sys.stdout.flush()

    return Announcing(configuration(app))


def configuration(app: "FastAPI") -> "uvicorn.Config":
    """How the application is served."""
    import uvicorn

    # uvicorn would believe X-Forwarded-For of anybody on this machine; whom to believe is `behind_proxy`'s to say.
    return uvicorn.Config(
        app, log_level="critical", access_log=False, proxy_headers=False, timeout_graceful_shutdown=CLOSING
    )
