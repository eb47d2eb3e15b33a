"""Rules about what the best networks have at one flop regime or training length after another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from regnet.analysis import best_trends
from regnet.analysis.edf import Floats
from regnet.analysis.rules.evidence import About, Evidence, Family, NotTestable, Part

Column = Callable[[pd.DataFrame], Floats]
LEAST_RANGE = 16  # how far apart flop regimes must be before a growth law is read off them


def column(name: str) -> Column:
    """The values of a column, shape (n,)."""
    return lambda frame: frame[name].to_numpy(np.float64)


def log2(name: str) -> Column:
    """Log2 of the values of a column, shape (n,)."""
    return lambda frame: np.asarray(np.log2(frame[name].to_numpy(np.float64)))


@dataclass(frozen=True)
class Trend:
    """Populations at increasing `at` (F, or training length), and the statistic followed through them."""

    populations: tuple[str, ...]
    at: tuple[float, ...]
    of: str
    value: Column

    def pairs(self, evidence: Evidence) -> list[tuple[Floats, Floats]]:
        """The statistic and the error of each population's members."""
        return [(self.value(evidence.frames[name]), evidence.values(name)) for name in self.populations]


@dataclass(frozen=True)
class _OfTrend:
    """A rule about one trend reads the trend's populations."""

    trend: Trend
    about: ClassVar[About] = "best networks"

    @property
    def populations(self) -> tuple[str, ...]:
        return self.trend.populations


@dataclass(frozen=True)
class Grows(_OfTrend):
    """The footnote-4 median of the statistic grows."""

    family: ClassVar[Family] = "difference"

    @property
    def text(self) -> str:
        return f"slope of log2 of the best {self.trend.of} a doubling, 95% CI above 0 (resampled n/2 out of n)"

    def parts(self, evidence: Evidence) -> list[Part]:
        result = best_trends.grows(self.trend.at, self.trend.pairs(evidence))
        return [Part(f"slope of log2 {self.trend.of}", "a doubling", result)]


@dataclass(frozen=True)
class Stays(_OfTrend):
    """The footnote-4 median of the statistic changes by less than the margin a doubling."""

    margin: float
    family: ClassVar[Family] = "equivalence"

    @property
    def text(self) -> str:
        return f"slope of the best {self.trend.of} a doubling, 90% CI within {self.margin:g} (resampled n/2 out of n)"

    def parts(self, evidence: Evidence) -> list[Part]:
        result = best_trends.stays(self.trend.at, self.trend.pairs(evidence), self.margin)
        return [Part(f"slope of {self.trend.of}", "a doubling", result)]


@dataclass(frozen=True)
class IsAbout(_OfTrend):
    """The footnote-4 medians of the statistic are on average the value, give or take the margin."""

    expected: float
    margin: float
    family: ClassVar[Family] = "equivalence"

    @property
    def text(self) -> str:
        return f"mean of the best {self.trend.of}, 90% CI within {self.expected:g} +- {self.margin:g}"

    def parts(self, evidence: Evidence) -> list[Part]:
        result = best_trends.is_about(self.trend.pairs(evidence), self.expected, self.margin)
        return [Part(f"mean of the best {self.trend.of}", self.trend.of, result)]


@dataclass(frozen=True)
class Law(_OfTrend):
    """The footnote-4 median of the statistic grows as a power of F; needs flop regimes at least 16x apart."""

    exponent: float
    margin: float
    family: ClassVar[Family] = "equivalence"

    @property
    def text(self) -> str:
        return (
            f"log-log slope of the best {self.trend.of} against F, 90% CI within {self.exponent:g} +- {self.margin:g}"
        )

    def parts(self, evidence: Evidence) -> list[Part]:
        span = max(self.trend.at) / min(self.trend.at)
        if span < LEAST_RANGE:
            raise NotTestable(f"F spans {span:g}x here; a growth law is read off {LEAST_RANGE}x or more")
        result = best_trends.has_exponent(self.trend.at, self.trend.pairs(evidence), self.exponent, self.margin)
        return [Part(f"exponent of {self.trend.of}", "power of F", result)]
