"""Error against flops, parameters and activations: the paper's models, below them ours where trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from regnet.analysis import final_models
from regnet.analysis.printed import RUNS
from regnet.analysis.rules.printed import ERROR, SD
from regnet.figures.numbers.published_models import find
from regnet.figures.panels import rivals, style
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.panel import Cell, Panel
from regnet.figures.panels.rivals import Finals
from regnet.figures.panels.style import FAMILIES, Unit

Sign = Literal["-", "--", ""]
MEASURES = {"flops": "flops", "params": "parameters", "acts": "activations"}
PAPER: dict[str, Unit] = {"flops": style.GF, "params": style.M, "acts": style.M}
LINES: dict[str, Sign] = {"best": "-", "median": "--", "shape": ""}
LEGEND, GAP = 0.2, 0.15  # inches a row of the legend and of the words above it, and above these
LEFT = -0.07  # where they start (axes fraction of the whole row)
# where a tag stands: offset in points, its anchor
SIDES: dict[str, tuple[tuple[int, int], Literal["left", "right"], Literal["bottom", "center", "top"]]] = {
    "above": ((4, 3), "left", "bottom"),
    "right": ((6, 0), "left", "center"),
    "below": ((-4, -3), "right", "top"),
    "left": ((-5, 0), "right", "center"),
}


@dataclass(frozen=True)
class Series:
    """Models drawn alike: columns model, tag, source, flops, params, acts, error and its 95% interval low, high."""

    label: str
    family: str
    points: pd.DataFrame
    line: Sign = "-"  # "" leaves the points alone
    hollow: bool = False
    side: str = "above"  # of the points, where the tags stand

    @property
    def ends(self) -> str:
        """Its errors from the least to the most flops, in words."""
        errors = self.points.sort_values("flops")["error"]
        return " to ".join([self.label + f" {errors.iloc[0]:.1f}%", f"{errors.iloc[-1]:.1f}%"][: len(errors)])


def printed(family: str, sizes: Sequence[str], *, tagged: Sequence[str] | None = None, side: str = "above") -> Series:
    """The paper's models of a family by the zoo's names: mean error with the 95% interval of its five runs' mean.

    Those of `tagged`, by default all, carry their size, layers or scale where tags are shown.
    """
    rows: list[dict[str, Any]] = []
    for size in sizes:
        model = find(f"{family}-{size}")
        row = model.paper
        low, high = final_models.interval(row[ERROR], row[SD], RUNS)
        tag = f"{model.size:g}" if model.line else model.name.partition("-")[2]
        rows.append({
            "model": model.name, "tag": tag if tagged is None or size in tagged else "",
            "source": row["source"].split(" (")[0],
            **{name: row[f"{name}_{'G' if name == 'flops' else 'M'}"] * unit.size for name, unit in PAPER.items()},
            "error": row[ERROR], "low": low, "high": high,
        })  # fmt: skip
    return Series(FAMILIES[family].label, family, pd.DataFrame(rows), side=side)


def measured(finals: Finals) -> list[Series]:
    """The final models here: a line through each family's best and median, shapes as points, filled at equal flops."""
    table = final_models.summary(finals.trainings).assign(tag="", source=f"here, {finals.runs.regime}")
    series = []
    for family in FAMILIES:
        for (role, matched), part in table[table["family"] == family].groupby(["role", "matched"], sort=False):
            label = FAMILIES[family].label + (f" shape, equal {matched}" if role == "shape" else f", {role}")
            hollow = role == "median" or matched == "acts"
            series.append(Series(label, family, part.sort_values("flops"), LINES[str(role)], hollow))
    return series


@dataclass(frozen=True)
class Trade(Panel):
    """Three axes that share their errors, under a heading and the series' signs; tags where the measure is `tagged`."""

    make: Callable[[], Sequence[Series]]
    heading: str
    units: Mapping[str, Unit]
    tagged: str = ""

    @cached_property
    def series(self) -> Sequence[Series]:
        """Its lines and points."""
        return self.make()

    @property
    def title(self) -> str:
        return self.heading

    @property
    def columns(self) -> int:
        """Of the legend."""
        return 4 if len(self.series) == 4 else 3

    @property
    def head(self) -> float:
        return LEGEND * (1 + -(-len(self.series) // self.columns)) + GAP

    def draw(self, cell: Cell) -> None:
        grid = cell.place.subgridspec(2, len(MEASURES), height_ratios=(cell.head, cell.body), wspace=0.06)
        top, first = cell.fig.add_subplot(grid[0, :]), cell.fig.add_subplot(grid[1, 0])
        axes = [first, *(cell.fig.add_subplot(grid[1, k], sharey=first) for k in range(1, len(MEASURES)))]
        for ax, (measure, called) in zip(axes, MEASURES.items(), strict=True):
            for one in self.series:
                self._points(ax, one, measure)
            ax.set_xscale("log", base=2)
            ax.xaxis.set_major_formatter("{x:g}")
            ax.xaxis.set_minor_locator(NullLocator())
            ax.margins(0.15, 0.12)
            ax.set_xlabel(self.units[measure].of(called))
            ax.tick_params(labelleft=ax is first)
        first.set_ylabel(style.ERROR)
        top.set_axis_off()
        legend = top.legend(
            handles=[sign(one) for one in self.series], loc="lower left", ncols=self.columns, title=self.heading,
            bbox_to_anchor=(LEFT, 0), borderaxespad=0, borderpad=0.2, columnspacing=1.6, title_fontsize=10,
            alignment="left",
        )  # fmt: skip
        legend.set_in_layout(False)

    def _points(self, ax: Axes, series: Series, measure: str) -> None:
        """Points with whiskers and hover titles, a line through them, and their tags."""
        colour, points = FAMILIES[series.family].colour, series.points
        x, y = points[measure].to_numpy(np.float64) / self.units[measure].size, points["error"]
        if series.line:
            ax.plot(x, y, color=colour, linestyle=series.line, linewidth=1.4)
        whole = points["low"].notna().to_numpy()
        ax.vlines(x[whole], points["low"][whole], points["high"][whole], color=colour, linewidth=1.2)
        style.scatter(ax, x, y, self._titles(points), colour=colour, **marks(series))
        if measure == self.tagged:
            offset, horizontal, vertical = SIDES[series.side]
            for at, error, tag in zip(x, y, points["tag"], strict=True):
                ax.annotate(
                    tag, (at, error), offset, textcoords="offset points", ha=horizontal, va=vertical, fontsize=9
                )  # fmt: skip

    def _titles(self, points: pd.DataFrame) -> list[str]:
        """What a point says on hover: model, sizes, error with its interval."""
        words = []
        for point in points.to_dict("records"):
            sizes = (f"{called} {point[name] / self.units[name].size:.4g} {self.units[name].name}"
                     for name, called in MEASURES.items())  # fmt: skip
            span = f" ({point['low']:.1f} to {point['high']:.1f})" if np.isfinite(point["low"]) else ""
            words.append(f"{point['model']}: error {point['error']:.1f}%{span}, {', '.join(sizes)}")
        return words

    def rows(self) -> pd.DataFrame:
        columns = ["series", "model", "source", *MEASURES, "error", "low", "high"]
        return pd.concat([one.points.assign(series=one.label)[columns] for one in self.series], ignore_index=True)

    def words(self) -> str:
        return f"{self.name}: {'; '.join(one.ends for one in self.series)}."


def marks(series: Series) -> dict[str, Any]:
    """How the points of a series look."""
    family = FAMILIES[series.family]
    kept: dict[str, Any] = {"marker": family.marker, "s": 36, "alpha": 1.0, "zorder": 3}
    return kept | ({"facecolors": "none", "edgecolors": family.colour, "linewidths": 1.4} if series.hollow else {})


def sign(series: Series) -> Line2D:
    """The series in the legend."""
    family = FAMILIES[series.family]
    return Line2D(
        [], [], color=family.colour, marker=family.marker, markersize=6, linestyle=series.line or "none", linewidth=1.4,
        markerfacecolor="none" if series.hollow else family.colour, label=series.label,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Trades(Picture):
    """The paper's models, and below them the final models here where they are trained."""

    ours: Finals

    def missing(self) -> str:
        regime = self.runs.regime
        return "" if self.ours.there else f"Not trained yet: the same of regime {regime} ({self.ours.command})."


def picture(ours: Finals, title: str, theirs: Callable[[], Sequence[Series]], *, tagged: str) -> Trades:
    """The paper's series carry their tags in the axes of the measure `tagged`."""
    runs = ours.runs
    paper = Trade(runs, "Paper", theirs, "paper: ImageNet", PAPER, tagged)
    here = Trade(runs, "Here", partial(measured, ours), f"here: regime {runs.regime}, validation images", rivals.UNITS)

    def how() -> str:
        sources = sorted({source for one in paper.series for source in one.points["source"]})
        said = (
            f"The paper's models (ImageNet, 100 epochs; {', '.join(sources)}); no network was trained on ImageNet "
            "here. Small words beside points: flops (GF), layers or scale; the order along a line is the same in every "
            "panel. Bars: 95% interval of the mean error over seeds."
        )
        if not ours.there:
            return said
        by_acts = ", and shapes of equal activations" if (ours.trainings["matched"] == "acts").any() else ""
        return (
            f"Top. {said} Bottom. The same here, validation error. Filled points: best networks, and published "
            f"shapes of equal flops; hollow: median networks{by_acts}. Shapes are scaled to the best RegNetX of a "
            "budget."
        )

    return Trades(
        runs=runs,
        title=title,
        needs=ours.candidates,
        finals=True,
        ours=ours,
        rows=lambda: [Row([panel], body=2.8) for panel in (paper, here) if panel is paper or ours.there],
        how=how,
        setting=lambda: f"{ours.setting()} {ours.chosen()}" if ours.there else "",
        seen="Panels of error against flops, parameters and activations on logarithmic axes.",
    )
