"""The gap between AnyNetX_A and RegNetX by learning rate: a panel a data set, pocket's Fashion-MNIST beside it.

Not a figure of the paper; drawn from the trainings that search for rates, and from pocket's calibration where that lies
in the same folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from regnet.analysis.calibration import choose, summarise
from regnet.analysis.rate_gap import BROKEN, NARROW, WIDE, change_table, gap_table
from regnet.figures.panels import style
from regnet.figures.panels.calibrated import InStages, on_grid
from regnet.figures.panels.captions import data_name, either, listed
from regnet.figures.panels.element import Picture, Row, joined
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

CHAPTER = "15-calibration"
NUMBER = "Gap by rate"
LOOKS = (  # of lengths, in this order: colour and marker
    ("#2F95CF", "o"), ("#2A9D76", "s"), ("#D9662A", "^"), ("#6152E0", "D"), ("#C8243C", "v"), ("#6E7892", "P"),
)  # fmt: skip
ROOM = 2.0  # points of error at least, above and below the gaps
DODGE = 0.045  # natural logarithms of the rate between two lengths' signs
COUNTS = 12  # points a row of counts of hurt trainings
SOUND = "without networks that a rate hurts"
HURT = f"diverged, or ended within {BROKEN:g} points of chance"


def element(runs: Runs) -> Picture:
    """The gap of each length with its 95% interval; where a rate hurts networks, also without these, and how many."""
    found = Gaps(runs)
    return Picture(
        runs=runs,
        title="The gap between AnyNetX_A and RegNetX by learning rate",
        calibration="rates",
        beside=True,
        rows=lambda: [Row(found.panels, body=3.3)],
        legend=found.signs,
        how=lambda: joined(
            "Mean error of AnyNetX_A's networks less that of RegNetX's, with 95% intervals (Welch; cut where they "
            f"leave a panel), over networks trained at every rate: {found.networks_a_space}.",
            f"Dotted, where it differs: without the networks that any rate of that length hurts, so that they {HURT}; "
            "above the panels, by length in its colour, how many trainings a rate hurts, AnyNetX_A | RegNetX."
            if found.hurt
            else f"No training of the two spaces {HURT}.",
            *(panel.words for panel in found.panels),
            "A change sets each network against itself, so the spread of networks is not in its interval.",
        ),
        setting=lambda: found.setting(found.table, "rates"),
        paper=lambda: joined(
            *(f"{name}: regime {on_grid(runs).regime}, at the batch that it chose." for name in found.beside)
        ),
        seen="Lines of the gap between AnyNetX_A and RegNetX against learning rate.",
    )


class Gaps(InStages):
    """The gaps of the calibration's data sets and of the grid's, which stand first."""

    @cached_property
    def beside(self) -> dict[str, pd.DataFrame]:
        """Name of the data set -> trainings of the calibration on one grid, at its batch; empty where not sealed."""
        grid = on_grid(self.runs)
        try:
            trainings = grid.calibration()
            batch = choose(summarise(trainings))["batch"]
        except (MissingPopulation, ValueError):
            return {}
        base, tried = find_regime(grid.regime).base, trainings[trainings["role"] == "candidate"]
        return {data_name(base.data): tried[tried["batch"] == batch].assign(classes=base.num_classes)}

    @cached_property
    def panels(self) -> list[GapByRate]:
        """One a data set that has gaps."""
        own = {self.data(k): self.trainings.query("classes == @k") for k in sorted(set(self.trainings["classes"]))}
        every = [GapByRate(self.runs, name, part, self) for name, part in (self.beside | own).items()]
        some = [panel for panel in every if len(panel.gaps)]
        if not any(panel.name in own for panel in some):
            self.refuse("no length with two networks of AnyNetX_A and of RegNetX trained at every rate", "rates")
        return some

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows of all panels."""
        return pd.concat([panel.gaps for panel in self.panels])

    @property
    def networks_a_space(self) -> str:
        """How many networks a gap is the mean of, by data set."""
        counts = ((panel.name, sorted({*panel.gaps["wide"], *panel.gaps["narrow"]})) for panel in self.panels)
        return listed([f"{either(map(str, some))} of each space on {name}" for name, some in counts])

    @property
    def hurt(self) -> bool:
        """Whether any rate diverges or breaks a training of the two spaces."""
        return bool(self.table.filter(regex="^(diverged|broken)_").to_numpy().any())

    @cached_property
    def looks(self) -> dict[int, tuple[str, str]]:
        """Length -> colour and marker."""
        return dict(zip(sorted(set(self.table["images"])), LOOKS, strict=False))

    def signs(self) -> Sequence[Artist]:
        """The legend."""
        looks = self.looks.items()
        lines = [Line2D([], [], color=c, marker=m, markersize=5, label=f"{n:,} images") for n, (c, m) in looks]
        return [*lines, Line2D([], [], color=style.INK, linestyle=":", label=SOUND)] if self.hurt else lines


@dataclass(frozen=True)
class GapByRate(Panel):
    """The gaps on one data set; above, a row a length, how many trainings of each space a rate hurts."""

    trainings: pd.DataFrame
    every: Gaps

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """One row a length and rate (`rate_gap.gap_table`)."""
        return gap_table(self.trainings)

    def rows(self) -> pd.DataFrame:
        return self.gaps.assign(data=self.name)

    def words(self) -> str:
        """What each length's gap does from its lowest to its highest rate."""
        table = change_table(self.trainings)
        said = ", ".join(f"{change(row)}, lr {row['first']:g} to {row['last']:g}" for row in table.to_dict("records"))
        return f"From the lowest to the highest rate on {self.name} the gap changes by {said}."

    def draw(self, cell: Cell) -> None:
        ax, lengths = cell.ax(), sorted(set(self.gaps["images"]))
        for place, images in enumerate(lengths):
            part, (colour, marker) = self.gaps[self.gaps["images"] == images], self.every.looks[images]
            x = part["lr"] * np.exp(DODGE * (place - (len(lengths) - 1) / 2))
            ax.vlines(x, part["low"], part["high"], color=colour, linewidth=1, alpha=0.5)
            ax.plot(x, part["gap"], color=colour)
            if (part["sound_gap"] - part["gap"]).abs().max() > 0:
                ax.plot(x, part["sound_gap"], color=colour, linestyle=":")
            titles = []
            for row in part.to_dict("records"):
                titles.append(
                    f"{images:,} images, lr {row['lr']:g}: {row['gap']:.1f} points (95%: {row['low']:.1f} to "
                    f"{row['high']:.1f}); {row['wide']} networks of AnyNetX_A, {row['narrow']} of RegNetX"
                )
                hurt = [row[f"diverged_{space}"] + row[f"broken_{space}"] for space in (WIDE, NARROW)]
                if any(hurt):
                    above = (0, 2 + COUNTS * (len(lengths) - 1 - place))
                    ax.annotate(f"{hurt[0]} | {hurt[1]}", (row["lr"], 1), above, color=colour, size=9, ha="center",
                                xycoords=ax.get_xaxis_transform(), textcoords="offset points")  # fmt: skip
            style.scatter(ax, x, part["gap"], titles, colour=colour, marker=marker, s=30, alpha=1)
        ax.axhline(0, color=style.INK, linewidth=0.8)
        style.powers(ax, "x", sorted(set(self.gaps["lr"])))
        low, high = min(0.0, self.gaps["gap"].min()), max(0.0, self.gaps["gap"].max())
        room = max(ROOM, (high - low) / 2)
        ax.set(xlabel="learning rate", ylim=(low - room, high + room))
        if self is self.every.panels[0]:
            ax.set_ylabel("AnyNetX_A − RegNetX (points of error)")
        ax.set_title(self.name, fontsize=10, pad=6 + COUNTS * len(self.every.looks) * self.every.hurt)


def change(row: Mapping[Any, Any]) -> str:
    """
    >>> change({"images": 6400, "change": -4.18, "low": -9.0, "high": 0.61, "sound_change": 0.3})
    '-4.2 points after 6,400 images (95%: -9.0 to 0.6; +0.3 without networks that a rate hurts)'
    """
    sound = f"; {row['sound_change']:+.1f} {SOUND}" if abs(row["sound_change"] - row["change"]) > 0.05 else ""
    ends = f"{row['low']:.1f} to {row['high']:.1f}"
    return f"{row['change']:+.1f} points after {row['images']:,} images (95%: {ends}{sound})"
