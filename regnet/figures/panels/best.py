"""Error against a parameter, with footnote 4's range and best value and the population's own distribution above."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import NullLocator

from regnet.analysis.bootstrap import BestRange, best_range
from regnet.figures.panels import outliers, style

Floats = npt.NDArray[np.float64]
SHADE = "#8a8a8a"


def panel(
    fig: Figure | SubFigure, place: SubplotSpec, frame: pd.DataFrame, x: Floats, *,
    colour: str, head: float, body: float, paper: Sequence[float] | None = None, log: int = 0,
) -> Axes:  # fmt: skip
    """Best value in words, the distribution of x, and error against x, in one cell of the figure's grid.

    `paper` is the paper's (low, best, high), read off its image; `head` and `body` are heights in inches; `log` is
    the base of a logarithmic x axis.
    """
    grid = place.subgridspec(2, 1, height_ratios=(head, body))
    errors = frame["error"].to_numpy(np.float64)
    span = best_range(x, errors)
    top, ax = fig.add_subplot(grid[0]), fig.add_subplot(grid[1])
    top.sharex(ax)
    if log:
        ax.set_xscale("log", base=log)
        ax.xaxis.set_major_formatter("{x:g}")
        ax.xaxis.set_minor_locator(NullLocator())
    distribution(top, x, span, colour=colour, log=bool(log))
    lines = [words("here", span)] + ([words("paper", paper, sign="≈ ")] if paper is not None else [])
    top.set_title("\n".join(lines), fontsize=9.5, loc="left", linespacing=1.35)
    mark(ax, span)
    errors_of(ax, x, frame, colour=colour)
    return ax


def errors_of(ax: Axes, x: Floats, frame: pd.DataFrame, *, colour: str) -> None:
    """A point a network, its error against x; the axis ends before the few that would stretch it."""
    errors = frame["error"].to_numpy(np.float64)
    axis = outliers.span([errors])
    style.scatter(ax, x, np.where(errors <= axis.high, errors, np.nan), titles(frame), colour=colour)
    outliers.upward(ax, axis)
    ax.set_ylabel(style.ERROR)


def distribution(ax: Axes, x: Floats, span: BestRange, *, colour: str, log: bool = False, bins: int = 24) -> None:
    """Histogram of the whole population's x: the base rate against which a best range is read."""
    low, high = x.min(), x.max() + (x.max() == x.min())
    edges = np.geomspace(low, high, bins + 1) if log else np.linspace(low, high, bins + 1)
    ax.hist(x, bins=edges.tolist(), color=colour, alpha=0.45, linewidth=0)
    mark(ax, span)
    ax.set_yticks([])
    ax.tick_params(labelbottom=False)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False)


def mark(ax: Axes, span: BestRange) -> None:
    """Shades the range and draws the best value."""
    ax.axvspan(span.low, span.high, color=SHADE, alpha=0.22, linewidth=0)
    ax.axvline(span.best, color=SHADE, linewidth=1.6)


def words(who: str, span: Sequence[float], sign: str = "") -> str:
    """A best value and its range in words.

    >>> words("here", (8, 12, 21))
    'here: 12 (8 to 21)'
    >>> words("paper", (0.0711, 0.1523, 0.2), sign="≈ ")
    'paper: ≈ 0.15 (0.071 to 0.2)'
    """
    low, best, high = (f"{value:.0f}" if value >= 100 else f"{value:.2g}" for value in span)
    return f"{who}: {sign}{best} ({low} to {high})"


def titles(frame: pd.DataFrame) -> list[str]:
    """What a point says on hover: the network's stages, its flops and its error."""
    stages = range(1, sum(name.startswith("d") and name[1:].isdigit() for name in frame.columns) + 1)
    parts = [
        [f"{key} " + " ".join(f"{value:g}" for value in row) for row in frame[[f"{key}{i}" for i in stages]].to_numpy()]
        for key in "dwbg"
    ]
    numbers = zip(frame["flops"], frame["error"], strict=True)
    ends = [f"{flops / 1e6:.2f} MF, error {error:.1f}%" for flops, error in numbers]
    return [", ".join(words) for words in zip(*parts, ends, strict=True)]


def rows(name: str, frame: pd.DataFrame, x: Floats, population: str, regime: str) -> pd.DataFrame:
    """What a panel shows: the range's three values, then one row a network."""
    span = best_range(x, frame["error"].to_numpy(np.float64))
    about = {"panel": name, "series": population, "source": f"here, {regime}"}
    summary = pd.DataFrame({"statistic": ["best low", "best", "best high"], "x": span})
    points = frame[["index", "network_id", "error"]].assign(statistic="network", x=x)
    whole = pd.concat([summary, points], ignore_index=True).assign(**about)
    columns = ["panel", "series", "source", "statistic", "x", "index", "network_id", "error"]
    return whole[columns].astype({"index": "Int64"})


def paper_rows(name: str, population: str, span: Sequence[float], source: str) -> pd.DataFrame:
    """The paper's three values in the same columns."""
    summary = pd.DataFrame({"statistic": ["best low", "best", "best high"], "x": span})
    return summary.assign(panel=name, series=population, source=source)
