"""Two runs of the same questions: what changed, and whether chance explains it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.evaluate.catalogue import BY_NAME, METRICS
from bot.evaluate.figures import ends, rounded
from bot.evaluate.metrics import resample
from bot.evaluate.metrics.selection import Numbers
from bot.evaluate.report import Baseline
from bot.evaluate.scores import Table, asked_hash
from bot.evaluate.types import Case
from corpus.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both runs over the questions they share."""

    name: str
    before: float
    after: float
    low: float | None  # 95 % paired bootstrap interval of after - before
    high: float | None

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def verdict(self) -> str:
        """better, worse, or "" when the interval holds 0 or neither direction is better."""
        better = BY_NAME[self.name].better
        if self.low is None or self.high is None or not better or self.low <= 0 <= self.high:
            return ""
        return "better" if (self.low > 0) == (better > 0) else "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside an earlier one."""

    baseline: str  # where the other report lies
    differs: tuple[str, ...]  # what else is not as it was: questions, articles, settings, code
    shared: int  # questions both runs asked
    only_before: int
    only_now: int
    differences: tuple[Difference, ...]
    gained: tuple[str, ...]  # ids of questions that became right
    lost: tuple[str, ...]  # that became wrong
    p: float  # of McNemar's test

    @property
    def regressions(self) -> list[str]:
        """A line for each figure worse by more than chance, and one for more questions lost than chance explains."""
        lines = [
            f"{one.name} fell from {one.before:.4f} to {one.after:.4f} (95 % interval of the change {_span(one)})"
            if BY_NAME[one.name].better > 0
            else f"{one.name} rose from {one.before:.4f} to {one.after:.4f} (95 % interval of the change {_span(one)})"
            for one in self.differences
            if one.verdict == "worse"
        ]
        if len(self.lost) > len(self.gained) and self.p < 1 - resample.LEVEL:
            lines.append(
                f"{len(self.lost)} questions became wrong and {len(self.gained)} right (McNemar p = {self.p:.4f})"
            )
        return lines


def _span(one: Difference) -> str:
    return f"{one.low:+.4f} to {one.high:+.4f}"


def check_shared(baseline: Baseline, cases: Iterable[Case]) -> None:
    """EvaluationError when the baseline has none of the cases; said before hours of asking."""
    known = set(zip(baseline.table.ids, baseline.table.questions, strict=True))
    if not any((case.id, asked_hash(case)) in known for case in cases):
        raise _strangers(baseline)


def _strangers(baseline: Baseline) -> EvaluationError:
    return EvaluationError(f"{baseline.name}: shares no question with this run; name a report of the same questions")


def compare(baseline: Baseline, now: Table, run: Mapping[str, Any]) -> Comparison:
    """Over questions with the same id and the same words; EvaluationError when there are none."""
    before = baseline.table
    places = {key: row for row, key in enumerate(zip(before.ids, before.questions, strict=True))}
    pairs = [(places[key], row) for row, key in enumerate(zip(now.ids, now.questions, strict=True)) if key in places]
    if not pairs:
        raise _strangers(baseline)
    theirs, ours = before.taken([row for row, _ in pairs]), now.taken([row for _, row in pairs])
    judged = ~np.isnan(theirs["right"]) & ~np.isnan(ours["right"])
    then, after = theirs["right"] == 1, ours["right"] == 1
    _, _, p = resample.mcnemar(then[judged], after[judged])
    return Comparison(
        baseline=baseline.name,
        differs=tuple(name for name in run if run[name] != baseline.run.get(name)),
        shared=len(pairs),
        only_before=len(before) - len(pairs),
        only_now=len(now) - len(pairs),
        differences=_differences(theirs, ours),
        gained=_ids(ours, judged & after & ~then),
        lost=_ids(ours, judged & then & ~after),
        p=round(p, 6),
    )


def _differences(before: Table, now: Table) -> tuple[Difference, ...]:
    ones = np.ones(len(now))
    bound = [(metric.name, metric.bind(before).compute, metric.bind(now).compute) for metric in METRICS]
    values = [(name, theirs, ours, rounded(theirs(ones)), rounded(ours(ones))) for name, theirs, ours in bound]
    changes: list[Callable[[Numbers], float]] = [
        lambda weights, theirs=theirs, ours=ours: ours(weights) - theirs(weights)  # type: ignore[misc]
        for _, theirs, ours, then, after in values
        if then is not None and after is not None
    ]
    between = iter(resample.intervals(changes, len(now)))
    return tuple(
        Difference(name, then, after, *ends(next(between)))
        for name, _, _, then, after in values
        if then is not None and after is not None
    )


def _ids(table: Table, rows: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(table.ids[row] for row in np.flatnonzero(rows))
