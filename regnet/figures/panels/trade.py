"""Error against flops, parameters and activations: the paper's models, below them ours where trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator
from scipy import stats

from regnet import published
from regnet.figures.panels import rivals, style
from regnet.figures.panels.rivals import FAMILIES, LEVEL
from regnet.sweeps.store import Runs

MEASURES = ("flops", "params", "acts")
NAMES = {"flops": "flops", "params": "parameters", "acts": "activations"}
PAPER_UNITS = {"flops": "GF", "params": "M", "acts": "M"}
PAPER_SCALES = {"flops": 1e9, "params": 1e6, "acts": 1e6}
HERE_UNITS = {"flops": "MF", "params": "k", "acts": "k"}
HEIGHTS = (3.3, 3.5)  # inches of the rows
LINES: dict[str, Literal["-", "--", ""]] = {"best": "-", "median": "--", "shape": ""}
# where a tag stands: offset in points, its anchor
SIDES: dict[str, tuple[tuple[int, int], Literal["left", "right"], Literal["bottom", "center", "top"]]] = {
    "above": ((4, 3), "left", "bottom"),
    "right": ((6, 0), "left", "center"),
    "below": ((-4, -3), "right", "top"),
    "left": ((-5, 0), "right", "center"),
}
RUNS = 5  # trainings behind a printed mean


@dataclass(frozen=True)
class Series:
    """Models drawn alike: columns model, tag, flops, params, acts, error, low, high, in the row's units."""

    label: str
    family: str
    points: pd.DataFrame
    line: Literal["-", "--", ""] = "-"  # "" leaves the points alone
    hollow: bool = False
    side: str = "above"  # of the points, where the tags stand


def printed(family: str, models: Sequence[str], tags: Sequence[str], side: str = "above") -> Series:
    """The paper's models of a family: printed mean error with the 95% interval of the mean of its five runs."""
    table = published.load("paper_models").set_index("model").loc[list(models)].reset_index()
    half = stats.t.ppf((1 + LEVEL) / 2, RUNS - 1) * table["top1_error_pct_std5"] / RUNS**0.5
    error = table["top1_error_pct_mean5"]
    points = pd.DataFrame({
        "model": table["model"], "tag": list(tags), "flops": table["flops_G"], "params": table["params_M"],
        "acts": table["acts_M"], "error": error, "low": error - half, "high": error + half,
        "source": [source.split(" (")[0] for source in table["source"]],
    })  # fmt: skip
    return Series(FAMILIES[family].label, family, points, side=side)


def measured(trainings: pd.DataFrame, regime: str) -> list[Series]:
    """The final models here: a line through each family's best and median, shapes as points, filled at equal flops."""
    table = rivals.summary(trainings)
    for name, (_, scale) in rivals.CELLS.items():
        table[name] = table[name] / scale
    table = table.assign(
        tag="", source=f"here, {regime}", place=[list(FAMILIES).index(name) for name in table["family"]]
    )
    table = table.sort_values(["place", "role", "matched", "multiple"], ascending=[True, True, False, True])
    series = []
    for (family, role, matched), part in table.groupby(["family", "role", "matched"], sort=False):
        label = FAMILIES[str(family)].label + (f" shape, equal {matched}" if role == "shape" else f", {role}")
        hollow = role == "median" or matched == "acts"
        series.append(Series(label, str(family), part.sort_values("flops"), LINES[str(role)], hollow))
    return series


def figure(theirs: Sequence[Series], ours: Sequence[Series], *, regime: str, tagged: str = "flops") -> Figure:
    """A row of three panels, and a second one where there is something of ours to draw.

    The paper's points carry their tags in the panel of the measure `tagged`; their order is the same in the others.
    """
    heights = HEIGHTS if ours else HEIGHTS[:1]
    fig = Figure(figsize=(style.WIDTH, sum(heights)), layout="constrained")
    rows = fig.subfigures(len(heights), 1, squeeze=False, height_ratios=heights, hspace=0.03)[:, 0]
    row(rows[0], theirs, "paper: ImageNet", PAPER_UNITS, tagged)
    if ours:
        row(rows[1], ours, f"here: regime {regime}, validation images", HERE_UNITS)
    return fig


def row(fig: SubFigure, series: Sequence[Series], title: str, units: dict[str, str], tagged: str = "") -> None:
    """Three panels that share the error axis, under a title and the series' signs."""
    axes = list(np.atleast_1d(fig.subplots(1, len(MEASURES), sharey=True)))
    for place, (ax, measure) in enumerate(zip(axes, MEASURES, strict=True)):
        for one in series:
            draw(ax, one, measure, units)
            if measure == tagged:
                tag(ax, one, measure)
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter("{x:g}")
        ax.xaxis.set_minor_locator(NullLocator())
        ax.margins(0.15, 0.12)
        ax.set(xlabel=f"{NAMES[measure]} ({units[measure]})", ylabel="" if place else style.ERROR)
    signs = [sign(one) for one in series]
    legend = fig.legend(handles=signs, loc="outside upper left", ncols=4 if len(signs) == 4 else 3, title=title)
    legend.set_alignment("left")
    legend.get_title().set_fontsize(10)


def draw(ax: Axes, series: Series, measure: str, units: dict[str, str]) -> None:
    """Points with whiskers and hover titles, a line through them, and their tags."""
    family, points = FAMILIES[series.family], series.points
    x, y = points[measure].to_numpy(np.float64), points["error"].to_numpy(np.float64)
    if series.line:
        ax.plot(x, y, color=family.colour, linestyle=series.line, linewidth=1.4)
    whole = points["low"].notna().to_numpy()
    ax.vlines(x[whole], points["low"][whole], points["high"][whole], color=family.colour, linewidth=1.2)
    style.scatter(ax, x, y, titles(points, units), colour=family.colour, **marks(series))


def tag(ax: Axes, series: Series, measure: str) -> None:
    """The size or depth of each model, beside its point."""
    offset, horizontal, vertical = SIDES[series.side]
    for point in series.points.to_dict("records"):
        ax.annotate(
            point["tag"], (point[measure], point["error"]), offset, textcoords="offset points",
            ha=horizontal, va=vertical, fontsize=9,
        )  # fmt: skip


def titles(points: pd.DataFrame, units: dict[str, str]) -> list[str]:
    """What a point says on hover: model, sizes, error with its interval."""
    words = []
    for point in points.to_dict("records"):
        sizes = ", ".join(f"{NAMES[name]} {point[name]:.4g} {units[name]}" for name in MEASURES)
        span = f" ({point['low']:.1f} to {point['high']:.1f})" if np.isfinite(point["low"]) else ""
        words.append(f"{point['model']}: error {point['error']:.1f}%{span}, {sizes}")
    return words


def marks(series: Series) -> dict[str, Any]:
    """How the points of a series look."""
    kept: dict[str, Any] = {"marker": FAMILIES[series.family].marker, "s": 36, "alpha": 1.0, "zorder": 3}
    if series.hollow:
        kept |= {"facecolors": "none", "edgecolors": FAMILIES[series.family].colour, "linewidths": 1.4}
    return kept


def sign(series: Series) -> Line2D:
    """The series in the legend."""
    family = FAMILIES[series.family]
    face = "none" if series.hollow else family.colour
    return Line2D(
        [], [], color=family.colour, marker=family.marker, markersize=6, markerfacecolor=face,
        linestyle=series.line or "none", linewidth=1.4, label=series.label,
    )  # fmt: skip


def data(theirs: Sequence[Series], ours: Sequence[Series]) -> pd.DataFrame:
    """One row a point: series, model, source, sizes in units of one, error and its interval (percent)."""
    tables = []
    for shown, units in ((theirs, PAPER_SCALES), (ours, {name: scale for name, (_, scale) in rivals.CELLS.items()})):
        for series in shown:
            sizes = {name: series.points[name] * units[name] for name in MEASURES}
            table = series.points[["model", "source", "error", "low", "high"]].assign(**sizes, series=series.label)
            tables.append(table[["series", "model", "source", *MEASURES, "error", "low", "high"]])
    return pd.concat(tables, ignore_index=True)


def caption(theirs: Sequence[Series], trainings: pd.DataFrame | None, runs: Runs) -> str:
    """What is the paper's, what is measured, how to read the second row."""
    printed_in = sorted({str(source) for series in theirs for source in series.points["source"]})
    row = "" if trainings is None else "Top. "
    above = (
        f"{row}The paper's models (ImageNet, 100 epochs; {', '.join(printed_in)}); no network was trained on ImageNet "
        "here. Small words beside points: flops (GF), layers or scale; the order along a line "
        "is the same in every panel. Bars: 95% interval of the mean error over seeds. "
    )
    if trainings is None:
        return f"{above}Not trained yet: the same of regime {runs.regime} ({rivals.command(runs)})."
    return (
        f"{above}Bottom. The pocket analogue, validation error. Filled points: best networks, and published shapes of "
        "equal flops; hollow: median networks, and shapes of equal activations, each to the best RegNetX of a budget. "
        f"{rivals.setting(trainings, runs)} {rivals.CHOSEN}"
    )


def alt(theirs: Sequence[Series], ours: Sequence[Series]) -> str:
    """The picture in words."""
    return (
        "Panels of error against flops, parameters and activations on logarithmic axes. "
        f"Paper: {_ends(theirs)}. Here: {_ends(ours) if ours else 'not trained yet'}."
    )


def _ends(series: Sequence[Series]) -> str:
    words = []
    for one in series:
        ordered = one.points.sort_values("flops")
        first, last = ordered["error"].iloc[[0, -1]]
        words.append(f"{one.label} {first:.1f}% to {last:.1f}%" if len(ordered) > 1 else f"{one.label} {first:.1f}%")
    return "; ".join(words)
