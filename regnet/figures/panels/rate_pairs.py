"""Comparisons of two populations at several learning rates, on the same networks at each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from regnet.analysis import by_rate
from regnet.analysis.by_rate import OWN, Outcome, Tried
from regnet.analysis.rate_gap import BROKEN
from regnet.design.recipe import chance
from regnet.figures.panels import captions
from regnet.figures.panels.element import TITLE
from regnet.figures.panels.intervals import ROW, Interval, Intervals, Mark
from regnet.sweeps import labels
from regnet.sweeps.experiments import RATES
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

FEWEST = 2  # rates; one says nothing about the rest
MARKS = {
    "0.5": Mark("#5C8AE6", "<", label="half the rate"),
    "1": Mark("#6E7892", "o", label="the regime's rate"),
    "2": Mark("#D9662A", ">", label="twice the rate"),
    OWN: Mark("#C8243C", "D", label="each at its own best"),
}


class Pair(NamedTuple):
    """Two populations of the paper's Figure `figure`, at the regime's rate; the paper finds the first better."""

    figure: int
    first: Population
    second: Population

    @property
    def label(self) -> str:
        """The two in words, with flops where they are not F.

        >>> Pair(10, Population("anynetx_e_5stage", "pocket"), Population("anynetx_a_5stage", "pocket")).label
        'AnyNetX_E vs AnyNetX_A, 5 stages'
        >>> Pair(10, Population("regnetx", "pocket", 2), Population("anynetx_e", "pocket", 2)).label
        'RegNetX vs AnyNetX_E, 6 MF'
        """
        one, other = (labels.label(p.space) for p in (self.first, self.second))
        stages = f", {labels.STAGES['_5stage']}"
        flops = f", {self.first.mf}" if self.first.multiple != 1 else ""
        return f"{one.removesuffix(stages)} vs {other}{flops}"


def first_networks(runs: Runs) -> Runs:
    """The runs, each population cut to as many networks as one at another rate wants."""
    wanted = runs.population("regnetx", rate=RATES[0]).wanted
    return replace(runs, n=min(wanted, runs.n or wanted))


def at_rates(population: Population) -> dict[float, Population]:
    """The population at each rate."""
    return {rate: replace(population, rate=rate) for rate in RATES}


@dataclass(frozen=True)
class RatePairs(Intervals):
    """Difference of mean errors of each pair at each rate that is there, and at each one's own best where all are.

    A row whose verdict depends on the rate is shaded.
    """

    pairs: Sequence[Pair]
    axis = "difference of mean errors (points); below 0 the first space is better"

    @property
    def of(self) -> tuple[Population, ...]:
        every = dict.fromkeys(p for pair in self.pairs for p in (pair.first, pair.second))
        return tuple(at for p in every for at in at_rates(p).values())

    @property
    def head(self) -> float:
        return ROW * len(self.tried) + TITLE * len({pair.figure for pair in self.tried})

    @property
    def drawable(self) -> bool:
        return bool(self.tried)

    @cached_property
    def tried(self) -> dict[Pair, list[Tried]]:
        """The pairs that can be compared at two rates or more."""
        every = {
            pair: by_rate.compared(self._outcomes(pair.first), self._outcomes(pair.second), RATES)
            for pair in self.pairs
        }
        return {pair: tried for pair, tried in every.items() if len(tried) >= FEWEST}

    def _outcomes(self, population: Population) -> Mapping[float, Outcome]:
        frames = {rate: self.frames[at] for rate, at in at_rates(population).items() if at in self.frames}
        return by_rate.outcomes(frames, chance(population.recipe.num_classes)) if frames else {}

    @property
    def compared(self) -> list[Population]:
        """The populations of these pairs, at the rates at which they are there."""
        every = dict.fromkeys(at for a in self.tried for p in (a.first, a.second) for at in at_rates(p).values())
        return [population for population in every if population in self.frames]

    @property
    def intervals(self) -> list[Interval]:
        return [
            Interval(
                pair.label, one.result.effect, one.result.low, one.result.high, MARKS[one.setting],
                f"Figure {pair.figure}", by_rate.turns(tried),
            )
            for pair, tried in self.tried.items()
            for one in tried
        ]  # fmt: skip

    def rows(self) -> pd.DataFrame:
        """One row a comparison and setting: effect and 95% interval (points), n, verdict, rates, diverged and broken.

        `setting` is a rate in the regime's, or "own best"; `turns`: the verdict depends on the rate; `one_sign`: the
        difference has one sign at every setting.
        """
        return pd.DataFrame([cells for pair, tried in self.tried.items() for cells in self._cells(pair, tried)])

    def _cells(self, pair: Pair, tried: Sequence[Tried]) -> list[dict[str, Any]]:
        about = {"panel": f"Figure {pair.figure}", "first": pair.first.name, "second": pair.second.name}
        turned = {"turns": by_rate.turns(tried), "one_sign": by_rate.keeps_sign(tried), "source": self.here}
        every = []
        for setting, a, b, found in tried:
            said = {"effect": found.effect, "low": found.low, "high": found.high, "verdict": found.verdict}
            sides = {
                f"{what}_{side}": value
                for side, one in (("first", a), ("second", b))
                for what, value in (
                    ("n", len(one.errors)), ("rate", one.rate), ("mean_error", one.mean),
                    ("diverged", one.diverged), ("broken", one.broken),
                )
            }  # fmt: skip
            every.append(about | {"setting": setting} | said | sides | turned)
        return every

    def words(self) -> str:
        turned = [pair.label for pair, tried in self.tried.items() if by_rate.turns(tried)]
        which = f": {'; '.join(turned)}" if turned else ""
        return (
            f"{len(self.tried)} differences of mean error with intervals, each at up to four settings of the learning "
            f"rate. {self.kept()}{which}."
        )

    def kept(self) -> str:
        """How many differences keep their sign and how many verdicts depend on the rate, to be gone on with."""
        same = sum(by_rate.keeps_sign(tried) for tried in self.tried.values())
        turned = sum(by_rate.turns(tried) for tried in self.tried.values())
        return f"Of one sign at every setting: {same}. Dependent on the rate: {turned}"

    def processors(self) -> str:
        """For which instructions, or by PyTorch, each rate's networks were trained, where they differ, for captions."""
        kinds: dict[float, set[str]] = {}
        for population in self.compared:
            for segment in self.runs.info(population)["segments"]:
                kinds.setdefault(population.rate, set()).add(str(segment.get("instructions", "PyTorch")))
        if len(set(map(frozenset, kinds.values()))) <= 1:
            return ""
        listed = captions.listed(
            [f"{' and '.join(sorted(some))} at {MARKS[f'{rate:g}'].label}" for rate, some in sorted(kinds.items())]
        )
        return f" What trained them differs: {listed}; the chapter How this was run says what that does."

    def broken(self) -> str:
        """How many networks end near chance at each rate, each population counted once, for captions."""
        counts: dict[float, dict[str, int]] = {}
        for pair, tried in self.tried.items():
            for one in tried:
                for population, outcome in ((pair.first, one.first), (pair.second, one.second)):
                    counts.setdefault(outcome.rate, {})[population.name] = outcome.broken
        listed = ", ".join(
            f"{sum(some.values())} at {MARKS[f'{rate:g}'].label}" for rate, some in sorted(counts.items())
        )
        return f"Networks within {BROKEN:g} points of chance, diverged ones among them: {listed}."
