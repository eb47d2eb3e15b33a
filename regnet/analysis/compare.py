"""Two populations side by side: which rule says what, with an interval and a p (the project's verdict rules).

Errors: lower is better. Every effect is `mean(a) - mean(b)` in the unit of the values, so a negative one favours a.

- better: Welch's two-sided 95% interval. Supported if it lies below 0, contradicted if above.
- no_difference: 90% interval against +-margin (two one-sided tests). Supported inside, contradicted outside.
- no_worse: the same interval against +margin only.
- p is that of the side the effect lies on: small p goes with "supported" or with "contradicted".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from regnet.analysis.edf import Floats, as_errors

Verdict = Literal["supported", "contradicted", "inconclusive", "not tested here"]
ALPHA = 0.05
WIDE, NARROW = f"{1 - ALPHA:.0%}", f"{1 - 2 * ALPHA:.0%}"  # levels of two-sided and of one-sided intervals


@dataclass(frozen=True)
class Comparison:
    """An effect with its interval and p (None where the rule has none), the sizes, and the verdict before Holm.

    `level` says what the interval is ("95%", "quartiles"), `claimed` where it has to lie wholly for "supported".
    """

    effect: float
    low: float
    high: float
    p: float | None
    n_a: int
    n_b: int
    verdict: Verdict
    level: str = WIDE
    claimed: tuple[float, float] = (-np.inf, 0.0)


def of_side(claimed: bool, decided: bool) -> Verdict:
    """The verdict of an effect that lies on the claimed side or not, its interval deciding or not."""
    if not decided:
        return "inconclusive"
    return "supported" if claimed else "contradicted"


@dataclass(frozen=True)
class _Welch:
    """Difference of means of two samples with unequal variances."""

    effect: float
    error: float  # standard error of the effect
    freedom: float

    @classmethod
    def of(cls, a: Floats, b: Floats) -> _Welch:
        if min(len(a), len(b)) < 2:
            raise ValueError(f"a comparison needs at least 2 values a side, got {len(a)} and {len(b)}")
        return cls.of_moments(float(a.mean() - b.mean()), float(a.std(ddof=1)), float(b.std(ddof=1)), len(a), len(b))

    @classmethod
    def of_moments(cls, effect: float, sd_a: float, sd_b: float, n_a: int, n_b: int) -> _Welch:
        parts = np.array([sd_a**2 / n_a, sd_b**2 / n_b])
        square = float(parts.sum())
        spread = float((parts**2 / [n_a - 1, n_b - 1]).sum())
        return cls(effect, square**0.5, square**2 / spread if spread else np.inf)

    def interval(self, level: float) -> tuple[float, float]:
        half = self.error * float(stats.t.ppf((1 + level) / 2, self.freedom))
        return self.effect - half, self.effect + half

    def p_below(self, limit: float) -> float:
        """One-sided p against the true difference being at least `limit`."""
        if not self.error:
            return 0.0 if self.effect < limit else 1.0
        return float(stats.t.cdf((self.effect - limit) / self.error, self.freedom))

    def p_above(self, limit: float) -> float:
        """One-sided p against the true difference being at most `limit`."""
        if not self.error:
            return 0.0 if self.effect > limit else 1.0
        return float(stats.t.sf((self.effect - limit) / self.error, self.freedom))


def better(a: npt.ArrayLike, b: npt.ArrayLike) -> Comparison:
    """Is a's mean lower than b's? Welch's difference, two-sided 95% interval and p.

    Raises:
        ValueError: fewer than two values a side, or missing ones.

    >>> better([1.0, 2.0, 3.0], [7.0, 8.0, 9.0]).verdict
    'supported'
    """
    a, b = as_errors(a), as_errors(b)
    welch = _Welch.of(a, b)
    low, high = welch.interval(1 - ALPHA)
    p = min(1.0, 2 * min(welch.p_below(0.0), welch.p_above(0.0)))
    return Comparison(welch.effect, low, high, p, len(a), len(b), of_side(high < 0, low > 0 or high < 0))


def no_difference(a: npt.ArrayLike, b: npt.ArrayLike, margin: float) -> Comparison:
    """Do a's and b's means differ by less than the margin? 90% interval; p of the two one-sided tests.

    Where the effect lies beyond the margin, p is that of the test that the difference is beyond it.

    Raises:
        ValueError: a margin that is not positive, fewer than two values a side, or missing ones.
    """
    a, b = as_errors(a), as_errors(b)
    _check(margin)
    welch = _Welch.of(a, b)
    low, high = welch.interval(1 - 2 * ALPHA)
    p_inside = max(welch.p_below(margin), welch.p_above(-margin))
    p_outside = min(welch.p_above(margin), welch.p_below(-margin))
    inside, outside = -margin < low and high < margin, low > margin or high < -margin
    p = p_inside if abs(welch.effect) < margin else p_outside
    side = of_side(inside, inside or outside)
    return Comparison(welch.effect, low, high, p, len(a), len(b), side, NARROW, (-margin, margin))


def no_worse(a: npt.ArrayLike, b: npt.ArrayLike, margin: float) -> Comparison:
    """Is a's mean at most the margin above b's? Upper end of the 90% interval against the margin.

    Raises:
        ValueError: a margin that is not positive, fewer than two values a side, or missing ones.
    """
    a, b = as_errors(a), as_errors(b)
    _check(margin)
    welch = _Welch.of(a, b)
    low, high = welch.interval(1 - 2 * ALPHA)
    p = min(welch.p_below(margin), welch.p_above(margin))
    side = of_side(high < margin, high < margin or low > margin)
    return Comparison(welch.effect, low, high, p, len(a), len(b), side, NARROW, (-np.inf, margin))


def power(margin: float, sd_a: float, sd_b: float, n_a: int, n_b: int) -> float:
    """Chance that `no_difference` says supported where the true means are equal.

    sd_a, sd_b: standard deviations over networks, n_a, n_b: sizes. Shifted-t approximation.

    >>> round(power(1.5, 3.0, 3.0, 100, 100), 2)
    0.94
    """
    _check(margin)
    welch = _Welch.of_moments(0.0, sd_a, sd_b, n_a, n_b)
    if not welch.error:
        return 1.0
    slack = margin / welch.error - stats.t.ppf(1 - ALPHA, welch.freedom)
    return max(0.0, float(2 * stats.t.cdf(slack, welch.freedom) - 1))


def holm(pvalues: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values of one family, in the order given.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(pvalues, kind="stable")
    steps = np.asarray(pvalues, np.float64)[order] * np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return [float(p) for p in adjusted]


def _check(margin: float) -> None:
    if not margin > 0:
        raise ValueError(f"the margin must be a positive number of points, got {margin}")
