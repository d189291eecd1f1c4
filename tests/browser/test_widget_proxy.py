"""A reverse proxy that gives the bot another Host than the browser asked for."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser.conftest import start
from tests.browser.fake_bot import FakeBot
from tests.browser.widget_site import Visitor

PASSED_ON = ("Accept", "Authorization", "Content-Type", "Origin", "Referer", "Sec-Fetch-Site")


@pytest.fixture
def proxy() -> Iterator[ThreadingHTTPServer]:
    """Passes everything on to the address in its attribute `bot`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
            headers = {name: self.headers[name] for name in PASSED_ON if self.headers[name]}
            request = urllib.request.Request(f"{server.bot}{self.path}", body, headers)  # type: ignore[attr-defined]
            try:
                answer = urllib.request.urlopen(request)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                said = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.end_headers()
                self.wfile.write(said)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.mark.parametrize("listed", [True, False])
def test_own_pages_behind_a_proxy_may_ask_once_their_origin_is_listed(
    visitor: Visitor, proxy: ThreadingHTTPServer, tmp_path: Path, *, listed: bool
) -> None:
    visitor.expected.append("Failed to load resource: the server responded with a status of 40")
    address = f"http://localhost:{proxy.server_port}"
    for served in start(FakeBot(), tmp_path, origins=(address,) if listed else ()):
        proxy.bot = served.address  # type: ignore[attr-defined]
        visitor.page.goto(address + "/demo")
        visitor.open()
        for _ in range(2):
            visitor.ask("Is CLIP an LLM?")
        if listed:
            assert visitor.at(".claim").count() == 4
            assert sum(url.endswith("/api/token") for url in visitor.requests) == 1
        else:
            told = visitor.at(".trouble p").first.inner_text()
            assert told == "Questions from this page are not taken."
    visitor.requests.clear()
