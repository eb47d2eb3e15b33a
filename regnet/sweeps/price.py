"""What is not trained yet of a figure or table, and what training it would cost."""

from collections.abc import Mapping

from regnet.sweeps.cost import measured, seconds_each
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

BACKWARD = 3  # a training step costs about three forward passes


def words(runs: Runs, missing: Mapping[Population, int]) -> str:
    """The cost of so many trainings of each: from the regime's nearest sealed trainings, else in multiply-adds."""
    count = sum(missing.values())
    if means := measured(runs):
        seconds = sum(n * (seconds_each(population, means) or 0.0) for population, n in missing.items())
        return f"{seconds / 3600:.1f} hours on one core ({count} trainings, as fast as the nearest populations' were)"
    work = sum(BACKWARD * population.flops * population.recipe.images * n for population, n in missing.items())
    return f"{work:.1e} multiply-adds ({count} trainings; nothing is trained in this regime yet)"
