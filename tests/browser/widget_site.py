"""A help centre on another origin than the bot, under a strict policy, with the widget's tag in its pages."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Site

SHOTS = Path(__file__).resolve().parents[2] / "artefacts" / "screenshots"
POLICY = (
    "default-src 'none'; script-src {bot}; connect-src {bot}; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'"
)
TAG = '<script src="{bot}/widget.js" {data} async></script>'
WIDGET = "footnote-chat"
PROSE = """
<main><h1>Foundation models</h1>
<h2 id="what-a-foundation-model-is">What a foundation model is</h2>
<p>A <em>foundation</em> model is a <a href="#x">model trained</a>&nbsp;on
   broad   data that can be
   <b>adap</b>ted to many tasks. The name was given in 2021 by researchers at Stanford.</p>
<ul><li>Language models, such as GPT-4, which read and write text.<ul><li>Small ones run on a laptop.</li></ul></li>
<li>Vision models, such as SAM, which cut pictures into objects.</li></ul>
<h2>Is CLIP an LLM?</h2><p>No.</p><h2>Compare the models?</h2><p>See the table.</p></main>
"""
LONG = "<p>Another paragraph of the help centre, one of many on a page one has to scroll.</p>" * 40


@dataclass(slots=True)
class Help:
    """Pages by path, each with its headers, on an origin of their own."""

    address: str
    bot: str = ""
    pages: dict[str, tuple[bytes, str, dict[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, body: str, *, data: str = "", head: str = "", attributes: str = 'lang="en"') -> str:
        """A page with the tag in it; returns its address."""
        tag = TAG.format(bot=self.bot, data=data) if "<script" not in head else ""
        html = (
            f'<!doctype html><html {attributes}><head><meta charset="utf-8"><title>Help</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="stylesheet" href="/style.css">{head}{tag}</head><body>{body}</body></html>'
        )
        policy = {"Content-Security-Policy": POLICY.format(bot=self.bot)}
        self.pages[path] = (html.encode(), "text/html; charset=utf-8", policy)
        return self.address + path

    def file(self, path: str, body: str, kind: str) -> str:
        """Any other file."""
        self.pages[path] = (body.encode(), kind, {})
        return self.address + path


def stream(*events: tuple[str, object]) -> str:
    """Server-sent events."""
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)


@contextmanager
def help_centre() -> Iterator[Help]:
    """Serve pages until the end."""
    site = Help("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            body, kind, headers = site.pages.get(self.path.split("?")[0], (b"", "text/plain", {}))
            self.send_response(200 if body else 404)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.file("/style.css", "body { font: 17px/1.6 sans-serif; max-width: 40rem; margin: 2rem }", "text/css")
    site.file("/favicon.ico", '<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml")
    yield site
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@dataclass(slots=True)
class Visitor:
    """Somebody on a help page, with what went wrong there."""

    page: "Page"
    site: "Site"
    help: Help
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)  # beginnings of complaints that belong to the test

    def watch(self) -> None:
        """Write down requests, errors and dialogs; a breach of the policy is an error of the console."""
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def visit(self, body: str = PROSE, *, path: str = "/help", **given: str) -> "Visitor":
        """Go to a page with the widget."""
        self.page.goto(self.help.put(path, body, **given))
        self.page.wait_for_selector(f"{WIDGET} >> .panel", state="attached")
        return self

    def open(self) -> "Visitor":
        """Press the button at the corner."""
        self.page.click(f"{WIDGET} >> .launcher")
        self.page.wait_for_selector(f"{WIDGET} >> .panel", state="visible")
        return self

    def ask(self, question: str) -> None:
        """Type, press Enter, wait until the answer is over."""
        before = self.at(".exchange").count()
        self.page.fill(f"{WIDGET} >> textarea", question)
        self.page.press(f"{WIDGET} >> textarea", "Enter")
        self.at(".exchange").nth(before).wait_for(state="attached")
        self.idle()

    def idle(self) -> None:
        """Nothing is being answered."""
        self.at('.exchange[aria-busy="false"]').last.wait_for(state="attached")
        self.at('.exchange[aria-busy="true"]').wait_for(state="detached")

    def until(self, expression: str) -> None:
        """Wait for what is true in the page; Playwright's own way needs eval, which the policy forbids."""
        from playwright.sync_api import Error

        for _ in range(100):
            with suppress(Error):  # the page may be on its way to another
                if self.page.evaluate(expression):
                    return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never true: {expression}")

    def at(self, selector: str) -> "Locator":
        """In the widget's shadow tree."""
        return self.page.locator(f"{WIDGET} >> {selector}")

    def answer_with(self, body: str, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """What the server says to further questions."""
        allowed = {"Access-Control-Allow-Origin": self.help.address, "Access-Control-Expose-Headers": "Retry-After"}

        def fulfil(route: "Route") -> None:
            if route.request.method == "OPTIONS":
                route.continue_()
            else:
                route.fulfill(status=status, body=body, content_type=kind, headers=allowed | headers)

        self.page.route("**/api/ask", fulfil)

    def shot(self, name: str) -> None:
        """Keep a picture."""
        self.page.screenshot(path=SHOTS / f"widget-{name}.png", animations="disabled")

    @property
    def focused(self) -> str:
        """Class or tag of the element that has the focus, in the widget's shadow tree or the page."""
        named: str = self.page.evaluate(
            "(e => (e.shadowRoot?.activeElement ?? e))(document.activeElement).className"
            " || (e => (e.shadowRoot?.activeElement ?? e).tagName)(document.activeElement)"
        )
        return named.lower()
