"""Figure 17: RegNetX against ResNet and ResNeXt by flops, parameters and activations (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import rivals, style, trade
from regnet.sweeps.store import Runs

TITLE = "ResNe(X)t comparisons"
FAMILIES = ("regnetx", "resnet", "resnext")
LAYERS = ("50", "101", "152")
SIZES = {"800MF": "0.8", "1.6GF": "1.6", "3.2GF": "3.2", "6.4GF": "6.4", "12GF": "12"}  # name, tag


def theirs() -> list[trade.Series]:
    """The paper's three lines; ResNeXt's middle tag would hide a ResNet."""
    return [
        trade.printed("regnetx", [f"RegNetX-{size}" for size in SIZES], list(SIZES.values()), "below"),
        trade.printed("resnet", [f"ResNet-{layers}" for layers in LAYERS], LAYERS),
        trade.printed("resnext", [f"ResNeXt-{layers}" for layers in LAYERS], (LAYERS[0], "", LAYERS[-1]), "right"),
    ]


def ours(runs: Runs) -> list[trade.Series]:
    """The final models here; none where they are missing."""
    trainings = rivals.found(runs, FAMILIES)
    return [] if trainings is None else trade.measured(trainings, runs.regime)


@style.theme()
def make(runs: Runs) -> Figure:
    """The paper's panels, and the same of the final models here where they are trained."""
    return trade.figure(theirs(), ours(runs), regime=runs.regime, tagged="params")


def data(runs: Runs) -> pd.DataFrame:
    """One row a point."""
    return trade.data(theirs(), ours(runs))


def caption(runs: Runs) -> str:
    """What is the paper's, what is measured, how to read a second row."""
    return trade.caption(theirs(), rivals.found(runs, FAMILIES), runs)


def alt(runs: Runs) -> str:
    """The picture in words."""
    return trade.alt(theirs(), ours(runs))
