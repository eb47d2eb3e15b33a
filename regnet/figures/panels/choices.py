"""Error against a parameter of few values: a strip of networks a value, base rate and winning weight above."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.gridspec import SubplotSpec

from regnet.analysis.bootstrap import weights
from regnet.figures.panels import best, style

Floats = npt.NDArray[np.float64]


def shares(x: Floats, errors: Floats) -> pd.DataFrame:
    """For each value of x: its share of the population and the footnote-4 weight of its networks.

    >>> shares(np.array([1.0, 1.0, 2.0, 4.0]), np.array([10.0, 20.0, 30.0, 40.0]))["base_rate"].tolist()
    [0.5, 0.25, 0.25]
    """
    table = pd.DataFrame({"value": x, "base_rate": 1 / len(x), "winning_weight": weights(errors)})
    return table.groupby("value", as_index=False).sum()


def panel(
    fig: Figure | SubFigure, place: SubplotSpec, frame: pd.DataFrame, x: Floats, *,
    colour: str, head: float, body: float, title: str,
) -> Axes:  # fmt: skip
    """Bars above, strips below, in one cell of the figure's grid; `head` and `body` are heights in inches."""
    grid = place.subgridspec(2, 1, height_ratios=(head, body))
    top, ax = fig.add_subplot(grid[0]), fig.add_subplot(grid[1])
    table = shares(x, frame["error"].to_numpy(np.float64))
    at = np.arange(len(table))
    _bars(top, table, at, colour)
    top.set_title(title, fontsize=9.5, loc="left")
    centre = np.searchsorted(table["value"], x)
    best.errors_of(ax, centre + style.jitter(len(x), 0.5), frame, colour=colour)
    for axes in (top, ax):
        axes.set(xlim=(-0.5, len(table) - 0.5), xticks=at)
        axes.grid(visible=False, axis="x")
    ax.set_xticklabels([f"{value:g}" for value in table["value"]])
    return ax


def _bars(ax: Axes, table: pd.DataFrame, at: npt.NDArray[np.int64], colour: str) -> None:
    for column, shift, alpha in (("base_rate", -0.17, 0.3), ("winning_weight", 0.17, 0.9)):
        bars = ax.bar(at + shift, table[column], width=0.32, color=colour, alpha=alpha, linewidth=0)
        ax.bar_label(bars, [f"{share:.0%}" for share in table[column]], fontsize=9)
    ax.set_ylim(0, 1.3 * max(1e-9, float(table[["base_rate", "winning_weight"]].max().max())))
    ax.set_yticks([])
    ax.tick_params(labelbottom=False)
    ax.spines["left"].set_visible(False)


def in_words(frame: pd.DataFrame, column: str) -> str:
    """For alternative text: each value's winning weight and base rate."""
    table = shares(frame[column].to_numpy(np.float64), frame["error"].to_numpy(np.float64))
    return ", ".join(
        f"{value:g}: {weight:.0%} against {base:.0%}"
        for value, base, weight in table[["value", "base_rate", "winning_weight"]].to_numpy()
    )
