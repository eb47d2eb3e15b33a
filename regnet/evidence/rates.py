"""EfficientNet's learning rate and weight decay, from the populations that draw both (arXiv:2003.13678, Fig 22)."""

from scipy.stats import gmean

from regnet.analysis.bootstrap import best_range
from regnet.design.recipe import chosen_by
from regnet.sweeps.chosen import Rates, members
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs


def efficientnets(regime: str) -> tuple[Population, ...]:
    """Fig 22's populations: EfficientNet shapes at F and 2F, trained for L2; at 32 pixels none is smaller."""
    return tuple(Population("efficientnet", regime, multiple, 2, tuned=True) for multiple in (1, 2))


def best_rates(runs: Runs) -> Rates:
    """One pair for all, as in the paper: geometric means of the populations' likely best values (footnote 4).

    By the error that final models are chosen by (`recipe.chosen_by`): the other half of the images is for comparing.

    Raises:
        MissingPopulation: a population that is not sealed, or not in full.
    """
    frames = [members(population, runs) for population in efficientnets(runs.regime)]
    best = (
        gmean([best_range(frame[name], frame[chosen_by(frame)]).best for frame in frames])
        for name in ("drawn_lr", "drawn_weight_decay")
    )
    return Rates(*(float(f"{value:.3g}") for value in best))
