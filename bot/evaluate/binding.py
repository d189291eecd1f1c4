"""How a figure is computed: a metric bound to a table is a function of how often each row counts.

Counting rows otherwise is how a figure's interval comes about.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.evaluate.metrics import selection
from bot.evaluate.metrics.selection import Numbers
from bot.evaluate.scores import Table

Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bound:
    """A metric on one table."""

    rows: Rows  # the questions it rests on
    compute: Callable[[Numbers], float]  # weights of all rows -> value, nan when undefined


Bind = Callable[[Table], Bound]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure."""

    name: str
    title: str
    formula: str  # for the person who must defend it, with its source
    bind: Bind
    better: int = 1  # 1: higher is better, -1: lower is, 0: neither
    is_share: bool = True  # 0..1


def _ratio(part: Numbers, whole: Numbers, rows: Rows) -> Bound:
    """Sum of `part` over sum of `whole`, over `rows`."""
    above, below = np.where(rows, part, 0.0), np.where(rows, whole, 0.0)

    def compute(weights: Numbers) -> float:
        # Not `weights @ below`: for long tables that wakes as many threads as there are cores, and takes longer.
        total = float(np.einsum("i,i->", weights, below))
        return float(np.einsum("i,i->", weights, above)) / total if total else math.nan

    return Bound(rows & (below > 0), compute)


def mean(column: str, where: Callable[[Table], Rows] | None = None, *, inverted: bool = False) -> Bind:
    """Mean of a column, or of 1 - it, over the rows where it is defined."""

    def bind(table: Table) -> Bound:
        values = table[column]
        rows = ~np.isnan(values) & (where(table) if where else True)
        return _ratio(1 - values if inverted else values, np.ones(len(table)), rows)

    return bind


def pooled(part: str, whole: str) -> Bind:
    """Sum of one column over the sum of another, over the rows where both are defined."""
    return lambda table: _ratio(table[part], table[whole], ~np.isnan(table[part]) & ~np.isnan(table[whole]))


def equals(column: str, value: int) -> Callable[[Table], Rows]:
    """Rows where a column has this value."""
    return lambda table: np.asarray(table[column] == value)


def of_kind(kind: str) -> Callable[[Table], Rows]:
    """Rows without an answer in the articles whose tags say that they are of this one of KINDS."""
    return lambda table: (table["answerable"] == 0) & table.kinds[kind]


def lane(name: str) -> Bind:
    """Share of the rows answered by a lane."""

    def bind(table: Table) -> Bound:
        here = np.array([lane == name for lane in table.lanes], np.float64)
        return _ratio(here, np.ones(len(table)), np.ones(len(table), np.bool_))

    return bind


def auroc(negatives: Callable[[Table], Rows]) -> Bind:
    """AUROC of the confidence, answerable rows against these."""

    def bind(table: Table) -> Bound:
        rows = _by_confidence(table, (table["answerable"] == 1) | negatives(table))
        confidence, positive = table["confidence"][rows], table["answerable"][rows] == 1
        return Bound(_mask(table, rows), lambda weights: selection.auroc(confidence, positive, weights[rows]))

    return bind


def is_judged(table: Table) -> Rows:
    """Rows that take part in risk and coverage: those whose answer can be told right from wrong."""
    return ~np.isnan(table["right"])


def selective(function: Callable[..., float], *first: float) -> Bind:
    """A figure of risk and coverage, over the judged rows."""

    def bind(table: Table) -> Bound:
        rows = _by_confidence(table, is_judged(table))
        asked = table["confidence"][rows], table["right"][rows] == 0, table["answered"][rows] == 1
        return Bound(
            _mask(table, rows),
            lambda weights: function(*first, *asked, weights[rows]) if weights[rows].any() else math.nan,
        )

    return bind


def _by_confidence(table: Table, rows: Rows) -> NDArray[np.intp]:
    """The rows' numbers, most confident first: sorting them again for each resample then costs next to nothing."""
    numbers = np.flatnonzero(rows)
    return np.asarray(numbers[np.argsort(-table["confidence"][numbers], kind="stable")])


def _mask(table: Table, numbers: NDArray[np.intp]) -> Rows:
    rows = np.zeros(len(table), np.bool_)
    rows[numbers] = True
    return rows
