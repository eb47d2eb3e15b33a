"""Printed numbers compared: means with standard deviations over runs, ranks of models, ratios (sec. 5, Tables 3-6).

Print rounds. `rounding` is half a unit of the last printed digit: intervals are widened by what it can hide, and p is
that of the least favourable numbers that round to the printed ones; 0 takes the numbers as exact.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from regnet.analysis.compare import ALPHA, Comparison, better, of_side
from regnet.analysis.edf import Floats
from regnet.design.scalars import real, row, whole

RUNS = 5  # trainings behind a printed mean of sec. 5
FEWEST_PAIRS = 5  # to rank
TIED = 9  # decimals beyond which means are tied: sums of the same numbers in another order differ there
FIELLER = 0.437  # variance of atanh(tau) is about this over n - 4 (Fieller, Hartley and Pearson 1957)


def better_printed(
    mean_a: float, sd_a: float, mean_b: float, sd_b: float, n: int = RUNS, *, rounding: float = 0.0
) -> Comparison:
    """Is a's mean lower than b's? Welch's two-sided 95% interval and p from printed mean ± sd over n runs a side.

    Raises:
        ValueError: fewer than two runs, a negative sd or rounding, or a missing number.

    >>> found = better_printed(21.7, 0.08, 23.2, 0.09)
    >>> round(found.effect, 2), round(found.low, 2), round(found.high, 2), found.verdict
    (-1.5, -1.62, -1.38, 'supported')
    """
    mean_a, mean_b, n = real("mean_a", mean_a), real("mean_b", mean_b), whole("n", n, low=2)
    sd_a, sd_b, rounding = real("sd_a", sd_a, low=0), real("sd_b", sd_b, low=0), real("rounding", rounding, low=0)
    found = better(_sample(mean_a, sd_a, n), _sample(mean_b, sd_b, n))
    if not rounding:
        return found
    hidden = 2 * rounding
    least = np.sign(found.effect) * max(0.0, abs(found.effect) - hidden)
    p = better(_sample(float(least), sd_a, n), _sample(0.0, sd_b, n)).p
    low, high = found.low - hidden, found.high + hidden
    return replace(found, low=low, high=high, p=p, verdict=of_side(high < 0, low > 0 or high < 0))


def tau(x: npt.ArrayLike, y: npt.ArrayLike) -> Comparison:
    """Do x and y rank alike? Kendall's tau-b of n pairs, 95% interval, and p of scipy's test against no association.

    The interval is tanh(atanh(tau) ± 1.96 sqrt(0.437 / (n - 4))), approximate and too short for many ties; at
    tau = ±1, where atanh has no value, its inner end is that of half a discordant pair.

    Raises:
        ValueError: fewer than five pairs, another number of y than of x, a value that is not finite, or all equal.

    >>> found = tau([1, 2, 3, 4, 5, 6], [10, 20, 40, 30, 50, 60])
    >>> round(found.effect, 3), found.verdict
    (0.867, 'supported')
    """
    x, y = row("x", x), row("y", y)
    _check_pairs(x, y)
    n = len(x)
    found = stats.kendalltau(np.round(x, TIED), np.round(y, TIED))
    value = float(found.statistic)
    most = 1 - 2 / (n * (n - 1))
    half = float(stats.norm.ppf(1 - ALPHA / 2)) * (FIELLER / (n - 4)) ** 0.5
    centre = float(np.arctanh(np.clip(value, -most, most)))
    low = -1.0 if value <= -most else float(np.tanh(centre - half))
    high = 1.0 if value >= most else float(np.tanh(centre + half))
    side = of_side(low > 0, low > 0 or high < 0)
    return Comparison(value, low, high, float(found.pvalue), n, n, side, claimed=(0.0, np.inf))


def ratio(a: float, b: float, *, least: float = 1.0, rounding: float = 0.0) -> Comparison:
    """How many times b is a? The interval holds what rounds to the printed numbers; supported where it exceeds `least`.

    There is no p: single measurements were printed.

    Raises:
        ValueError: numbers or a rounding that leave b without a positive value.

    >>> found = ratio(504, 94, least=5, rounding=0.5)
    >>> round(found.effect, 2), round(found.low, 2), round(found.high, 2), found.verdict
    (5.36, 5.33, 5.4, 'supported')
    """
    a, b, least, rounding = real("a", a), real("b", b), real("least", least), real("rounding", rounding, low=0)
    if min(a, b) <= rounding:
        raise ValueError(f"positive numbers above the rounding {rounding} expected, got {a} and {b}")
    low, high = (a - rounding) / (b + rounding), (a + rounding) / (b - rounding)
    side = of_side(low > least, low > least or high < least)
    return Comparison(a / b, low, high, None, 1, 1, side, "rounding", (least, np.inf))


def _sample(mean: float, sd: float, n: int) -> Floats:
    """n values of that mean and standard deviation: Welch's test knows nothing else of a sample."""
    steps = np.arange(n) - (n - 1) / 2
    return np.asarray(mean + sd * steps / steps.std(ddof=1), np.float64)


def _check_pairs(x: Floats, y: Floats) -> None:
    if x.shape != y.shape or len(x) < FEWEST_PAIRS:
        raise ValueError(f"at least five pairs expected, got shapes {x.shape} and {y.shape}")
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        raise ValueError("all values are equal: there is nothing to rank")
