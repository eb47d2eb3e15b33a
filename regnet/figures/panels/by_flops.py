"""A measure against flops: a line a design space, each population's mean with its 95% interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from regnet.analysis.final_models import interval
from regnet.figures.panels import style
from regnet.figures.panels.edfs import ROW, spread
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps import labels
from regnet.sweeps.population import Population

MARKERS = ("o", "s", "^")
LEFT = -0.18  # where title and legend start (axes fraction)
NARROW = 2.0**0.08  # between series of one window, so that intervals do not hide each other
COLUMNS = ["series", "source", "population", "multiple", "flops", "n", "mean", "low", "high", "least"]


@dataclass(frozen=True)
class Series:
    """One design space at increasing flops, or the paper's means of it: columns multiple, flops, mean, source."""

    label: str
    colour: str
    populations: Sequence[Population] = ()
    line: str = "-"
    theirs: pd.DataFrame | None = None


@dataclass(frozen=True)
class ByFlops(Panel):
    """Means of `measure`, which is `called` so, in each series.

    `least` adds each population's least value. A `tabled` panel stands beside EDF panels, and has title, n and legend
    where these have their tables.
    """

    series: Sequence[Series]
    measure: str = "error"
    called: str = "top-1 error"
    unit: style.Unit = style.PERCENT
    heading: str = ""
    least: bool = False
    legend: bool = False
    tabled: bool = False
    ticks: Sequence[float] = ()

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(population for series in self.series for population in series.populations)

    @property
    def title(self) -> str:
        return self.heading or self.name

    @property
    def head(self) -> float:
        return ROW * (2 + len(self.series)) if self.tabled else 0.0

    @property
    def drawable(self) -> bool:
        return not self.of or self.table["series"].nunique() >= min(2, len(self.series))

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a population: series, source, population, multiple of F, flops, n, mean, its interval, least."""
        found = [pd.DataFrame(columns=COLUMNS)]
        for series in self.series:
            if series.theirs is not None:
                found.append(series.theirs.assign(series=series.label))
            rows = [self._row(p, self.frames[p][self.measure]) for p in series.populations if p in self.frames]
            found.append(pd.DataFrame(rows).assign(series=series.label, source=self.here))
        return pd.concat([table for table in found if len(table)] or found[:1], ignore_index=True).reindex(
            columns=COLUMNS
        )

    def _row(self, population: Population, measured: pd.Series[float]) -> dict[str, Any]:
        low, high = interval(measured.mean(), measured.std(), len(measured))
        return {
            "population": population.name, "multiple": population.multiple, "flops": population.flops,
            "n": len(measured), "mean": measured.mean(), "low": low, "high": high, "least": measured.min(),
        }  # fmt: skip

    def draw(self, cell: Cell) -> None:
        top, ax = cell.axes() if self.tabled else (None, cell.ax())
        for place, (series, marker) in enumerate(zip(self.series, MARKERS, strict=False)):
            table = self.table[self.table["series"] == series.label]
            x = table["multiple"] * NARROW ** (place - (len(self.series) - 1) / 2)
            low, mean, high, least = (table[name] / self.unit.size for name in ("low", "mean", "high", "least"))
            ax.plot(x, mean, color=series.colour, linewidth=1.2, linestyle=series.line)
            ax.vlines(x, low, high, color=series.colour, linewidth=1.6)
            style.scatter(ax, x, mean, self._titles(table), colour=series.colour, marker=marker, s=30, alpha=1.0,
                          zorder=3, label=series.label)  # fmt: skip
            if self.least:
                ax.plot(x, least, color=series.colour, marker=marker, linestyle=":", markerfacecolor="none")
        style.powers(ax, "x", self.ticks or sorted(set(self.table["multiple"])))
        if self.measure != "error":
            style.powers(ax, "y")
        ax.set(xlabel="F / F_ref", ylabel=self.unit.of(self.called if self.least else f"mean {self.called}"))
        if top is not None:
            self._head(top, ax, cell.head)
        else:
            ax.set_title(self.title, fontsize=9.5, loc="left")
        if self.legend:
            ax.legend(loc="upper right")

    def _head(self, top: Axes, ax: Axes, head: float) -> None:
        """Title, n and legend in the rows that the table of an EDF panel beside it has."""
        top.set_axis_off()
        for row, said in enumerate((self.title, f"n = {spread(self.table['n'])}")):
            y = 1 - (row + 0.5) * ROW / head
            top.text(LEFT, y, said, fontsize=9, va="center", transform=top.transAxes).set_in_layout(False)
        legend = top.legend(
            *ax.get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(LEFT, 1 - 2 * ROW / head),
            fontsize=9, borderaxespad=0, borderpad=0.1, labelspacing=0.45,
        )  # fmt: skip
        legend.set_in_layout(False)

    def _titles(self, table: pd.DataFrame) -> list[str]:
        """What a point says on hover."""
        words = []
        for row in table.to_dict("records"):
            mean, low, high = (f"{row[name] / self.unit.size:.4g}" for name in ("mean", "low", "high"))
            ours = isinstance(row["population"], str)
            if ours:
                who = f"{labels.described(row['population'])}, n = {row['n']:.0f}"
                words.append(f"{who}, {row['series']}: {mean} ({low} to {high})")
            else:
                words.append(f"paper, {row['flops'] / 1e9:g} GF: about {mean}")
        return words

    def rows(self) -> pd.DataFrame:
        return self.table.drop(columns=[] if self.least else ["least"]).assign(panel=self.name)

    def words(self) -> str:
        said = []
        for label, part in self.table.groupby("series", sort=False):
            pairs = zip(part["mean"] / self.unit.size, part["multiple"], strict=True)
            said.append(f"{label} {', '.join(f'{mean:.4g} at {multiple:g} F' for mean, multiple in pairs)}")
        return f"{self.title[0].upper()}{self.title[1:]}, mean {self.unit.of(self.called)}: {'; '.join(said)}."
