"""Effects with their intervals, a row a comparison, one axes a group of rows."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from regnet.figures.panels import best, style
from regnet.figures.panels.element import TITLE
from regnet.figures.panels.panel import Cell, Panel

ROW = 0.42  # inches a row, where heights follow the rows
APART = 0.2  # of a row's height, between the intervals of one row


@dataclass(frozen=True)
class Mark:
    """How an interval looks, and what the legend calls it."""

    colour: str
    marker: str = "o"
    filled: bool = True
    label: str = ""

    @property
    def handle(self) -> Line2D:
        """For a legend."""
        face = self.colour if self.filled else "none"
        return Line2D([], [], color=self.colour, marker=self.marker, markerfacecolor=face, label=self.label)


@dataclass(frozen=True)
class Interval:
    """An effect and the ends of its interval, in the row of that name; a `shaded` row is set apart."""

    row: str
    effect: float
    low: float
    high: float
    mark: Mark
    group: str = ""
    shaded: bool = False


@dataclass(frozen=True)
class Intervals(Panel):
    """Rows from the top, the intervals of each one below the other; what the x axis says, and its ends if given."""

    axis: ClassVar[str]
    ends: ClassVar[tuple[float, float] | None] = None

    @property
    @abstractmethod
    def intervals(self) -> Sequence[Interval]:
        """By group and row, in the order of the picture."""

    def draw(self, cell: Cell) -> None:
        groups = {name: list(some) for name, some in groupby(self.intervals, key=lambda one: one.group)} or {"": []}
        heights = [ROW * len({one.row for one in some}) + TITLE for some in groups.values()]
        places = [cell.place]  # of one group: its axes stand in line with its neighbour's, as within a grid they do not
        if len(groups) > 1:
            grid = cell.place.subgridspec(len(groups), 1, height_ratios=heights)
            places = [grid[at] for at in range(len(groups))]
        first: Axes | None = None
        for place, (group, some) in zip(places, groups.items(), strict=True):
            ax = cell.fig.add_subplot(place, sharex=first)
            first = first or ax
            _draw(ax, some)
            ax.set_title(group, fontsize=9, loc="left")
            if self.ends:
                ax.set_xlim(self.ends)
            ax.tick_params(labelbottom=place == places[-1])
        ax.set_xlabel(self.axis)


def _draw(ax: Axes, some: Sequence[Interval]) -> None:
    ax.axvline(0, color=style.INK, linewidth=0.8)
    rows = {row: list(of_row) for row, of_row in groupby(some, key=lambda one: one.row)}
    for y, of_row in enumerate(rows.values()):
        if of_row[0].shaded:
            ax.axhspan(y - 0.48, y + 0.48, color=best.SHADE, alpha=0.22, linewidth=0)
        for one, offset in zip(of_row, APART * (np.arange(len(of_row)) - (len(of_row) - 1) / 2), strict=True):
            ax.errorbar(
                one.effect, y + offset, xerr=[[one.effect - one.low], [one.high - one.effect]], fmt=one.mark.marker,
                color=one.mark.colour, markerfacecolor=one.mark.colour if one.mark.filled else "none", markersize=5.5,
                elinewidth=1.4,
            )  # fmt: skip
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
