"""Rules about a population's best fifth, its best ten and its best of m: v2 of `members.py` and `trends.py`.

- A share or a growth is tested minus the population's own value.
- A law, a value or its stability has two parts: the best fifth have it, and they lie nearer to it than the whole
  population does. The second says that it is a property of good networks and not of all that were drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis import best_fifth, percentiles
from regnet.analysis.best_trends import slope
from regnet.analysis.compare import no_difference, power
from regnet.analysis.edf import Floats
from regnet.analysis.random_search import suffices_share
from regnet.analysis.rules.adjusted_means import MARGIN, margin
from regnet.analysis.rules.evidence import POINTS, About, Evidence, Family, NotTestable, Part
from regnet.analysis.rules.trends import LEAST_RANGE, Trend
from regnet.analysis.trends import falls_given

Kind = Literal["slope", "log slope", "mean"]
UNIT: dict[Kind, str] = {"slope": "a doubling", "log slope": "power of F", "mean": ""}


@dataclass(frozen=True)
class BestShare:
    """Members with a property are a larger share of the best fifth than of the population."""

    populations: tuple[str, ...]
    what: str
    has: Callable[[pd.DataFrame], npt.NDArray[np.bool_]]
    about: ClassVar[About] = "best networks"
    family: ClassVar[Family] = "difference"

    @property
    def text(self) -> str:
        return f"share with {self.what} in the best fifth minus in all, 95% bootstrap CI above 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        return [self._part(evidence, name) for name in self.populations]

    def _part(self, evidence: Evidence, name: str) -> Part:
        has = self.has(evidence.frames[name])
        if has.all() or not has.any():
            raise NotTestable(f"all members of {name} are alike in {self.what}")
        return Part(f"best fifth's share of {self.what} minus all's", "share",
                    best_fifth.excess(has, evidence.values(name)), of=(name,))  # fmt: skip


@dataclass(frozen=True)
class BestGrow:
    """A statistic of the best fifth grows with F or length, and faster than the population's own."""

    trend: Trend
    about: ClassVar[About] = "best networks"
    family: ClassVar[Family] = "difference"

    @property
    def populations(self) -> tuple[str, ...]:
        return self.trend.populations

    @property
    def text(self) -> str:
        return f"slope of log2 {self.trend.of} of the best fifth, and that minus all's: 95% bootstrap CI above 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        of = self.trend.of
        best, own, spread_best, spread_own, n = _followed(self.trend, evidence, "log slope")
        return [
            Part(f"slope of log2 {of} of the best fifth", UNIT["slope"], percentiles.above(best, spread_best, n)),
            Part(f"the same minus that of all: {of}", UNIT["slope"],
                 percentiles.above(best - own, spread_best - spread_own, n)),
        ]  # fmt: skip


@dataclass(frozen=True)
class BestAre:
    """A slope, exponent or mean of the best fifth is the value give or take the margin, and nearer to it than all's."""

    trend: Trend
    kind: Kind
    value: float
    margin: float
    about: ClassVar[About] = "best networks"
    family: ClassVar[Family] = "equivalence"

    @property
    def populations(self) -> tuple[str, ...]:
        return self.trend.populations

    @property
    def text(self) -> str:
        where = f"within {self.value:g} +- {self.margin:g}"
        return (
            f"{self.kind} of {self.trend.of} of the best fifth, 90% bootstrap CI {where}; and nearer to it than all's"
        )

    def parts(self, evidence: Evidence) -> list[Part]:
        span = max(self.trend.at) / min(self.trend.at)
        if self.kind == "log slope" and span < LEAST_RANGE:
            raise NotTestable(f"F spans {span:g}x here; a growth law is read off {LEAST_RANGE}x or more")
        best, own, spread_best, spread_own, n = _followed(self.trend, evidence, self.kind)
        inside = percentiles.within(best, spread_best, self.value, self.margin, n)
        nearer = best_fifth.towards(best, own, spread_best - spread_own, self.value, n)
        name, unit = f"{self.kind} of {self.trend.of}", UNIT[self.kind] or self.trend.of
        return [Part(f"{name} of the best fifth", unit, inside), Part(f"{name}: nearer than all's by", unit, nearer)]


def _followed(trend: Trend, evidence: Evidence, kind: Kind) -> tuple[float, float, Floats, Floats, int]:
    """The statistic of the best fifth and of all, their resamples, and the smallest population's n."""
    logs = kind == "log slope"
    pairs = [(np.log2(x) if logs else x, errors) for x, errors in trend.pairs(evidence)]
    points = np.array([best_fifth.best_and_own(x, errors) for x, errors in pairs])  # (populations, 2)
    rng = np.random.default_rng(0)
    drawn = np.array([best_fifth.resampled(x, errors, seed=rng) for x, errors in pairs])  # (populations, 2, resamples)

    def statistic(values: Floats) -> Floats:  # (..., populations) -> (...)
        return np.asarray(values.mean(axis=-1)) if kind == "mean" else slope(trend.at, values)

    best, own = (float(statistic(points[:, i])) for i in (0, 1))
    spread_best, spread_own = (statistic(drawn[:, i].T) for i in (0, 1))
    return best, own, spread_best, spread_own, min(len(errors) for _, errors in pairs)


@dataclass(frozen=True)
class WidenGiven:
    """Error falls as the last stage's width grows over the first's, the last stage's width held."""

    populations: tuple[str]
    about: ClassVar[About] = "ranks of networks"
    family: ClassVar[Family] = "difference"
    text: ClassVar[str] = "partial Spearman correlation of error with w_4 / w_1 given w_4, 95% CI below 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        (name,) = self.populations
        frame = evidence.frames[name]
        first, last = (frame[column].to_numpy(np.float64) for column in ("w1", "w4"))
        found = falls_given(last / first, evidence.values(name), last)
        return [Part("partial Spearman of error with w_4 / w_1", "rho", found, of=(name,))]


@dataclass(frozen=True)
class EqualTen:
    """The ten best of the first population, retrained, are as good as the ten best of each other; equal n in all."""

    populations: tuple[str, ...]
    about: ClassVar[About] = "best networks"
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = (
        "mean error of the ten best of equally many, retrained with new seeds (chosen on one half of the validation "
        "images and compared on the other, where rows have both): "
        f"90% CI of the difference within {MARGIN:g} sd of the other population"
    )

    def parts(self, evidence: Evidence) -> list[Part]:
        first, *others = self.populations
        sizes = {name: len(evidence.frames[name]) for name in self.populations}
        if len(set(sizes.values())) > 1:
            raise NotTestable(f"the best of unequally many are not compared: {sizes}")
        best = {name: evidence.retrained(name) for name in self.populations}
        return [_ten(best[first], best[name], margin(evidence.values(name)), (first, name)) for name in others]


def _ten(a: Floats, b: Floats, wide: float, of: tuple[str, str]) -> Part:
    chance = power(wide, float(a.std(ddof=1)), float(b.std(ddof=1)), len(a), len(b))
    return Part("ten best", POINTS, no_difference(a, b, wide), chance, of)


@dataclass(frozen=True)
class FewSufficeShare:
    """The best of m random networks has all but a small share of what the best of half the population gains."""

    populations: tuple[str]
    m: int = 32
    share: float = 0.15
    about: ClassVar[About] = "best networks"
    family: ClassVar[Family] = ""

    @property
    def text(self) -> str:
        return (
            f"(E[best of {self.m}] - E[best of n/2]) / (mean - E[best of n/2]), 90% jackknife CI below {self.share:g}"
        )

    def parts(self, evidence: Evidence) -> list[Part]:
        (name,) = self.populations
        errors = evidence.values(name)
        half = len(errors) // 2
        if half < self.m:
            raise NotTestable(f"{name} has {len(errors)} members, {2 * self.m} needed")
        result = suffices_share(errors, self.m, self.share, against=half)
        return [Part(f"share of the gain that {self.m} miss", "of the gain", result, of=(name,))]
