"""A server with a scripted bot, and a Chromium that reports everything it should not do."""

import asyncio
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.settings import Settings
from tests.browser.fake_bot import FakeBot
from tests.browser.widget_site import Help, Visitor, help_centre

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

REPO = Path(__file__).resolve().parents[2]
SHOTS = REPO / "artefacts" / "screenshots"
CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# A tab starts with nothing stored, and keeps what it stores over reloads.
FORGET = "if (!sessionStorage.begun) { try { localStorage.clear() } catch {} sessionStorage.begun = 1 }"
AXE = "axe-core@4.14.1"
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
CONTACT = "https://help.example.org/contact"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser, and says so when there is none."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            # Gradio's own: it names an attribute of its web framework that is to go.
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio"))
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning:starlette"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="BROWSER TIER NOT RUN: no chromium found; install chromium"))


@dataclass(slots=True)
class Site:
    """A served page and the bot behind it."""

    bot: FakeBot
    address: str
    votes: Path


def start(bot: FakeBot, folder: Path, **given: Any) -> Iterator[Site]:  # noqa: ANN401 - values of any settings
    """Serve the chat page in a thread on a free port."""
    import uvicorn

    from bot.chat.server import build_app, configuration

    votes = folder / "votes.sqlite"
    chosen = Settings(contact=CONTACT, data=votes, max_question_chars=4000, **given)
    listener = socket.create_server(("127.0.0.1", 0))
    servers: list[uvicorn.Server] = []

    async def serve() -> None:
        # Built where a loop runs: Gradio would make one of its own otherwise and never close it.
        servers.append(uvicorn.Server(configuration(build_app(bot, chosen))))
        await servers[0].serve(sockets=[listener])

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    while thread.is_alive() and not (servers and servers[0].started):  # Gradio cannot build two pages at once
        time.sleep(0.05)
    yield Site(bot, f"http://127.0.0.1:{listener.getsockname()[1]}", votes)
    servers[0].should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    often = {"visitor_rate": "100000/minute", "site_rate": "100000/minute"}
    yield from start(FakeBot(pause=0.05), tmp_path_factory.mktemp("site"), **often)


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass(slots=True)
class Reader:
    """One reader's browser page, with what went wrong in it."""

    page: "Page"
    site: Site
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Write down requests, errors and dialogs."""
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def open(self) -> "Reader":
        """The page, ready to type in."""
        self.page.goto(self.site.address)
        self.page.wait_for_selector(".greeting, .exchange")
        return self

    def ask(self, question: str) -> None:
        """Type a question, send it with Enter, wait until its answer is over."""
        before = self.page.locator(".exchange").count()
        self.page.fill("#fn-box textarea", question)
        self.page.press("#fn-box textarea", "Enter")
        self.page.wait_for_function("n => document.querySelectorAll('.exchange').length > n", arg=before)
        self.idle()

    def ask_nothing(self) -> None:
        """Press Enter in the empty box and wait for the hint."""
        self.page.press("#fn-box textarea", "Enter")
        self.page.wait_for_selector("#fn-hint [role=status]")

    def idle(self) -> None:
        """Wait until nothing is being answered."""
        self.page.wait_for_selector('.exchange[aria-busy="false"]')
        self.page.wait_for_function("!document.querySelector('[aria-busy=\"true\"]')")
        self.page.wait_for_selector("#fn-ask", state="visible")

    def shot(self, name: str) -> None:
        """Keep a picture."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")

    def say(self, selector: str) -> str:
        """The text at a selector."""
        text: str = self.page.inner_text(selector)
        return text

    @property
    def focused(self) -> str:
        """Where the keyboard is: id, class or name of the element."""
        named: str = self.page.evaluate(
            "(e => (e.closest('#fn-box') ? 'box' : e.id || e.className || e.tagName))(document.activeElement)"
        )
        return named


@pytest.fixture(scope="session")
def contexts(chromium: "Browser") -> dict[str, "BrowserContext"]:
    """Browser contexts by their options: what was loaded once is loaded fast."""
    return {}


@pytest.fixture
def reader(
    site: Site, chromium: "Browser", contexts: dict[str, "BrowserContext"], request: pytest.FixtureRequest
) -> Iterator[Reader]:
    """A reader who has never been here; parametrise indirectly with browser context options."""
    options = {"viewport": {"width": 1280, "height": 800}} | getattr(request, "param", {})
    context = contexts.get(repr(options)) or contexts.setdefault(repr(options), chromium.new_context(**options))
    one = Reader(context.new_page(), site)
    one.page.set_default_timeout(20_000)
    one.page.add_init_script(FORGET)
    one.watch()
    yield one
    one.page.close()
    assert one.complaints == []
    assert {url for url in one.requests if not url.startswith((one.site.address + "/", "data:", "blob:"))} == set()


@pytest.fixture(scope="session")
def help_site() -> Iterator[Help]:
    with help_centre() as served:
        yield served


@pytest.fixture(scope="session")
def bot_site(help_site: Help, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A bot that the help centre's pages may ask, as often as they like."""
    often = "100000/minute"
    given = {"origins": (help_site.address,), "visitor_rate": often, "site_rate": often}
    for served in start(FakeBot(pause=0.05), tmp_path_factory.mktemp("bot"), **given):
        help_site.bot = served.address
        yield served


@pytest.fixture
def visitor(
    bot_site: Site,
    help_site: Help,
    chromium: "Browser",
    contexts: dict[str, "BrowserContext"],
    request: pytest.FixtureRequest,
) -> Iterator[Visitor]:
    """A visitor of a help page; parametrise indirectly with browser context options."""
    options = {"viewport": {"width": 1280, "height": 800}} | getattr(request, "param", {})
    context = contexts.get(repr(options)) or contexts.setdefault(repr(options), chromium.new_context(**options))
    one = Visitor(context.new_page(), bot_site, help_site)
    one.page.set_default_timeout(10_000)
    one.watch()
    yield one
    one.page.close()
    assert [said for said in one.complaints if not said.startswith(tuple(one.expected))] == []
    own = (bot_site.address + "/", help_site.address + "/", "data:", "blob:")
    assert {url for url in one.requests if not url.startswith(own)} == set()


@pytest.fixture
def bfcache(bot_site: Site, help_site: Help, chromium: "Browser") -> Iterator[Visitor]:
    """A visitor whose browser keeps pages for going back, which Playwright otherwise switches off."""
    flag = "--disable-back-forward-cache"
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=FLAGS, ignore_default_args=[flag])
    one = Visitor(browser.new_page(), bot_site, help_site)
    one.watch()
    yield one
    browser.close()
    assert one.complaints == []


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core: the file AXE_CORE names, else fetched from its package."""
    folder = tmp_path_factory.mktemp("axe")
    given = os.environ.get("AXE_CORE")
    try:
        if not given:
            pack = ["npm", "pack", AXE, "--pack-destination", str(folder)]
            subprocess.run(pack, cwd=folder, check=True, capture_output=True, timeout=60)
            unpack = ["tar", "xzf", next(folder.glob("*.tgz")).name]
            subprocess.run(unpack, cwd=folder, check=True, capture_output=True, timeout=60)
        return Path(given or folder / "package" / "axe.min.js").read_text(encoding="utf-8")
    except (OSError, StopIteration, subprocess.SubprocessError) as error:
        pytest.skip(f"ACCESSIBILITY NOT CHECKED: no axe-core: {error}; set AXE_CORE to its axe.min.js")


def violations(page: "Page", axe: str) -> list[Any]:
    """What axe-core finds wrong on a page."""
    page.evaluate(axe)
    found: list[Any] = page.evaluate(f"""async () => (await axe.run(document, {RULES})).violations
        .map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160) + ' ' + node.failureSummary)])""")
    return found
