"""A population before any training: its kept moments, or those of draws made now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from regnet.analysis import untrained as analysis
from regnet.analysis.untrained import DRAWS, SEED, Untrained
from regnet.design.shape_space import ShapeSpace
from regnet.sweeps.population import Population


@lru_cache(maxsize=256)
def untrained(population: Population) -> Untrained:
    """The moments of a population's draws; drawn now where they are not kept."""
    found = analysis.kept(population.regime, population.space, population.multiple)
    found = found or analysis.moments(drawn(population), fit=population.space in analysis.FITTED)
    return replace(found, by_quota=population.by_quota)


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

    Spaces with limits are left out where the regime's limits are not frozen yet.
    """
    wanted = {(p.space, p.multiple): p for p in populations}
    free = [p for p in wanted.values() if p.setting.limits or not p.design.limited]
    spaces = [(p, space) for p in free if not isinstance(space := p.design, ShapeSpace)]
    return pd.DataFrame([analysis.row(p.regime, space, p.multiple, p.window, draws) for p, space in spaces])
