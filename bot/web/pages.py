"""The widget and the pages it comes in: /widget.js, its texts, /frame for an iframe, /demo to see it at work."""

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from bot.markup.article import body_html
from bot.origins import frame_ancestors
from bot.settings import Settings
from bot.web.assets import STATIC, Asset, languages, widget_script
from bot.web.shapes import safe
from bot.web.templates import template
from corpus.types import Article

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

# Attributes a frame's address may give its widget. data-server is not among them, the frame asks its own server only,
# nor data-contact: whoever passes on a link could have visitors of the real site write to him.
FROM_ADDRESS = ("title", "greeting", "colour", "scheme", "language", "starters", "faq", "keep")
# What is read as the bot's own words: believed only inside a page, and `frame-ancestors` says of which sites.
WORDS = ("title", "greeting", "starters")
LONGEST_VALUE = 2000  # characters of one of them
# The strictest policy the widget works under; /demo and /frame prove it by living under it.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; {ancestors}"
)
MOST_LISTED = 100  # articles on the demo's pages
SUMMARY = 130  # characters of an article's first paragraph on the demo's first page


class Library(Protocol):
    """What the demo needs of the bot."""

    @property
    def articles(self) -> Mapping[str, Article]:
        """The articles by id."""


def add_pages(app: "FastAPI", bot: Library, settings: Settings) -> None:
    """The routes of this module."""
    _add_files(app, settings)
    _add_frame(app, settings)
    _add_demo(app, bot, settings)


def _add_files(app: "FastAPI", settings: Settings) -> None:
    from fastapi import HTTPException, Request, Response

    script = widget_script(settings)
    texts = {name: Asset((STATIC / "texts" / f"{name}.json").read_bytes(), "application/json") for name in languages()}
    sheets = {name: Asset((STATIC / "pages" / name).read_bytes(), "text/css") for name in ("demo.css", "frame.css")}

    @app.head("/widget.js", include_in_schema=False)
    @app.get("/widget.js", include_in_schema=False)
    def widget(request: Request) -> Response:
        return script.response(request)

    @app.get("/widget-texts/{language}.json", include_in_schema=False)
    def interface_texts(language: str, request: Request) -> Response:
        if language not in texts:
            raise HTTPException(404, f"there are texts in {', '.join(texts)}")
        return texts[language].response(request)

    @app.get("/widget-pages/{name}", include_in_schema=False)
    def sheet(name: str, request: Request) -> Response:
        if name not in sheets:
            raise HTTPException(404)
        return sheets[name].response(request)


def _add_frame(app: "FastAPI", settings: Settings) -> None:
    from fastapi import Request, Response

    ancestors = frame_ancestors(settings.origins)

    @app.head("/frame", include_in_schema=False)
    @app.get("/frame", include_in_schema=False)
    def frame(request: Request) -> Response:
        given = given_by(request.query_params, alone=request.headers.get("sec-fetch-dest") == "document")
        page = _page(request, "frame.html", ancestors, given=given, language=given.get("language", "en"))
        page.headers.add_vary_header("Sec-Fetch-Dest")
        return page


def given_by(address: Mapping[str, str], *, alone: bool) -> dict[str, str]:
    """The attributes a frame's address gives; opened by itself, from a link, it takes no words from there."""
    names = [name for name in FROM_ADDRESS if name in address and not (alone and name in WORDS)]
    return {name: address[name][:LONGEST_VALUE] for name in names}


def _add_demo(app: "FastAPI", bot: Library, settings: Settings) -> None:
    from fastapi import HTTPException, Request, Response

    def listed() -> list[tuple[str, str, str]]:
        return [(one.id, one.title, summary(one)) for one in islice(bot.articles.values(), MOST_LISTED)]

    @app.head("/demo", include_in_schema=False)
    @app.get("/demo", include_in_schema=False)
    def demo(request: Request) -> Response:
        return _page(request, "demo.html", frame_ancestors(()), articles=listed(), article=None, title="Help centre")

    @app.head("/demo/{name:path}", include_in_schema=False)
    @app.get("/demo/{name:path}", include_in_schema=False)
    def demo_article(name: str, request: Request) -> Response:
        found = bot.articles.get(name)
        if found is None:
            raise HTTPException(404, "there is no such article")
        about = {"article": found, "url": safe(found.url), "body": body_html(found), "title": found.title}
        return _page(request, "demo.html", frame_ancestors(()), articles=listed(), **about)


def summary(article: Article) -> str:
    """The beginning of the first paragraph."""
    start = article.sections[0].body if article.sections else 0
    first = article.text[start:].split("\n", 1)[0]
    return first if len(first) <= SUMMARY else first[:SUMMARY].rsplit(" ", 1)[0] + "…"


def _page(request: "Request", name: str, ancestors: str, **values: Any) -> "Response":  # noqa: ANN401 - a template's
    html = template(STATIC / "pages", name).render(**values)
    policy = POLICY.format(ancestors=ancestors)
    headers = (("Content-Security-Policy", policy), ("Referrer-Policy", "strict-origin-when-cross-origin"))
    return Asset(html.encode("utf-8", "replace"), "text/html", headers).response(request, fresh=0)
