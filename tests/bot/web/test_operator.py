"""The operator's page over HTTP: what it says, and that what others wrote stays text."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from bot.markup import colours
from bot.markup.escape import whole
from bot.records.gaps import Gap, Wording
from bot.records.kept import Day, Records
from bot.settings import Settings
from bot.web.operator import Bar, OperatorPage, bars
from corpus.types import Article, Section
from tests.bot.web.operator_page import AUTH, PASSWORD, app, asked, page, small_index
from tests.browser.strings import hostile_strings

PAY = ("how do I pay the bill", "how do I pay the bill in cash", "how can I pay the bill")
ELEMENTS = {
    "a", "bdi", "body", "code", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "footer", "g", "h1", "h2",
    "h3", "head", "header", "html", "li", "main", "meta", "nav", "ol", "p", "rect", "section", "small", "span",
    "style", "summary", "svg", "table", "tbody", "td", "th", "thead", "title", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "aria-current", "aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "content", "dir", "download",
    "height", "href", "id", "lang", "name", "preserveaspectratio", "role", "scope", "viewbox", "width", "x", "y",
}  # fmt: skip


def texts(document: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in document.xpath(path)]


def test_what_was_asked_by_day_and_by_gap(tmp_path: Path) -> None:
    kept = [asked(question) for question in PAY] + [asked(PAY[0], days=1)]
    kept += [asked("Is CLIP an LLM?", "faq", answer="No."), asked("Which kinds?", "quoted", 3, answer="Two.")]
    with page(tmp_path, kept) as client:
        document = html.fromstring(client.get("/operator", auth=AUTH).text)
    assert texts(document, "//dl[@class='cards']/div") == ["Questions6", "Answered2 33 %", "Not covered4 67 %"]
    today = datetime.now(UTC).date()
    days = [(today - timedelta(days=back)).isoformat() for back in (0, 1, 3)]
    rows = [[cell.text_content() for cell in row] for row in document.xpath("//tbody/tr")]
    assert rows == [[days[0], "4", "1", "3"], [days[1], "1", "0", "1"], [days[2], "1", "1", "0"]]
    assert texts(document, "//ol[@class='gaps']//h3") == [PAY[0]]
    assert texts(document, "//ol[@class='gaps']//summary") == ["2 other wordings"]
    assert "Asked 4 times" in texts(document, "//ol[@class='gaps']//p")


def test_the_nearest_passages_link_to_where_they_are_read(tmp_path: Path) -> None:
    with page(tmp_path, [asked("models for text and pictures such as CLIP match what")]) as client:
        document = html.fromstring(client.get("/operator", auth=AUTH).text)
    first = document.xpath("//ul[@class='nearest']/li")[0]
    assert first.text_content() == "Foundation models › Kinds of foundation models (models.md)"
    assert first.xpath("a/@href") == ["https://help.example.org/models#kinds-of-foundation-models"]


def test_thumbs_down_are_shown_with_their_answers(tmp_path: Path) -> None:
    kept = [asked("Old?", "quoted", 2, -1, "First."), asked("New?", "faq", 0, -1, "Second."), asked("Up?", "faq", 0, 1)]
    with page(tmp_path, kept) as client:
        document = html.fromstring(client.get("/operator", auth=AUTH).text)
        short = html.fromstring(client.get("/operator?days=1", auth=AUTH).text)
    assert texts(document, "//ol[@class='disliked']//h3") == ["New?", "Old?"]
    assert texts(document, "//p[@class='answer']") == ["Second.", "First."]
    assert (
        "Answer as written by the authors · confidence 0.25 · chat" in texts(document, "//ol[@class='disliked']//p")[1]
    )
    assert texts(short, "//ol[@class='disliked']//h3") == ["New?"]


def test_the_draft_is_a_file_to_download(tmp_path: Path) -> None:
    with page(tmp_path, [asked(question) for question in PAY]) as client:
        link = html.fromstring(client.get("/operator?days=7", auth=AUTH).text).xpath("//a[@download]/@href")[0]
        answer = client.get(link, auth=AUTH)
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="faq-draft.md"'
    assert "\n## how do I pay the bill?\n" in answer.text
    assert "Asked 3 times." in answer.text


def test_an_empty_page_says_so(tmp_path: Path) -> None:
    with page(tmp_path) as client:
        text = client.get("/operator", auth=AUTH).text
    assert "Nothing was asked in the last 30 days." in text
    assert "Nothing was asked that the articles do not cover." in text
    assert "No answer got a thumb down." in text
    assert "deleted after 30 days" in text
    assert '<a class="download' not in text


def test_to_keep_nothing_shows_nothing(tmp_path: Path) -> None:
    Records(tmp_path / "footnote.sqlite", 30).add(asked("A secret?"))
    with page(tmp_path, keep=False) as client:
        text = client.get("/operator", auth=AUTH).text
    assert "Nothing is kept, because the setting" in text
    assert "secret" not in text


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "footnote.sqlite").write_text("my notes, not a database, and long enough to be looked at as one")
    with page(tmp_path) as client:
        assert "The file of questions cannot be read" in client.get("/operator", auth=AUTH).text
    assert len(caplog.messages) >= 1


def test_one_may_look_back_as_far_as_is_kept(tmp_path: Path) -> None:
    with page(tmp_path, kept_days=60) as client:
        document = html.fromstring(client.get("/operator?days=30", auth=AUTH).text)
        assert texts(document, "//nav/a") == ["7 days", "30 days", "60 days"]
        assert texts(document, "//nav/a[@aria-current='page']") == ["30 days"]
        for wrong in ("0", "-1", "x", "1e3", "99999", "9" * 5000):
            assert client.get(f"/operator?days={wrong}", auth=AUTH).status_code == 422, wrong


def test_nothing_runs_and_nothing_is_loaded(tmp_path: Path) -> None:
    with page(tmp_path, [asked(PAY[0])]) as client:
        answer = client.get("/operator", auth=AUTH)
    style = html.fromstring(answer.text).xpath("//style")[0].text
    policy = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
    assert policy["style-src"] == f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
    assert {name: policy[name] for name in policy if policy[name] == "'none'"}.keys() == {
        "default-src", "base-uri", "form-action", "frame-ancestors"
    }  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script|\sstyle=|\son\w+=|@import|url\(", answer.text)


def test_hostile_questions_and_answers_stay_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strings = [text for text in map(whole, hostile_strings()) if text.strip()]
    some = strings[::120]
    with page(tmp_path, [asked(text, "declined", 0, -1, text) for text in some]) as client:
        through_all = client.get("/operator", auth=AUTH).text
        assert client.get("/operator/faq-draft.md", auth=AUTH).status_code == 200
    chosen = Settings(data=tmp_path / "none.sqlite", operator_password=PASSWORD)
    records = Records(chosen.data, 30)
    monkeypatch.setattr(records, "disliked", lambda days, most: [asked(text, answer=text) for text in strings])
    every = OperatorPage(small_index(), chosen, records)
    gaps = tuple(Gap((Wording(text, 1), Wording(text, 2)), ()) for text in strings)
    monkeypatch.setattr(every, "gaps", lambda days: gaps)
    for text, expected in ((through_all, some), (every.html(30), strings)):
        document = html.fromstring(text)
        assert {one.tag for one in document.iter() if isinstance(one.tag, str)} <= ELEMENTS
        assert {name for one in document.iter() for name in one.attrib} <= ATTRIBUTES
        assert {href.split(":")[0] for href in document.xpath("//@href") if not href.startswith("/")} <= {"https"}
        said = [one.text_content() for one in document.xpath("//p[@class='answer']")]
        assert sorted(map(bare, said)) == sorted(map(bare, expected))


def bare(text: str) -> str:
    """Without what a reader of HTML changes: line ends and controls."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\ufffd]+", "", text)


def test_hostile_articles_stay_text(tmp_path: Path) -> None:
    title, text = "<img src=x onerror=alert(1)>", "Pay at the counter."
    article = Article("a\"'<b>.md", title, "javascript:alert(1)", text, (Section((), "", 0, 0, len(text)),))
    with page(tmp_path, [asked("pay at the counter?")], index=small_index(article)) as client:
        document = html.fromstring(client.get("/operator", auth=AUTH).text)
    assert texts(document, "//ul[@class='nearest']/li") == [f"{title} ({article.id})"]
    assert document.xpath("//ul[@class='nearest']//a") == []


@given(
    counts=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 9), st.integers(0, 9)), max_size=9),
    span=st.integers(1, 92),
)
def test_bars_are_the_days(counts: list[tuple[int, int, int]], span: int) -> None:
    today = date(2026, 3, 1)
    by_date = {(today - timedelta(days=back)).isoformat(): (one, two) for back, one, two in counts}
    found = bars([Day(each, *pair) for each, pair in by_date.items()], span, today)
    assert [bar.x for bar in found] == list(range(span))
    assert [bar.day.date for bar in found] == sorted(bar.day.date for bar in found)
    assert found[-1].day.date == "2026-03-01"
    assert all((bar.day.answered, bar.day.declined) == by_date.get(bar.day.date, (0, 0)) for bar in found)
    most = max(bar.day.answered + bar.day.declined for bar in found)
    for bar in found:
        assert bar.answered * (most or 1) == pytest.approx(bar.day.answered)
        assert bar.declined * (most or 1) == pytest.approx(bar.day.declined)
        assert bar.answered + bar.declined <= 1 + 1e-9
    assert isinstance(found[0], Bar)


@pytest.mark.parametrize("accent", ["#2f5d50", "#ffff00", "#000000", "#ffffff", "#1a1aff"])
@pytest.mark.parametrize("palette", [colours.LIGHT, colours.DARK])
def test_bars_can_be_seen(accent: str, palette: colours.Palette) -> None:
    pairs = (part.split(":") for part in colours.variables(palette, accent).rstrip(";").split(";"))
    values = {name.removeprefix("--fn-"): value for name, value in pairs}
    for bar in ("accent", "edge"):
        assert colours.contrast(values[bar], values["paper"]) >= 3


def test_without_a_password_there_is_no_page(tmp_path: Path) -> None:
    assert [route.path for route in app(tmp_path, operator_password="").routes] == []  # type: ignore[attr-defined]


def test_the_page_is_the_same_for_equal_records(tmp_path: Path) -> None:
    with page(tmp_path, [asked(question) for question in PAY]) as client:
        assert client.get("/operator", auth=AUTH).text == client.get("/operator", auth=AUTH).text


def test_the_style_is_known_by_its_hash_whatever_the_colour(tmp_path: Path) -> None:
    chosen = Settings(data=tmp_path / "x.sqlite", operator_password=PASSWORD)
    one, other = (
        OperatorPage(small_index(), replaced, Records(chosen.data, 30)).policy
        for replaced in (chosen, chosen.model_copy(update={"colour": "#ffff00"}))
    )
    assert one != other


def test_partly_uncovered_questions_are_gaps(tmp_path: Path) -> None:
    record = replace(asked("Both?", "quoted", answer="One."), uncovered=("what does it cost",))
    with page(tmp_path, [record]) as client:
        document = html.fromstring(client.get("/operator", auth=AUTH).text)
    assert texts(document, "//ol[@class='gaps']//h3") == ["what does it cost"]
