"""The report as one HTML file for people: it asks nothing of any server, and what others wrote stays text in it.

Everything that depends on times stands between `<!--times-->` and `<!--/times-->`; the rest is equal for equal answers.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.evaluate import plots
from bot.evaluate.catalogue import BY_NAME, GROUPS
from bot.evaluate.compare import Comparison
from bot.evaluate.figures import Figure
from bot.evaluate.metrics.text import answer_hit
from bot.evaluate.report import Report, Timing
from bot.evaluate.scores import outcome, short_answers
from bot.evaluate.summary import number
from bot.evaluate.types import FAILED, Cited, Record, Times
from bot.markup.colours import DARK, LIGHT, variables
from bot.markup.escape import whole
from bot.reading import trail

if TYPE_CHECKING:
    from markupsafe import Markup

HERE = Path(__file__).parent
ACCENT = "#2f5d50"  # the chat page's, before an operator chooses another
# Figures at the top, of each entry the first that is defined.
HEADLINES = (
    ("right",), ("wrong_answers",), ("covered_auroc",), ("citation_precision", "cited"), ("ndcg10",), ("answered",),
)  # fmt: skip
# What each of them is a share of, in few words; the table below has the formula.
GLOSSES = {
    "right": "of judged questions",
    "wrong_answers": "of judged answers; lower is better",
    "covered_auroc": "answerable or not; 0.5 is chance",
    "citation_precision": "of citations",
    "cited": "of answers with expected sources",
    "ndcg10": "ranking of expected sources",
    "answered": "of all questions",
}
MOST_LINKED = 60  # questions that changed sides, linked one by one; a button shows all
# "<" and "&" could end or begin markup, the two separators end a line of JavaScript: written as JSON escapes.
_ESCAPED = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}

# Characters of any one text on the page. A browser holds all questions as one string of half a billion characters at
# most, so the texts of very many are shorter: 100,000 took 163 to 376 MB with whole ones.
LONGEST, LONGEST_OF_MANY = 20_000, 300
MANY = 20_000  # questions
AllTimes = Callable[[], Iterable[Times]]


@dataclass(frozen=True, slots=True)
class Lane:
    """What became of the questions of one lane."""

    figure: Figure  # its share
    questions: int
    judged: int
    right: int


def page(
    report: Report, timing: Timing, comparison: Comparison | None, records: Iterable[Record], times: AllTimes
) -> Iterator[str]:
    """The file piece by piece; `records` and `times` are in the order of the report's table.

    Questions are never all held, their seconds are.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"number": number, "metrics": BY_NAME, "span": span, "glosses": GLOSSES}
    environment.filters |= {"drawn": Markup, "shown": whole, "signed": signed}
    seconds = np.array([each.finished for each in times()], np.float64)
    yield from environment.get_template("report.html.j2").generate(
        report=report, times=timing, comparison=comparison, headlines=headlines(report), lanes=lanes(report),
        groups=[(group, [(metric, report[metric.name]) for metric in each]) for group, each in GROUPS],
        curve=plots.risk_coverage(report), confidences=plots.confidences(report), most_linked=MOST_LINKED,
        latencies=plots.latencies(seconds, timing), size=(plots.WIDTH, plots.HEIGHT), identity=flat(report.run),
        light=variables(LIGHT, ACCENT), dark=variables(DARK, ACCENT), own=_own_files(),
        questions=question_lines(report, comparison, records), timed=timed_lines(times()),
    )  # fmt: skip


def _own_files() -> dict[str, "Markup"]:
    from markupsafe import Markup

    return {name: Markup((HERE / f"report.{name}").read_text(encoding="utf-8")) for name in ("css", "js")}


def headlines(report: Report) -> list[Figure]:
    """The figures that are looked at first, where they are defined."""
    defined = {figure.name: figure for figure in report.figures if figure.value is not None}
    chosen = (next((name for name in names if name in defined), None) for names in HEADLINES)
    return [defined[name] for name in chosen if name]


def lanes(report: Report) -> list[Lane]:
    """Lanes that took a question."""
    taken = np.array(report.table.lanes)
    right = report.table["right"]
    found = []
    for figure in (figure for figure in report.figures if figure.name.startswith("lane_") and figure.value):
        here = right[taken == figure.name.removeprefix("lane_")]
        found.append(Lane(figure, len(here), int((~np.isnan(here)).sum()), int((here == 1).sum())))
    return found


def flat(nested: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Names and values of a mapping of mappings."""
    for name, value in nested.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{name} ")
        else:
            yield f"{above}{name}".replace("_", " "), str(value)


def span(name: str, low: float | None, high: float | None) -> str:
    """A 95 % interval in words, "" when there is none."""
    return "" if low is None or high is None else f"{number(name, low)} – {number(name, high)}"


def signed(change: float) -> str:
    """A change as it is shown: with its sign, and no sign where nothing changed."""
    return f"{change:+.3f}".replace("-", "−") if change else "0"


def as_line(record: Any) -> "Markup":  # noqa: ANN401 - anything JSON can say
    """One line of JSON that means nothing to a reader of HTML."""
    from markupsafe import Markup

    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return Markup(whole(text).translate(_ESCAPED))


def timed_lines(times: Iterable[Times]) -> Iterator["Markup"]:
    """Seconds of each question to its first sentence and to its end."""
    return (as_line([each.first_sentence, round(each.finished, 4)]) for each in times)


def question_lines(report: Report, comparison: Comparison | None, records: Iterable[Record]) -> Iterator["Markup"]:
    """Everything that report.js shows of each question."""
    gained, lost = (frozenset(comparison.gained), frozenset(comparison.lost)) if comparison else ((), ())
    columns = report.table.columns
    longest = LONGEST if len(report.table) <= MANY else LONGEST_OF_MANY
    for row, record in enumerate(records):
        values = {name: float(column[row]) for name, column in columns.items() if not math.isnan(column[row])}
        changed = "gained" if record.id in gained else "lost" if record.id in lost else ""
        yield as_line(shortened(_shown(record, values) | {"changed": changed}, longest))


def shortened(value: Any, longest: int) -> Any:  # noqa: ANN401 - anything JSON can say
    """The same with every text cut to `longest` characters; answers.jsonl has them whole."""
    if isinstance(value, str):
        return value if len(value) <= longest else f"{value[:longest]}…"
    if isinstance(value, dict):
        if "before" in value:  # of a quote: its end is what matters
            value = value | {"before": value["before"][-longest:]}
        return {name: shortened(each, longest) for name, each in value.items()}
    return [shortened(each, longest) for each in value] if isinstance(value, list | tuple) else value


def _shown(record: Record, values: Mapping[str, float]) -> dict[str, Any]:
    names = (
        "row", "line", "id", "question", "history", "tags", "answerable", "expected_answers", "expected_sources",
        "unknown_sources", "relevant", "lane", "confidence", "declined_because", "uncovered",
    )  # fmt: skip
    return {name: getattr(record, name) for name in names} | {
        "outcome": outcome(record, values.get("right")),
        "why": wrong_because(record, values),
        "sentences": [(each.text, each.citations, each.support) for each in record.sentences],
        "citations": [_cited(each) for each in record.citations],
        "ranking": [(each.article_id, each.anchor, each.score, each.is_expected) for each in record.ranking],
        "scores": {name: value for name, value in values.items() if name not in ("confidence", "answerable")},
    }


def _cited(cited: Cited) -> dict[str, Any]:
    names = ("number", "article_id", "title", "url", "before", "quote", "after", "is_verbatim", "is_expected")
    return {name: getattr(cited, name) for name in names} | {"trail": trail(cited.title, cited.heading_path)}


def wrong_because(record: Record, values: Mapping[str, float]) -> list[str]:
    """What a right answer would have had and this one has not; the rule is that of the score `right`."""
    if values.get("right") != 0:
        return []
    if record.lane == FAILED:
        return ["The program broke on it."]
    if not values["answerable"]:
        return ["It is answered although the articles do not answer it."]
    if not record.answered:
        return ["It is not answered although the articles answer it."]
    found = []
    short = short_answers(record.expected_answers)
    if short and not answer_hit(record.answer, short):
        found.append("No expected answer stands in it word by word.")
    if values.get("cited") == 0:
        found.append("It cites no expected source.")
    return found
