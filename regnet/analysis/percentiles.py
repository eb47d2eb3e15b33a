"""Verdicts from resamples: percentile intervals of an effect, and p as the share of resamples on the other side."""

import numpy as np
import numpy.typing as npt

from regnet.analysis.compare import ALPHA, NARROW, Comparison, of_side
from regnet.analysis.edf import Floats


def interval(spread: Floats, alpha: float = ALPHA) -> tuple[float, float]:
    """The ends that alpha of the resamples lie outside of, half of them on each side."""
    low, high = np.quantile(spread, [alpha / 2, 1 - alpha / 2])
    return float(low), float(high)


def above(effect: float, spread: Floats, n: int) -> Comparison:
    """Is the effect above 0? 95% interval of its resamples, two-sided p."""
    low, high = interval(spread)
    p = min(1.0, 2 * min(share(spread <= 0), share(spread >= 0)))
    return Comparison(effect, low, high, p, n, n, of_side(low > 0, low > 0 or high < 0), claimed=(0.0, np.inf))


def within(effect: float, spread: Floats, value: float, margin: float, n: int) -> Comparison:
    """Does the effect lie within value +- margin? 90% interval of its resamples."""
    low, high = interval(spread, 2 * ALPHA)
    inside = value - margin < low and high < value + margin
    outside = low > value + margin or high < value - margin
    over, under = share(spread >= value + margin), share(spread <= value - margin)
    near = abs(effect - value) < margin
    p = max(over, under) if near else min(share(spread < value + margin), share(spread > value - margin))
    side = of_side(inside, inside or outside)
    return Comparison(effect, low, high, p, n, n, side, NARROW, (value - margin, value + margin))


def share(which: npt.NDArray[np.bool_]) -> float:
    """Share of resamples, the observed one counted too: never 0."""
    return (1 + int(which.sum())) / (1 + which.size)
