"""The report of a run: figures, curve and what is needed to compare it with another run; times apart."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.evaluate.binding import is_judged
from bot.evaluate.catalogue import BY_NAME, BY_TAG
from bot.evaluate.figures import Figure, figures, rounded
from bot.evaluate.metrics import selection
from bot.evaluate.scores import DIGITS, SCORES, Table, kinds_of
from bot.evaluate.types import Times
from corpus.errors import EvaluationError

FORMAT = 1  # raise it when a report can no longer be compared with older ones
MOST_TAGS = 40  # with figures of their own, those of most questions first
CURVE_POINTS = 200  # kept of the risk-coverage curve; each is at most half a percent of the questions from the next


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report says, but the questions themselves and the times."""

    run: Mapping[str, Any]  # what was asked of what: file, articles, models, settings, code
    remarks: tuple[str, ...]
    figures: tuple[Figure, ...]
    by_tag: Mapping[str, tuple[Figure, ...]]
    curve: tuple[tuple[float, float, float], ...]  # coverage, risk, threshold
    table: Table

    def __getitem__(self, name: str) -> Figure:
        return next(figure for figure in self.figures if figure.name == name)


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of a run, in seconds."""

    first_sentence_p50: float | None
    first_sentence_p95: float | None
    finished_p50: float | None
    finished_p95: float | None
    questions: int
    workers: int
    wall: float | None  # of the asking, models loaded and all, of the run that finished it
    per_second: float | None  # questions in that run, from its first answer on


def build_report(table: Table, run: Mapping[str, Any], remarks: Sequence[str]) -> Report:
    """All figures of a table."""
    most = sorted(table.tags, key=lambda tag: (-len(table.tags[tag]), tag))[:MOST_TAGS]
    shown = [BY_NAME[name] for name in BY_TAG]
    by_tag = {tag: figures(table.taken(table.tags[tag]), shown) for tag in sorted(most)}
    return Report(run, tuple(remarks), figures(table), by_tag, _curve(table), table)


def _curve(table: Table) -> tuple[tuple[float, float, float], ...]:
    rows = is_judged(table)
    wrong, answered = table["right"][rows] == 0, table["answered"][rows] == 1
    curve = selection.risk_coverage(table["confidence"][rows], wrong, answered, np.ones(int(rows.sum())))
    kept = np.unique(np.linspace(0, len(curve.risk) - 1, min(CURVE_POINTS, len(curve.risk))).astype(int))
    points = zip(curve.coverage[kept], curve.risk[kept], curve.threshold[kept], strict=True)
    return tuple((round(float(c), DIGITS), round(float(r), DIGITS), round(float(t), DIGITS)) for c, r, t in points)


@dataclass(frozen=True, slots=True)
class Pace:
    """How the asking went."""

    asked: int  # questions that were not answered yet
    seconds: float
    to_first: float  # seconds until the first of them was answered: the models load


def timing(times: Iterable[Times], workers: int, pace: Pace) -> Timing:
    """Percentiles over all questions; the rate is that of the run that finished them."""
    answering = pace.seconds - pace.to_first
    pairs = [(each.first_sentence, each.finished) for each in times]
    first = np.array([one for one, _ in pairs if one is not None])
    finished = np.array([one for _, one in pairs])
    return Timing(
        first_sentence_p50=_percentile(first, 50),
        first_sentence_p95=_percentile(first, 95),
        finished_p50=_percentile(finished, 50),
        finished_p95=_percentile(finished, 95),
        questions=len(pairs),
        workers=workers,
        wall=round(pace.seconds, 1) if pace.asked else None,
        per_second=round((pace.asked - 1) / answering, 2) if pace.asked > 1 and answering > 0 else None,
    )


def _percentile(values: Any, share: int) -> float | None:  # noqa: ANN401 - an array
    return round(float(np.percentile(values, share)), 3) if len(values) else None


def as_json(report: Report) -> str:
    """report.json: equal for equal answers."""
    table = report.table
    record = {
        "format": FORMAT,
        "run": dict(report.run),
        "remarks": list(report.remarks),
        "metrics": {figure.name: _figure(figure) for figure in report.figures},
        "by_tag": {tag: {figure.name: _figure(figure) for figure in each} for tag, each in report.by_tag.items()},
        "risk_coverage": [list(point) for point in report.curve],
        "questions": {
            "ids": list(table.ids),
            "asked": list(table.questions),
            "lanes": list(table.lanes),
            "tags": {tag: rows.tolist() for tag, rows in table.tags.items()},
            "scores": {name: [rounded(float(value)) for value in table[name]] for name in SCORES},
        },
    }
    return json.dumps(record, ensure_ascii=False, indent=None, separators=(",", ":"))


def _figure(figure: Figure) -> dict[str, Any]:
    return {name: value for name, value in asdict(figure).items() if name != "name"}


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier run to compare with."""

    name: str
    run: Mapping[str, Any]
    table: Table


def read_baseline(path: Path) -> Baseline:
    """Another run's report.json; EvaluationError when it is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["format"] != FORMAT:
            told = f"{path}: written in format {record['format']}, this version compares with {FORMAT}"
            raise EvaluationError(f"{told}; evaluate again to make it anew")
        return Baseline(str(path), dict(record["run"]), _table(record["questions"]))
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read ({error.strerror}); name another run's report.json") from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise EvaluationError(f"{path}: is no report of an evaluation; name another run's report.json") from None


def _table(asked: Any) -> Table:  # noqa: ANN401 - what a file holds
    columns = {name: np.array(asked["scores"][name], np.float64) for name in SCORES}
    tags = {tag: np.array(rows, np.intp) for tag, rows in asked["tags"].items()}
    ids, questions, lanes = (tuple(map(str, asked[name])) for name in ("ids", "asked", "lanes"))
    if {len(one) for one in (questions, lanes, *columns.values())} != {len(ids)}:
        raise ValueError("columns of different lengths")
    return Table(ids, questions, columns, lanes, kinds_of(tags, len(ids)), tags)


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure that must not fall below (or, where lower is better, rise above) a value."""

    name: str
    value: float


def read_limit(given: str) -> Limit:
    """`answer_hit=0.8`; EvaluationError for a figure that does not exist and a value that is none."""
    name, _, value = given.partition("=")
    if name not in BY_NAME:
        raise EvaluationError(f"--fail-under {given}: there is no figure {name!r}; known: {', '.join(sorted(BY_NAME))}")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise EvaluationError(f"--fail-under {given}: write a number after =, as in {name}=0.8")
    return Limit(name, number)


def missed(report: Report, limits: Iterable[Limit]) -> list[str]:
    """A line for each limit that is not kept; an undefined figure keeps none."""
    lines = []
    for limit in limits:
        metric, figure = BY_NAME[limit.name], report[limit.name]
        if figure.value is None:
            lines.append(f"{limit.name} is undefined: the file gives nothing to compute it from")
        elif metric.better < 0 and figure.value > limit.value:
            lines.append(f"{limit.name} is {figure.value:.4f}, above {limit.value:g}")
        elif metric.better >= 0 and figure.value < limit.value:
            lines.append(f"{limit.name} is {figure.value:.4f}, below {limit.value:g}")
    return lines
