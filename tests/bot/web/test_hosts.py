"""By which names the server may be asked: a stranger's name that leads to this machine is not one of them."""

import socket
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot.origins import bare, named
from bot.settings import Settings, read_settings
from bot.web.edge import LONGEST_NAME, Named
from corpus.errors import SettingsError
from tests.bot.web.material import client, served

REBOUND = "evil.example:7860"
PATHS = ("/api/questions", "/api/token", "/widget.js", "/demo", "/frame", "/docs", "/nothing")
PROBES = ("/api/health", "/api/health/ready", "/api/metrics")
ASKED = {"question": "Is CLIP an LLM?"}


def test_a_strangers_name_that_leads_here_gets_nothing(tmp_path: Path) -> None:
    with served(tmp_path, hosts=()) as address:
        for path in PATHS:
            refused = httpx.get(address + path, headers={"Host": REBOUND})
            assert refused.status_code == 421, path
            assert "'evil.example'" in refused.json()["detail"]
            assert "setting hosts" in refused.json()["detail"]
        # As a page of that name would ask: its origin is then that of the Host header.
        rebound = {"Host": REBOUND, "Origin": f"http://{REBOUND}"}
        assert httpx.post(f"{address}/api/ask", json=ASKED, headers=rebound).status_code == 421
        port = address.rsplit(":", 1)[1]
        for name in (f"localhost:{port}", f"LOCALHOST.:{port}", "127.0.0.1", f"[::1]:{port}"):
            own = {"Host": name, "Origin": f"http://{name}"}
            assert httpx.get(f"{address}/api/questions", headers=own).status_code == 200, name


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
            assert httpx.get(f"{address}/docs", headers={"Host": name}).status_code == status, name


def test_balancers_and_prometheus_may_ask_by_any_name_or_none(tmp_path: Path) -> None:
    with served(tmp_path, hosts=("bot.example",), api_key="secret") as address:
        for name in ("192.0.2.7:7860", "pod-1.cluster", ""):
            for path, status in zip(PROBES, (200, 200, 401), strict=True):
                assert httpx.get(address + path, headers={"Host": name}).status_code == status, (path, name)
            key = {"Host": name, "Authorization": "Bearer secret"}
            assert httpx.get(f"{address}/api/metrics", headers=key).status_code == 200
            assert httpx.get(f"{address}/api/health/else", headers=key).status_code == 421
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as old:
            old.sendall(b"GET /api/health HTTP/1.0\r\n\r\n")  # no Host header at all
            assert b" 200 OK" in old.recv(1000)


def test_what_was_refused_is_named_bounded_and_counted(tmp_path: Path) -> None:
    long, odd = "a" * 9999, '<b onx="1">\x07'
    with client(tmp_path, hosts=("bot.example",)) as http:
        for name, shown in ((long, repr("a" * LONGEST_NAME)), (odd, repr(odd)), ("", "''")):
            told = http.get("/", headers={"Host": name})
            assert (told.status_code, told.headers["content-type"]) == (421, "application/problem+json")
            assert f"does not go by the name {shown};" in told.json()["detail"]
        assert 'footnote_problems_total{status="421"} 3.0' in http.get("/api/metrics").text


@pytest.mark.parametrize("given", [{"host": "0.0.0.0"}, {"host": "192.0.2.7"}, {"behind_proxy": True}])
def test_where_others_can_connect_any_name_will_do_until_some_are_set(tmp_path: Path, given: dict[str, object]) -> None:
    with client(tmp_path, hosts=(), **given) as http:
        assert http.get("/docs", headers={"Host": "bot.example"}).status_code == 200
    with client(tmp_path, hosts=("bot.example",), **given) as http:
        for name, status in (("bot.example", 200), ("localhost", 200), ("other.example", 421)):
            assert http.get("/docs", headers={"Host": name}).status_code == status, name


@pytest.mark.parametrize(
    "host", ["127.0.0.2", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "[::1]", "localhost", "LOCALHOST"]
)
def test_an_address_of_this_machine_alone_is_one_however_it_is_written(host: str) -> None:
    here = Settings(host=host)
    assert here.known_hosts == {"127.0.0.1", "::1", "localhost", bare(host)}
    assert here.questions_to_evaluate > 0
    assert Settings(host=host, behind_proxy=True).known_hosts is None


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.0.2.7", "Bot.Lan", "localhost.example", "128.0.0.1"])
def test_an_address_others_can_reach_is_none(host: str) -> None:
    assert Settings(host=host).known_hosts is None
    assert Settings(host=host).questions_to_evaluate == 0


@pytest.mark.parametrize(
    ("host", "asked"),
    [("Bot.Lan", "bot.lan"), ("bot.lan.", "Bot.lan:7860"), ("2001:DB8::7", "[2001:db8::7]:7860"),
     ("2001:0db8:0:0:0:0:0:7", "[2001:db8::7]"), ("2001:db8::7", "[2001:0DB8::0007]")],
)  # fmt: skip
def test_a_server_has_its_own_name_however_it_is_written(host: str, asked: str) -> None:
    for given in (Settings(host=host, hosts=("x.example",)), Settings(host="0.0.0.0", hosts=(host,))):
        assert named(asked) in (given.known_hosts or ()), given


def test_no_name_is_no_name_of_a_server_that_listens_everywhere(tmp_path: Path) -> None:
    with client(tmp_path, host="", hosts=("bot.example",)) as http:
        for name in ("", "a b", "[::g]"):
            assert http.get("/docs", headers={"Host": name}).status_code == 421, name


def test_connections_that_stay_open_are_refused_as_well() -> None:
    async def inner(scope: object, receive: object, send: object) -> None:
        raise AssertionError("let in")

    with (
        pytest.raises(WebSocketDisconnect) as refused,
        TestClient(Named(inner, frozenset({"localhost"}), lambda _: None)).websocket_connect("/"),
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
        ("[0:0::0001]", "::1"),
        ("[1::2::3]", ""),
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
