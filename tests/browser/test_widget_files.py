"""What is sent for the widget: its size, its texts, how it is kept, and that the documentation names all of it."""

import gzip
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bot.web.assets import STATIC, languages
from tests.browser.widget_site import POLICY, Visitor

MOST_BYTES = 20_000  # of the script as sent
MOST_MILLISECONDS = 300  # from the script's arrival to a button that can be pressed, on two busy cores
TEXTS = {path.stem: json.loads(path.read_text("utf-8")) for path in (STATIC / "texts").glob("*.json")}


def test_every_language_has_every_text() -> None:
    assert set(languages()) == {"de", "en", "es", "fr"}
    for name, texts in TEXTS.items():
        assert list(texts) == list(TEXTS["en"]), name
        assert texts["lang"] == name
        assert all(texts.values())
        for key in texts:
            assert texts[key].count("{") == TEXTS["en"][key].count("{"), (name, key)
    script = "".join(path.read_text("utf-8") for path in (STATIC / "widget").glob("*.js"))
    unused = [key for key in TEXTS["en"] if f"texts.{key}" not in script and f'"{key}"' not in script]
    assert set(unused) <= {"faq", "quoted", "generated"}  # by lane


def test_size_requests_and_time_are_bounded(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    visitor.page.context.new_cdp_session(visitor.page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    with visitor.page.expect_response("**/widget.js") as got:
        visitor.visit()
    assert got.value.header_value("content-encoding") == "gzip"
    sent = int(got.value.header_value("content-length") or 0)
    own = [url for url in visitor.requests if url.startswith(visitor.site.address)]
    visitor.open().at(".welcome .chip").first.wait_for()
    opened = [url for url in visitor.requests if url.startswith(visitor.site.address)]
    visitor.ask("Is CLIP an LLM?")
    asked = [url for url in visitor.requests if url.startswith(visitor.site.address)]
    ready = visitor.page.evaluate("""() => performance.getEntriesByName('footnote:ready')[0].startTime
        - performance.getEntriesByType('resource').find((one) => one.name.endsWith('/widget.js')).responseEnd""")
    with capsys.disabled():
        sys.stdout.write(
            f"\nwidget: {sent:,} bytes sent; {len(own)} request to show the button, {len(opened)} once opened, "
            f"{len(asked)} after an answer; {ready:.0f} ms from the script's arrival to a button that works\n"
        )
    assert 1000 < sent < MOST_BYTES
    assert (len(own), len(opened)) == (1, 2)
    assert len(asked) <= 5  # token, and the question with what CORS asks before it
    assert ready < MOST_MILLISECONDS


def fetched(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(address, headers={name.replace("_", "-"): text for name, text in headers.items()})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_files_are_packed_kept_and_for_nobody_to_read(visitor: Visitor) -> None:
    script = visitor.site.address + "/widget.js"
    status, headers, plain = fetched(script, Origin="https://other.example")
    assert (status, headers.get("content-encoding")) == (200, None)
    assert "access-control-allow-origin" not in headers  # a script tag needs none
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["cache-control"].startswith("public, max-age=300")
    status, headers, packed = fetched(script, Accept_Encoding="br, gzip;q=0.8")
    assert gzip.decompress(packed) == plain
    assert fetched(script, If_None_Match=headers["etag"])[0] == 304
    assert fetched(script, Accept_Encoding="gzip;q=0")[2] == plain
    assert fetched(visitor.site.address + "/widget-texts/de.json")[0] == 200
    assert fetched(visitor.site.address + "/widget-texts/..%2Fen.json")[0] == 404
    assert fetched(visitor.site.address + "/widget-texts/xx.json")[0] == 404


def test_the_documented_attributes_texts_and_events_are_the_ones_there_are() -> None:
    page = (Path(__file__).parents[2] / "docs" / "widget.md").read_text("utf-8")
    script = "".join(path.read_text("utf-8") for path in sorted((STATIC / "widget").glob("*.js")))
    for name in (
        "title",
        "greeting",
        "colour",
        "scheme",
        "position",
        "language",
        "texts",
        "starters",
        "contact",
        "open",
    ):
        assert f"`data-{name}`" in page
    for name in ("inline", "faq", "page", "keep", "server", "define"):
        assert f"`data-{name}`" in page
        assert name in script
    for name in ("open", "close", "ask", "answer", "cite", "vote", "error"):
        assert f"`footnote:{name}`" in page
        assert f'tell("{name}"' in script


def test_the_documented_policy_is_the_one_the_tests_live_under() -> None:
    page = (Path(__file__).parents[2] / "docs" / "widget.md").read_text("utf-8")
    documented = {line.strip().split(";")[0] for line in page.splitlines() if line.startswith("    ") and ";  " in line}
    lived_under = set(POLICY.format(bot="https://bot.example").split("; "))
    assert documented == lived_under - {"base-uri 'none'"}
