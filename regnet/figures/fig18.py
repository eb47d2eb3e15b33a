"""Figure 18: RegNetX and RegNetY against EfficientNet by three measures (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import rivals, style, trade
from regnet.sweeps.store import Runs

TITLE = "EfficientNet comparisons"
FAMILIES = ("regnetx", "regnety", "efficientnet")
SIZES = {"400MF": "0.4", "800MF": "0.8", "1.6GF": "1.6", "3.2GF": "3.2", "6.4GF": "6.4", "12GF": "12"}  # name, tag
SCALES = ("B0", "B1", "B2", "B3", "B4", "B5")


def theirs() -> list[trade.Series]:
    """The paper's three lines; RegNetX and RegNetY have the same sizes and share their tags."""
    *most, last = SIZES.values()
    return [
        trade.printed("regnetx", [f"RegNetX-{size}" for size in SIZES], [*[""] * len(most), last], "right"),
        trade.printed("regnety", [f"RegNetY-{size}" for size in SIZES], [*most, ""], "left"),
        trade.printed("efficientnet", [f"EfficientNet-{scale}" for scale in SCALES], SCALES),
    ]


def ours(runs: Runs) -> list[trade.Series]:
    """The final models here; none where they are missing."""
    trainings = rivals.found(runs, FAMILIES)
    return [] if trainings is None else trade.measured(trainings, runs.regime)


@style.theme()
def make(runs: Runs) -> Figure:
    """The paper's panels, and the same of the final models here where they are trained."""
    return trade.figure(theirs(), ours(runs), regime=runs.regime, tagged="acts")


def data(runs: Runs) -> pd.DataFrame:
    """One row a point."""
    return trade.data(theirs(), ours(runs))


def caption(runs: Runs) -> str:
    """What is the paper's, what is measured, how to read a second row."""
    return trade.caption(theirs(), rivals.found(runs, FAMILIES), runs)


def alt(runs: Runs) -> str:
    """The picture in words."""
    return trade.alt(theirs(), ours(runs))
