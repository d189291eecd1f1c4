"""The operator's page in a real browser: its policy holds, it is read on a phone and in the dark."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.markup import colours
from bot.markup.escape import whole
from bot.records.gaps import Gap, Wording
from bot.records.kept import Records
from bot.settings import Settings
from bot.web.operator import OperatorPage
from tests.bot.web.operator_page import PASSWORD, app, asked, small_index
from tests.browser.conftest import SHOTS
from tests.browser.strings import hostile_strings
from tests.browser.test_report import LOOKS, TEXTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CASH = ("Can I pay in cash?", "can I pay bills in cash", "Can I pay with cash?", "can I really pay in cash")
MOVE = ("How do I move my data to another account?", "how do I move all my data to another account")
LONG = "Where is " + "the-setting-with-a-name-that-has-no-place-to-break-" * 4 + "?"
ANSWER = "A foundation model is a model trained on broad data that can be adapted to many tasks. " * 4


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A month of questions, served."""
    import uvicorn

    kept = [asked("Is CLIP an LLM?", "faq", day, answer="No.") for day in range(30) for _ in range(3 + day * 7 % 11)]
    kept += [asked(CASH[n % 4], days=n % 29) for n in range(23)] + [asked(MOVE[n % 2], days=n % 9) for n in range(7)]
    kept += [asked(LONG), asked("<script>alert(1)</script> is it safe?"), asked("كيف أدفع نقداً؟", days=2)]
    kept += [asked("What is a foundation model?", "generated", 1, -1, ANSWER), asked(CASH[0], "declined", 2, -1)]
    made = app(tmp_path_factory.mktemp("operator"), kept)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(made, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(sockets=[listener]),), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture
def opened(address: str, chromium: "Browser", request: pytest.FixtureRequest) -> Iterator["Page"]:
    """The page, opened by who knows the password; any complaint of the browser is a failure."""
    known = {"username": "operator", "password": PASSWORD}
    context = chromium.new_context(http_credentials=known, **getattr(request, "param", {}))
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append("dialog"), dialog.dismiss()))
    page.on("request", lambda sent: requests.append(sent.url))
    page.goto(f"{address}/operator")
    yield page
    assert [said for said in complaints if "favicon" not in said and "401" not in said and "404" not in said] == []
    assert {url for url in requests if not url.startswith(f"{address}/")} == set()
    context.close()


@pytest.mark.parametrize(("opened", "name"), LOOKS, indirect=["opened"])
def test_it_is_read_anywhere(opened: "Page", name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    opened.screenshot(path=SHOTS / f"operator-{name}.png", full_page=True)
    for details in opened.locator("details").all():
        details.locator("summary").click()
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for text, ink, ground in opened.evaluate(TEXTS):
        one, two = ("#" + "".join(f"{channel:02x}" for channel in colour) for colour in (ink, ground))
        assert colours.contrast(one, two) >= colours.READABLE, text
    assert opened.locator("rect.answered").first.evaluate("e => e.getBoundingClientRect().height") > 10
    sizes = opened.evaluate(
        "[...document.querySelectorAll('nav a, .download')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 24  # WCAG 2.2, 2.5.8


def test_gaps_are_put_together_and_the_draft_downloads(opened: "Page", tmp_path: Path) -> None:
    assert opened.locator(".gaps > li").first.locator("h3").inner_text() in CASH
    assert opened.locator(".gaps > li").first.locator(".about").first.inner_text() == "Asked 24 times"
    assert opened.locator("h3", has_text="<script>").inner_text() == "<script>alert(1)</script> is it safe?"
    with opened.expect_download() as download:
        opened.click(".download")
    assert download.value.suggested_filename == "faq-draft.md"
    download.value.save_as(tmp_path / "faq.md")
    # What decorates a question is not part of it, as for the reader of articles.
    assert "\n## script\\>alert(1)\\</script\\> is it safe?\n" in (tmp_path / "faq.md").read_text(encoding="utf-8")


def test_everything_is_reached_by_keyboard(opened: "Page") -> None:
    reached = []
    for _ in range(40):
        opened.keyboard.press("Tab")
        what = opened.evaluate("document.activeElement.closest('nav, details, .download, .back, .nearest')?.className")
        reached.append(what)
        if opened.evaluate("document.activeElement.classList.contains('download')"):
            break
    assert {"back", "download"} <= set(reached)
    opened.locator("nav a").first.focus()
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/operator?days=7")
    assert opened.locator("[aria-current=page]").inner_text() == "7 days"


def test_no_hostile_question_runs(chromium: "Browser", tmp_path: Path) -> None:
    """All of them as question and as answer, without the page's policy, so that the escaping alone has to hold."""
    strings = [whole(text) for text in hostile_strings()]
    settings = Settings(data=tmp_path / "none.sqlite", operator_password=PASSWORD)
    records = Records(settings.data, 30)
    records.disliked = lambda days, most: tuple(asked(text, answer=text) for text in strings)  # type: ignore[method-assign]
    made = OperatorPage(small_index(), settings, records)
    made.gaps = lambda days: tuple(Gap((Wording(text, 1), Wording(text, 1)), ()) for text in strings)  # type: ignore[method-assign]
    page = chromium.new_context().new_page()
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append("dialog"), dialog.dismiss()))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda sent: seen.append(sent.url) if sent.url != "http://page.test/" else None)
    page.route("http://page.test/", lambda route: route.fulfill(body=made.html(30), content_type="text/html"))
    page.goto("http://page.test/")
    page.wait_for_timeout(500)
    assert page.locator(".disliked > li").count() == len(strings)
    assert page.locator("script, img, iframe, object, embed, form, input").count() == 0
    assert [url for url in seen if not url.endswith("/favicon.ico")] == []
    page.context.close()
