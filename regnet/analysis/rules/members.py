"""Rules that look inside a population: what its good members have in common, how many of them are enough."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.bootstrap import best_weight
from regnet.analysis.random_search import suffices
from regnet.analysis.rules.evidence import POINTS, About, Evidence, Family, NotTestable, Part
from regnet.analysis.trends import falls


@dataclass(frozen=True)
class BestHave:
    """Members with a property carry more of the footnote-4 weight than their share of the population."""

    populations: tuple[str, ...]
    what: str
    has: Callable[[pd.DataFrame], npt.NDArray[np.bool_]]
    about: ClassVar[About] = "best networks"
    family: ClassVar[Family] = "difference"

    @property
    def text(self) -> str:
        return f"footnote-4 weight on networks with {self.what} minus their share, permutation p"

    @property
    def name(self) -> str:
        """What a part is called."""
        return f"weight on {self.what} minus share"

    def parts(self, evidence: Evidence) -> list[Part]:
        return [
            Part(self.name, "share", best_weight(self.has(evidence.frames[name]), evidence.values(name)), of=(name,))
            for name in self.populations
        ]


@dataclass(frozen=True)
class Widen:
    """Error falls as the last stage's width grows over the first's."""

    populations: tuple[str]
    about: ClassVar[About] = "ranks of networks"
    family: ClassVar[Family] = "difference"
    text: ClassVar[str] = "Spearman correlation of error with w_4 / w_1, 95% CI below 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        (name,) = self.populations
        ratio = (evidence.frames[name]["w4"] / evidence.frames[name]["w1"]).to_numpy(np.float64)
        errors = evidence.values(name)
        if np.ptp(ratio) == 0 or np.ptp(errors) == 0:
            raise NotTestable(f"all errors or all w_4 / w_1 of {name} are equal: nothing to rank")
        return [Part("Spearman of error with w_4 / w_1", "rho", falls(ratio, errors), of=(name,))]


@dataclass(frozen=True)
class FewSuffice:
    """The best of m random networks is expected within one point of the best of half the population."""

    populations: tuple[str]
    m: int = 32
    within: float = 1.0
    about: ClassVar[About] = "best networks"
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
        return [Part(f"E[best of {self.m}] - E[best of {half}]", POINTS, result, of=(name,))]
