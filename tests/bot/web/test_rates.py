"""How often a visitor and a site may do things, and who counts as one visitor."""

from pathlib import Path

import httpx
import pytest

from bot.settings import read_settings
from bot.web.rates import Rates, visitor_of
from corpus.errors import SettingsError
from tests.bot.web.material import client, records, served, settings

ASKED = {"question": "Is CLIP an LLM?"}


def test_rates_are_kept_per_visitor_and_per_site(tmp_path: Path) -> None:
    with client(tmp_path, visitor_rate="2/minute", site_rate="3/minute", behind_proxy=True) as http:

        def ask(address: str) -> int:
            answer = http.post("/api/ask", json=ASKED, headers={"X-Forwarded-For": f"203.0.113.9, {address}"})
            if answer.status_code == 429:
                assert 1 <= int(answer.headers["retry-after"]) <= 60
                assert answer.headers["content-type"] == "application/problem+json"
            return answer.status_code

        assert [ask("198.51.100.1") for _ in range(3)] == [200, 200, 429]
        assert [ask("198.51.100.2") for _ in range(2)] == [200, 429]  # the site's three are used
        assert http.get("/api/questions", headers={"X-Forwarded-For": "198.51.100.1"}).status_code == 200  # of its own


def test_reading_is_allowed_ten_times_as_often(tmp_path: Path) -> None:
    with client(tmp_path, visitor_rate="1/minute") as http:
        assert [http.get("/api/questions").status_code for _ in range(11)] == [200] * 10 + [429]
        assert http.get("/api/articles/models.md").status_code == 200  # each thing is counted by itself


def test_without_a_proxy_nobody_chooses_his_address(tmp_path: Path) -> None:
    with client(tmp_path, visitor_rate="1/minute") as http:
        codes = [
            http.post("/api/ask", json=ASKED, headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
            for n in range(3)
        ]
    assert codes == [200, 429, 429]


def test_a_peer_on_this_machine_chooses_no_address_either(tmp_path: Path) -> None:
    with served(tmp_path, visitor_rate="1/minute") as address:
        codes = [
            httpx.post(f"{address}/api/ask", json=ASKED, headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
            for n in range(3)
        ]
    assert codes == [200, 429, 429]


def test_our_own_pages_are_one_site_whatever_the_host_header_says(tmp_path: Path) -> None:
    with client(tmp_path, site_rate="2/minute", host="0.0.0.0", hosts=()) as http:

        def ask(host: str) -> int:
            same = {"Host": host, "Sec-Fetch-Site": "same-origin"}
            return http.post("/api/ask", json=ASKED, headers=same).status_code

        assert [ask(f"name{n}.example") for n in range(3)] == [200, 200, 429]
        origin = {"Host": "other.example", "Origin": "http://other.example"}
        assert http.post("/api/ask", json=ASKED, headers=origin).status_code == 429
    assert {one.site for one in records(settings(tmp_path)).recent(1)} == {"own"}


def test_a_refusal_costs_nothing() -> None:
    rates = Rates("2/minute", "3/minute")
    assert [rates.wait("ask", "a", "one") for _ in range(2)] == [0, 0]
    assert rates.wait("ask", "b", "one") == 0
    assert all(rates.wait("ask", "c", "one") for _ in range(5))  # the site's three are used; not the visitor's two
    assert [rates.wait("ask", "c", "two") for _ in range(2)] == [0, 0]
    assert rates.wait("ask", "c", "three")


@pytest.mark.parametrize(
    ("address", "visitor"),
    [("192.0.2.7", "192.0.2.7"), (" 192.0.2.7 ", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"),
     ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"), ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
     ("192.0.2.7:4711", "192.0.2.7"), ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
     ("testclient", "unknown"), ("", "unknown"), ("[::1", "unknown")],
)  # fmt: skip
def test_a_visitor_is_an_address_or_a_household(address: str, visitor: str) -> None:
    assert visitor_of(address) == visitor


@pytest.mark.parametrize("wrong", ["", "30", "often", "30/fortnight", "-1/minute"])
def test_what_is_no_rate_is_refused_in_the_settings(wrong: str) -> None:
    with pytest.raises(SettingsError, match="visitor_rate"):
        read_settings(visitor_rate=wrong)
