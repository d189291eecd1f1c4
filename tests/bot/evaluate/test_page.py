"""The report's page: what others wrote stays text, equal answers give equal bytes, nothing is loaded from anywhere."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.evaluate import plots
from bot.evaluate.catalogue import METRICS
from bot.evaluate.compare import Comparison, compare
from bot.evaluate.page import page, shortened, wrong_because
from bot.evaluate.report import Baseline, Pace, Report, Timing, build_report, timing
from bot.evaluate.scores import Table, outcome, scores, table
from bot.evaluate.types import FAILED, REFUSED, Cited, Ranked, Record, Sentence, Times

SCRIPT = "</script><script>alert(1)</script>"
IMAGE = '<img src=x onerror="alert(2)">'
HOSTILE = (
    SCRIPT, IMAGE, "line\u2028and paragraph\u2029end", "<!--/times--><!--times-->", "]]> &amp; &lt;b&gt;",
    "{{ 7 * 7 }} {% x %}", "\u202eright to left\u202c and نص عربي", "javascript:alert(3)",
    "'\"`><svg onload=alert(4)>", "nul\x00 and \x1b[31m",
)  # fmt: skip
KINDS = ("right", "right", "wrong", "declined", "off-topic", "right", "open", "right", "wrong", "right")
TOPICS = ("garage door", "water heater", "thermostat", "parking permit", "library card", "solar panel")
RUN = {
    "questions": {"file": "household.csv", "sha256": "1f" * 32, "count": 60},
    "articles": {"sha256": "ab" * 32, "articles": 153, "chunks": 2311},
    "embedder": "potion-base-8M float32", "generator": "smollm2.gguf:0123456789abcdef",
    "settings": {"top_k": 10, "min_confidence": 0.35}, "code": "fedcba9876543210",
}  # fmt: skip
TIMES = re.compile("<!--times-->.*?<!--/times-->", re.DOTALL)


def cited(number: int, topic: str, url: str, *, expected: bool) -> Cited:
    """A footnote with words around its quote."""
    before, quote = f"How a {topic} works. Switch it off first. ", f"Press the {topic}’s button for ten seconds."
    after = f" A light shows that the {topic} is ready. …"
    start, trail = len(before), ("Everyday use", "Opening it")
    end = start + len(quote)
    about = (number, slug(topic), f"The {topic}", url, trail, before, quote, after, start, end)
    return Cited(*about, is_verbatim=True, is_expected=expected)


def slug(topic: str) -> str:
    return topic.replace(" ", "-")


def record(row: int) -> Record:
    """One of many kinds, by its row; every sixth holds a string that is meant to break the page."""
    topic, kind = TOPICS[row % len(TOPICS)], KINDS[row % len(KINDS)]
    strange = HOSTILE[row // 6 % len(HOSTILE)] if row % 6 == 5 else ""
    one = replace(asked(row, topic, kind, strange), **expectations(topic, kind, strange))
    if kind == "declined" or (kind == "off-topic" and row % 20 == 4):
        return replace(one, declined_because=f"no passage is near enough {strange}", confidence=row * 17 % 35 / 100)
    text = "Call the office about it." if kind in ("wrong", "off-topic") else f"Press the {topic}’s button."
    address = f"https://help.example.org/{slug(topic)}#open"
    return replace(
        one,
        lane=("generated", "quoted", "faq")[row % 3],
        answer=f"{text} {strange} A light shows it.",
        sentences=(Sentence(f"{text} {strange}", (1,), 0.91), Sentence("A light shows it.", (1, 2), 0.62)),
        citations=(
            cited(1, topic, address, expected=kind != "wrong"),
            cited(2, "solar panel", strange, expected=False),
        ),
    )


def asked(row: int, topic: str, kind: str, strange: str) -> Record:
    """A question that is declined until more is said of it."""
    told = {"off-topic": ("near-domain" if row % 20 else "off-topic",)}.get(kind, (topic,))
    return Record(
        row=row,
        line=row + 1,
        id=f"q{row:03} {strange}".strip(),
        question=f"How do I open the {topic} number {row}? {strange}".strip(),
        history=(f"What is a {topic}? {strange}",) if row % 7 == 0 else (),
        tags=(*told, strange) if row == 11 else told,
        answerable=None,
        expected_answers=(),
        expected_sources=(),
        unknown_sources=(),
        relevant=0,
        lane="declined",
        answer="",
        sentences=(),
        citations=(),
        confidence=round(0.35 + row * 37 % 61 / 100, 4),
        declined_because="",
        uncovered=(f"its price {strange}",) if row % 9 == 0 else (),
        ranking=(),
    )


def expectations(topic: str, kind: str, strange: str) -> dict[str, Any]:
    """What the file expects of the answer, and where the ranking has it."""
    if kind in ("open", "off-topic"):
        return {"answerable": None if kind == "open" else False}
    names = [name for name in TOPICS if name != topic]
    names.insert(2 if kind == "wrong" else 0, topic)
    return {
        "answerable": True,
        "expected_answers": (f"the {topic}’s button", strange or "ten seconds"),
        "expected_sources": (slug(topic), "gone.html") if kind == "wrong" else (slug(topic),),
        "unknown_sources": ("gone.html",) if kind == "wrong" else (),
        "relevant": 2 if kind == "wrong" else 1,
        "ranking": tuple(
            Ranked(slug(name), "open", 0.9 - at / 10, is_expected=name == topic) for at, name in enumerate(names)
        ),
    }


def broken(row: int, lane: str) -> Record:
    """A question that was not answered for another reason than the articles."""
    why = "ValueError: " + IMAGE if lane == FAILED else "the question is longer than 500 characters"
    one = record(row)
    return replace(
        one, lane=lane, answer="", sentences=(), citations=(), ranking=(), confidence=0.0, declined_because=why
    )


@dataclass(frozen=True)
class Run:
    """A made-up run and the arguments of its page."""

    pairs: tuple[tuple[Record, Times], ...]
    report: Report
    timing: Timing
    comparison: Comparison | None

    def html(self) -> str:
        records = [record for record, _ in self.pairs]
        return "".join(page(self.report, self.timing, self.comparison, records, self.times))

    def times(self) -> list[Times]:
        return [times for _, times in self.pairs]


def answers(count: int = 60) -> list[Record]:
    records = [record(row) for row in range(1, count + 1)]
    return [*records[:-2], broken(count - 1, FAILED), broken(count, REFUSED)] if count > 2 else records


def made(records: list[Record], *, pace: float = 1.0, before: Table | None = None) -> Run:
    """A run of these answers, `pace` times slower."""
    times = [Times(each.row, None, 0.2 + each.row * 29 % 83 / 40 * pace) for each in records]
    scored = table(records, len(records))
    report = build_report(scored, RUN, (f"the column {IMAGE} is not known and was left out", "2 rows have no question"))
    comparison = compare(Baseline("runs/before/report.json", {}, before), scored, {}) if before else None
    return Run(
        tuple(zip(records, times, strict=True)),
        report,
        timing(times, 2, Pace(len(times), 12.5 * pace, 0.0)),
        comparison,
    )


def earlier(records: list[Record]) -> Table:
    """The same questions, when two kinds of them were still declined."""
    silent = {"sentences": (), "answer": "", "citations": (), "lane": "declined"}
    then = [replace(each, **silent) if each.row % 10 in (1, 4) else each for each in records]
    return table(then, len(then))


@pytest.fixture(scope="module")
def run() -> Run:
    records = answers()
    return made(records, before=earlier(records))


@pytest.fixture(scope="module")
def html(run: Run) -> str:
    return run.html()


class Elements(HTMLParser):
    """Every element with its attributes, and what stands in each script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._within = str(dict(attrs).get("id", "code")) if tag == "script" else ""

    def handle_data(self, data: str) -> None:
        if self._within:
            self.scripts[self._within] = self.scripts.get(self._within, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._within = ""


def test_what_others_wrote_makes_no_elements(html: str) -> None:
    elements = Elements(html)
    assert [tag for tag, _ in elements.found].count("script") == 3
    assert set(elements.scripts) == {"questions", "seconds", "code"}
    assert not [
        tag for tag, attributes in elements.found if tag == "img" or any(name.startswith("on") for name in attributes)
    ]
    assert IMAGE not in html
    assert "alert(1)</script>" not in html
    assert "\u2028" not in html
    assert "&lt;img src=x onerror=" in html  # a remark, as text


def test_each_question_is_one_line_of_json_that_says_what_was_written(run: Run, html: str) -> None:
    lines = [json.loads(line) for line in Elements(html).scripts["questions"].split("\n") if line]
    assert [line["question"] for line in lines] == [each.question for each, _ in run.pairs]
    assert [line["id"] for line in lines] == [each.id for each, _ in run.pairs]
    first, quoted = lines[0]["citations"][0], run.pairs[0][0].citations[0]
    assert (first["before"], first["quote"], first["after"]) == (quoted.before, quoted.quote, quoted.after)
    changed = {kind: tuple(line["id"] for line in lines if line["changed"] == kind) for kind in ("gained", "lost")}
    assert run.comparison
    assert changed == {"gained": run.comparison.gained, "lost": run.comparison.lost}
    assert all(changed.values())


def test_nothing_is_loaded_and_nothing_may_be(html: str) -> None:
    elements = Elements(html).found
    for tag, attributes in elements:
        assert not attributes.keys() & {"src", "srcset", "action", "data", "poster", "background"}, tag
        assert (attributes.get("href") or "#").startswith("#"), tag
        assert tag not in ("link", "base", "iframe", "object", "embed", "form")
    assert "url(" not in html.replace("url(#", "")
    assert "@import" not in html
    policies = [
        attributes["content"] for _, attributes in elements if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"]
    code = Elements(html).scripts["code"]
    assert not re.search(r"innerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp", code)


def test_equal_answers_give_equal_bytes_but_for_times(run: Run, html: str) -> None:
    slower = made([each for each, _ in run.pairs], pace=3.0, before=earlier([each for each, _ in run.pairs])).html()
    assert slower != html
    assert TIMES.sub("", slower) == TIMES.sub("", html)
    assert len(TIMES.findall(html)) == 2
    assert run.html() == html


def test_other_answers_give_other_bytes(run: Run, html: str) -> None:
    records = [each for each, _ in run.pairs]
    records[0] = replace(records[0], confidence=0.123)
    assert TIMES.sub("", made(records, before=earlier(records)).html()) != TIMES.sub("", html)


def test_every_figure_is_named_with_its_formula(html: str) -> None:
    for metric in METRICS:
        assert f"<code>{metric.name}</code>" in html
    assert "nothing to compute it from" in html  # no question is tagged adversarial


def test_ids_are_given_once(html: str) -> None:
    ids = [attributes["id"] for _, attributes in Elements(html).found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_pictures_say_what_is_to_be_seen(html: str) -> None:
    pictures = [attributes for tag, attributes in Elements(html).found if tag == "svg"]
    assert len(pictures) == 3
    for attributes in pictures:
        assert attributes["role"] == "img"
        assert re.search(r"\d", attributes["aria-label"] or "")
    assert "#0a0b0" not in html  # every colour follows the page's scheme


def test_a_file_that_tells_nothing_has_sentences_instead_of_pictures() -> None:
    bare = [replace(record(row), answerable=None, expected_answers=(), expected_sources=()) for row in (1, 2)]
    run = made(bare)
    assert plots.risk_coverage(run.report).drawn == ""
    assert "so there is no curve to draw" in run.html()


def test_no_question_at_all_still_makes_a_page() -> None:
    html = made([]).html()
    assert "nothing to draw" in html
    assert html.rstrip().endswith("</html>")


def test_the_page_comes_in_pieces_and_reads_the_questions_as_it_goes(run: Run) -> None:
    read = 0

    def counted() -> Iterator[Record]:
        nonlocal read
        for record, _ in run.pairs:
            read += 1
            yield record

    seen = {read for piece in page(run.report, run.timing, None, counted(), run.times) if piece}
    assert len(seen) >= len(run.pairs)  # no piece holds more than a few questions


def test_texts_of_very_many_questions_are_cut_where_it_does_not_matter() -> None:
    cut = shortened({"question": "x" * 9, "before": "abcdefgh", "n": 3, "all": ("y" * 9, ("z",))}, 4)
    assert cut == {"question": "xxxx…", "before": "efgh", "n": 3, "all": ["yyyy…", ["z"]]}


def test_outcomes_follow_the_scores() -> None:
    found = {each.row: outcome(each, {0.0: 0.0, 1.0: 1.0}.get(scores(each)["right"])) for each in answers()}
    assert [found[row] for row in (1, 2, 3, 4, 6, 24)] == ["right", "wrong", "false_decline", "right", "open", "right"]
    assert found[14] == "wrong"  # answered though the articles do not answer it
    assert [found[row] for row in (59, 60)] == ["failed", "failed"]


def test_a_wrong_answer_says_what_it_lacks() -> None:
    wrong, unanswerable, declined = record(2), record(14), record(3)
    assert wrong_because(wrong, scores(wrong)) == [
        "No expected answer stands in it word by word.",
        "It cites no expected source.",
    ]
    assert "although the articles do not answer it" in wrong_because(unanswerable, scores(unanswerable))[0]
    assert "although the articles answer it" in wrong_because(declined, scores(declined))[0]
    assert wrong_because(record(1), scores(record(1))) == []


def test_importing_it_is_cheap_and_writing_it_is_quiet(tmp_path: object) -> None:
    code = (
        "import sys, bot.evaluate.page\n"
        "assert not {'jinja2', 'matplotlib', 'scipy'} & set(sys.modules)\n"
        "from tests.bot.evaluate.test_page import answers, made\n"
        "made(answers(12)).html()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    environment = {"MPLCONFIGDIR": str(tmp_path), "PATH": "", "PYTHONPATH": "."}  # no cache of fonts yet
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
