"""By which names the server may be asked: a stranger's name that leads to this machine is not one of them."""

from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot.settings import read_settings
from bot.web.edge import Named
from bot.web.origins import named
from corpus.errors import SettingsError
from tests.bot.web.material import client, served

REBOUND = "evil.example:7860"
PATHS = ("/api/health", "/api/token", "/widget.js", "/demo", "/frame", "/docs", "/nothing")
ASKED = {"question": "Is CLIP an LLM?"}


def test_a_strangers_name_that_leads_here_gets_nothing(tmp_path: Path) -> None:
    with served(tmp_path, hosts=()) as address:
        for path in PATHS:
            refused = httpx.get(address + path, headers={"Host": REBOUND})
            assert refused.status_code == 421, path
            assert "setting hosts" in refused.json()["detail"]
        # As a page of that name would ask: its origin is then that of the Host header.
        rebound = {"Host": REBOUND, "Origin": f"http://{REBOUND}"}
        assert httpx.post(f"{address}/api/ask", json=ASKED, headers=rebound).status_code == 421
        port = address.rsplit(":", 1)[1]
        for name in (f"localhost:{port}", f"LOCALHOST.:{port}", "127.0.0.1", f"[::1]:{port}"):
            own = {"Host": name, "Origin": f"http://{name}"}
            assert httpx.get(f"{address}/api/health", headers=own).status_code == 200, name


def test_names_of_the_setting_are_its_own(tmp_path: Path) -> None:
    with served(tmp_path, hosts=("Bot.Example", "192.0.2.7", "2001:db8::7")) as address:
        for name, status in (
            ("bot.example", 200),
            ("bot.example:8443", 200),
            ("192.0.2.7:80", 200),
            ("[2001:db8::7]:80", 200),
            ("bot.example.evil.example", 421),
            ("evil.example", 421),
            ("x@bot.example", 421),
            ("", 421),
        ):
            assert httpx.get(f"{address}/api/health", headers={"Host": name}).status_code == status, name


@pytest.mark.parametrize("given", [{"host": "0.0.0.0"}, {"host": "192.0.2.7"}, {"behind_proxy": True}])
def test_where_others_can_connect_any_name_will_do_until_some_are_set(tmp_path: Path, given: dict[str, object]) -> None:
    with client(tmp_path, hosts=(), **given) as http:
        assert http.get("/api/health", headers={"Host": "bot.example"}).status_code == 200
    with client(tmp_path, hosts=("bot.example",), **given) as http:
        for name, status in (("bot.example", 200), ("localhost", 200), ("other.example", 421)):
            assert http.get("/api/health", headers={"Host": name}).status_code == status, name


def test_connections_that_stay_open_are_refused_as_well() -> None:
    async def inner(scope: object, receive: object, send: object) -> None:
        raise AssertionError("let in")

    with (
        pytest.raises(WebSocketDisconnect) as refused,
        TestClient(Named(inner, frozenset({"localhost"}))).websocket_connect("/"),
    ):
        pass
    assert refused.value.code == 1008


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("example.org", "example.org"),
        ("Example.ORG.:80", "example.org"),
        ("[::1]", "::1"),
        ("[::1]:7860", "::1"),
        ("a b", ""),
        ("localhost/", ""),
        ("localhost#x", ""),
        ("localhost\\@evil", ""),
        (":80", ""),
        ("localhost:80:80", ""),
    ],
)
def test_what_a_header_names(header: str, name: str) -> None:
    assert named(header) == name


def test_the_setting_takes_names_side_by_side_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_HOSTS", "Bot.example, [2001:DB8::7] bot.example")
    assert read_settings().hosts == ("bot.example", "2001:db8::7")
    for wrong in ("https://bot.example", "bot.example:80", "*.example", "abc:80", "a/b"):
        monkeypatch.setenv("FOOTNOTE_HOSTS", wrong)
        with pytest.raises(SettingsError, match=r"hosts: .*is no host; write a name or an address"):
            read_settings()
