"""Signals of questions that articles cover and of others, set by set (bench/gate.py)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.logistic import Numbers, fit, platt

COVERED = "covered"
KINDS = ("near", "held", "off")  # the others: the module's docstring of bench/gate.py says what they are


@dataclass(frozen=True, slots=True)
class Rows:
    """Questions of collections, n of them."""

    labels: NDArray[np.str_]  # (n,) collections
    kinds: NDArray[np.str_]  # (n,) covered, near, held, off
    signals: Numbers  # (n, d)
    far: NDArray[np.bool_]  # (n,) whether the first look ends there

    @classmethod
    def joined(cls, parts: Iterable["Rows"]) -> "Rows":
        """All of them, in order."""
        columns = zip(*((one.labels, one.kinds, one.signals, one.far) for one in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    @property
    def covered(self) -> NDArray[np.bool_]:
        """(n,) whether the articles answer."""
        return self.kinds == COVERED

    def of(self, label: str, *kinds: str) -> NDArray[np.bool_]:
        """(n,) which are of a collection and of one of the kinds."""
        return (self.labels == label) & np.isin(self.kinds, kinds)

    @property
    def groups(self) -> NDArray[np.str_]:
        """(n,) the sets, whose questions are the same with titles shown and hidden."""
        return np.array([set_of(label) for label in self.labels])

    @property
    def weights(self) -> Numbers:
        """(n,) every kind of every collection the same, off-topic half."""
        weights = np.zeros(len(self.labels))
        for label in np.unique(self.labels):
            for kind in np.unique(self.kinds):
                here = self.of(label, kind)
                weights[here] = (0.5 if kind == "off" else 1.0) / max(1, here.sum())
        return weights

    def mended(self, log_odds: Numbers) -> Numbers:
        """(n,) log-odds, those of each set as steep and as high as the other sets want them (Platt, 1999)."""
        told = np.zeros(len(log_odds))
        for here in self._sets():
            told[here] = self._mended_without(here, log_odds)[here]
        return told

    def left_out(self, ridge: float) -> Numbers:
        """(n,) the same by weights fitted on the labels of the other sets, each with a level of its own."""
        told = np.zeros(len(self.labels))
        for here in self._sets():
            slope, bias = fit(self.signals, self.covered, self.weights * ~here, ridge, self.groups)
            told[here] = self._mended_without(here, self.signals @ slope + bias)[here]
        return told

    def _sets(self) -> Iterator[NDArray[np.bool_]]:
        groups = self.groups
        return (groups == group for group in np.unique(groups))

    def _mended_without(self, here: NDArray[np.bool_], log_odds: Numbers) -> Numbers:
        steep, more = platt(log_odds, self.covered, self.weights * ~here)
        return steep * log_odds + more


def set_of(label: str) -> str:
    """The set whose questions these are, its titles shown or hidden."""
    return label.split(",")[0]
