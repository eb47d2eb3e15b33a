"""The search for learning rates: mean error against rate, a panel a data set and length, the chosen rate marked.

Not a figure of the paper; runs/<regime>/calibration-<classes>.csv, made by `regnet calibrate --stage rates`.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from regnet.analysis.length_choice import LENGTH
from regnet.analysis.rate_gap import BROKEN, NARROW, WIDE, space_rates
from regnet.figures.panels import style
from regnet.figures.panels.calibrated import InStages, OfLength
from regnet.figures.panels.captions import either, listed
from regnet.figures.panels.element import Picture
from regnet.figures.panels.panel import Cell
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

CHAPTER = "15-calibration"
NUMBER = "Learning rates"
MEAN = "mean of spaces"
MARK = "#C9761A"  # around the chosen rate
NAMED = {space: style.colour(space) for space in (WIDE, NARROW)}
GREY = "#8a8a8a"  # spaces that are not named


def element(runs: Runs) -> Picture:
    """A row a data set, a column a length."""
    found = Rates(runs)
    return Picture(
        runs=runs,
        title="A learning rate for each length",
        calibration="rates",
        rows=lambda: found.by_length(ByRate, found.table, body=2.7),
        legend=[
            Line2D([], [], color=style.INK, marker="o", markersize=4, label=MEAN),
            Line2D([], [], color=MARK, marker="o", markersize=10, mfc="none", mew=2, linestyle="", label="lowest mean"),
            Patch(color=style.INK, alpha=0.1, linewidth=0, label="range of spaces"),
            *(Line2D([], [], color=c, marker="o", ms=4, lw=1.2, label=labels.label(s)) for s, c in NAMED.items()),
        ],
        columns=5,
        how=lambda: (
            f"Each length by each rate; a space's error is the mean over its {found.networks_a_space} networks trained "
            "at every rate, the line the mean of the spaces, each with equal weight; shaded, from the lowest to the "
            f"highest space; grey, the spaces that are not named. {found.lowest} Numbers above the panels: trainings "
            f"that diverged, counted with the error of chance, or broke (error within {BROKEN:g} points of chance); "
            f"{found.spaces['diverged'].sum()} diverged and {found.spaces['broken'].sum()} broke of "
            f"{found.spaces['networks'].sum():,}."
        ),
        setting=lambda: found.setting(found.means, "rates"),
        seen=lambda: f"{len(found.best)} panels of mean error against learning rate. {found.lowest}",
    )


class Rates(InStages):
    """The calibration's errors by rate and space."""

    @cached_property
    def spaces(self) -> pd.DataFrame:
        """One row a data set, length, rate and space (`rate_gap.space_rates`)."""
        return space_rates(self.trainings)

    @cached_property
    def table(self) -> pd.DataFrame:
        """These, and one row for the mean of spaces, where `chosen` marks the lowest."""
        keys = [*LENGTH, "lr"]
        means = self.means[[*keys, "error", "networks"]].merge(self.best[keys].assign(chosen=True), "left", on=keys)
        hurt = self.spaces.groupby(keys, as_index=False)[["diverged", "broken"]].sum()
        whole = pd.concat([means.merge(hurt, on=keys).assign(space=MEAN), self.spaces], ignore_index=True)
        columns = [*keys, "space", "error", "networks", "diverged", "broken", "chosen"]
        whole["chosen"] = whole["chosen"].notna()
        return whole[columns].sort_values(keys, kind="stable", ignore_index=True)

    @property
    def networks_a_space(self) -> str:
        """How many networks a mean of a space has."""
        return either(map(str, sorted(set(self.spaces["networks"]))))

    @property
    def lowest(self) -> str:
        """Which rate each length takes, and where the lowest lies at an end of the grid."""
        said = []
        for classes, part in self.best.groupby("classes"):
            each = [f"{lr:g} for {images:,}" for lr, images in zip(part["lr"], part["images"], strict=True)]
            said.append(f"{listed(each)} images of {classes} classes")
        ends = "; ".join(
            f"{row['images']:,} images of {row['classes']} classes ({row['advice']})"
            for row in self.best[self.best["advice"] != ""].to_dict("records")
        )
        more = f" At an end of the grid, where the rule chooses nothing: {ends}." if ends else ""
        return f"The lowest mean error is at a rate of {'; '.join(said)}.{more}"


@dataclass(frozen=True)
class ByRate(OfLength):
    """Error of each space and their mean by rate; above each rate, how many trainings it broke."""

    def draw(self, cell: Cell) -> None:
        ax = cell.ax()
        average = self.own["space"] == MEAN
        spaces, mean = self.own[~average], self.own[average]
        ends = spaces.groupby("lr")["error"].agg(["min", "max"])
        ax.fill_between(ends.index, ends["min"], ends["max"], color=style.INK, alpha=0.1, linewidth=0)
        self._dots(ax, spaces[~spaces["space"].isin(NAMED)], colour=GREY, s=9)
        for space, colour in NAMED.items():
            part = spaces[spaces["space"] == space]
            ax.plot(part["lr"], part["error"], color=colour, linewidth=1.2)
            self._dots(ax, part, colour=colour, s=18)
        ax.plot(mean["lr"], mean["error"], color=style.INK)
        best = mean[mean["chosen"]]
        ax.scatter(best["lr"], best["error"], s=130, facecolors="none", edgecolors=MARK, linewidths=2, zorder=5)
        self._dots(ax, mean, colour=style.INK, s=22, zorder=6, alpha=1)
        for lr, hurt in zip(mean["lr"], mean["diverged"] + mean["broken"], strict=True):
            if hurt:
                ax.text(lr, 1.01, f"{hurt}", transform=ax.get_xaxis_transform(), fontsize=9, ha="center")
        style.powers(ax, "x", mean["lr"].tolist())
        every = self.table["error"]  # one error axis a data set
        ax.set(xlabel="learning rate", ylabel=style.ERROR, ylim=(every.min() - 1, every.max() + 1))
        ax.set_title(f"{self.images:,} images", pad=16, fontsize=10)

    def _dots(self, ax: Axes, part: pd.DataFrame, **look: Any) -> None:
        titles = [
            f"{labels.label(row['space']) if row['space'] != MEAN else MEAN}, lr {row['lr']:g}: {row['error']:.1f}%, "
            f"{row['networks']} networks, {row['diverged']} diverged, {row['broken']} broken"
            for row in part.to_dict("records")
        ]
        style.scatter(ax, part["lr"], part["error"], titles, **look)
