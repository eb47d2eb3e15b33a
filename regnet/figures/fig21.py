"""Figure 21: learning rate and weight decay of RegNetX, across flops and training lengths (arXiv:2003.13678, App. C).

- The paper draws them in RegNetX; here in the constrained space C.
- The paper trains for 10 epochs across flops, and at 400 MF across numbers of epochs; which windows and numbers, and
  its values, were not found. Ours are F / 2 to 2F, and L1 to L5 at F. It finds lr 0.1 and wd 5e-5.
"""

from regnet.figures.panels import rates
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.rates import Rates
from regnet.sweeps.store import Runs

CHAPTER = "10-ablations"


def element(runs: Runs) -> Picture:
    """Three rows of three axes."""
    flops = [runs.population("regnetx_c", multiple, tuned=True) for multiple in (0.5, 1, 2)]
    lengths = [runs.population("regnetx_c", length=length, tuned=True) for length in (1, 2, 5)]
    panels = [
        Rates(runs, "one population", lengths[:1]),
        Rates(runs, "across flops", flops, [population.mf for population in flops]),
        Rates(runs, "across training lengths", lengths, [f"{p.recipe.images:,} images" for p in lengths]),
    ]
    return Picture(
        runs=runs,
        title="Learning rate and weight decay of RegNetX",
        rows=[Row([panel], body=2.0) for panel in panels],
        how="Error of networks of the constrained space C, each with its own learning rate and weight decay. "
        f"{rates.reading(runs)}",
        paper="Paper: the values of arXiv:2003.13678 Fig 21 were not found.",
        seen="Scatter plots of error against learning rate, weight decay and their product.",
    )
