"""What trainings cost: measured where a population has rows, else scaled from the nearest of those that have.

Seconds are in proportion to images. To multiply-adds they are not, quite: small networks spend much of their time
outside the convolutions. So near means, first, near in flops.
"""

import math
from collections.abc import Mapping

from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs


def seconds_each(population: Population, measured: Mapping[Population, float]) -> float | None:
    """CPU seconds of one training: the population's own mean, else that of the nearest one, scaled; None without any.

    measured: population -> mean seconds of a training.

    >>> one, two = Population("regnetx", "pocket"), Population("regnetx", "pocket", 2, length=2)
    >>> seconds_each(two, {one: 5.0})
    20.0
    """
    if population in measured:
        return measured[population]
    if not measured:
        return None
    work = _work(population)
    nearest = min(measured, key=lambda other: _distance(other, population))
    return measured[nearest] * work / _work(nearest)


def _distance(one: Population, other: Population) -> tuple[float, bool, bool, float, int]:
    """In flops, then space, family of spaces and length; among equals the space with the shorter name."""
    flops, length = (abs(math.log(a / b)) for a, b in ((one.multiple, other.multiple), (one.length, other.length)))
    kin = one.space.partition("_")[0] == other.space.partition("_")[0]
    return flops, one.space != other.space, not kin, length, len(one.space)


def measured(runs: Runs) -> dict[Population, float]:
    """Mean seconds of a training of each sealed population of the regime, whatever `runs.n`."""
    every = runs.whole
    populations = [Population.parse(name, runs.regime) for name in every.populations() if every.count(name)]
    return {population: float(every.frame(population)["seconds"].mean()) for population in populations}


def _work(population: Population) -> float:
    """Multiply-adds of a training, in those of one at F and L1."""
    return population.multiple * population.length
