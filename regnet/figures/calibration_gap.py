"""The gap between AnyNetX_A and RegNetX by learning rate: a panel a data set, pocket's Fashion-MNIST beside it.

Not a figure of the paper; drawn from the trainings that search for rates, and from pocket's calibration where that lies
in the same folder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from regnet.analysis.rate_gap import BROKEN, NARROW, WIDE, change_table, gap_table
from regnet.figures.panels import style
from regnet.figures.panels.calibrated import InStages, OnGrid, on_grid
from regnet.figures.panels.captions import DATA
from regnet.figures.panels.element import Cell, Panel, Picture, Row, joined
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

CHAPTER = "15-calibration"
NUMBER = "Gap by rate"
LOOKS = (  # of lengths, in this order: colour and marker
    ("#2F95CF", "o"), ("#2A9D76", "s"), ("#D9662A", "^"), ("#6152E0", "D"), ("#C8243C", "v"), ("#6E7892", "P"),
)  # fmt: skip
BODY, HEAD, ROW = 3.0, 0.25, 0.25  # inches: a panel, the heading of the counts below it, a row of them
ROOM = 2.0  # points of error at least, above and below the gaps
DODGE = 0.045  # natural logarithms of the rate between two lengths' signs
HURT = [f"{how}_{space}" for how in ("diverged", "broken") for space in (WIDE, NARROW)]


def element(runs: Runs) -> Picture:
    """The gap of each length with its 95% interval; where a rate hurts networks, also without these, and how many."""
    found = Gaps(runs)
    return Picture(
        runs=runs,
        title="The gap between AnyNetX_A and RegNetX by learning rate",
        calibration="rates",
        beside=True,
        rows=lambda: panels(found),
        legend=lambda: signs(found),
        how=lambda: joined(
            "Mean error of AnyNetX_A's networks less that of RegNetX's, with 95% intervals (Welch; cut where they "
            "leave a panel), over networks trained at every rate.",
            hurt_words(found),
            found.changes,
            "A change sets each network against itself, so the spread of networks is not in its interval.",
        ),
        setting=lambda: joined(
            found.setting,
            *(f"{name}: regime {on_grid(runs).regime}, at the batch that it chose." for name in found.beside),
            found.lacking(found.table, "rates"),
        ),
        seen=lambda: joined("Lines of the gap between AnyNetX_A and RegNetX against learning rate.", found.changes),
    )


class Gaps(InStages):
    """The gaps of the calibration's data sets and of the grid's, which stand first."""

    @cached_property
    def beside(self) -> dict[str, pd.DataFrame]:
        """Name of the data set -> trainings of the calibration on one grid, at its batch; empty where not sealed."""
        grid = OnGrid(on_grid(self.runs))
        try:
            tried = grid.trainings.query("role == 'candidate' and batch == @grid.chosen['batch']")
        except (MissingPopulation, ValueError):
            return {}
        base = find_regime(grid.runs.regime).base
        return {DATA[base.data]: tried.assign(classes=base.num_classes)}

    @cached_property
    def sets(self) -> dict[str, pd.DataFrame]:
        """Name of a data set -> its trainings."""
        return self.beside | {self.data(int(k)): part for k, part in self.trainings.groupby("classes")}

    @cached_property
    def table(self) -> pd.DataFrame:
        """`rate_gap.gap_table` with the name of each data set in `data`."""
        tables = [gap_table(frame).assign(data=name) for name, frame in self.sets.items()]
        if not any(map(len, tables[len(self.beside) :])):
            self.refuse("no length with two networks of AnyNetX_A and of RegNetX trained at every rate", "rates")
        return pd.concat(tables, ignore_index=True)

    @property
    def hurt(self) -> bool:
        """Whether any rate diverges or breaks a training of the two spaces."""
        return bool(self.table[HURT].to_numpy().any())

    @property
    def looks(self) -> dict[int, tuple[str, str]]:
        """Length -> colour and marker."""
        return dict(zip(sorted(set(self.table["images"])), LOOKS, strict=False))

    @cached_property
    def changes(self) -> str:
        """A sentence a data set: what each length's gap does from its lowest to its highest rate."""
        tables = {name: change_table(frame) for name, frame in self.sets.items()}
        return " ".join(
            f"From lr {table['first'].min():g} to {table['last'].max():g} on {name} the gap changes by "
            f"{', '.join(map(change, table.to_dict('records')))}."
            for name, table in tables.items()
            if len(table)
        )


@dataclass(frozen=True)
class GapByRate(Panel):
    """The gaps on one data set; below, where a rate hurts networks on any, a row of counts for each of `lengths`."""

    found: Gaps
    lengths: int
    first: bool

    @cached_property
    def table(self) -> pd.DataFrame:
        """Its rows."""
        return self.found.table[self.found.table["data"] == self.name]

    def draw(self, cell: Cell) -> None:
        below = HEAD + ROW * self.lengths
        grid = cell.place.subgridspec(2, 1, height_ratios=(BODY, below)) if self.lengths else [cell.place]
        ax = cell.fig.add_subplot(grid[0])
        self._gaps(ax)
        if self.lengths:
            self._hurt(cell.fig.add_subplot(grid[1], sharex=ax))

    def _gaps(self, ax: Axes) -> None:
        table, lengths = self.table, self.table.groupby("images")
        for place, (images, part) in enumerate(lengths):
            colour, marker = self.found.looks[images]
            x = part["lr"] * np.exp(DODGE * (place - (len(lengths) - 1) / 2))
            ax.vlines(x, part["low"], part["high"], color=colour, linewidth=1, alpha=0.5)
            ax.plot(x, part["gap"], color=colour)
            if (part["sound_gap"] - part["gap"]).abs().max() > 0:
                ax.plot(x, part["sound_gap"], color=colour, linestyle=":")
            style.scatter(ax, x, part["gap"], titles(part), colour=colour, marker=marker, s=30, alpha=1)
        ax.axhline(0, color=style.INK, linewidth=0.8)
        style.powers(ax, "x", sorted(set(table["lr"])))
        low, high = min(0.0, table["gap"].min()), max(0.0, table["gap"].max())
        room = max(ROOM, (high - low) / 2)
        ax.set(ylim=(low - room, high + room), xlabel="learning rate")
        ax.set_title(self.name, fontsize=10)
        if self.first:
            ax.set_ylabel("AnyNetX_A − RegNetX (points of error)")

    def _hurt(self, ax: Axes) -> None:
        """A row a length: trainings of each space that are hurt at each rate."""
        lengths = sorted(set(self.table["images"]))
        for row in self.table.to_dict("records"):
            a, b = (row[f"diverged_{space}"] + row[f"broken_{space}"] for space in (WIDE, NARROW))
            ax.text(row["lr"], lengths.index(row["images"]), f"{a} | {b}", ha="center", va="center", fontsize=9)
        ax.set_yticks(range(len(lengths)), [f"{n:,}" for n in lengths], fontsize=9)
        ax.set_ylim(self.lengths - 0.4, -0.6)
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0, labelbottom=False)
        ax.set_title("hurt trainings: A | RegNetX", fontsize=9, loc="left")

    def rows(self) -> pd.DataFrame:
        return self.table

    def words(self) -> str:
        return ""


def panels(found: Gaps) -> list[Row]:
    """A panel a data set."""
    names = found.table["data"].unique()
    lengths = int(found.table.groupby("data")["images"].nunique().max()) if found.hurt else 0
    some = [GapByRate(found.runs, name, found, lengths, first=name == names[0]) for name in names]
    return [Row(some, BODY + (HEAD + ROW * lengths) * bool(lengths))]


def signs(found: Gaps) -> Sequence[Artist]:
    """The legend."""
    looks = found.looks.items()
    lines = [Line2D([], [], color=c, marker=m, markersize=5, label=f"{n:,} images") for n, (c, m) in looks]
    dotted = Line2D([], [], color=style.INK, linestyle=":", label="without networks that a rate hurts")
    return [*lines, dotted] if found.hurt else lines


def titles(part: pd.DataFrame) -> list[str]:
    """What a point says on hover."""
    return [
        f"{row['images']:,} images, lr {row['lr']:g}: {row['gap']:.1f} points (95%: {row['low']:.1f} to "
        f"{row['high']:.1f}); {row['wide']} networks of AnyNetX_A, {row['narrow']} of RegNetX"
        for row in part.to_dict("records")
    ]


def hurt_words(found: Gaps) -> str:
    """Whether a rate hurts networks, and where that is shown."""
    hurt = f"diverged, or ended within {BROKEN:g} points of chance"
    if not found.hurt:
        return f"No training of the two spaces {hurt}."
    return (
        f"Dotted, where it differs: without the networks that any rate of that length hurts, so that they {hurt}; "
        "below, by length, how many trainings of each space are hurt."
    )


def change(row: Mapping[Any, Any]) -> str:
    """
    >>> change({"images": 6400, "change": -4.18, "low": -9.0, "high": 0.61, "sound_change": 0.3})
    '-4.2 points after 6,400 images (95%: -9.0 to 0.6; +0.3 without networks that a rate hurts)'
    """
    differs = abs(row["sound_change"] - row["change"]) > 0.05
    sound = f"; {row['sound_change']:+.1f} without networks that a rate hurts" if differs else ""
    ends = f"{row['low']:.1f} to {row['high']:.1f}"
    return f"{row['change']:+.1f} points after {row['images']:,} images (95%: {ends}{sound})"
