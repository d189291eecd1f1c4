"""The Evaluate page in a real browser: from a file to its report, with reloads, a second visitor and bad files."""

import asyncio
import csv
import io
import itertools
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.chat import texts
from bot.chat.downloads import POLICY
from bot.evaluate.shelf import FILES, ZIP
from bot.markup import colours
from bot.settings import Settings
from tests.browser.conftest import Reader, Site, start
from tests.browser.fake_bot import FakeBot
from tests.browser.test_bad_input import HOOK
from tests.browser.test_looks import SIZES, TEXTS, colour

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HEADER = "question,expected_answer,expected_source,answerable\n"
CLIP = "Is CLIP an LLM?,No,models.md,yes\n"
CUP = "Who won the cup?,,,no\n"
KINDS = "Which kinds are there?,Paintings,training.md,yes\n"  # answered, with another source
SLOW = "A slow clip?,No,models.md,yes\n"  # more than a second
HOSTILE = "<img src=x onerror=alert(1)>${alert(1)}</script><script>alert(1)</script>"
OUTSIDE = """() => [...document.querySelectorAll('#fn-state *')].filter(e =>
    !/^(section|div|p|span|a|h2|h3|ul|li|dl|dt|dd|small|br)$/i.test(e.tagName)
    && !e.matches('.status-tracker, .status-tracker *')
).map(e => e.outerHTML.slice(0, 200))"""
VARIANTS = [
    pytest.param({"viewport": size, "color_scheme": scheme}, f"{name}-{scheme}", id=f"{name}-{scheme}")
    for (name, size), scheme in itertools.product(SIZES.items(), ("light", "dark"))
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own: no other test counts towards its hour."""
    yield from start(FakeBot(pause=0.02), tmp_path_factory.mktemp("evaluate"))


@pytest.fixture(autouse=True)
def no_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours pass fast."""
    monkeypatch.setattr("bot.evaluate.desk.HOUR", 0.0)


def upload(reader: Reader, tmp_path: Path, text: str, name: str = "questions.csv") -> None:
    """Choose a file and wait until it is there."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    reader.page.goto(f"{reader.site.address}/evaluate")
    reader.page.wait_for_selector("#fn-start")
    reader.page.set_input_files("#fn-file input[type=file]", str(path))
    reader.page.wait_for_selector("#fn-file .file-preview, #fn-file table")


def evaluate(reader: Reader, tmp_path: Path, text: str, name: str = "questions.csv") -> None:
    upload(reader, tmp_path, text, name)
    reader.page.click("#fn-start")


def figures(reader: Reader) -> dict[str, str]:
    """The headline figures by name."""
    reader.page.wait_for_selector(".evaluated")
    pairs = "d => d.map(e => [e.querySelector('dt').firstChild.data.trim(), e.querySelector('dd').firstChild.data])"
    return dict(reader.page.eval_on_selector_all(".figures > div", pairs))


def fetched(address: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}, error.read()


def test_from_a_file_to_its_report(reader: Reader, tmp_path: Path) -> None:
    page = reader.page
    page.goto(reader.site.address)
    page.click("#fn-evaluate a")
    page.wait_for_selector("#fn-start")
    assert page.title() == "Evaluate – Footnote"
    evaluate(reader, tmp_path, HEADER + SLOW * 2 + CLIP + CUP + KINDS)
    page.wait_for_selector("#fn-halt", state="visible")
    assert not page.is_visible("#fn-form")
    page.wait_for_function("document.querySelector('.counted')?.innerText.includes('a second')")
    assert "of 5 questions" in reader.say(".counted")
    assert page.get_attribute("[role=progressbar]", "aria-valuemax") == "5"
    assert page.get_attribute("#fn-spoken", "role") == "status" or page.locator("#fn-spoken [role=status]").count()
    assert figures(reader) == {
        "Right": "0.800", "Wrong answers": "0.250", "Answered": "0.800", "Citation precision": "0.750",
        "nDCG@10": "0.908",
    }  # fmt: skip
    assert "95 %: " in reader.say(".figures")
    assert not page.is_visible("#fn-halt")
    with page.expect_popup() as opened:
        page.click("a.primary")
    report = opened.value
    report.wait_for_selector("h1")
    assert report.title() == "questions.csv – evaluation"
    assert report.locator("#rows > li").count() == 5  # its script runs
    assert report.evaluate("self.origin") == "null"  # as nobody's
    report.close()
    with page.expect_download() as saved:
        page.click("text=answers.csv")
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text(encoding="utf-8-sig"))))
    assert [row["question"] for row in rows][2:] == ["Is CLIP an LLM?", "Who won the cup?", "Which kinds are there?"]
    page.click("#fn-again")
    page.wait_for_selector("#fn-start")
    assert page.locator("#fn-state .evaluated").count() == 0
    page.click("a.back")
    page.wait_for_selector(".greeting")


def test_it_goes_on_when_the_page_is_left_and_is_found_again(reader: Reader, tmp_path: Path) -> None:
    evaluate(reader, tmp_path, HEADER + SLOW * 4)
    reader.page.wait_for_selector(".bar")
    reader.page.reload()
    reader.page.wait_for_selector(".bar")
    reader.page.goto(reader.site.address)
    reader.page.wait_for_timeout(1500)
    reader.page.goto(f"{reader.site.address}/evaluate/")
    assert figures(reader)["Right"] == "1.000"
    reader.page.reload()
    assert figures(reader)["Right"] == "1.000"


def test_a_second_visitor_waits_and_is_told(reader: Reader, chromium: "Browser", tmp_path: Path) -> None:
    evaluate(reader, tmp_path, HEADER + SLOW * 6)
    reader.page.wait_for_function("document.querySelector('[aria-valuenow]')?.ariaValueNow > 0")
    context = chromium.new_context()
    second = Reader(context.new_page(), reader.site)
    second.page.set_default_timeout(20_000)
    second.watch()
    evaluate(second, tmp_path, HEADER + CLIP, "mine.csv")
    second.page.wait_for_selector(".evaluating .progress")
    told = second.say(".evaluating .progress")
    assert told.startswith("Another evaluation is under way: ")
    assert told.endswith(" of 6 questions. Yours starts when it is done.")
    second.shot("evaluate-waiting")
    assert figures(second)["Right"] == "1.000"
    assert figures(reader)["Right"] == "1.000"
    assert second.complaints == []
    context.close()


def test_stopped_it_says_how_far_it_was(reader: Reader, tmp_path: Path) -> None:
    evaluate(reader, tmp_path, HEADER + SLOW * 20)
    reader.page.click("#fn-halt")
    reader.page.wait_for_selector("#fn-state .note")
    assert reader.say("#fn-state .note").startswith("Stopped after ")
    assert reader.page.is_visible("#fn-start")
    reader.page.reload()
    reader.page.wait_for_selector("#fn-state .note")
    assert reader.say("#fn-state .note").startswith("Stopped after ")
    assert reader.page.is_visible("#fn-start")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("bad.csv", "question,answerable\nIs it?,<b>no\n", 'bad.csv: line 2 says answerable "<b>no"; write yes or no'),
        ("bad.pdf", "%PDF", "bad.pdf: is no file of questions; save it as one of"),
        ("many.txt", "Is it?\n" * 1001, "many.txt: holds 1,001 questions, at most 1,000 fit"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_line(reader: Reader, tmp_path: Path, name: str, text: str, told: str) -> None:
    evaluate(reader, tmp_path, text, name)
    reader.page.wait_for_selector("#fn-state .trouble")
    assert reader.say("#fn-state .trouble").startswith(told)
    assert reader.page.is_visible("#fn-start")
    button, line = (reader.page.locator(one).bounding_box() for one in ("#fn-start", "#fn-state .trouble"))
    assert button is not None
    assert line is not None
    assert 0 < line["y"] - button["y"] - button["height"] < 60  # where one looks
    reader.shot(f"evaluate-{Path(name).stem}-{Path(name).suffix[1:]}")


def test_nothing_chosen_is_a_hint(reader: Reader) -> None:
    reader.page.goto(f"{reader.site.address}/evaluate/")
    reader.page.click("#fn-start")
    reader.page.wait_for_selector("#fn-state .trouble")
    assert reader.say("#fn-state .trouble") == texts.NO_FILE


def test_what_a_file_says_stays_text(reader: Reader, tmp_path: Path) -> None:
    page = reader.page
    page.add_init_script(HOOK)
    evaluate(reader, tmp_path, f'question,{HOSTILE}\n"{HOSTILE}",x\n{HOSTILE} clip,y\n', "a ${alert(1)} <b>.csv")
    page.wait_for_selector(".evaluated")
    assert "columns that are not used: <img_src=x_onerror=alert(1)>${alert(1)}" in reader.say(".remarks")
    assert page.evaluate("window.__xss") == []
    assert page.evaluate(OUTSIDE) == []
    with page.expect_popup() as opened:
        page.click("a.primary")
    report = opened.value
    report.wait_for_selector("#rows > li")
    assert report.locator("img").count() == 0
    report.close()


def test_only_the_files_of_a_report_are_served(reader: Reader, tmp_path: Path) -> None:
    evaluate(reader, tmp_path, HEADER + CLIP + CUP)
    reader.page.wait_for_selector("a.primary")
    address = str(reader.page.evaluate("document.querySelector('a.primary').href")).rpartition("/")[0]
    for name in (*FILES, ZIP):
        status, headers, body = fetched(f"{address}/{name}")
        assert (status, headers["x-content-type-options"], headers["referrer-policy"]) == (
            200,
            "nosniff",
            "no-referrer",
        )
        assert body
        shown = name == "report.html"
        assert headers.get("content-security-policy") == (f"{POLICY}; " if shown else "") + "frame-ancestors 'self'"
        assert headers.get("content-disposition", "").startswith("attachment") is not shown
    base, run_id = address.rsplit("/", 1)
    wrong = (
        f"{address}/.lock", f"{address}/journal.jsonl", f"{address}/..%2f..%2fvotes.sqlite", f"{address}/given/x",
        f"{base}/{run_id[:-1]}x/report.html", f"{base}/..%2f{run_id}/report.html", f"{base}/%2e%2e/report.html",
        f"{base}/{run_id}%00/report.html", f"{address}/", address, f"{base}/",
    )  # fmt: skip
    for one in wrong:
        assert fetched(one)[0] == 404, one


def test_an_example_to_begin_with(reader: Reader, tmp_path: Path) -> None:
    reader.page.goto(f"{reader.site.address}/evaluate/")
    with reader.page.expect_download() as saved:
        reader.page.click("#fn-intro a")
    text = saved.value.path().read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 4
    evaluate(reader, tmp_path, text, "example.csv")
    assert figures(reader)["Answered"] == "0.667"


@pytest.mark.parametrize(("reader", "name"), VARIANTS, indirect=["reader"])
def test_every_view_is_readable_and_kept_as_a_picture(reader: Reader, name: str, tmp_path: Path) -> None:
    page = reader.page

    def check() -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.wait_for_timeout(250)
        pairs = page.evaluate(TEXTS.replace("#fn-box textarea", "#fn-intro"))
        faint = [(said, colour(ink), colour(ground)) for said, ink, ground in pairs
                 if colours.contrast(colour(ink), colour(ground)) < colours.READABLE]  # fmt: skip
        assert faint == []

    page.goto(f"{reader.site.address}/evaluate/")
    page.wait_for_selector("#fn-start")
    check()
    reader.shot(f"evaluate-{name}-1-form")
    upload(reader, tmp_path, HEADER + SLOW * 3 + CLIP + CUP + KINDS, "questions of our customers.csv")
    check()
    reader.shot(f"evaluate-{name}-2-chosen")
    page.click("#fn-start")
    page.wait_for_function("document.querySelector('.counted')?.innerText.includes('left')")
    check()
    reader.shot(f"evaluate-{name}-3-progress")
    page.wait_for_selector(".evaluated")
    check()
    page.set_viewport_size({"width": page.viewport_size["width"], "height": 1200})  # type: ignore[index]
    reader.shot(f"evaluate-{name}-4-figures")


def test_the_keyboard_reaches_everything(reader: Reader, tmp_path: Path) -> None:
    evaluate(reader, tmp_path, HEADER + CLIP)
    page = reader.page
    page.wait_for_selector("a.primary")
    order = []
    for _ in range(14):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.innerText || document.activeElement.id"))
    for wanted in ("Footnote", texts.EXAMPLE, texts.OPEN_REPORT, "report.zip", "answers.csv", texts.ANOTHER):
        assert any(wanted in one for one in order), (wanted, order)


def test_a_file_too_large_is_refused_and_told(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"Is it?\n" * (3 * 2**20))
    page = reader.page
    page.goto(f"{reader.site.address}/evaluate/")
    page.wait_for_selector("#fn-start")
    page.set_input_files("#fn-file input[type=file]", str(path))
    page.wait_for_selector("text=exceed the maximum allowed size of 20.0 Mb")
    reader.shot("evaluate-large")
    page.click("#fn-start")
    page.wait_for_selector("#fn-state .trouble")
    assert reader.say("#fn-state .trouble") == texts.NO_FILE
    reader.complaints.clear()  # the framework asks how far an upload is that was refused


def test_switched_off_there_is_no_page_and_no_link(tmp_path: Path) -> None:
    import httpx

    from bot.chat.server import build_app

    async def seen(limit: int) -> tuple[int, bool, int]:
        app = build_app(FakeBot(), Settings(data=tmp_path / "votes.sqlite", evaluation_limit=limit))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            page, example = await client.get("/evaluate/"), await client.get("/evaluation/example.csv")
            linked = "/evaluate/" in (await client.get("/config")).text
            return page.status_code, linked, example.status_code

    with ThreadPoolExecutor(1) as aside:  # this thread has a loop already, the browser's
        assert aside.submit(lambda: asyncio.run(seen(0))).result() == (404, False, 404)
        assert aside.submit(lambda: asyncio.run(seen(5))).result() == (200, True, 200)
