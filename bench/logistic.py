"""Logistic regression as the gate is fitted: both classes weigh the same, collections have levels of their own."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Numbers = NDArray[np.float64]
Truth = NDArray[np.bool_]


def fit(
    x: Numbers, y: Truth, weights: Numbers, ridge: float, groups: NDArray[np.str_] | None = None
) -> tuple[Numbers, float]:
    """Weights, (d,), and bias of an L2-regularised logistic regression of `x`, (n, d), both classes weighing the same.

    Each of `groups`, (n,), has a level of its own, so that what is learnt is how questions of one collection differ and
    not how collections do; the bias is the mean of the levels.
    """
    used = weights > 0
    centre, scale = x[used].mean(0), x[used].std(0) + 1e-9
    names = np.unique(groups[used]) if groups is not None else np.array([""])
    member = groups[:, None] == names if groups is not None else np.ones((len(x), 1))
    rows, count = np.c_[(x - centre) / scale, member], x.shape[1]
    share = shares(y, weights)

    def loss(theta: Numbers) -> float:
        margin = np.where(y, 1, -1) * (rows @ theta)
        return float((share * np.logaddexp(0, -margin)).sum() + ridge * (theta[:count] ** 2).sum())

    theta = minimize(loss, np.zeros(rows.shape[1]), method="L-BFGS-B").x
    slope = theta[:count] / scale
    return slope, float(theta[count:].mean() - slope @ centre)


def platt(log_odds: Numbers, y: Truth, weights: Numbers) -> tuple[float, float]:
    """How many times as steep log-odds, (n,), tell `y` best, and then how much higher (Platt, 1999)."""
    steep, more = fit(log_odds[:, None], y, weights, 0.0)
    return float(steep[0]), more


def shares(y: Truth, weights: Numbers) -> Numbers:
    """The weights, (n,), those of either class summing to one."""
    return np.where(y, weights / weights[y].sum(), weights / weights[~y].sum())


def log_loss(log_odds: Numbers, y: Truth, weights: Numbers) -> float:
    """In nats, of log-odds, (n,); both classes weigh the same, as in the fit."""
    return float((shares(y, weights) / 2 * np.logaddexp(0, np.where(y, -1, 1) * log_odds)).sum())
