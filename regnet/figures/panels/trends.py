"""The best networks at one flop regime after another: a parameter against F here and in the paper, and its signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from regnet.analysis import best_trends
from regnet.analysis.bootstrap import weights
from regnet.evidence.trends import pairs, ranges
from regnet.figures.numbers import paper
from regnet.figures.panels import style
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

GREY = "#8a8a8a"
READ = (
    "Dot: the most likely best value; thick bar: where the best networks lie (footnote 4 of the paper: about the 15 "
    "best, whatever n is; not a confidence interval that shrinks)"
)
OURS, THEIRS = (0.5, 1, 2, 4), (0.5, 2, 8, 32)  # ticks: multiples of F here and in the paper
Effect = Literal["change", "factor", "mean", "share"]
SAID: dict[Effect, tuple[str, str]] = {  # how a trend is called, and its numbers
    "change": ("a doubling of F", "{:+.1f}"),
    "factor": ("a doubling of F", "×{:.2f}"),
    "mean": ("mean of the best", "{:.2f}"),
    "share": ("of b = 1", "{:.0%}"),
}


@dataclass(frozen=True)
class Trend(Panel):
    """A drawn parameter of populations that grow with flops, beside the paper's Figure 11: its column and its name.

    `effect` is how its trend is told: the change or the factor of the best value a doubling of F; the mean of the best
    values; or, for b, the footnote-4 weight of the networks with b = 1. `ticks` are those of a logarithmic axis.
    """

    populations: Sequence[Population]
    label: str
    effect: Effect
    ticks: Sequence[float] = ()
    head = 0.5  # inches
    fewest = 1

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(self.populations)

    @property
    def column(self) -> str:
        """Of the members: the value before widths and groups are made compatible."""
        return f"drawn_{self.name}"

    @cached_property
    def ours(self) -> pd.DataFrame:
        """One row a population: its best range and its own."""
        return ranges(self.frames, self.column)

    @cached_property
    def theirs(self) -> pd.DataFrame:
        """One row a flop regime of the paper."""
        return paper.best_ranges(11, self.name)

    @cached_property
    def trend(self) -> dict[str, float]:
        """How the best value goes with F: effect, its 95% interval (low, high), and the paper's.

        A share has instead the share of those networks in the population (base_rate), means over populations both.
        """
        at, members = self.ours["multiple"], pairs(self.frames, self.column)
        best, regimes = self.theirs["best"].to_numpy(np.float64), self.theirs["multiple"]
        match self.effect:
            case "change":
                here, there = best_trends.change(at, members), best_trends.slope(regimes, best)
            case "factor":
                here, there = best_trends.factor(at, members), 2 ** best_trends.slope(regimes, np.log2(best))
            case "mean":
                here, there = best_trends.average(members), best.mean()
            case "share":
                ones = [(weights(errors) @ (np.asarray(x) == 1), np.mean(np.asarray(x) == 1)) for x, errors in members]
                effect, base = np.mean(ones, axis=0).tolist()
                return {"effect": effect, "base_rate": base, "paper": float(np.mean(best == 1))}
        return here._asdict() | {"paper": float(there)}

    @property
    def heading(self) -> tuple[str, str]:
        """What is followed, and its trend."""
        what, form = SAID[self.effect]
        said = {name: form.format(value) for name, value in self.trend.items()}
        if self.effect == "share":
            words = f"{said['effect']} of the winning weight, {said['base_rate']} of the networks"
        elif np.isnan(self.trend["effect"]):
            words = f"here one regime, paper ≈ {said['paper']}"
        else:
            words = f"here {said['effect']} ({said['low']} to {said['high']}), paper ≈ {said['paper']}"
        return f"{self.label}, {what}", words

    def draw(self, cell: Cell) -> None:
        grid = cell.place.subgridspec(2, 2, height_ratios=(cell.head, cell.body), width_ratios=(4, 7))  # alike octaves
        top = cell.fig.add_subplot(grid[0, :])
        top.set_axis_off()
        words = top.text(-0.06, 1, ":\n".join(self.heading), va="top", fontsize=9.5, linespacing=1.3)
        words.set_in_layout(False)
        ours = cell.fig.add_subplot(grid[1, 0])
        theirs = cell.fig.add_subplot(grid[1, 1], sharey=ours)
        colour = style.colour(self.of[0].name)
        whiskers(ours, self.ours["multiple"], self.ours, colour, self.name, population=True)
        whiskers(theirs, self.theirs["multiple"], self.theirs, colour, self.name)
        for ax, ticks, title in ((ours, OURS, "here"), (theirs, THEIRS, "paper")):
            style.powers(ax, "x", ticks)
            ax.set_xlabel("F / F_ref")
            ax.set_title(title, fontsize=9.5, loc="left")
        if self.ticks:
            style.powers(ours, "y", self.ticks, room=0.4)
        theirs.tick_params(labelleft=False)

    def rows(self) -> pd.DataFrame:
        ours, theirs = (table.assign(statistic="best range") for table in (self.ours, self.theirs))
        trend = pd.DataFrame([self.trend]).assign(source=self.here, statistic=self.effect)
        return pd.concat([ours.assign(source=self.here), theirs, trend], ignore_index=True).assign(panel=self.name)

    def words(self) -> str:
        return f"{': '.join(self.heading)}."


def whiskers(
    ax: Axes,
    x: npt.ArrayLike,
    table: pd.DataFrame,
    colour: str,
    called: str,
    unit: style.Unit = style.ONE,
    *,
    population: bool = False,
) -> None:
    """Each row's best range as a thick bar, its best as a dot; the whole population as a thin bar with its median."""
    low, best, high = (table[name] / unit.size for name in ("low", "best", "high"))
    if population:
        ax.vlines(x, table["least"] / unit.size, table["greatest"] / unit.size, color=GREY, linewidth=1.1)
        ax.scatter(x, table["median"] / unit.size, marker="_", s=90, color=GREY, linewidths=1.6)
    ax.vlines(x, low.fillna(best), high.fillna(best), color=colour, linewidth=6, alpha=0.45)
    ax.plot(x, best, color=colour, linewidth=0.9, alpha=0.5)
    titles = []
    for row, *span in zip(table.to_dict("records"), low, best, high, strict=True):
        ends = [f"{value:.4g}" if np.isfinite(value) else "?" for value in span]
        ours = "population" in row
        who = f"{labels.described(row['population'])}, n = {row['n']}" if ours else f"paper, {row['flops'] / 1e9:g} GF"
        titles.append(f"{who}: best {called} {ends[1]} ({ends[0]} to {ends[2]})")
    style.scatter(ax, x, best, titles, colour=colour, s=30, alpha=1.0, zorder=3)


def signs(colour: str, *, population: bool = True) -> list[Line2D]:
    """What the signs of `whiskers` mean, for a legend."""
    whole: dict[str, Any] = {"color": GREY, "linewidth": 1.1, "marker": "_", "markersize": 9, "markeredgewidth": 1.6}
    found = [
        Line2D([], [], color=colour, marker="o", linestyle="none", markersize=6, label="most likely best value"),
        Line2D([], [], color=colour, linewidth=6, alpha=0.45, label="range of the best networks"),
        Line2D([], [], label="whole population, median", **whole),
    ]
    return found if population else found[:2]


def nominal(runs: Runs) -> str:
    """What F is here and in the paper."""
    here = find_regime(runs.regime).flops_unit / 1e6
    if runs.regime == "imagenet":
        return f"F_ref = {here:g} MF, the paper's."
    return (
        f"F_ref is {here:g} MF here and stands for the paper's {paper.F_REF / 1e6:g}MF in name only: directions and "
        "ratios compare, values do not."
    )
