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
    wanted = tuple(metrics)
    bound = [metric.bind(table) for metric in wanted]
    values = [one.compute(np.ones(len(table))) for one in bound]
    drawn = np.full((len(wanted), resample.SAMPLES), math.nan)
    defined = [number for number, value in enumerate(values) if not math.isnan(value)]
    for sample, weights in enumerate(resample.resamples(len(table)) if defined else ()):
        for number in defined:
            drawn[number, sample] = bound[number].compute(weights)
    found = []
    for metric, one, value, row in zip(wanted, bound, values, drawn, strict=True):
        low, high = (None if math.isnan(value) else resample.interval(row)) or (None, None)
        count = 0 if math.isnan(value) else int(one.rows.sum())
        found.append(Figure(metric.name, rounded(value), rounded(low), rounded(high), count))
    return tuple(found)


def rounded(value: float | None) -> float | None:
    """To DIGITS; None for undefined."""
    return None if value is None or math.isnan(value) else round(value, DIGITS)
