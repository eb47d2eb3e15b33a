"""What populations lose at one learning rate and weight decay for all of them (Figs 21, 22: members draw their own).

Log error of a population is a quadratic surface in (log10 lr, log10 wd). At a setting s a population's regret is its
surface at s minus the least within reach: settings are compared within a factor of two either way of the middle of all
that was drawn. Wider, 100 members say too little: within a factor of three one optimum for all is found in 14 to 26% of
200 simulations, within two in 88 to 99%; and v1's margin, half a doubling of the rate a doubling of F or length, was no
wider. Optima beyond the same end of the reach are not told apart: such populations are called alike.

- Unit: the standard deviation of log error over networks at equal rates, of members whose lr is within a factor of
  three of the middle, clipped. That of all members is 5 to 7 times it in the simulations, for it counts what the rates
  do: a margin of a quarter of it would let anything pass. Standard errors allow for that the unit is estimated.
- Rates away from the middle weigh less (Tukey's biweight, a decade to zero), since no quadratic holds over two decades;
  networks that break weigh less (Huber), without which 12% instead of 88% are found where some break. What differs
  between networks is taken out by the frozen features with their ridge: no bias, as rates are drawn independently.
- An estimated regret is biased upwards, as a least value is downwards. Its limits are not: regret is below a value if
  and only if each difference from s is, so that the largest of their one-sided 95% limits is one of the regret, and
  the largest of theirs one for all populations. The common setting is the one that makes it least.
- Standard errors are HC3's. Populations may share networks: neither limit needs them to be independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from regnet.analysis.compare import ALPHA, NARROW, Comparison, of_side
from regnet.analysis.edf import Floats, as_errors
from regnet.analysis.features import PENALTY

REACH = float(np.log10(2))  # decades either way of the middle in which settings are compared
DECADE = 1.0  # decades of lr from the middle where members stop to count
NEAR = 0.5  # decades of lr from the middle up to which the spread between networks is measured
HUBER = 1.345  # spreads from which a residual weighs less: 95% efficient at normal errors
CLIP = 3.0  # spreads at which residuals are clipped before their sd
STEPS = 10  # of reweighting
PLACES = 9  # settings a side


@dataclass(frozen=True)
class Surface:
    """slopes of log error in u, v, u^2, v^2, uv (u, v: decades of lr and wd from the middle), shape (5,).

    covariance: of the slopes, shape (5, 5); freedom: of Student's t; sd: of log error over networks at equal rates;
    sd_error: its standard error.
    """

    slopes: Floats
    covariance: Floats
    freedom: float
    sd: float
    sd_error: float

    @classmethod
    def of(cls, rates: Floats, errors: Floats, x: Floats) -> Surface:
        """Fitted to members: rates (n, 2) in decades from the middle, errors (percent, n), features (n, features).

        Raises:
            ValueError: errors that are missing or not above 0, too few members, or networks that do not differ.
        """
        y = np.log(_positive(errors))
        kernel = np.maximum(1 - (rates[:, 0] / DECADE) ** 2, 0) ** 2
        some = kernel > 0
        rates, y, x, kernel = rates[some], y[some], x[some], kernel[some] / kernel[some].mean()
        varies = x.std(axis=0) > 1e-9
        z = (x[:, varies] - x[:, varies].mean(axis=0)) / x[:, varies].std(axis=0)
        own = np.column_stack([np.ones(len(y)), terms(rates)])
        design = np.column_stack([own, z])
        penalty = PENALTY * len(y) * np.diag(np.arange(design.shape[1]) >= own.shape[1])
        weight = kernel
        for _ in range(STEPS):
            bread = np.linalg.inv(design.T @ (weight[:, None] * design) + penalty)
            beta = bread @ design.T @ (weight * y)
            off = y - design @ beta
            weight = kernel * np.minimum(1, HUBER * _mad(off, kernel) / np.maximum(np.abs(off), 1e-12))
        leverage = np.einsum("ij,jk,ik->i", design, bread, design) * weight
        if (freedom := len(y) - float(leverage.sum())) < 1:
            raise ValueError(f"{len(y)} members near the middle are too few for a surface")
        scores = design.T * (weight * off / (1 - leverage))
        inside = slice(1, own.shape[1])
        covariance = (bread @ scores @ scores.T @ bread)[inside, inside]
        return cls(beta[inside], covariance, freedom, *spread(rates, y - own @ beta[: own.shape[1]]))

    def differences(self, settings: Floats, margin: float) -> tuple[Floats, Floats]:
        """Log error at each setting minus that at each other in sd, and standard errors, shape (settings, settings).

        The errors are those of a difference held against so many sd, which are estimated, too.
        """
        at = terms(settings)
        by = at[:, None] - at[None]
        square = np.einsum("sxi,sxi->sx", by @ self.covariance, by) + (margin * self.sd_error) ** 2
        return by @ self.slopes / self.sd, np.maximum(square, 0.0) ** 0.5 / self.sd


def terms(rates: Floats) -> Floats:
    """u, v, u^2, v^2, uv of rates (n, 2), shape (n, 5)."""
    u, v = rates.T
    return np.column_stack([u, v, u**2, v**2, u * v])


def settings() -> Floats:
    """The settings within reach of the middle, decades, shape (settings, 2)."""
    side = np.linspace(-REACH, REACH, PLACES)
    return np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)


def common(surfaces: Sequence[Surface], margin: float, n: int) -> Comparison:
    """Is there a setting at which every population's regret is below the margin (sd)? Unit of the effect: sd.

    effect: the least over settings of the largest regret; high: that of the one-sided 95% limits; low: that of the
    lower limits, each at 95% for as many populations as there are. p is that of the side the effect lies on.
    n: the fewest members of a population, for the record.
    """
    found = [surface.differences(settings(), margin) for surface in surfaces]
    effect, low, high, inside, outside = [], [], [], [], []
    level = ALPHA / len(surfaces)
    for (by, error), surface in zip(found, surfaces, strict=True):
        t = stats.t(surface.freedom)
        effect.append(by.max(axis=1))
        high.append((by + t.isf(ALPHA) * error).max(axis=1))
        low.append((by - t.isf(level) * error).max(axis=1))
        z = ((margin - by) / np.maximum(error, 1e-12)).min(axis=1)
        inside.append(t.sf(z))
        outside.append(t.cdf(z))
    least, lower, upper = (float(np.max(ends, axis=0).min()) for ends in (effect, low, high))
    lower = max(0.0, lower)  # no regret is below 0
    p_inside = float(np.max(inside, axis=0).min())
    p_outside = min(1.0, len(surfaces) * float(np.min(outside, axis=0).max()))
    side = of_side(upper < margin, upper < margin or lower > margin)
    p = p_inside if least < margin else p_outside
    return Comparison(least, lower, upper, p, n, n, side, NARROW, (-np.inf, margin))


def _positive(errors: Floats) -> Floats:
    if not ((e := as_errors(errors)) > 0).all():
        raise ValueError("the logarithm of an error of 0 is not a number: errors above 0 expected")
    return e


def _mad(off: Floats, weight: Floats) -> float:
    """Weighted median absolute residual, as a standard deviation of normal residuals."""
    size = np.abs(off)
    order = np.argsort(size)
    total = np.cumsum(weight[order])
    return float(1.4826 * size[order][np.searchsorted(total, total[-1] / 2)])


def spread(rates: Floats, off: Floats) -> tuple[float, float]:
    """Standard deviation of clipped residuals of members near the middle, and its standard error.

    Raises:
        ValueError: they are all the same.
    """
    near = off[np.abs(rates[:, 0]) <= NEAR]
    near = near - np.median(near)
    wide = CLIP * _mad(near, np.ones(len(near)))
    near = np.clip(near, -wide, wide)
    if not (sd := float(near.std(ddof=1))) > 1e-9:
        raise ValueError("networks at equal rates do not differ: no unit of regret")
    return sd, float(((near - near.mean()) ** 2).std(ddof=1)) / (2 * sd * len(near) ** 0.5)
