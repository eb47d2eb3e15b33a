"""Error against learning rate, weight decay and their product in populations that draw both (arXiv:2003.13678, App. C).

- The ranges that the paper draws from were not found; ours are a tenth to ten times the regime's own values.
- A row of one population has footnote 4's range and the drawn distribution; a row of several has each one's range as
  a bar, and the median error of neighbouring networks as a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from regnet.analysis.bootstrap import best_range
from regnet.design.recipe import Recipe
from regnet.figures.panels import best, captions, style
from regnet.figures.panels import waiting as panels
from regnet.sweeps.population import TUNED, Population
from regnet.sweeps.store import Runs

Floats = npt.NDArray[np.float64]
COLUMNS = ("learning rate", "weight decay", "learning rate × weight decay")
MARKERS = ("o", "s", "^")
HEAD, BODY = 0.75, 2.0  # inches
BINS = 6  # groups of neighbours whose median error the line joins
WIDE = 3.0  # largest over least error from which the error axis is logarithmic

READING = (
    "Below it, several populations: bars, where the best of each lie, with the most likely best value; lines, the "
    "median error of neighbouring networks."
)


@dataclass(frozen=True)
class Row:
    """Populations drawn in one row of panels, and what each is called there: {F} its flops, {n} its images."""

    name: str
    populations: tuple[Population, ...]
    label: str = ""

    def named(self, runs: Runs) -> dict[str, str]:
        """Population -> label, for those that are there; none where there is nothing to compare."""
        every = [population.at(runs.regime) for population in self.populations]
        there = panels.present(runs, [population.name for population in every])
        return {
            p.name: self.label.format(F=f"{p.flops / 1e6:g} MF", n=f"{p.recipe.images:,} images")
            for p in every
            if p.name in there and panels.enough(there, every)
        }


def names(runs: Runs, rows: Sequence[Row]) -> list[str]:
    """Every population of the rows, in the regime of the runs."""
    return panels.names(runs, [population for row in rows for population in row.populations])


def values(frame: pd.DataFrame) -> dict[str, Floats]:
    """Column of panels -> its x."""
    lr, decay = (frame[f"drawn_{name}"].to_numpy(np.float64) for name in ("lr", "weight_decay"))
    return dict(zip(COLUMNS, (lr, decay, lr * decay), strict=True))


def own(recipe: Recipe) -> dict[str, float]:
    """Column of panels -> the value that the regime trains with."""
    return dict(zip(COLUMNS, (recipe.lr, recipe.weight_decay, recipe.lr * recipe.weight_decay), strict=True))


@style.theme()
def make(runs: Runs, rows: Sequence[Row]) -> Figure:
    """Three panels a row, or what the row lacks.

    Raises:
        MissingPopulation: no row can be drawn.
    """
    _require(runs, rows)
    fig = Figure(figsize=(style.WIDTH, len(rows) * (HEAD + BODY)), layout="constrained")
    strips = fig.subfigures(len(rows), 1, squeeze=False)[:, 0]
    for strip, row in zip(strips, rows, strict=True):
        labels = row.named(runs)
        strip.suptitle(_title(runs, row, labels), x=0.005, ha="left", fontsize=10)
        if labels:
            _draw(strip, runs, row, labels)
        else:
            panels.lacking(strip.add_subplot(), runs, names(runs, [row]), inches=0.9 * style.WIDTH)
    return fig


def _require(runs: Runs, rows: Sequence[Row]) -> None:
    panels.require_any(runs, names(runs, rows), *(row.named(runs) for row in rows))


def _title(runs: Runs, row: Row, labels: Mapping[str, str]) -> str:
    counts = [runs.count(name) for name in labels]
    if not counts:
        return row.name
    return f"{row.name}, n = {min(counts)}" + (f" to {max(counts)}" if max(counts) > min(counts) else "")


def _draw(strip: SubFigure, runs: Runs, row: Row, labels: Mapping[str, str]) -> None:
    grid = strip.add_gridspec(1, 3, wspace=0.03)
    usual = own(row.populations[0].at(runs.regime).recipe)
    for place, column in enumerate(COLUMNS):
        cell = grid[place].subgridspec(2, 1, height_ratios=(HEAD, BODY))
        top, ax = strip.add_subplot(cell[0]), strip.add_subplot(cell[1])
        top.sharex(ax)
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(numticks=4))
        ax.xaxis.set_major_formatter(lambda value, _: short(value))
        ax.xaxis.set_minor_formatter(NullFormatter())
        if len(row.populations) == 1:
            _one(top, ax, runs.frame(next(iter(labels))), column, style.colour(next(iter(labels))))
        else:
            _several(top, ax, runs, looks(names(runs, [row])), labels, column, first=place == 0)
        for axes in (top, ax):
            axes.axvline(usual[column], color=style.INK, linewidth=1.2, linestyle=":", zorder=0)
        _error_axis(ax)
        ax.set(xlabel=column, ylabel=style.ERROR if place == 0 else "")


def _one(top: Axes, ax: Axes, frame: pd.DataFrame, column: str, colour: str) -> None:
    """The drawn distribution and the range of the best above, error against x below."""
    x = values(frame)[column]
    span = best_range(x, frame["error"])
    best.distribution(top, x, span, colour=colour, log=True)
    top.set_title(f"best {words(span)}", fontsize=9, loc="left")
    best.mark(ax, span)
    style.scatter(ax, x, frame["error"], titles(frame), colour=colour)


def _several(
    top: Axes, ax: Axes, runs: Runs, looks: Mapping[str, dict[str, Any]], labels: Mapping[str, str], column: str, *,
    first: bool,
) -> None:  # fmt: skip
    """The range of the best of each population above; error against x below, with medians of neighbours."""
    for at, name in enumerate(labels):
        look, frame = looks[name], runs.frame(name)
        x = values(frame)[column]
        span = best_range(x, frame["error"])
        top.plot((span.low, span.high), (at, at), color=look["color"], linestyle=look["linestyle"])
        top.plot(span.best, at, color=look["color"], marker=look["marker"])
        style.scatter(ax, x, frame["error"], titles(frame), colour=look["color"], marker=look["marker"], s=8, alpha=0.4)
        ax.plot(*medians(x, frame["error"].to_numpy(np.float64)), markersize=4, **look)
    top.set(ylim=(len(labels) - 0.4, -0.6), yticks=range(len(labels)))
    top.set_yticklabels(list(labels.values()) if first else [], fontsize=9)
    top.tick_params(which="both", labelbottom=False, bottom=False)


def looks(every: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Colour, line and marker of each population of a row: shades of the one space's colour."""
    shades = style.shades(style.colour(every[0]), len(every))
    each = zip(every, shades, style.BROKEN, MARKERS, strict=False)
    return {name: {"color": shade, "linestyle": line, "marker": marker} for name, shade, line, marker in each}


def medians(x: Floats, errors: Floats, bins: int = BINS) -> tuple[Floats, Floats]:
    """Median x and median error of groups of neighbours in x, each of about n / bins networks.

    >>> x, y = medians(np.array([4.0, 1.0, 2.0, 3.0]), np.array([40.0, 10.0, 20.0, 30.0]), bins=2)
    >>> x.tolist(), y.tolist()
    ([1.5, 3.5], [15.0, 35.0])
    """
    groups = np.array_split(np.argsort(x, kind="stable"), min(bins, len(x)))
    return np.array([np.median(x[g]) for g in groups]), np.array([np.median(errors[g]) for g in groups])


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
        f"learning rate {short(lr)}, weight decay {short(decay)}, {flops / 1e6:.2f} MF, error {error:.1f}%"
        for lr, decay, flops, error in cells
    ]


def _error_axis(ax: Axes) -> None:
    """Logarithmic where networks that hardly train would press the others together."""
    points = np.concatenate([c.get_offsets() for c in ax.collections if hasattr(c, "titles")])
    if points[:, 1].max() > WIDE * points[:, 1].min():
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_locator(NullLocator())


def data(runs: Runs, rows: Sequence[Row]) -> pd.DataFrame:
    """For each panel and population, the best range and each network; the regime's own value as statistic "own"."""
    _require(runs, rows)
    tables = []
    for row in rows:
        usual = own(row.populations[0].at(runs.regime).recipe)
        for name in row.named(runs):
            frame = runs.frame(name)
            for column, x in values(frame).items():
                panel = f"{row.name}: {column}"
                tables.append(best.rows(panel, frame, x, name, runs.regime))
                about = {"panel": panel, "series": name, "source": f"here, {runs.regime}", "statistic": "own"}
                tables.append(pd.DataFrame([about | {"x": usual[column]}]))
    return pd.concat(tables, ignore_index=True)


def setting(runs: Runs, rows: Sequence[Row]) -> str:
    """How to read the figure, and what was drawn, for captions."""
    shown, drawn = names(runs, rows), list(dict.fromkeys(name for row in rows for name in row.named(runs)))
    base = rows[0].populations[0].at(runs.regime).recipe
    said = (
        f"Learning rate and weight decay are drawn with each network, log-uniform from a tenth to {TUNED:g} times the "
        f"regime's own {short(base.lr)} and {short(base.weight_decay)} (dotted); the paper's ranges and values were "
        f"not found. {captions.setting(runs, drawn)} {panels.words(runs, shown)}"
    )
    return said.strip()


def in_words(runs: Runs, rows: Sequence[Row]) -> str:
    """For alternative text: the best range of each population in each panel, and what is not there."""
    sentences = []
    for row in rows:
        for name, label in row.named(runs).items():
            frame = runs.frame(name)
            spans = [f"{column} {words(best_range(x, frame['error']))}" for column, x in values(frame).items()]
            sentences.append(f"{row.name}{', ' * bool(label)}{label}, best: {', '.join(spans)}.")
    return " ".join(filter(None, [*sentences, panels.words(runs, names(runs, rows))]))
