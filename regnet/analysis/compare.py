"""Two populations side by side: which rule says what, with an interval and a p (the project's verdict rules).

Errors: lower is better. Every effect is `mean(a) - mean(b)` in the unit of the values, so a negative one favours a.

- better: Welch's two-sided 95% interval. Supported if it lies below 0, contradicted if above.
- no_difference: 90% interval against +-margin (two one-sided tests). Supported inside, contradicted outside.
- no_worse: the same interval against +margin only.
- no_effect: where `better` says nothing, whether the interval lies within half of the effect that was to be expected.
- p is that of the side the effect lies on: small p goes with "supported" or with "contradicted".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from regnet.analysis.edf import Floats, as_errors
from regnet.design.scalars import real, row, whole

Verdict = Literal["supported", "contradicted", "no such effect", "inconclusive", "not tested here"]
ALPHA = 0.05
AGAINST: tuple[Verdict, ...] = ("contradicted", "no such effect")  # of a claim of several, one is enough
WIDE, NARROW = f"{1 - ALPHA:.0%}", f"{1 - 2 * ALPHA:.0%}"  # levels of two-sided and of one-sided intervals


@dataclass(frozen=True)
class Comparison:
    """An effect with its interval and p (None where the rule has none), the sizes, and the verdict before Holm.

    `level` says what the interval is ("95%", "quartiles"), `claimed` where it has to lie wholly for "supported", `half`
    within what either way it lies where the verdict is "no such effect".
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
    half: float | None = None


def of_side(claimed: bool, decided: bool) -> Verdict:
    """The verdict of an effect that lies on the claimed side or not, its interval deciding or not."""
    if not decided:
        return "inconclusive"
    return "supported" if claimed else "contradicted"


def exact(value: float, holds: bool) -> Comparison:
    """A number that is known, not estimated, and what a claim asks of it."""
    return Comparison(value, value, value, None, 0, 0, of_side(holds, True))


@dataclass(frozen=True)
class Estimate:
    """An effect whose standardised error follows Student's t: `error` is its standard error, `freedom` the t's."""

    effect: float
    error: float
    freedom: float

    @classmethod
    def of(cls, a: Floats, b: Floats) -> Estimate:
        """Welch's difference of the means of two samples.

        Raises:
            ValueError: fewer than two values a side.
        """
        if min(len(a), len(b)) < 2:
            raise ValueError(f"a comparison needs at least 2 values a side, got {len(a)} and {len(b)}")
        return cls.of_moments(float(a.mean() - b.mean()), float(a.std(ddof=1)), float(b.std(ddof=1)), len(a), len(b))

    @classmethod
    def of_moments(cls, effect: float, sd_a: float, sd_b: float, n_a: int, n_b: int) -> Estimate:
        """The same from the difference, the standard deviations and the sizes."""
        parts = np.array([sd_a**2 / n_a, sd_b**2 / n_b])
        square = float(parts.sum())
        spread = float((parts**2 / [n_a - 1, n_b - 1]).sum())
        return cls(effect, square**0.5, square**2 / spread if spread else np.inf)

    def interval(self, level: float) -> tuple[float, float]:
        """Central interval of that level."""
        level = real("level", level, above=0, below=1)
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
    return is_below(Estimate.of(a, b), len(a), len(b))


def no_difference(a: npt.ArrayLike, b: npt.ArrayLike, margin: float) -> Comparison:
    """Do a's and b's means differ by less than the margin? 90% interval; p of the two one-sided tests.

    Where the effect lies beyond the margin, p is that of the test that the difference is beyond it.

    Raises:
        ValueError: a margin that is not positive, fewer than two values a side, or missing ones.
    """
    a, b = as_errors(a), as_errors(b)
    return is_within(Estimate.of(a, b), margin, len(a), len(b))


def no_worse(a: npt.ArrayLike, b: npt.ArrayLike, margin: float) -> Comparison:
    """Is a's mean at most the margin above b's? Upper end of the 90% interval against the margin.

    Raises:
        ValueError: a margin that is not positive, fewer than two values a side, or missing ones.
    """
    a, b = as_errors(a), as_errors(b)
    return is_at_most(Estimate.of(a, b), margin, len(a), len(b))


def is_below(found: Estimate, n_a: int, n_b: int) -> Comparison:
    """Is the effect below 0? As `better`, of any estimate."""
    low, high = found.interval(1 - ALPHA)
    p = min(1.0, 2 * min(found.p_below(0.0), found.p_above(0.0)))
    return Comparison(found.effect, low, high, p, n_a, n_b, of_side(high < 0, low > 0 or high < 0))


def is_within(found: Estimate, margin: float, n_a: int, n_b: int) -> Comparison:
    """Does the effect lie within the margin? As `no_difference`, of any estimate."""
    margin = real("margin", margin, above=0)
    low, high = found.interval(1 - 2 * ALPHA)
    p_inside = max(found.p_below(margin), found.p_above(-margin))
    p_outside = min(found.p_above(margin), found.p_below(-margin))
    inside, outside = -margin < low and high < margin, low > margin or high < -margin
    p = p_inside if abs(found.effect) < margin else p_outside
    side = of_side(inside, inside or outside)
    return Comparison(found.effect, low, high, p, n_a, n_b, side, NARROW, (-margin, margin))


def is_at_most(found: Estimate, margin: float, n_a: int, n_b: int) -> Comparison:
    """Is the effect at most the margin? As `no_worse`, of any estimate."""
    margin = real("margin", margin, above=0)
    low, high = found.interval(1 - 2 * ALPHA)
    p = min(found.p_below(margin), found.p_above(margin))
    side = of_side(high < margin, high < margin or low > margin)
    return Comparison(found.effect, low, high, p, n_a, n_b, side, NARROW, (-np.inf, margin))


def no_effect(result: Comparison, found: Estimate, expected: float | None) -> Comparison:
    """The result of `is_below`, or "no such effect" where it says nothing and its interval lies within half of that.

    expected: the effect that was to be seen, negative; None where nothing is known of it. p is then twice that of the
    two one-sided tests against +-half, so that it is below 0.05 exactly where the 95% interval lies inside.
    """
    if expected is None or expected >= 0 or result.verdict != "inconclusive":
        return result
    half = -expected / 2
    if not (-half < result.low and result.high < half):
        return result
    p = min(1.0, 2 * max(found.p_below(half), found.p_above(-half)))
    return replace(result, p=p, verdict="no such effect", half=half)


def power(margin: float, sd_a: float, sd_b: float, n_a: int, n_b: int) -> float:
    """Chance that `no_difference` says supported where the true means are equal.

    sd_a, sd_b: standard deviations over networks, n_a, n_b: sizes. Shifted-t approximation.

    >>> round(power(1.5, 3.0, 3.0, 100, 100), 2)
    0.94
    """
    sd_a, sd_b = real("sd_a", sd_a, low=0), real("sd_b", sd_b, low=0)
    n_a, n_b = whole("n_a", n_a, low=2), whole("n_b", n_b, low=2)
    return power_within(Estimate.of_moments(0.0, sd_a, sd_b, n_a, n_b), margin)


def power_within(found: Estimate, margin: float) -> float:
    """Chance that `is_within` says supported where the true effect is 0 and the error that of the estimate."""
    margin = real("margin", margin, above=0)
    if not found.error:
        return 1.0
    slack = margin / found.error - stats.t.ppf(1 - ALPHA, found.freedom)
    return max(0.0, float(2 * stats.t.cdf(slack, found.freedom) - 1))


def holm(pvalues: Sequence[float], size: int = 0) -> list[float]:
    """Holm's adjusted p-values of one family, in the order given.

    size: how many tests the family has, if more than are given: one that was not made counts as p = 1.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    >>> holm([0.01, 0.04], size=3)
    [0.03, 0.08]
    """
    p = row("pvalues", pvalues, least=0)
    order = np.argsort(p, kind="stable")
    largest = max(whole("size", size, low=0), len(order))
    steps = p[order] * (largest - np.arange(len(order)))
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return [float(value) for value in adjusted]
