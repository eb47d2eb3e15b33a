"""How activations, parameters and time of the best networks grow with flops, and the laws through them (Fig 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet import published
from regnet.analysis import best_trends, growth
from regnet.evidence.trends import Frames, pairs, ranges
from regnet.figures.numbers import paper
from regnet.figures.panels import style, timed, trends
from regnet.figures.panels.panel import Cell, Panel
from regnet.figures.panels.timed import Times
from regnet.sweeps.population import Population

Floats = npt.NDArray[np.float64]
OTHERS = {"ResNet": "^", "ResNeXt": "s"}  # the paper's other points, as marks


@dataclass(frozen=True)
class Measure:
    """What grows: its column, how it is called, its law, its unit here and in the paper, and where the paper has it."""

    column: str
    called: str
    law: growth.Growth
    here: style.Unit
    theirs: style.Unit
    place: str  # panel of the values read off the paper's figure
    model: str  # column of the paper's models


@dataclass(frozen=True)
class Grown(Panel):
    """The best of each population, and the law through them; of those that are timed where `times` are given."""

    measure: Measure
    populations: Sequence[Population]
    times: Times | None = None
    fewest = 1

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(self.populations)

    @cached_property
    def members(self) -> Frames:
        """Of each population, those that have the measure."""
        return self.times.of(self.frames) if self.times else self.frames

    @property
    def flops(self) -> list[float]:
        """Of each population with members, in MF."""
        return [population.flops / style.MF.size for population in self.members]

    @cached_property
    def coefficients(self) -> Floats | None:
        """Of the law through the most likely best values in the panel's units; none where regimes are too few."""
        if len(self.members) <= len(self.measure.law.terms):
            return None
        medians = best_trends.medians(pairs(self.members, self.measure.column))
        return self.measure.law.fit(self.flops, medians / self.measure.here.size)

    @cached_property
    def resampled(self) -> Floats:
        """The best values of resampled populations in the panel's units, shape (resamples, populations)."""
        return best_trends.resampled(pairs(self.members, self.measure.column)) / self.measure.here.size

    @property
    def formula(self) -> str:
        """The law; "" where there is none."""
        return "" if self.coefficients is None else self.measure.law.formula(self.coefficients)

    def draw(self, cell: Cell) -> None:
        ax, colour = cell.ax(), style.colour(self.of[0].name)
        if self.times and not self.members:
            timed.lacking(ax, self.times)
            return
        table = ranges(self.members, self.measure.column)
        trends.whiskers(ax, self.flops, table, colour, self.measure.called, self.measure.here)
        ends = [population.flops / style.MF.size for population in self.of]
        if self.coefficients is not None:
            f = np.geomspace(0.85 * ends[0], 1.18 * ends[-1], 50)
            low, high = growth.band(self.measure.law, self.flops, self.resampled, f)
            ax.fill_between(f, low, high, color=style.INK, alpha=0.13, linewidth=0)
            ax.plot(f, self.measure.law.at(f, self.coefficients), color=style.INK, linewidth=1.4)
        style.powers(ax, "x", ends)
        ax.set(xlabel=style.MF.of("flops"), ylabel=self.measure.here.of(self.measure.called))
        ax.set_ylim(bottom=0)
        ax.set_title(self.formula, fontsize=9.5, loc="left")

    def rows(self) -> pd.DataFrame:
        """The best ranges in units of one; the coefficients with their 95% intervals in the panel's units."""
        tables = [ranges(self.members, self.measure.column).assign(statistic="best range")]
        if self.coefficients is not None:
            low, high = np.quantile(self.measure.law.fit(self.flops, self.resampled), [0.025, 0.975], axis=0)
            names = [f"{self.measure.law.name}, coefficient {k + 1} (f in MF)" for k in range(len(low))]
            law = {"statistic": names, "value": self.coefficients, "low": low, "high": high}
            tables.append(pd.DataFrame(law).assign(unit=self.measure.here.name))
        return pd.concat(tables, ignore_index=True).assign(panel=self.name, source=self.here)

    def words(self) -> str:
        return f"Here {self.measure.called}: {self.formula or 'not fitted'}."


@dataclass(frozen=True)
class Printed(Panel):
    """The paper's best RegNetX, read off its figure, under its printed law, with its ResNet and ResNeXt."""

    measure: Measure
    legend: bool = False

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a flop regime, in the paper's unit."""
        return paper.best_ranges(12, self.measure.place)

    def draw(self, cell: Cell) -> None:
        ax, measure = cell.ax(), self.measure
        f, gf = np.geomspace(0.17, 15, 50), self.table["flops"] / style.GF.size
        ax.plot(f, measure.law.at(f, paper.law(self.name)), color=style.INK, linewidth=1.4)
        titles = [
            f"paper, {x:g} GF: about {y:g} {measure.theirs.name}" for x, y in zip(gf, self.table["best"], strict=True)
        ]
        style.scatter(ax, gf, self.table["best"], titles, colour=style.colour("regnetx"), s=30, alpha=1.0, zorder=3,
                      label="RegNetX")  # fmt: skip
        models = published.load("paper_models")
        for family, mark in OTHERS.items():
            mine = models[models["model"].str.startswith(f"{family}-")]
            style.scatter(ax, mine["flops_G"], mine[measure.model], list(mine["model"]), colour=trends.GREY,
                          marker=mark, s=26, alpha=1.0, label=family)  # fmt: skip
        style.powers(ax, "x", (0.2, 0.8, 3.2, 12.8))
        ax.set(xlabel=style.GF.of("flops"), ylabel=measure.theirs.of(measure.called))
        ax.set_ylim(bottom=0)
        ax.set_title(measure.law.formula(paper.law(self.name)), fontsize=9.5, loc="left")
        if self.legend:
            ax.legend(loc="upper left", handletextpad=0.2, borderpad=0.1)

    def rows(self) -> pd.DataFrame:
        return self.table.assign(panel=self.name, statistic="best", unit=self.measure.theirs.name)

    def words(self) -> str:
        return f"In the paper {self.measure.called}: {self.measure.law.formula(paper.law(self.name))}."
