"""Figure 21: learning rate and weight decay of RegNetX, across flops and training lengths (arXiv:2003.13678, App. C).

- The paper draws them in RegNetX; here in the constrained space C.
- Its windows, numbers of epochs and values were not found; ours are chosen as in `regnet.sweeps.experiments`.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import rates
from regnet.figures.panels.rates import Row
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

TITLE = "Learning rate and weight decay of RegNetX"
SPACE = "regnetx_c"
_BASE = Population(SPACE, tuned=True)
ROWS = (
    Row("one population", (_BASE,)),
    Row("across flops", tuple(Population(SPACE, multiple, tuned=True) for multiple in (0.5, 1, 2)), "{F}"),
    Row("across training lengths", tuple(Population(SPACE, length=length, tuned=True) for length in (1, 2, 5)), "{n}"),
)


def make(runs: Runs) -> Figure:
    """Three rows of three panels."""
    return rates.make(runs, ROWS)


def data(runs: Runs) -> pd.DataFrame:
    """Best ranges and networks of each panel."""
    return rates.data(runs, ROWS)


def caption(runs: Runs) -> str:
    """What is shown, on what, and what is not known of the paper's."""
    return (
        "Error of networks of the constrained space C, each with its own learning rate and weight decay. Top: one "
        f"population; shaded, where the best networks lie; above, all that were drawn. {rates.READING} "
        f"{rates.setting(runs, ROWS)} Paper: the values of arXiv:2003.13678 Fig 21 were not found."
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    return f"Scatter plots of error against learning rate, weight decay and their product. {rates.in_words(runs, ROWS)}"
