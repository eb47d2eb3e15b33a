"""Error against a parameter of few values: a strip of networks a value, base rate and winning weight above."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.bootstrap import best_range, weights
from regnet.figures.panels import best, style
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps import labels
from regnet.sweeps.population import Population

Floats = npt.NDArray[np.float64]


def shares(x: Floats, errors: Floats) -> pd.DataFrame:
    """For each value of x: its share of the population and the footnote-4 weight of its networks.

    >>> shares(np.array([1.0, 1.0, 2.0, 4.0]), np.array([10.0, 20.0, 30.0, 40.0]))["base_rate"].tolist()
    [0.5, 0.25, 0.25]
    """
    table = pd.DataFrame({"x": x, "base_rate": 1 / len(x), "winning_weight": weights(errors)})
    return table.groupby("x", as_index=False).sum()


@dataclass(frozen=True)
class Choices(Panel):
    """A population's error against a column of its members; `parameter` is its letter, `axis` what the axis says."""

    population: Population
    column: str
    parameter: str
    axis: str
    head = 0.85  # inches

    @property
    def of(self) -> tuple[Population, ...]:
        return (self.population,)

    @property
    def title(self) -> str:
        return labels.label(self.population.name)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The members."""
        return self.frames[self.population]

    @cached_property
    def x(self) -> Floats:
        """The parameter of each member."""
        return self.frame[self.column].to_numpy(np.float64)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Base rate and winning weight of each value."""
        return shares(self.x, self.frame["error"].to_numpy(np.float64))

    @property
    def cut(self) -> list[Floats]:
        return [self.frame["error"].to_numpy(np.float64)]

    def draw(self, cell: Cell) -> None:
        top, ax = cell.axes()
        colour, at = style.colour(self.population.name), np.arange(len(self.shares))
        for column, shift, alpha in (("base_rate", -0.17, 0.3), ("winning_weight", 0.17, 0.9)):
            bars = top.bar(at + shift, self.shares[column], width=0.32, color=colour, alpha=alpha, linewidth=0)
            top.bar_label(bars, [f"{share:.0%}" for share in self.shares[column]], fontsize=9)
        top.set_ylim(0, 1.3 * float(self.shares[["base_rate", "winning_weight"]].to_numpy().max()))
        span = best_range(self.x, self.frame["error"])
        top.set_title(best.words(f"{self.title}, best {self.parameter} here", span), fontsize=9.5, loc="left")
        style.bare(top)
        centre = np.searchsorted(self.shares["x"], self.x) + style.jitter(len(self.x), 0.5)
        best.errors_of(ax, centre, self.frame, colour=colour)
        for axes in (top, ax):
            axes.set(xlim=(-0.5, len(at) - 0.5), xticks=at)
            axes.grid(visible=False, axis="x")
        ax.set_xticklabels([f"{value:g}" for value in self.shares["x"]])
        ax.set_xlabel(self.axis)

    def rows(self) -> pd.DataFrame:
        name = self.population.name
        points = best.rows(self.name, self.frame, self.x, name, self.here)
        about = {"panel": self.parameter, "series": name, "source": self.here, "statistic": "shares"}
        return pd.concat([points, self.shares.assign(**about)], ignore_index=True)

    def words(self) -> str:
        each = ", ".join(f"{x:g}: {weight:.0%} against {base:.0%}" for x, base, weight in self.shares.to_numpy())
        return (
            f"{self.title}, {self.parameter}, probability of holding the best network against share of the "
            f"population: {each}."
        )
