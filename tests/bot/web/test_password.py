"""Who gets to see the operator's page."""

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.settings import Settings
from bot.web.password import Password, given
from corpus.errors import SettingsError
from tests.bot.web.operator_page import AUTH, PASSWORD, app, page


@pytest.mark.parametrize("path", ["/operator", "/operator/faq-draft.md"])
def test_only_who_knows_the_password_gets_in(tmp_path: Path, path: str) -> None:
    with page(tmp_path) as client:
        bare = client.get(path)
        assert (bare.status_code, bare.text) == (401, "This page needs the operator's password.")
        assert bare.headers["www-authenticate"] == 'Basic realm="operator", charset="UTF-8"'
        for wrong in ("", PASSWORD[:-1], PASSWORD + " ", PASSWORD.upper()):
            assert client.get(path, auth=("operator", wrong)).status_code == 401
        assert client.get(path, auth=AUTH).status_code == 200
        assert client.get(path, auth=("anyone", PASSWORD)).status_code == 200
        assert client.post(path, auth=AUTH).status_code == 405


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic %%%",
        "Basic " + b64encode(b"no colon").decode(),
        "Bearer " + PASSWORD,
        "\x00",
        "Basic ä",
    ],
)
def test_a_header_that_is_none_is_a_wrong_password(tmp_path: Path, header: str) -> None:
    assert given(header) == b""
    with page(tmp_path) as client:
        assert client.get("/operator", headers={"Authorization": header.encode("latin-1")}).status_code == 401


def test_a_colon_in_the_password_belongs_to_it() -> None:
    assert given("basic " + b64encode(b"name:one:two").decode()) == b"one:two"


def test_guessing_ends_after_ten_and_only_for_who_guesses(tmp_path: Path) -> None:
    made = app(tmp_path)
    with TestClient(made, client=("192.0.2.1", 1)) as guesser:
        for _ in range(10):
            assert guesser.get("/operator", auth=("operator", "guess")).status_code == 401
        refused = guesser.get("/operator", auth=AUTH)  # even when the next guess is right
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 30 * 60
        assert "Too many wrong passwords" in refused.text
        assert guesser.get("/operator").status_code == 401  # to ask is no guess
    with TestClient(made, client=("192.0.2.2", 1)) as operator:
        for _ in range(30):
            assert operator.get("/operator", auth=AUTH).status_code == 200


def test_many_guesses_at_once_are_ten(tmp_path: Path) -> None:
    with page(tmp_path) as client, ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda n: client.get("/operator", auth=("operator", str(n))).status_code, range(40))
        assert sorted(found) == [401] * 10 + [429] * 30


def test_behind_a_proxy_guesses_are_counted_by_what_it_says(tmp_path: Path) -> None:
    with page(tmp_path, behind_proxy=True) as client:
        for number in range(12):
            sent = {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"}  # only the last is the proxy's word
            last = client.get("/operator", auth=("operator", "guess"), headers=sent)
        assert last.status_code == 429
        other = {"X-Forwarded-For": "198.51.100.8"}
        assert client.get("/operator", auth=AUTH, headers=other).status_code == 200


def test_a_password_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"operator_password: has fewer than 12 characters") as told:
        Password(Settings(operator_password="hunter2"))
    assert "hunter2" not in str(told.value)
