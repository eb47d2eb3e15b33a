"""Figure 22: learning rate and weight decay of EfficientNet shapes, across flops (arXiv:2003.13678, App. C).

- Which EfficientNets the paper trains, and its values, were not found. Here one shape is scaled to each window.
- L2 stands for the paper's 25 epochs.
"""

from regnet.evidence.rates import efficientnets
from regnet.figures.panels import rates
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.rates import Rates
from regnet.sweeps.store import Runs

CHAPTER = "10-ablations"


def element(runs: Runs) -> Picture:
    """Two rows of three axes."""
    flops = efficientnets(runs.regime)
    panels = [
        Rates(runs, "one population", flops[:1]),
        Rates(runs, "across flops", flops, [population.mf for population in flops]),
    ]
    return Picture(
        runs=runs,
        title="Learning rate and weight decay of EfficientNet",
        rows=[Row([panel], body=2.0) for panel in panels],
        how=f"Error of EfficientNet shapes, each with its own learning rate and weight decay. {rates.reading(runs)}",
        paper="Paper: the values of arXiv:2003.13678 Fig 22 were not found.",
        seen="Scatter plots of error against learning rate, weight decay and their product.",
    )
