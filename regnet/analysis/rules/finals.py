"""Rules about final models: chosen on validation images, retrained longer with several seeds, tested once."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from regnet.analysis.compare import better, of_side
from regnet.analysis.edf import Floats
from regnet.analysis.final_models import FAMILIES
from regnet.analysis.printed import tau
from regnet.analysis.rules.evidence import POINTS, About, Evidence, Family, NotTestable, Part
from regnet.design.recipe import reported

FEWEST_MODELS = 8  # to rank
SEEDS = 5  # trainings of a final model
MATCHED = {"flops": "flops", "acts": "activations"}


@dataclass(frozen=True)
class Model:
    """A kind of final model: family ("regnetx"), role ("best", "median", "shape"), and what it was matched by."""

    family: str
    role: str = "best"
    matched: str = ""

    def errors(self, finals: pd.DataFrame, multiple: float) -> Floats:
        """Validation errors (percent) over training seeds at a multiple of F, shape (seeds,): `recipe.reported`.

        Raises:
            NotTestable: no such model, or fewer than five seeds.
        """
        wanted = {"family": self.family, "role": self.role, "matched": self.matched, "multiple": multiple}
        chosen = finals[np.logical_and.reduce([finals[name] == value for name, value in wanted.items()])]
        if len(chosen) < SEEDS:
            raise NotTestable(f"{self} at {multiple:g} F is not trained with {SEEDS} seeds")
        return chosen[reported(finals)].to_numpy(np.float64)

    def __str__(self) -> str:
        """
        >>> str(Model("regnetx")), str(Model("resnet", "shape", "acts"))
        ('the best RegNetX', 'the ResNet shape of equal activations')
        """
        family = FAMILIES[self.family]
        return f"the {family} shape of equal {MATCHED[self.matched]}" if self.matched else f"the {self.role} {family}"


@dataclass(frozen=True)
class FinalBetter:
    """The first kind of model has a lower validation error than each other kind at each multiple of F.

    Where the first is the best of a space, its median stands beside, which decides nothing: it was not chosen.
    """

    first: Model
    others: tuple[Model, ...]
    multiples: tuple[float, ...]
    about: ClassVar[About] = "best networks"
    family: ClassVar[Family] = "difference"
    populations: ClassVar[tuple[str, ...]] = ()
    text: ClassVar[str] = "Welch difference of validation error over training seeds, 95% CI below 0 at each budget"

    def parts(self, evidence: Evidence) -> list[Part]:
        finals = _finals(evidence)
        return [
            replace(_less(self.first, other, finals, at), beside=self._median(other, finals, at))
            for at in self.multiples
            for other in self.others
        ]

    def _median(self, other: Model, finals: pd.DataFrame, at: float) -> tuple[Part, ...]:
        median = replace(self.first, role="median")
        try:
            return (_less(median, other, finals, at),) if self.first.role == "best" else ()
        except NotTestable:
            return ()


def _less(one: Model, other: Model, finals: pd.DataFrame, at: float) -> Part:
    """The difference of two models at a multiple of F."""
    result = better(one.errors(finals, at), other.errors(finals, at))
    return Part(f"mean error at {at:g} F", POINTS, result, of=(str(one), str(other)))


@dataclass(frozen=True)
class RanksHold:
    """Models ranked by validation error are ranked alike by test error."""

    about: ClassVar[About] = "ranks of networks"
    family: ClassVar[Family] = "difference"
    populations: ClassVar[tuple[str, ...]] = ()
    text: ClassVar[str] = "Kendall's tau of mean validation and mean test error over final models, 95% CI above 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        models = _finals(evidence).dropna(subset=["test_error"]).groupby("model")[["error", "test_error"]]
        means = models.mean()[models.size() >= SEEDS]
        if len(means) < FEWEST_MODELS:
            raise NotTestable(f"{len(means)} final models have a test error, {FEWEST_MODELS} needed")
        return [Part("Kendall's tau", "tau", tau(means["error"], means["test_error"]))]


@dataclass(frozen=True)
class RanksAgree:
    """Models ranked by validation error are ranked nearly alike by test error; v2 of RanksHold."""

    least: float = 0.6
    about: ClassVar[About] = "ranks of networks"
    family: ClassVar[Family] = ""
    populations: ClassVar[tuple[str, ...]] = ()

    @property
    def text(self) -> str:
        return f"Kendall's tau of mean validation and mean test error over final models, 95% CI above {self.least:g}"

    def parts(self, evidence: Evidence) -> list[Part]:
        (part,) = RanksHold().parts(evidence)
        low, high = part.result.low, part.result.high
        side = of_side(low > self.least, low > self.least or high < self.least)
        return [replace(part, result=replace(part.result, p=None, verdict=side, claimed=(self.least, 1.0)))]


READ_FINALS = (FinalBetter, RanksHold, RanksAgree)
"""Rules about final models, which have no populations."""


def _finals(evidence: Evidence) -> pd.DataFrame:
    if evidence.finals is None or evidence.finals.empty:
        raise NotTestable("no final models are trained")
    return evidence.finals
