"""Error against learning rate, weight decay and their product in populations that draw both (arXiv:2003.13678, App. C).

- The ranges that the paper draws from were not found; ours are a tenth to ten times the regime's own values.
- One population has footnote 4's range and the drawn distribution; of several each has its range as a bar, and the
  median error of neighbouring networks as a line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from regnet.analysis.bootstrap import best_range
from regnet.analysis.trends import medians
from regnet.figures.panels import best, style
from regnet.figures.panels.edfs import spread
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps.population import TUNED, Population
from regnet.sweeps.store import Runs

Floats = npt.NDArray[np.float64]
OneOrMany = TypeVar("OneOrMany", float, Floats)
COLUMNS = ("learning rate", "weight decay", "learning rate × weight decay")
MARKERS = ("o", "s", "^")
BINS = 6  # groups of neighbours whose median error the line joins
WIDE = 3.0  # largest over least error from which the error axis is logarithmic


@dataclass(frozen=True)
class Rates(Panel):
    """Three axes side by side: a population's error against what it draws, or several's, each `called` so."""

    populations: Sequence[Population]
    called: Sequence[str] = ("",)
    head = 0.75  # inches

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(self.populations)

    @property
    def title(self) -> str:
        return f"{self.name}, n = {spread(map(len, self.frames.values()))}" if self.drawable else self.name

    @property
    def own(self) -> dict[str, float]:
        """Column -> the value that the regime trains with."""
        recipe = self.populations[0].recipe
        return columns(recipe.lr, recipe.weight_decay)

    @cached_property
    def x(self) -> dict[Population, dict[str, Floats]]:
        """Population -> column -> what each network drew."""
        return {
            population: columns(*(frame[f"drawn_{name}"].to_numpy(np.float64) for name in ("lr", "weight_decay")))
            for population, frame in self.frames.items()
        }

    @property
    def points(self) -> int:
        return max(map(len, self.frames.values()))

    def draw(self, cell: Cell) -> None:
        strip = cell.fig.add_subfigure(cell.place)
        strip.suptitle(self.title, x=0.005, ha="left", fontsize=10)
        grid = strip.add_gridspec(1, len(COLUMNS), wspace=0.03)
        for place, column in enumerate(COLUMNS):
            top, ax = Cell(strip, grid[place], cell.head, cell.body, cell.width / len(COLUMNS)).axes()
            top.sharex(ax)
            ax.set_xscale("log")
            ax.xaxis.set_major_locator(LogLocator(numticks=4))
            ax.xaxis.set_major_formatter(lambda value, _: short(value))
            ax.xaxis.set_minor_formatter(NullFormatter())
            self._one(top, ax, column) if len(self.populations) == 1 else self._several(top, ax, column)
            for axes in (top, ax):
                axes.axvline(self.own[column], color=style.INK, linewidth=1.2, linestyle=":", zorder=0)
            errors = np.concatenate([frame["error"] for frame in self.frames.values()])
            if errors.max() > WIDE * errors.min():  # networks that hardly train would press the others together
                style.powers(ax, "y")
            ax.set(xlabel=column, ylabel=style.ERROR if place == 0 else "")

    def _one(self, top: Axes, ax: Axes, column: str) -> None:
        """The drawn distribution and the range of the best above, error against x below."""
        [(population, frame)] = self.frames.items()
        x, colour = self.x[population][column], style.colour(population.name)
        span = best_range(x, frame["error"])
        best.distribution(top, x, span, colour=colour, log=True)
        top.set_title(f"best {words(span)}", fontsize=9, loc="left")
        best.mark(ax, span)
        style.scatter(ax, x, frame["error"], partial(titles, frame), colour=colour)

    def _several(self, top: Axes, ax: Axes, column: str) -> None:
        """The range of the best of each population above; error against x below, with medians of neighbours."""
        for at, (population, frame) in enumerate(self.frames.items()):
            x, look = self.x[population][column], self.looks[population]
            span = best_range(x, frame["error"])
            top.plot((span.low, span.high), (at, at), color=look["color"], linestyle=look["linestyle"])
            top.plot(span.best, at, color=look["color"], marker=look["marker"])
            marks = {"colour": look["color"], "marker": look["marker"], "s": 8, "alpha": 0.4}
            style.scatter(ax, x, frame["error"], partial(titles, frame), **marks)
            ax.plot(*medians(x, frame["error"], BINS), markersize=4, **look)
        names = [self._called(population) if column == COLUMNS[0] else "" for population in self.frames]
        top.set(ylim=(len(names) - 0.4, -0.6))
        top.set_yticks(range(len(names)), names, fontsize=9)
        top.tick_params(which="both", labelbottom=False, bottom=False)

    @property
    def looks(self) -> dict[Population, dict[str, Any]]:
        """Colour, line and marker of each population: shades of the one space's colour."""
        shades = style.shades(style.colour(self.populations[0].name), len(self.populations))
        each = zip(self.populations, shades, style.BROKEN, MARKERS, strict=False)
        return {one: {"color": shade, "linestyle": line, "marker": marker} for one, shade, line, marker in each}

    def _called(self, population: Population) -> str:
        return self.called[self.populations.index(population)]

    def rows(self) -> pd.DataFrame:
        """For each column and population the best range and each network; the regime's value as statistic "own"."""
        tables = []
        for population, drawn in self.x.items():
            for column, x in drawn.items():
                about = {"panel": f"{self.name}: {column}", "series": population.name, "source": self.here}
                tables.append(best.rows(about["panel"], self.frames[population], x, population.name, self.here))
                tables.append(pd.DataFrame([about | {"statistic": "own", "x": self.own[column]}]))
        return pd.concat(tables, ignore_index=True)

    def words(self) -> str:
        sentences = []
        for population, drawn in self.x.items():
            errors, called = self.frames[population]["error"], self._called(population)
            spans = ", ".join(f"{column} {words(best_range(x, errors))}" for column, x in drawn.items())
            sentences.append(f"{self.name.capitalize()}{', ' * bool(called)}{called}, best: {spans}.")
        return " ".join(sentences)


def columns(lr: OneOrMany, decay: OneOrMany) -> dict[str, OneOrMany]:
    """Column -> its x.

    >>> columns(0.5, 0.25)["learning rate × weight decay"]
    0.125
    """
    return dict(zip(COLUMNS, (lr, decay, lr * decay), strict=True))


def reading(runs: Runs) -> str:
    """How to read the figure's rows, and from which ranges is drawn, for captions."""
    recipe = runs.population("regnetx").recipe
    return (
        "Top: one population; shaded, where the best networks lie; above, all that were drawn. Below it, several "
        "populations: bars, where the best of each lie, with the most likely best value; lines, the median error of "
        "neighbouring networks. Learning rate and weight decay are drawn with each network, log-uniform from a tenth "
        f"to {TUNED:g} times the regime's own {short(recipe.lr)} and {short(recipe.weight_decay)} (dotted); the "
        "paper's ranges and values were not found."
    )


def words(span: Sequence[float]) -> str:
    """A best value and its range in short.

    >>> words((1.3e-05, 5e-05, 0.00021))
    '5e-5 (1.3e-5 to 2.1e-4)'
    """
    low, middle, high = (short(value) for value in span)
    return f"{middle} ({low} to {high})"


def short(value: float) -> str:
    """Two digits, small values as powers of ten.

    >>> short(0.2), short(0.00012)
    ('0.2', '1.2e-4')
    """
    if value >= 1e-3:
        return f"{value:.2g}"
    digits, power = f"{value:.1e}".split("e")
    return f"{float(digits):g}e{int(power)}"


def titles(frame: pd.DataFrame) -> list[str]:
    """What a point says on hover."""
    cells = frame[["drawn_lr", "drawn_weight_decay", "flops", "error"]].to_numpy(np.float64)
    return [
        f"learning rate {short(lr)}, weight decay {short(decay)}, {flops / style.MF.size:.2f} MF, error {error:.1f}%"
        for lr, decay, flops, error in cells
    ]
