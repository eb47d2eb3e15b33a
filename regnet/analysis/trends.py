"""Rank correlations: of a statistic of networks with their error, and of the paper's top models with their flops.

The latter are no test of a population: the twelve networks of a family are all there are, each the best of 25 random
settings (arXiv:2003.13678, sec. 5: stage 3 long, the last short, g grows with flops, d saturates).
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from regnet.analysis.compare import ALPHA, Comparison, of_side
from regnet.analysis.edf import Floats, as_errors
from regnet.design.scalars import real, row, whole

LARGE = 4.0  # the large models, in units of 10^9 multiply-adds: from here on the upper half of each family


class Trend(NamedTuple):
    """Spearman's rank correlation, its two-sided p (scipy's t approximation), and how many networks."""

    rho: float
    p: float
    n: int


def trend(x: npt.ArrayLike, y: npt.ArrayLike, *, least: int = 3) -> Trend:
    """How y goes with x, by rank.

    x, y: shape (n,), n >= `least`.

    Raises:
        ValueError: fewer than `least` networks, lengths that differ, missing values, or all values of a row equal.

    >>> trend([0.2, 0.4, 0.8, 1.6], [8, 16, 24, 48]).rho
    1.0
    """
    a, b = row("x", x, least=least), row("y", y, least=least)
    if a.shape != b.shape:
        raise ValueError(f"x and y must be rows of one length, got shapes {a.shape} and {b.shape}")
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        raise ValueError(f"rank correlation needs values that differ: a row of these {len(a)} is constant")
    found = stats.spearmanr(a, b)
    return Trend(float(found.statistic), float(found.pvalue), len(a))


def rank_interval(rho: float, n: int) -> tuple[float, float]:
    """95% interval of a Spearman correlation of n >= 4 pairs: Fisher's z, variance (1 + rho^2 / 2) / (n - 3).

    The variance is that of Bonett and Wright (2000). At rho = ±1, where atanh has no value, the inner end is that of
    half of the least change of ranks.

    >>> [round(end, 2) for end in rank_interval(-1.0, 4)]
    [-1.0, 0.73]
    """
    most = 1 - 6 / (n * (n**2 - 1))
    half = float(stats.norm.ppf(1 - ALPHA / 2)) * math.sqrt((1 + rho**2 / 2) / (n - 3))
    centre = math.atanh(min(max(rho, -most), most))
    return -1.0 if rho <= -most else math.tanh(centre - half), 1.0 if rho >= most else math.tanh(centre + half)


def falls(x: npt.ArrayLike, errors: npt.ArrayLike) -> Comparison:
    """Do networks with a larger x have lower errors? Spearman's rho of x with error; negative supports.

    x, errors: shape (n,), n >= 4. 95% interval by `rank_interval`, p by scipy's t approximation, which is 0 at ±1;
    there 2 / n!, of all orders two.

    Raises:
        ValueError: fewer than 4 networks, lengths that differ, or all x or all errors equal.

    >>> falls([1, 2, 3, 4], [40.0, 30.0, 20.0, 10.0]).verdict
    'inconclusive'
    """
    rho, p, n = trend(x, as_errors(errors), least=4)
    p = max(p, 2 / math.factorial(n))
    low, high = rank_interval(rho, n)
    return Comparison(rho, low, high, p, n, n, of_side(high < 0, high < 0 or low > 0))


def falls_given(x: npt.ArrayLike, errors: npt.ArrayLike, given: npt.ArrayLike) -> Comparison:
    """Do networks with a larger x have lower errors, `given` held? Partial Spearman correlation; negative supports.

    (r_xe - r_xg r_eg) / sqrt((1 - r_xg^2) (1 - r_eg^2)) of ranks. 95% interval and p by Fisher's z with one network
    fewer, as one variable is held.

    Raises:
        ValueError: fewer than 5 networks, lengths that differ, or x or errors that `given` determines.
    """
    values, e, held = row("x", x), as_errors(errors), row("given", given)
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


class Saturation(NamedTuple):
    """The trend among the small and among the large models, and the least and greatest value among the large."""

    small: Trend
    large: Trend
    low: float
    high: float
    greatest_small: float


def saturation(flops: npt.ArrayLike, x: npt.ArrayLike, *, large: float = LARGE) -> Saturation:
    """How x goes with flops below `large` and from there on.

    flops, x: shape (n,); flops and `large` in one unit. x saturates where it does not rise any more among the large.

    Raises:
        ValueError: fewer than 3 networks on a side.
    """
    f, values, large = row("flops", flops), row("x", x), real("large", large)
    upper = f >= large
    return Saturation(
        small=trend(f[~upper], values[~upper]),
        large=trend(f[upper], values[upper]),
        low=float(values[upper].min()),
        high=float(values[upper].max()),
        greatest_small=float(values[~upper].max()),
    )


def longest_stage(depths: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Number (from 1) of each network's longest stage, 0 where two stages tie; shape (n,).

    depths: shape (n, stages).

    >>> longest_stage([(1, 2, 7, 12), (2, 4, 10, 2), (1, 3, 6, 6)]).tolist()
    [4, 3, 0]
    """
    d = np.asarray(depths, np.int64)
    tied = (d == d.max(axis=1, keepdims=True)).sum(axis=1) > 1
    return np.where(tied, 0, d.argmax(axis=1) + 1)


def holds_from(flops: npt.ArrayLike, holds: npt.ArrayLike) -> float:
    """The least flops from which on a statement holds of every network; infinity where it fails for the largest.

    flops, holds: shape (n,), in any order.

    >>> holds_from([0.2, 0.4, 0.8, 1.6], [True, False, True, True])
    0.8
    """
    f, true = row("flops", flops), np.asarray(holds, bool)
    failed = f[~true]
    above = f[f > failed.max()] if len(failed) else f
    return float(above.min()) if len(above) else float("inf")


def medians(x: npt.ArrayLike, errors: npt.ArrayLike, bins: int) -> tuple[Floats, Floats]:
    """Median x and median error of groups of neighbours in x, each of about n / bins networks.

    >>> x, y = medians([4.0, 1.0, 2.0, 3.0], [40.0, 10.0, 20.0, 30.0], bins=2)
    >>> x.tolist(), y.tolist()
    ([1.5, 3.5], [15.0, 35.0])
    """
    values, e = row("x", x), as_errors(errors)
    groups = np.array_split(np.argsort(values, kind="stable"), min(whole("bins", bins), len(values)))
    return np.array([np.median(values[g]) for g in groups]), np.array([np.median(e[g]) for g in groups])
