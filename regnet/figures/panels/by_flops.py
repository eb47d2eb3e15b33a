"""Error against flops: mean (with its 95% interval) and least error of each population at several windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import FixedLocator, NullLocator
from scipy import stats

from regnet.figures.panels import edfs, style
from regnet.figures.panels import waiting as panels
from regnet.sweeps.experiments import Population
from regnet.sweeps.store import Runs

LEVEL = 0.95
COLUMNS = ("series", "population", "flops", "n", "least_error", "mean_error", "half_interval")
MARKERS = ("o", "s", "^")
LEFT = -0.18  # where title and legend start (axes fraction)


@dataclass(frozen=True)
class Series:
    """One design space at increasing flops."""

    label: str
    populations: tuple[Population, ...]


def names(runs: Runs, shown: Sequence[Series]) -> list[str]:
    """Every population of the series, in the regime of the runs."""
    return panels.names(runs, [population for series in shown for population in series.populations])


def table(runs: Runs, shown: Sequence[Series]) -> pd.DataFrame:
    """One row a population that is there: series, population, flops (the window's upper end), n and the errors.

    No rows where fewer than two series have any.
    """
    rows = []
    for series in shown:
        for population in series.populations:
            there = population.at(runs.regime)
            if not panels.present(runs, [there.name]):
                continue
            errors = runs.frame(there)["error"].to_numpy(np.float64)
            half = float(stats.t.ppf((1 + LEVEL) / 2, len(errors) - 1)) * errors.std(ddof=1) / len(errors) ** 0.5
            rows.append({
                "series": series.label, "population": there.name, "flops": there.flops, "n": len(errors),
                "least_error": errors.min(), "mean_error": errors.mean(), "half_interval": half,
            })  # fmt: skip
    found = {row["series"] for row in rows}
    return pd.DataFrame(rows if panels.enough(found, shown) else [], columns=list(COLUMNS))


def data(runs: Runs, panel: str, shown: Sequence[Series]) -> pd.DataFrame:
    """What the panel shows."""
    return table(runs, shown).assign(panel=panel, source=f"here, {runs.regime}")


def draw(
    fig: Figure, place: SubplotSpec, runs: Runs, shown: Sequence[Series], *,
    title: str, head: float, body: float, inches: float,
) -> None:  # fmt: skip
    """Legend and errors in one cell of the figure's grid, or what the panel lacks; heights and width in inches."""
    found = table(runs, shown)
    if found.empty:
        panels.lacking(fig.add_subplot(place), runs, names(runs, shown), title=title, inches=inches)
        return
    grid = place.subgridspec(2, 1, height_ratios=(head, body))
    top, ax = fig.add_subplot(grid[0]), fig.add_subplot(grid[1])
    _plot(ax, found)
    _head(top, ax, found, title, head)


def _head(top: Axes, ax: Axes, found: pd.DataFrame, title: str, head: float) -> None:
    """Title, n and legend in the rows that the table of an EDF panel beside it has."""
    least, most = found["n"].min(), found["n"].max()
    counted = f"n = {least}" if least == most else f"n = {least} to {most}"
    top.set_axis_off()
    for row, said in enumerate((title, counted)):
        y = 1 - (row + 0.5) * edfs.ROW / head
        top.text(LEFT, y, said, fontsize=9, va="center", transform=top.transAxes).set_in_layout(False)
    legend = top.legend(
        *ax.get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(LEFT, 1 - 2 * edfs.ROW / head),
        fontsize=9, borderaxespad=0, borderpad=0.1, labelspacing=0.45,
    )  # fmt: skip
    legend.set_in_layout(False)


def _plot(ax: Axes, found: pd.DataFrame) -> None:
    ax.set_xscale("log", base=2)
    for place, (label, part) in enumerate(found.groupby("series", sort=False)):
        marker = MARKERS[place]
        x = part["flops"] / 1e6 * 2 ** (0.04 * (2 * place - 1))  # side by side, so that intervals do not hide
        look: dict[str, Any] = {"color": style.colour(str(part["population"].iloc[0])), "marker": marker}
        ax.errorbar(x, part["mean_error"], part["half_interval"], label=str(label), capsize=3, **look)
        ax.plot(x, part["least_error"], linestyle=":", markerfacecolor="none", **look)
    ticks = sorted(set(found["flops"] / 1e6))
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set(xlim=(ticks[0] / 1.3, ticks[-1] * 1.3), xlabel="flops F (MF)", ylabel=style.ERROR)


def in_words(runs: Runs, shown: Sequence[Series]) -> str:
    """For alternative text: each series' mean error at each window; "" where nothing is there."""
    found = table(runs, shown)
    if found.empty:
        return ""
    sentences = []
    for label, part in found.groupby("series", sort=False):
        pairs = zip(part["flops"], part["mean_error"], strict=True)
        listed = ", ".join(f"{mean:.1f}% at {flops / 1e6:g} MF" for flops, mean in pairs)
        sentences.append(f"{label}: mean error {listed}.")
    return " ".join(sentences)
