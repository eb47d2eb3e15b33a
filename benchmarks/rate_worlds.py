"""Worlds whose members draw their own rates: what the rule by regret (`regret.py`) is simulated on.

Assumed, not measured: no population of `pocket` draws its rates. Networks, and how their log errors differ at equal
rates, are those of a trained world (`worlds.py`). How log error goes with lr is one of two shapes:

- A sigmoid down to the best lr and a parabola beyond, shaped after RegNetX in the calibration of `pocket`: 26.0, 21.6
  and 20.3% at lr 0.1, 0.2 and 0.4. Networks differ 1.6 times as much 0.7 decades below the best lr (there 1.7 times at
  0.1 as at 0.4) and more than twice a decade below; above it some break, 0.3 of them a decade, by a factor of e^0.3 on
  average. Of the last two nothing was measured.
- A parabola: 17 standard deviations a decade squared, about the curvature of the same three points. No network breaks.

The weight decay has a slope, in standard deviations a decade, 0 where populations do not differ, which is the
hardest to find: what it does in trainings of this length is not known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from worlds import World

from regnet.analysis.compare import Comparison
from regnet.analysis.edf import Floats
from regnet.analysis.regret import Surface, common, settings, spread

CURVATURE = 17.0
BREAK, FACTOR = 0.3, 0.3  # share of networks that break a decade beyond the best lr; mean log of how much worse


@dataclass(frozen=True)
class Rated:
    """A world, the decade at which its lr is best, its slope in wd (sd a decade) and how error goes with lr."""

    world: World
    best: float = 0.0
    slope: float = 0.0
    sigmoid: bool = True

    @cached_property
    def sd(self) -> float:
        """The true unit of regret: clipped sd of log error over networks at equal rates near the middle."""
        rng = np.random.default_rng(0)
        rates = rng.uniform(-1, 1, (len(self.world.errors), 2))
        return spread(rates, self._off(rates, np.arange(len(rates)), rng))[0]

    def surface(self, rates: Floats) -> Floats:
        """Log error of networks that do not break, above that at the best lr; rates (n, 2), decades."""
        off = rates[:, 0] - self.best
        lr = _sigmoid(off) + 0.25 * np.maximum(off, 0) ** 2 if self.sigmoid else CURVATURE * self.sd * off**2
        return np.asarray(lr + self.slope * self.sd * rates[:, 1])

    def members(self, n: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        """Rates (n, 2), errors (n,) and features (n, features) of n networks, trained."""
        rates, at = rng.uniform(-1, 1, (n, 2)), self.world.chosen(n, rng)
        mean = float(np.log(self.world.errors).mean())
        return rates, np.exp(mean + self.surface(rates) + self._off(rates, at, rng)), self.world.x[at]

    def _off(self, rates: Floats, at: npt.NDArray[np.int64], rng: np.random.Generator) -> Floats:
        """How far the log error of those networks is above the surface."""
        own = np.log(self.world.errors)
        differs = own[at] - own.mean()
        if not self.sigmoid:
            return np.asarray(differs)
        off = rates[:, 0] - self.best
        breaks = rng.random(len(at)) < BREAK * off
        return np.asarray(differs * (1 + 2 * _sigmoid(off)) + breaks * rng.exponential(FACTOR, len(at)))


def _sigmoid(off: Floats) -> Floats:
    return np.asarray(1.45 / (1 + np.exp((off + 1.05) / 0.25)))


def regret(worlds: Sequence[Rated]) -> float:
    """The true value: the least over settings within reach of the largest regret, sd."""
    found = [world.surface(settings()) / world.sd for world in worlds]
    return float(np.max([one - one.min() for one in found], axis=0).min())


def apart(make: Callable[[float], Sequence[Rated]], wanted: float) -> Sequence[Rated]:
    """The worlds, by how far they are apart (from 0 up), whose regret is the wanted one; by bisection."""
    low, high = 0.0, 10.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if regret(make(middle)) < wanted else (low, middle)
    return make(high)


def lr_apart(worlds: Sequence[World], at: float, sigmoid: bool) -> Callable[[float], Sequence[Rated]]:
    """The last one's lr is best so many decades below that of the others."""
    last = len(worlds) - 1
    return lambda gap: [Rated(w, at - gap * (i == last), 0.0, sigmoid) for i, w in enumerate(worlds)]


def wd_apart(worlds: Sequence[World], at: float, sigmoid: bool) -> Callable[[float], Sequence[Rated]]:
    """The first one's error grows with wd as the last one's falls; that of one between does not change."""
    signs: npt.NDArray[np.float64] = np.linspace(1, -1, len(worlds))
    return lambda gap: [Rated(w, at, sign * gap, sigmoid) for w, sign in zip(worlds, signs, strict=True)]


def judged(worlds: Sequence[Rated], sizes: Sequence[int], margin: float, rng: np.random.Generator) -> Comparison:
    """What the rule says of so many members of each."""
    found = [Surface.of(*world.members(n, rng)) for world, n in zip(worlds, sizes, strict=True)]
    return common(found, margin, min(sizes))
