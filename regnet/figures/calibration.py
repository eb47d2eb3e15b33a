"""Calibration of L1: each candidate recipe's reliability and rank correlation, and short against long trainings.

Not a figure of the paper; runs/<regime>/calibration.csv, made by `regnet calibrate`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from regnet.analysis.calibration import CANDIDATE, RANKED, RELIABLE
from regnet.figures.panels import style
from regnet.figures.panels.calibrated import OnGrid
from regnet.figures.panels.element import Cell, Panel, Picture, Row
from regnet.sweeps import labels
from regnet.sweeps.calibration import SPACES
from regnet.sweeps.store import Runs

CHAPTER = "15-calibration"
MARKS = {64: "o", 128: "s"}  # batch size -> its sign; others get a diamond
PALETTE = ("#2F95CF", "#2A9D76", "#D9662A", "#6152E0")  # of rates, in their order


def element(runs: Runs) -> Picture:
    """Left, every candidate with the two thresholds; right, the chosen one's errors against the long training's."""
    found = OnGrid(runs)
    return Picture(
        runs=runs,
        title="Choosing a cheap training",
        calibration="grid",
        rows=lambda: [Row([Candidates(runs, "candidates", found), AgainstLong(runs, "chosen", found)], body=3.9)],
        legend=lambda: signs(found),
        columns=7,
        how=lambda: how(found),
        seen=lambda: (
            f"Two scatter plots. {len(found.measured)} candidates by reliability and rank correlation; the chosen one "
            f"has reliability {found.chosen['reliability']:.2f} and rank correlation {found.chosen['rank']:.2f}."
        ),
    )


def how(found: OnGrid) -> str:
    """How to read the panels, on how many networks they are, and which candidate the rule takes."""
    long, both = found.trainings.query("role == 'long'").iloc[0], found.measured
    passing = int(((both["reliability"] >= RELIABLE) & (both["rank"] >= RANKED)).sum())
    return (
        f"Left: each candidate by its reliability and its rank correlation with a training of {long['images']:,} "
        "images; dashed, the thresholds of the rule; beside each sign, the CPU seconds of one training. Right: the "
        "chosen candidate's errors (two trainings a network) against the long training's. "
        f"{found.chosen['networks']:.0f} networks drawn with a seed of their own, half of AnyNetX_A, half of RegNetX. "
        f"{passing} of {len(both)} candidates pass both thresholds. The rule takes {describe(found.chosen.to_dict())}."
    )


def describe(candidate: Mapping[Any, Any]) -> str:
    """A candidate in words."""
    return f"batch {candidate['batch']:.0f}, learning rate {candidate['lr']:g}, {candidate['images']:,.0f} images"


def colours(found: OnGrid) -> dict[float, str]:
    """Of the learning rates."""
    return {rate: PALETTE[i % len(PALETTE)] for i, rate in enumerate(sorted(set(found.measured["lr"])))}


def signs(found: OnGrid) -> Sequence[Artist]:
    """The legend of both panels."""
    batches = {f"batch {b:.0f}": (style.INK, MARKS.get(b, "D")) for b in sorted(set(found.measured["batch"]))}
    rates = {f"lr {rate:g}": (colour, "_") for rate, colour in colours(found).items()}
    spaces = {labels.label(space): (style.colour(space), "o") for space in SPACES}
    looks = {**batches, **rates, **spaces}.items()
    return [Line2D([], [], color=c, marker=m, linestyle="", label=label) for label, (c, m) in looks]


@dataclass(frozen=True)
class Candidates(Panel):
    """Reliability against rank correlation; colours are rates, signs batches."""

    found: OnGrid

    def draw(self, cell: Cell) -> None:
        ax, colour = cell.ax(), colours(self.found)
        for row in self.found.measured.to_dict("records"):
            title = f"{describe(row)}: mean error {row['mean_error']:.1f}%, {row['diverged']} diverged"
            at, marker = (row["rank"], row["reliability"]), MARKS.get(row["batch"], "D")
            style.scatter(ax, at[:1], at[1:], [title], colour=colour[row["lr"]], s=60, marker=marker)
            ax.annotate(f"{row['seconds']:.1f} s", at, (6, 3), textcoords="offset points", size=9)
        ax.axhline(RELIABLE, linestyle="--", color=style.INK, linewidth=0.8)
        ax.axvline(RANKED, linestyle="--", color=style.INK, linewidth=0.8)
        ax.margins(0.15)
        ax.set(xlabel="rank correlation with the long training", ylabel="reliability")

    def rows(self) -> pd.DataFrame:
        return self.found.summary

    def words(self) -> str:
        return ""


@dataclass(frozen=True)
class AgainstLong(Panel):
    """The chosen candidate's trainings against their networks' long ones; spaces by colour."""

    found: OnGrid

    def draw(self, cell: Cell) -> None:
        ax, keys, trainings = cell.ax(), ["space", "index"], self.found.trainings
        long = trainings.loc[trainings["role"] == "long", [*keys, "error"]]
        chosen = (trainings[CANDIDATE] == self.found.chosen[CANDIDATE]).all(axis=1)
        both = trainings[chosen & (trainings["role"] == "candidate")].merge(long, on=keys, suffixes=("", "_long"))
        for space, part in both.groupby("space"):
            titles = [f"{labels.label(str(space))} network {index}" for index in part["index"]]
            style.scatter(ax, part["error_long"], part["error"], titles, colour=style.colour(str(space)), s=22)
        ax.set(xlabel="error after the long training (%)", ylabel="error after the chosen training (%)")

    def rows(self) -> pd.DataFrame:
        return pd.DataFrame()

    def words(self) -> str:
        return ""
