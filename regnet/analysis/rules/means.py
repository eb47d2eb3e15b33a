"""Rules that compare whole populations: their means, their quantiles, their best after retraining."""

from dataclasses import dataclass
from typing import ClassVar

from regnet.analysis.compare import better, no_difference, no_worse, power
from regnet.analysis.edf import Floats
from regnet.analysis.quantiles import better_at
from regnet.analysis.rules.evidence import MEANS, POINTS, UNITS, About, Evidence, Family, Part, Value

QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)


@dataclass(frozen=True)
class Chain:
    """Means fall along the chain: each population's below the one before it."""

    populations: tuple[str, ...]
    value: Value = "error"
    family: ClassVar[Family] = "difference"

    @property
    def about(self) -> About:
        return "populations" if self.value == "error" else "no training"

    @property
    def text(self) -> str:
        return f"difference of mean {self.value} between a population and the one before (Welch), 95% CI below 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        values = {name: evidence.values(name, self.value) for name in self.populations}
        steps = zip(self.populations[1:], self.populations, strict=False)
        return [Part(MEANS[self.value], UNITS[self.value], better(values[a], values[b]), of=(a, b)) for a, b in steps]


@dataclass(frozen=True)
class Everywhere:
    """The first population's error distribution lies below the second's at each of five quantiles."""

    populations: tuple[str, str]
    about: ClassVar[About] = "populations"
    family: ClassVar[Family] = "difference"

    @property
    def text(self) -> str:
        shares = ", ".join(f"{share:.0%}" for share in QUANTILES)
        return f"difference of errors at {shares} of the networks, 95% bootstrap CI below 0 at each"

    def parts(self, evidence: Evidence) -> list[Part]:
        pair = self.populations
        a, b = (evidence.values(name) for name in pair)
        return [Part(f"{share:.0%} quantile", POINTS, better_at(a, b, share), of=pair) for share in QUANTILES]


@dataclass(frozen=True)
class Same:
    """The means of the two populations differ by less than the margin."""

    populations: tuple[str, str]
    about: ClassVar[About] = "populations"
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = "Welch difference of mean error, 90% CI within the margin on both sides"

    def parts(self, evidence: Evidence) -> list[Part]:
        a, b = (evidence.values(name) for name in self.populations)
        return [_same("mean error", a, b, evidence.margin, self.populations)]


@dataclass(frozen=True)
class NoWorse:
    """The first population's mean is at most the margin above the second's."""

    populations: tuple[str, str]
    about: ClassVar[About] = "populations"
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = "Welch difference of mean error, upper end of the 90% CI below the margin"

    def parts(self, evidence: Evidence) -> list[Part]:
        a, b = (evidence.values(name) for name in self.populations)
        return [Part("mean error", POINTS, no_worse(a, b, evidence.margin), of=self.populations)]


@dataclass(frozen=True)
class EqualBest:
    """The ten best of the first population, retrained, are as good as the ten best of each other one."""

    populations: tuple[str, ...]
    about: ClassVar[About] = "best networks"
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = "mean error of the ten best, retrained with new seeds: 90% CI of the difference within margin"

    def parts(self, evidence: Evidence) -> list[Part]:
        first, *others = self.populations
        best = {name: evidence.retrained(name) for name in self.populations}
        return [_same("ten best", best[first], best[b], evidence.margin, (first, b)) for b in others]


def _same(what: str, a: Floats, b: Floats, margin: float, of: tuple[str, str]) -> Part:
    chance = power(margin, float(a.std(ddof=1)), float(b.std(ddof=1)), len(a), len(b))
    return Part(what, POINTS, no_difference(a, b, margin), chance, of)
