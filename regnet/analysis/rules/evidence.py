"""What a claim is judged on, and what a rule makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from regnet.analysis.compare import Comparison
from regnet.analysis.edf import Floats
from regnet.analysis.linear_fit import e_fit
from regnet.analysis.untrained import Untrained
from regnet.design.recipe import chosen_by, reported

Family = Literal["difference", "equivalence", ""]
About = Literal["populations", "best networks", "ranks of networks", "no training"]
SINGLE: tuple[About, ...] = ("best networks", "ranks of networks")  # what one short training of each cannot settle
Value = Literal["error", "e_fit", "params"]
POINTS = "points of error"
UNITS: dict[Value, str] = {"error": POINTS, "e_fit": "e_fit", "params": "parameters"}
MEANS: dict[Value, str] = {"error": "mean error", "e_fit": "mean e_fit", "params": "mean number of parameters"}
RETRAINED = 10  # the best networks of a population that are trained again,
SEEDS = 3  # and with how many new seeds at least


class NotTestable(LookupError):
    """The evidence that a claim needs is not there; the message says what is missing."""


@dataclass(frozen=True)
class Part:
    """One comparison of a claim: what was compared, its unit, and the chance to see "no difference" if it is true.

    `of` names the two populations or models whose difference (first minus second) the effect is, or the one that it
    was measured in. `beside` are comparisons that are shown with it and decide nothing.
    """

    what: str
    unit: str
    result: Comparison
    power: float | None = None
    of: tuple[str, ...] = ()
    beside: tuple[Part, ...] = ()

    @property
    def name(self) -> str:
        """What was compared and in which populations, by their names in the runs."""
        return f"{self.what}: {' - '.join(self.of)}" if self.of else self.what


@dataclass(frozen=True)
class Evidence:
    """Populations by name, their retrained members by name, the regime's margin in points of error; final models (one
    row a training) and timings (one row a network and device), None or empty where there are none; a population's
    untrained moments by its name; how many trainings failed of each of those that a claim is judged on.
    """

    frames: Mapping[str, pd.DataFrame]
    repeats: Mapping[str, pd.DataFrame]
    margin: float
    finals: pd.DataFrame | None = None
    timings: pd.DataFrame | None = None
    untrained: Callable[[str], Untrained] | None = None
    failed: Mapping[str, int] = field(default_factory=dict)

    def before(self, population: str) -> Untrained:
        """What is known of a population without training it.

        Raises:
            NotTestable: nothing.
        """
        if self.untrained is None:
            raise NotTestable(f"untrained moments of {population} are not at hand")
        return self.untrained(population)

    def values(self, population: str, value: Value = "error") -> Floats:
        """error (percent), e_fit or params of each member, shape (n,)."""
        frame = self.frames[population]
        return e_fit(frame) if value == "e_fit" else frame[value].to_numpy(np.float64)

    def retrained(self, population: str) -> Floats:
        """Mean error over new seeds at the population's own length of its ten best members, shape (10,).

        The best by one half of the validation images, their errors on the other, where rows have both.

        Raises:
            NotTestable: one of the ten best has not been retrained with three seeds.
        """
        frame = self.frames[population]
        best = frame.sort_values([chosen_by(frame), "index"])["index"].head(RETRAINED)
        repeats = self.repeats.get(population)
        if repeats is None or repeats.empty:
            raise NotTestable(f"no member of {population} has been retrained")
        again = repeats[(repeats["length"] == 1) & repeats["index"].isin(best) & repeats["error"].notna()]
        found = again.groupby("index")[reported(again)].agg(["mean", "size"])
        whole = found[found["size"] >= SEEDS]
        if len(whole) < RETRAINED:
            raise NotTestable(f"{len(whole)} of the {RETRAINED} best of {population} have been retrained {SEEDS} times")
        return whole["mean"].to_numpy(np.float64)


class Rule(Protocol):
    """What judges a claim."""

    @property
    def family(self) -> Family: ...

    @property
    def about(self) -> About: ...

    @property
    def populations(self) -> tuple[str, ...]: ...

    @property
    def text(self) -> str: ...

    def parts(self, evidence: Evidence) -> list[Part]: ...
