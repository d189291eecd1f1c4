"""The script that is there before Gradio begins."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.chat.early import SCRIPT, Early

PAGE = "<!doctype html><html><head><title>é</title></head><body><p>&lt;head></p></body></html>"


def page(_: Request) -> Response:
    return HTMLResponse(PAGE)


def streamed(_: Request) -> Response:
    return StreamingResponse(iter([PAGE[:40], PAGE[40:]]), media_type="text/html")


def moved(_: Request) -> Response:
    return Response(status_code=307, headers={"Location": "/"})


@pytest.fixture
def visited() -> TestClient:
    app = Starlette(
        routes=[Route("/", page), Route("/streamed", streamed), Route("/moved", moved), Route("/own", page)]
    )
    app.add_middleware(Early, paths=("/", "/streamed", "/moved"))
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize("path", ["/", "/streamed"])
def test_it_stands_before_all_else_once(visited: TestClient, path: str) -> None:
    answer = visited.get(path)
    assert answer.text == PAGE.replace("<head>", f"<head><script>{SCRIPT}</script>", 1)
    assert answer.headers.get("content-length") in (None, str(len(answer.content)))


def test_what_is_no_such_page_stays_as_it_is(visited: TestClient) -> None:
    assert visited.get("/own").text == PAGE
    assert visited.get("/missing").status_code == 404
    assert visited.get("/moved").headers["location"] == "/"
    assert visited.get("/moved").headers["content-length"] == "0"


def test_asked_for_its_headers_alone_it_tells_the_same_length(visited: TestClient) -> None:
    assert visited.head("/").headers["content-length"] == visited.get("/").headers["content-length"]
