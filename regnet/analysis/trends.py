"""How a statistic of the network goes with its error."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import stats

from regnet.analysis.compare import ALPHA, Comparison, of_side
from regnet.analysis.edf import as_errors


def rank_interval(rho: float, n: int) -> tuple[float, float]:
    """95% interval of a Spearman correlation of n >= 4 pairs: Fisher's z, variance (1 + rho^2 / 2) / (n - 3).

    The variance is that of Bonett and Wright (2000).
    """
    if abs(rho) == 1:
        return rho, rho
    half = float(stats.norm.ppf(1 - ALPHA / 2)) * math.sqrt((1 + rho**2 / 2) / (n - 3))
    return math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half)


def falls(x: npt.ArrayLike, errors: npt.ArrayLike) -> Comparison:
    """Do networks with a larger x have lower errors? Spearman's rho of x with error; negative supports.

    x, errors: shape (n,), n >= 4. 95% interval by `rank_interval`, p by scipy's t approximation.

    Raises:
        ValueError: fewer than 4 networks, lengths that differ, or all x or all errors equal.
    """
    values, e = np.asarray(x, np.float64), as_errors(errors)
    n = len(e)
    if values.shape != e.shape or n < 4:
        raise ValueError(f"x and errors must have one length of at least 4, got shapes {values.shape} and {e.shape}")
    if np.ptp(values) == 0 or np.ptp(e) == 0:
        raise ValueError(f"rank correlation needs values that differ: all x or all errors of these {n} are equal")
    found = stats.spearmanr(values, e)
    rho, p = float(found.statistic), float(found.pvalue)
    low, high = rank_interval(rho, n)
    return Comparison(rho, low, high, p, n, n, of_side(high < 0, high < 0 or low > 0))


def falls_given(x: npt.ArrayLike, errors: npt.ArrayLike, given: npt.ArrayLike) -> Comparison:
    """Do networks with a larger x have lower errors, `given` held? Partial Spearman correlation; negative supports.

    (r_xe - r_xg r_eg) / sqrt((1 - r_xg^2) (1 - r_eg^2)) of ranks. 95% interval and p by Fisher's z with one network
    fewer, as one variable is held.

    Raises:
        ValueError: fewer than 5 networks, lengths that differ, or x or errors that `given` determines.
    """
    values, e, held = np.asarray(x, np.float64), as_errors(errors), np.asarray(given, np.float64)
    n = len(e)
    if not values.shape == e.shape == held.shape or n < 5:
        raise ValueError(f"three rows of one length of at least 5 expected, got {values.shape, e.shape, held.shape}")
    ranks = np.array([stats.rankdata(row) for row in (values, e, held)])
    if (np.ptp(ranks, axis=1) == 0).any():
        raise ValueError(f"rank correlation needs values that differ: a row of these {n} is constant")
    r = np.corrcoef(ranks)
    left = (1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2)
    if left < 1e-12:
        raise ValueError("x or the errors are determined by what is held")
    rho = float((r[0, 1] - r[0, 2] * r[1, 2]) / math.sqrt(left))
    low, high = rank_interval(rho, n - 1)
    z = math.atanh(rho) / math.sqrt((1 + rho**2 / 2) / (n - 4)) if abs(rho) < 1 else math.inf
    return Comparison(rho, low, high, float(2 * stats.norm.sf(abs(z))), n, n, of_side(high < 0, high < 0 or low > 0))
