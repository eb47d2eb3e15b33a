"""The comparisons of two spaces in Figs 7, 9 and 10, and their populations at several learning rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from regnet.analysis import by_rate
from regnet.analysis.by_rate import Outcome, Tried
from regnet.analysis.rate_gap import chance
from regnet.figures.panels import waiting as panels
from regnet.sweeps import labels
from regnet.sweeps.experiments import RATES
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

FEWEST = 2  # rates; one says nothing about the rest


@dataclass(frozen=True)
class Pair:
    """Two populations of the paper's Figure `figure`, at the regime's rate; the paper finds the first better."""

    figure: int
    first: Population
    second: Population

    def label(self, regime: str) -> str:
        """The two in words, with flops where they are not F.

        >>> Pair(10, Population("anynetx_e_5stage"), Population("anynetx_a_5stage")).label("pocket")
        'AnyNetX_E vs AnyNetX_A, 5 stages'
        >>> Pair(10, Population("regnetx", 2), Population("anynetx_e", 2)).label("pocket")
        'RegNetX vs AnyNetX_E, 6 MF'
        """
        there = self.first.at(regime)
        one, other = (labels.label(p.space) for p in (self.first, self.second))
        stages = f", {labels.STAGES['_5stage']}"
        flops = f", {there.flops / 1e6:g} MF" if there.multiple != 1 else ""
        return f"{one.removesuffix(stages)} vs {other}{flops}"


@dataclass(frozen=True)
class Row:
    """A comparison as tried at each rate that is there, and at each space's own best where all are."""

    pair: Pair
    label: str
    tried: tuple[Tried, ...]

    @property
    def turns(self) -> bool:
        """Whether its verdict depends on the rate."""
        return by_rate.turns(self.tried)


def _pair(figure: int, first: str, second: str, multiple: float = 1) -> Pair:
    return Pair(figure, Population(first, multiple), Population(second, multiple))


def _chain(suffix: str = "", multiple: float = 1) -> tuple[Pair, Pair]:
    a, e, x = (f"{space}{suffix}" for space in ("anynetx_a", "anynetx_e", "regnetx"))
    return _pair(10, e, a, multiple), _pair(10, x, e, multiple)


PAIRS = (
    _pair(7, "anynetx_d", "anynetx_c"),
    _pair(7, "anynetx_d", "anynetx_c_w_const"),
    _pair(7, "anynetx_d", "anynetx_c_w_decreasing"),
    _pair(7, "anynetx_e", "anynetx_d"),
    _pair(7, "anynetx_e", "anynetx_d_d_const"),
    _pair(7, "anynetx_e", "anynetx_d_d_decreasing"),
    _pair(9, "anynetx_e", "anynetx_a"),
    _pair(9, "regnetx", "anynetx_e"),
    _pair(9, "regnetx_wm2", "regnetx"),
    _pair(9, "regnetx_w0_wa", "regnetx"),
    *_chain(multiple=2),
    *(pair for suffix in ("_5stage", "_r", "_v", "_vr") for pair in _chain(suffix)),
)


def first_networks(runs: Runs) -> Runs:
    """The runs, each population cut to as many networks as one at another rate wants."""
    wanted = Population("regnetx", rate=RATES[0]).at(runs.regime).wanted
    return Runs(runs.regime, runs.folder, min(wanted, runs.n or wanted))


def at_rates(population: Population) -> dict[float, Population]:
    """The population at each rate."""
    return {rate: replace(population, rate=rate) for rate in RATES}


def populations() -> list[Population]:
    """Those of all comparisons, at the regime's rate, each once."""
    return list(dict.fromkeys(p for pair in PAIRS for p in (pair.first, pair.second)))


def names(runs: Runs) -> list[str]:
    """Every population at every rate, in the regime of the runs."""
    return panels.names(runs, [p for population in populations() for p in at_rates(population).values()])


def rows(runs: Runs) -> list[Row]:
    """The comparisons that can be made at two rates or more.

    Raises:
        DamagedSheet: a population whose CSV is not the one its JSON describes.
    """
    found = dict(_outcomes(first_networks(runs)))
    every = []
    for pair in PAIRS:
        tried = by_rate.compared(found.get(pair.first, {}), found.get(pair.second, {}), RATES)
        if len(tried) >= FEWEST:
            every.append(Row(pair, pair.label(runs.regime), tuple(tried)))
    return every


def _outcomes(runs: Runs) -> Iterator[tuple[Population, dict[float, Outcome]]]:
    for population in populations():
        there = {rate: p.at(runs.regime) for rate, p in at_rates(population).items()}
        frames = {rate: runs.frame(p) for rate, p in there.items() if panels.present(runs, [p.name])}
        if frames:
            yield population, by_rate.outcomes(frames, chance(there[RATES[0]].recipe.num_classes))
