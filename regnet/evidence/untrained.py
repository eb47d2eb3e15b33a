"""A population before any training: its kept moments, or those of draws made now."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import pandas as pd

from regnet.analysis import untrained as analysis
from regnet.analysis.untrained import DRAWS, SEED, Untrained
from regnet.design.shape_space import ShapeSpace
from regnet.sweeps.folders import runs_folder
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import Regime, regimes


@lru_cache(maxsize=256)
def untrained(population: Population) -> Untrained:
    """The moments of a population's draws; drawn now where they are not kept."""
    found = analysis.kept(population.regime, population.space, population.multiple, file_of(population.setting))
    return found or analysis.moments(drawn(population), fit=population.space in analysis.FITTED)


def file_of(regime: Regime) -> Path:
    """Where the moments of a regime's populations are kept; for one of one's own, one file for what they depend on."""
    if regime.name in regimes:
        return analysis.FILE
    drawn_by = (regime.stem, regime.flops_unit, regime.resolution, regime.num_classes, regime.limits)
    mark = hashlib.sha256(repr(drawn_by).encode()).hexdigest()[:12]
    return runs_folder() / regime.name / "untrained" / f"{mark}.csv"


def drawn(population: Population, n: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """n networks of the population's space and window.

    Raises:
        ValueError: a population of one published shape, which has nothing to draw.
    """
    space = population.design
    if isinstance(space, ShapeSpace):
        raise ValueError(f"{population.name} is one network: nothing to draw")
    return analysis.drawn(space, population.window, n, seed)


def table(populations: Sequence[Population], draws: int = DRAWS) -> pd.DataFrame:
    """One row a space and flop regime of the populations, as in `untrained.csv`.

    Spaces with limits are left out where the regime's limits are not frozen yet, and those with no network in a window.
    """
    wanted = {(p.space, p.multiple): p for p in populations}
    free = [p for p in wanted.values() if p.setting.limits or not p.design.limited]
    spaces = [(p, space) for p in free if not isinstance(space := p.design, ShapeSpace)]
    rows = []
    for p, space in spaces:
        with suppress(ValueError):  # no network: regimes of one's own do not say beforehand where there is none
            rows.append(analysis.row(p.regime, space, p.multiple, p.window, draws))
    return pd.DataFrame(rows)
