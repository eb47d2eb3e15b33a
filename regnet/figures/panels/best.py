"""Error against a parameter, with footnote 4's range and best value and the population's own distribution above."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from regnet.analysis.bootstrap import BestRange, best_range
from regnet.figures.numbers import paper
from regnet.figures.panels import outliers, style
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps.population import Population

Floats = npt.NDArray[np.float64]
SHADE = "#8a8a8a"
ENDS = ["best low", "best", "best high"]
BINS = 24  # of a distribution
COLUMNS = ["panel", "series", "source", "statistic", "x", "index", "network_id", "error"]


@dataclass(frozen=True)
class Best(Panel):
    """A population's error against `value` of its members, whose axis is called `axis`.

    `figure` and `place` are where the paper has the same, whose range was read off the image. `log` is the base of a
    logarithmic axis, on which values below `floor` are drawn at it.
    """

    population: Population
    value: Callable[[pd.DataFrame], Floats]
    axis: str
    figure: int
    place: str
    log: int = 0
    floor: float = 0.0
    head = 0.75  # inches

    @property
    def of(self) -> tuple[Population, ...]:
        return (self.population,)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The members."""
        return self.frames[self.population]

    @cached_property
    def x(self) -> Floats:
        """The parameter of each member."""
        return self.value(self.frame)

    @cached_property
    def span(self) -> BestRange:
        """The range of the best."""
        return best_range(self.x, self.frame["error"])

    @property
    def points(self) -> int:
        return len(self.frame)

    @property
    def cut(self) -> list[Floats]:
        return [self.frame["error"].to_numpy(np.float64)]

    def draw(self, cell: Cell) -> None:
        top, ax = cell.axes()
        top.sharex(ax)
        if self.log:
            ax.set_xscale("log", base=self.log)
            ax.xaxis.set_major_formatter("{x:g}")
            ax.xaxis.set_minor_locator(NullLocator())
        x, colour = np.maximum(self.x, self.floor), style.colour(self.population.name)
        distribution(top, x, self.span, colour=colour, log=bool(self.log))
        theirs = words("paper", paper.best_span(self.figure, self.place), sign="≈ ")
        top.set_title(f"{words('here', self.span)}\n{theirs}", fontsize=9.5, loc="left", linespacing=1.35)
        mark(ax, self.span)
        errors_of(ax, x, self.frame, colour=colour)
        ax.set_xlabel(self.axis)

    def rows(self) -> pd.DataFrame:
        source = paper.digitised(self.figure, self.place)["source"].iloc[0] + ", read off the image"
        theirs = pd.DataFrame({"statistic": ENDS, "x": paper.best_span(self.figure, self.place), "source": source})
        ours = rows(self.name, self.frame, self.x, self.population.name, self.here)
        return pd.concat([ours, theirs.assign(panel=self.name, series=self.population.name)], ignore_index=True)

    def words(self) -> str:
        return f"{words(f'{self.axis}, best', self.span)}."


def errors_of(ax: Axes, x: Floats, frame: pd.DataFrame, *, colour: str) -> None:
    """A point a network, its error against x; the axis ends before the few that would stretch it."""
    errors = frame["error"].to_numpy(np.float64)
    axis = outliers.span([errors])
    style.scatter(ax, x, np.where(errors <= axis.high, errors, np.nan), partial(titles, frame), colour=colour)
    outliers.upward(ax, axis)
    ax.set_ylabel(style.ERROR)


def distribution(ax: Axes, x: Floats, span: BestRange, *, colour: str, log: bool = False) -> None:
    """Histogram of the whole population's x: the base rate against which a best range is read."""
    low, high = x.min(), x.max() + (x.max() == x.min())
    edges = (np.geomspace if log else np.linspace)(low, high, BINS + 1)
    ax.hist(x, bins=edges.tolist(), color=colour, alpha=0.45, linewidth=0)
    mark(ax, span)
    style.bare(ax)
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


def rows(panel: str, frame: pd.DataFrame, x: Floats, population: str, source: str) -> pd.DataFrame:
    """What a panel shows: the range's three values, then one row a network."""
    span = pd.DataFrame({"statistic": ENDS, "x": best_range(x, frame["error"].to_numpy(np.float64))})
    points = frame[["index", "network_id", "error"]].assign(statistic="network", x=x)
    whole = pd.concat([span, points], ignore_index=True).assign(panel=panel, series=population, source=source)
    return whole[COLUMNS].astype({"index": "Int64"})
