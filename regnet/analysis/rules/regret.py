"""Figs 21 and 22: one learning rate and weight decay for all populations costs none of them much (`regret.py`).

Simulated 200 times a case (`rule_power.csv`, "one setting for all") on networks as different as those of `pocket` and
on surfaces that are assumed (`benchmarks/rate_worlds.py`), as no population of `pocket` draws its rates:

- Regret at the margin is called supported in at most 2.5%, contradicted in at most 5.5% where 100 members are planned,
  7.5% at 60.
- One optimum for all is supported in 87 to 99% across flops and in 94% for EfficientNet with 100 members a population;
  with 60 in 28 to 56%; across lengths with 100, 60 and 60, as planned, in 57%: inconclusive says little there.
- Twice the margin is contradicted in 85 to 100% and 92 to 100%.

EfficientNet's populations are one network each: there networks at equal rates differ by the training's seed alone, and
the margin is a quarter of that.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from regnet.analysis.edf import Floats
from regnet.analysis.features import check_frozen, of_frame
from regnet.analysis.regret import REACH, Surface, common
from regnet.analysis.rules.adjusted_means import MARGIN
from regnet.analysis.rules.evidence import About, Evidence, Family, NotTestable, Part

FEWEST = 40  # members a surface is fitted to: with so few, one optimum is found in 4 to 24% of the simulations


@dataclass(frozen=True)
class CommonRates:
    """At one setting of lr and wd, every population's error is within the margin of what its own best setting gives."""

    populations: tuple[str, ...]
    about: ClassVar[About] = "populations"
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = (
        f"largest regret of one lr and wd for all against each population's own within a factor of {10**REACH:.0f}, "
        f"one-sided 95% limit below {MARGIN:g} sd of log error at equal rates"
    )

    def parts(self, evidence: Evidence) -> list[Part]:
        check_frozen()
        frames = [evidence.frames[name] for name in self.populations]
        for name, frame in zip(self.populations, frames, strict=True):
            if len(frame) < FEWEST:
                raise NotTestable(f"{name} has {len(frame)} members, a surface needs {FEWEST}")
        drawn = [_drawn(frame) for frame in frames]
        middle = np.mean([(rates.min(axis=0) + rates.max(axis=0)) / 2 for rates in drawn], axis=0)
        surfaces = [
            self._surface(name, rates - middle, frame)
            for name, rates, frame in zip(self.populations, drawn, frames, strict=True)
        ]
        result = common(surfaces, MARGIN, min(len(frame) for frame in frames))
        return [Part("largest regret at one lr and wd for all", "sd of log error at equal rates", result)]

    def _surface(self, name: str, rates: Floats, frame: pd.DataFrame) -> Surface:
        if (rates.min(axis=0) > -REACH).any() or (rates.max(axis=0) < REACH).any():
            raise NotTestable(f"rates of {name} do not reach around the middle of all populations'")
        try:
            return Surface.of(rates, frame["error"].to_numpy(np.float64), of_frame(frame))
        except ValueError as error:
            raise NotTestable(f"{name}: {error}") from None


def _drawn(frame: pd.DataFrame) -> Floats:
    """log10 of each member's lr and wd, shape (n, 2)."""
    return np.asarray(np.log10(frame[["drawn_lr", "drawn_weight_decay"]].to_numpy(np.float64)))
