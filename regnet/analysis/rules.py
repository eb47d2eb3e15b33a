"""The rules by which a claim is judged: which populations are compared, on what, and how.

A rule turns evidence into parts. A claim of several parts is supported only if each part is, contradicted if any is.
Rules of the family "difference" test against no difference, those of "equivalence" against the regime's margin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.bootstrap import best_weight
from regnet.analysis.compare import Comparison, better, no_difference, no_worse, power
from regnet.analysis.edf import Floats
from regnet.analysis.linear_fit import e_fit
from regnet.analysis.quantiles import better_at
from regnet.analysis.random_search import suffices
from regnet.analysis.trends import falls

Family = Literal["difference", "equivalence", ""]
Value = Literal["error", "e_fit"]
POINTS = "points of error"
RETRAINED = 10  # the best networks of a population that are trained again,
SEEDS = 3  # and with how many new seeds at least
QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)


class NotTestable(LookupError):
    """The evidence that a claim needs is not there; the message says what is missing."""


@dataclass(frozen=True)
class Part:
    """One comparison of a claim: what was compared, its unit, and the chance to see "no difference" if it is true."""

    name: str
    unit: str
    result: Comparison
    power: float | None = None


@dataclass(frozen=True)
class Evidence:
    """Populations by name, their retrained members by name, and the regime's margin in points of error."""

    frames: Mapping[str, pd.DataFrame]
    repeats: Mapping[str, pd.DataFrame]
    margin: float

    def values(self, population: str, value: Value = "error") -> Floats:
        """error (percent) or e_fit of each member, shape (n,)."""
        frame = self.frames[population]
        return e_fit(frame) if value == "e_fit" else frame["error"].to_numpy(np.float64)

    def retrained(self, population: str) -> Floats:
        """Mean error over new seeds at the population's own length of its ten best members, shape (10,).

        Raises:
            NotTestable: one of the ten best has not been retrained with three seeds.
        """
        best = self.frames[population].sort_values(["error", "index"])["index"].head(RETRAINED)
        repeats = self.repeats.get(population)
        if repeats is None or repeats.empty:
            raise NotTestable(f"no member of {population} has been retrained")
        again = repeats[(repeats["length"] == 1) & repeats["index"].isin(best) & repeats["error"].notna()]
        found = again.groupby("index")["error"].agg(["mean", "size"])
        whole = found[found["size"] >= SEEDS]
        if len(whole) < RETRAINED:
            raise NotTestable(f"{len(whole)} of the {RETRAINED} best of {population} have been retrained {SEEDS} times")
        return whole["mean"].to_numpy(np.float64)


class Rule(Protocol):
    """What judges a claim."""

    family: ClassVar[Family]

    @property
    def populations(self) -> tuple[str, ...]: ...

    @property
    def text(self) -> str: ...

    def parts(self, evidence: Evidence) -> list[Part]: ...


@dataclass(frozen=True)
class Chain:
    """Means fall along the chain: each population's below the one before it."""

    populations: tuple[str, ...]
    value: Value = "error"
    family: ClassVar[Family] = "difference"

    @property
    def text(self) -> str:
        what = "error" if self.value == "error" else "e_fit"
        return f"Welch difference of mean {what} of each population to the one before, 95% CI below 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        values = {name: evidence.values(name, self.value) for name in self.populations}
        unit = POINTS if self.value == "error" else "e_fit"
        steps = zip(self.populations[1:], self.populations, strict=False)
        return [Part(f"mean {self.value}: {a} - {b}", unit, better(values[a], values[b])) for a, b in steps]


@dataclass(frozen=True)
class Everywhere:
    """The first population's error distribution lies below the second's at each of five quantiles."""

    populations: tuple[str, str]
    family: ClassVar[Family] = "difference"

    @property
    def text(self) -> str:
        shares = ", ".join(f"{share:.0%}" for share in QUANTILES)
        return f"difference of errors at {shares} of the networks, 95% bootstrap CI below 0 at each"

    def parts(self, evidence: Evidence) -> list[Part]:
        a, b = self.populations
        errors = evidence.values(a), evidence.values(b)
        return [Part(f"{share:.0%} quantile: {a} - {b}", POINTS, better_at(*errors, share)) for share in QUANTILES]


@dataclass(frozen=True)
class Same:
    """The means of the two populations differ by less than the margin."""

    populations: tuple[str, str]
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = "Welch difference of mean error, 90% CI within the margin on both sides"

    def parts(self, evidence: Evidence) -> list[Part]:
        a, b = self.populations
        return [_same(f"mean error: {a} - {b}", evidence.values(a), evidence.values(b), evidence.margin)]


@dataclass(frozen=True)
class NoWorse:
    """The first population's mean is at most the margin above the second's."""

    populations: tuple[str, str]
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = "Welch difference of mean error, upper end of the 90% CI below the margin"

    def parts(self, evidence: Evidence) -> list[Part]:
        a, b = self.populations
        result = no_worse(evidence.values(a), evidence.values(b), evidence.margin)
        return [Part(f"mean error: {a} - {b}", POINTS, result)]


@dataclass(frozen=True)
class EqualBest:
    """The ten best of the first population, retrained, are as good as the ten best of each other one."""

    populations: tuple[str, ...]
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = "mean error of the ten best, retrained with new seeds: 90% CI of the difference within margin"

    def parts(self, evidence: Evidence) -> list[Part]:
        first, *others = self.populations
        best = {name: evidence.retrained(name) for name in self.populations}
        return [_same(f"ten best: {first} - {b}", best[first], best[b], evidence.margin) for b in others]


@dataclass(frozen=True)
class BestHave:
    """Members with a property carry more of the footnote-4 weight than their share of the population."""

    populations: tuple[str, ...]
    what: str
    has: Callable[[pd.DataFrame], npt.NDArray[np.bool_]]
    family: ClassVar[Family] = "difference"

    @property
    def text(self) -> str:
        return f"footnote-4 weight on networks with {self.what} minus their share, permutation p"

    def parts(self, evidence: Evidence) -> list[Part]:
        return [
            Part(
                f"weight - share: {name}", "share", best_weight(self.has(evidence.frames[name]), evidence.values(name))
            )
            for name in self.populations
        ]


@dataclass(frozen=True)
class Widen:
    """Error falls as the last stage's width grows over the first's."""

    populations: tuple[str]
    family: ClassVar[Family] = "difference"
    text: ClassVar[str] = "Spearman correlation of error with w_4 / w_1, 95% CI below 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        (name,) = self.populations
        ratio = (evidence.frames[name]["w4"] / evidence.frames[name]["w1"]).to_numpy(np.float64)
        errors = evidence.values(name)
        if np.ptp(ratio) == 0 or np.ptp(errors) == 0:
            raise NotTestable(f"all errors or all w_4 / w_1 of {name} are equal: nothing to rank")
        return [Part(f"Spearman: {name}", "rho", falls(ratio, errors))]


@dataclass(frozen=True)
class FewSuffice:
    """The best of m random networks is expected within one point of the best of half the population."""

    populations: tuple[str]
    m: int = 32
    within: float = 1.0
    family: ClassVar[Family] = ""

    @property
    def text(self) -> str:
        return f"E[best of {self.m}] - E[best of n/2], 90% jackknife CI below {self.within:g} point"

    def parts(self, evidence: Evidence) -> list[Part]:
        (name,) = self.populations
        errors = evidence.values(name)
        half = len(errors) // 2
        if half < self.m:
            raise NotTestable(f"{name} has {len(errors)} members, {2 * self.m} needed")
        result = suffices(errors, self.m, self.within, against=half)
        return [Part(f"E[best of {self.m}] - E[best of {half}]: {name}", POINTS, result)]


def _same(name: str, a: Floats, b: Floats, margin: float) -> Part:
    chance = power(margin, float(a.std(ddof=1)), float(b.std(ddof=1)), len(a), len(b))
    return Part(name, POINTS, no_difference(a, b, margin), chance)
