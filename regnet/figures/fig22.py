"""Figure 22: learning rate and weight decay of EfficientNet shapes, across flops (arXiv:2003.13678, App. C).

- The paper scales one EfficientNet to each flop regime; its windows and values were not found.
- L2 stands for the paper's 25 epochs.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import rates
from regnet.figures.panels.rates import Row
from regnet.sweeps.experiments import ELEMENTS
from regnet.sweeps.store import Runs

TITLE = "Learning rate and weight decay of EfficientNet"
POPULATIONS = ELEMENTS["fig22"]
ROWS = (
    Row("one population", tuple(population for population in POPULATIONS if population.multiple == 1)),
    Row("across flops", POPULATIONS, "{F}"),
)


def make(runs: Runs) -> Figure:
    """Two rows of three panels."""
    return rates.make(runs, ROWS)


def data(runs: Runs) -> pd.DataFrame:
    """Best ranges and networks of each panel."""
    return rates.data(runs, ROWS)


def caption(runs: Runs) -> str:
    """What is shown, on what, and what is not known of the paper's."""
    return (
        "Error of EfficientNet shapes, each with its own learning rate and weight decay. Top: one population; shaded, "
        f"where the best networks lie; above, all that were drawn. {rates.READING} {rates.setting(runs, ROWS)} Paper: "
        "the values of arXiv:2003.13678 Fig 22 were not found."
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    return f"Scatter plots of error against learning rate, weight decay and their product. {rates.in_words(runs, ROWS)}"
