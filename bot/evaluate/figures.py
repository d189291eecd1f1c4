"""Figures of a table: the value of each metric, its interval, and how many questions it rests on."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bot.evaluate.binding import Metric
from bot.evaluate.catalogue import METRICS
from bot.evaluate.metrics import resample
from bot.evaluate.scores import DIGITS, Table


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value on one table; None: undefined."""

    name: str
    value: float | None
    low: float | None  # 95 % bootstrap interval over the questions
    high: float | None
    count: int  # questions it rests on


def figures(table: Table, metrics: Iterable[Metric] = METRICS) -> tuple[Figure, ...]:
    """Value and interval of each metric."""
    ones = np.ones(len(table))
    found = [(metric, bound, bound.compute(ones)) for metric in metrics for bound in (metric.bind(table),)]
    defined = [bound.compute for _, bound, value in found if not math.isnan(value)]
    between = iter(resample.intervals(defined, len(table)))
    return tuple(
        Figure(metric.name, None, None, None, 0)
        if math.isnan(value)
        else Figure(metric.name, rounded(value), *ends(next(between)), int(bound.rows.sum()))
        for metric, bound, value in found
    )


def ends(between: tuple[float, float] | None) -> tuple[float | None, float | None]:
    """An interval to DIGITS; two None when there is none."""
    low, high = between or (None, None)
    return rounded(low), rounded(high)


def rounded(value: float | None) -> float | None:
    """To DIGITS; None for undefined."""
    return None if value is None or math.isnan(value) else round(value, DIGITS)
