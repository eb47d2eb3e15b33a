"""Rules that compare the means of whole populations by the regression estimator (`adjusted.py`); v2 of `means.py`.

Beside each mean stand Welch's difference and P(e_a < e_b), which decide nothing. The margin of "no difference" is a
quarter of the standard deviation of the reference population, the second of the two, at that space and length; the
interval allows for that this is estimated.
"""

from dataclasses import dataclass
from typing import ClassVar

from regnet.analysis.adjusted import Members, difference
from regnet.analysis.compare import Estimate, better, is_at_most, is_below, is_within, no_effect, power_within
from regnet.analysis.edf import Floats
from regnet.analysis.features import check_frozen
from regnet.analysis.paper_effects import expected
from regnet.analysis.rules.evidence import MEANS, POINTS, UNITS, About, Evidence, Family, NotTestable, Part, Value
from regnet.analysis.superiority import beats

MARGIN = 0.25  # of the reference population's standard deviation
MEAN = "adjusted mean error"


def margin(errors: Floats) -> float:
    """A quarter of the standard deviation of the reference population, points of error.

    Raises:
        NotTestable: all its errors are equal.
    """
    if not (sd := float(errors.std(ddof=1))):
        raise NotTestable("all errors of the reference population are equal: no margin")
    return MARGIN * sd


@dataclass(frozen=True)
class AdjustedChain:
    """Mean errors fall along the chain: each population's below the one before it."""

    populations: tuple[str, ...]
    about: ClassVar[About] = "populations"
    family: ClassVar[Family] = "difference"
    text: ClassVar[str] = (
        "regression-adjusted difference of mean error between a population and the one before, 95% CI below 0; "
        "no such effect: CI within half of the paper's, scaled"
    )

    def parts(self, evidence: Evidence) -> list[Part]:
        return [self._step(evidence, a, b) for a, b in zip(self.populations[1:], self.populations, strict=False)]

    def _step(self, evidence: Evidence, a: str, b: str) -> Part:
        found, errors_a, errors_b = _pair(evidence, (a, b))
        result = no_effect(is_below(found, len(errors_a), len(errors_b)), found, expected(a, b, errors_b))
        return Part(MEAN, POINTS, result, of=(a, b), beside=_beside((a, b), errors_a, errors_b))


@dataclass(frozen=True)
class AdjustedSame:
    """The mean errors of the two populations differ by less than a quarter of the second's standard deviation."""

    populations: tuple[str, str]
    about: ClassVar[About] = "populations"
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = (
        f"regression-adjusted difference of mean error, 90% CI within {MARGIN:g} sd of the second on both sides"
    )

    def parts(self, evidence: Evidence) -> list[Part]:
        found, a, b = _pair(evidence, self.populations, MARGIN)
        wide = margin(b)
        result = is_within(found, wide, len(a), len(b))
        beside = _beside(self.populations, a, b)
        return [Part(MEAN, POINTS, result, power_within(found, wide), self.populations, beside)]


@dataclass(frozen=True)
class AdjustedNoWorse:
    """The first population's mean error is at most a quarter of the second's standard deviation above the second's."""

    populations: tuple[str, str]
    about: ClassVar[About] = "populations"
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = (
        f"regression-adjusted difference of mean error, upper end of the 90% CI below {MARGIN:g} sd of the second"
    )

    def parts(self, evidence: Evidence) -> list[Part]:
        found, a, b = _pair(evidence, self.populations, MARGIN)
        result = is_at_most(found, margin(b), len(a), len(b))
        return [Part(MEAN, POINTS, result, of=self.populations, beside=_beside(self.populations, a, b))]


@dataclass(frozen=True)
class UntrainedChain:
    """Means of what needs no training fall along the chain, over 10,000 untrained draws of each."""

    chain: tuple[str, ...]
    value: Value
    about: ClassVar[About] = "no training"
    family: ClassVar[Family] = "difference"
    populations: ClassVar[tuple[str, ...]] = ()

    @property
    def text(self) -> str:
        return f"difference of mean {self.value} of untrained draws to the population before, 95% CI below 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        return [self._step(evidence, a, b) for a, b in zip(self.chain[1:], self.chain, strict=False)]

    def _step(self, evidence: Evidence, a: str, b: str) -> Part:
        of_a, of_b = (evidence.before(name) for name in (a, b))
        (mean_a, sd_a), (mean_b, sd_b) = of_a.value[self.value], of_b.value[self.value]
        found = Estimate.of_moments(mean_a - mean_b, sd_a, sd_b, of_a.draws, of_b.draws)
        return Part(MEANS[self.value], UNITS[self.value], is_below(found, of_a.draws, of_b.draws), of=(a, b))


def _pair(evidence: Evidence, names: tuple[str, str], wide: float = 0.0) -> tuple[Estimate, Floats, Floats]:
    """The adjusted difference, for a margin of so many sds of the second, and the errors of both populations."""
    check_frozen()
    a, b = (Members.of(evidence.frames[name], evidence.before(name)) for name in names)
    return difference(a, b, margin=wide), a.errors, b.errors


def _beside(names: tuple[str, str], a: Floats, b: Floats) -> tuple[Part, ...]:
    return (
        Part("mean error", POINTS, better(a, b), of=names),
        Part("chance that a network of the first is better", "", beats(a, b), of=()),
    )
