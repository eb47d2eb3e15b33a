"""Calibration of L1: each candidate recipe's reliability and rank correlation, and short against long trainings.

Not a figure of the paper; runs/<regime>/calibration.csv, made by `regnet calibrate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from regnet.analysis.calibration import CANDIDATE, RANKED, RELIABLE, choose, summarise
from regnet.figures.panels import style
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

CHAPTER = "15-calibration"
MARKERS = ("o", "s", "D")  # of batch sizes, in their order,
COLOURS = ("#2F95CF", "#2A9D76", "#D9662A", "#6152E0")  # and of rates


def element(runs: Runs) -> Picture:
    """Left, every candidate with the two thresholds; right, the chosen one's errors against the long training's."""
    found = Candidates(runs, "candidates")
    return Picture(
        runs=runs,
        title="Choosing a cheap training",
        calibration="grid",
        rows=[Row([found, AgainstLong(runs, "chosen", found)], body=3.9)],
        legend=found.signs,
        columns=5,
        how=lambda: (
            "Left: each candidate by its reliability and its rank correlation with a training of "
            f"{found.trainings['images'].max():,} images; dashed, the thresholds of the rule; beside each sign, the "
            "CPU seconds of one training. Right: the chosen candidate's errors (two trainings a network) against the "
            f"long training's. {found.chosen['networks']:.0f} networks drawn with a seed of their own, half of "
            f"AnyNetX_A, half of RegNetX. {found.passing} of {len(found.measured)} candidates pass both thresholds. "
            f"The rule takes {describe(found.chosen.to_dict())}."
        ),
        seen="Two scatter plots.",
    )


def describe(candidate: Mapping[Any, Any]) -> str:
    """A candidate in words."""
    return f"batch {candidate['batch']:.0f}, learning rate {candidate['lr']:g}, {candidate['images']:,.0f} images"


@dataclass(frozen=True)
class Candidates(Panel):
    """Reliability against rank correlation; colours are rates, signs batches."""

    @cached_property
    def trainings(self) -> pd.DataFrame:
        """One row a training; raises MissingPopulation where there is none."""
        return self.runs.calibration()

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row a candidate and number of validation images; raises ValueError where no network is complete."""
        found = summarise(self.trainings)
        choose(found)
        return found

    @cached_property
    def measured(self) -> pd.DataFrame:
        """The candidates at the number of validation images that was measured."""
        return self.summary.query("validation_images == validation_images.max()")

    @cached_property
    def chosen(self) -> pd.Series[float]:
        """The one of them that the rule takes."""
        return choose(self.measured)

    @property
    def looks(self) -> tuple[dict[int, str], dict[float, str]]:
        """Batch -> marker, rate -> colour."""
        batches, rates = (sorted(set(self.measured[name])) for name in ("batch", "lr"))
        return dict(zip(batches, MARKERS, strict=False)), dict(zip(rates, COLOURS, strict=False))

    @property
    def passing(self) -> int:
        """How many pass both thresholds."""
        return int(((self.measured["reliability"] >= RELIABLE) & (self.measured["rank"] >= RANKED)).sum())

    def signs(self) -> list[Artist]:
        """The legend."""
        markers, colours = self.looks
        batches = [Line2D([], [], color=style.INK, marker=m, ls="", label=f"batch {b}") for b, m in markers.items()]
        return [*batches, *(Patch(color=colour, label=f"lr {rate:g}") for rate, colour in colours.items())]

    def draw(self, cell: Cell) -> None:
        ax, (markers, colours) = cell.ax(), self.looks
        for row in self.measured.to_dict("records"):
            title = f"{describe(row)}: mean error {row['mean_error']:.1f}%, {row['diverged']} diverged"
            x, y, marker, colour = row["rank"], row["reliability"], markers[row["batch"]], colours[row["lr"]]
            style.scatter(ax, [x], [y], [title], colour=colour, s=60, marker=marker)
            ax.annotate(f"{row['seconds']:.1f} s", (x, y), (6, 3), textcoords="offset points", size=9)
        ax.axhline(RELIABLE, linestyle="--", color=style.INK, linewidth=0.8)
        ax.axvline(RANKED, linestyle="--", color=style.INK, linewidth=0.8)
        ax.margins(0.15)
        ax.set(xlabel="rank correlation with the long training", ylabel="reliability")

    def rows(self) -> pd.DataFrame:
        return self.summary

    def words(self) -> str:
        chosen = self.chosen
        return (
            f"{len(self.measured)} candidates by reliability and rank correlation; the chosen one has "
            f"reliability {chosen['reliability']:.2f} and rank correlation {chosen['rank']:.2f}."
        )


@dataclass(frozen=True)
class AgainstLong(Panel):
    """The chosen candidate's trainings against their networks' long ones; spaces by colour."""

    found: Candidates

    def draw(self, cell: Cell) -> None:
        ax, trainings = cell.ax(), self.found.trainings
        chosen = trainings[(trainings[CANDIDATE] == self.found.chosen[CANDIDATE]).all(axis=1)]
        long = trainings.query("role == 'long'")
        both = chosen.query("role == 'candidate'").merge(long, on=["space", "index"], suffixes=("", "_long"))
        for space, part in both.groupby("space"):
            name, colour = labels.label(str(space)), style.colour(str(space))
            titles = [f"{name} network {index}" for index in part["index"]]
            style.scatter(ax, part["error_long"], part["error"], titles, colour=colour, s=22, label=name)
        ax.set(xlabel="error after the long training (%)", ylabel="error after the chosen training (%)")
        ax.legend(loc="best")

    def rows(self) -> pd.DataFrame:
        return pd.DataFrame()

    def words(self) -> str:
        return ""
