"""What the paper says of its top models (sec. 5): stage 3 long, stage 4 short, g grows with flops, d saturates.

No test of a population: the twelve networks of a family are all there are, each the best of 25 random settings.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

LARGE = 4.0  # the large models, in units of 10^9 multiply-adds: from here on the upper half of each family


class Trend(NamedTuple):
    """Spearman's rank correlation with flops, its two-sided p (scipy's t approximation), and how many networks."""

    rho: float
    p: float
    n: int


class Saturation(NamedTuple):
    """The trend among the small and among the large models, and the least and greatest value among the large."""

    small: Trend
    large: Trend
    low: float
    high: float
    greatest_small: float


def trend(flops: npt.ArrayLike, x: npt.ArrayLike) -> Trend:
    """How x goes with flops, by rank.

    flops, x: shape (n,), n >= 3.

    Raises:
        ValueError: fewer than 3 networks, lengths that differ, or all values of one of them equal.

    >>> trend([0.2, 0.4, 0.8, 1.6], [8, 16, 24, 48]).rho
    1.0
    """
    f, values = np.asarray(flops, np.float64), np.asarray(x, np.float64)
    if f.shape != values.shape or f.ndim != 1 or len(f) < 3:
        raise ValueError(f"flops and x must be two rows of at least 3 values, got shapes {f.shape} and {values.shape}")
    if np.ptp(f) == 0 or np.ptp(values) == 0:
        raise ValueError(f"rank correlation needs values that differ: all flops or all x of these {len(f)} are equal")
    found = stats.spearmanr(f, values)
    return Trend(float(found.statistic), float(found.pvalue), len(f))


def saturation(flops: npt.ArrayLike, x: npt.ArrayLike, *, large: float = LARGE) -> Saturation:
    """How x goes with flops below `large` and from there on.

    flops, x: shape (n,); flops and `large` in one unit. x saturates where it does not rise any more among the large.

    Raises:
        ValueError: fewer than 3 networks on a side.
    """
    f, values = np.asarray(flops, np.float64), np.asarray(x, np.float64)
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
    f, true = np.asarray(flops, np.float64), np.asarray(holds, bool)
    failed = f[~true]
    above = f[f > failed.max()] if len(failed) else f
    return float(above.min()) if len(above) else float("inf")
