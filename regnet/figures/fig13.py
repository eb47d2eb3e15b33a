"""Figure 13: RegNetX against its constrained space C: error EDFs, mean error, parameters (arXiv:2003.13678, sec. 4).

- U is RegNetX; C has b = 1, d <= 40, w_m >= 2 and the regime's limits on activations and parameters.
- The paper draws EDFs at 400MF, 800MF and 3.2GF. Here each F has a panel; the numbers printed for 400MF and 800MF
  stand beside F and 2 F, those for 3.2GF in the data alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from regnet.figures.limits import in_words
from regnet.figures.numbers import paper
from regnet.figures.panels import captions, edf_grid, edfs, style, trends
from regnet.figures.panels import waiting as panels
from regnet.figures.panels.edf_grid import Entry, Panel
from regnet.page import box
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

TITLE = "RegNetX refinements"
ELEMENT = "fig13"
SPACES: Mapping[str, str] = MappingProxyType({"U": "regnetx", "C": "regnetx_c"})
PRINTED: Mapping[float, str] = MappingProxyType(
    {1: "400MF", 2: "800MF"}
)  # multiple of F -> the flops of the paper's legend
ELSEWHERE = "3.2GF"  # a legend of the paper at a multiple of F that is not trained here
MARKS = {"U": "o", "C": "s"}
LINES: Mapping[str, Literal["-", "--"]] = MappingProxyType({"U": "-", "C": "--"})
BODY, TREND = 1.95, 2.3  # inches
MEANS: Mapping[str, tuple[str, str, str]] = MappingProxyType({
    "error": ("middle", "(mean error)", "mean error (%)"),
    "params": ("right", "(params)", "mean parameters"),
})  # fmt: skip


def shown() -> tuple[Panel, ...]:
    """An EDF panel a multiple of F."""
    found = []
    for multiple in MULTIPLES:
        entries = [
            Entry(Population(space, multiple, 2), _series(multiple, name), name, LINES[name])
            for name, space in SPACES.items()
        ]
        beside = f", paper: {PRINTED[multiple]}" if multiple in PRINTED else ""
        found.append(Panel(f"{multiple:g} F", tuple(entries), f"{multiple:g} F = {{F}}{beside}"))
    return tuple(found)


def _series(multiple: float, name: str) -> str:
    """What the paper's legend calls U or C there; "" where it has no panel."""
    return f"{PRINTED[multiple]} {name}" if multiple in PRINTED else ""


@style.theme()
def make(runs: Runs) -> Figure:
    """EDFs of U and C at each F; below, mean error and mean parameters against F, here and in the paper."""
    panels.require(runs, edf_grid.names(runs, shown()))
    head = edf_grid.head_height(shown())
    fig = Figure(figsize=(style.WIDTH, 2 * (head + BODY + TREND)), layout="constrained")
    above, below = np.asarray(fig.subfigures(2, 1, height_ratios=(head + BODY, TREND), hspace=0.02)).ravel()
    grid = above.add_gridspec(2, 2, wspace=0.06, hspace=0.04)
    for at, panel in enumerate(shown()):
        edf_grid.draw(above, grid[divmod(at, 2)], runs, 13, panel, head=head, across=2, body=BODY)
    axes = below.subplots(2, 2)
    for row, measure in zip(axes, MEANS, strict=True):
        _here(row[0], runs, measure)
        _paper(row[1], measure)
    return fig


def means(runs: Runs, name: str, measure: str) -> pd.DataFrame:
    """One row a population of U or C that is there: multiple of F, n, mean of the measure, its 95% interval."""
    rows = []
    populations = trends.of_space(ELEMENT, runs, SPACES[name])
    there = panels.present(runs, panels.names(runs, populations))
    for population in populations:
        if population.name not in there:
            continue
        values = runs.frame(population)[measure].to_numpy(np.float64)
        half = float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5)
        rows.append({
            "population": population.name, "multiple": population.multiple, "flops": population.flops,
            "n": len(values), "mean": values.mean(), "low": values.mean() - half, "high": values.mean() + half,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["population", "multiple", "flops", "n", "mean", "low", "high"])


def _here(ax: Axes, runs: Runs, measure: str) -> None:
    scale = 1e3 if measure == "params" else 1.0
    for name, space in SPACES.items():
        table = means(runs, name, measure)
        y, colour = table["mean"] / scale, style.colour(space)
        said = [f"{row['population']}, n = {row['n']}: {row['mean'] / scale:.4g} ({row['low'] / scale:.4g} to "
                f"{row['high'] / scale:.4g})" for row in table.to_dict("records")]  # fmt: skip
        ax.vlines(table["multiple"], table["low"] / scale, table["high"] / scale, color=colour, linewidth=1.6)
        _line(ax, table["multiple"], y, said, name)
    unit = " (thousands)" if measure == "params" else ""
    _axes(ax, measure, MEANS[measure][2] + unit, MULTIPLES)
    ax.set_title(f"here, regime {runs.regime}", fontsize=9.5, loc="left")
    if measure == "error":
        ax.legend(loc="upper right")


def _paper(ax: Axes, measure: str) -> None:
    for name in SPACES:
        points = digitised(name, measure)
        said = [f"paper, {x:g} GF, {name}: about {y:g}" for x, y in points[["flops", "mean"]].to_numpy()]
        _line(ax, points["multiple"], points["mean"], said, name)
    unit = " (millions)" if measure == "params" else ""
    _axes(ax, measure, MEANS[measure][2] + unit, (0.5, 2, 8, 32))
    ax.set_title("paper: ImageNet, read off the image", fontsize=9.5, loc="left")


def digitised(name: str, measure: str) -> pd.DataFrame:
    """The paper's means of U or C: flops (10^9), multiple of F, mean (percent, or millions), source."""
    panel, words, _ = MEANS[measure]
    points = paper.digitised(13, panel)
    mine = points[points["series"] == f"RegNetX {name} {words}"]
    flops = mine["x"].astype(float)
    return pd.DataFrame({
        "flops": flops, "multiple": flops / trends.F_REF, "mean": mine["y"].astype(float),
        "source": mine["source"] + ", read off the image",
    })  # fmt: skip


def _line(ax: Axes, x: pd.Series, y: pd.Series, titles: list[str], name: str) -> None:
    colour = style.colour(SPACES[name])
    ax.plot(x, y, color=colour, linewidth=1.2, linestyle=LINES[name])
    style.scatter(ax, x, y, titles, colour=colour, marker=MARKS[name], s=30, alpha=1.0, zorder=3, label=name)


def _axes(ax: Axes, measure: str, label: str, ticks: tuple[float, ...]) -> None:
    trends.flops_axis(ax, ticks)
    if measure == "params":
        trends.values_axis(ax)
    ax.set_ylabel(label)


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """Panel -> U and C, for the panels that can be drawn."""
    return edf_grid.drawn(runs, 13, shown())


def data(runs: Runs) -> pd.DataFrame:
    """Legends and EDFs; the paper's legend at 3.2GF; mean error and parameters with their intervals."""
    tables = [edfs.rows(runs, name, drawn) for name, drawn in curves(runs).items()]
    for name, space in SPACES.items():
        if printed := paper.printed(13, f"{ELSEWHERE} {name}"):
            row = {"least_error": printed.least, "mean_error": printed.mean, "source": printed.source}
            tables.append(pd.DataFrame([row]).assign(panel=ELSEWHERE, series=space))
        for measure in MEANS:
            about = {"panel": f"mean {measure}", "series": space}
            tables.append(means(runs, name, measure).assign(source=f"here, {runs.regime}", **about))
            points = digitised(name, measure)
            points["flops"] *= 1e9
            points["mean"] *= 1e6 if measure == "params" else 1
            tables.append(points.assign(**about))
    whole = pd.concat([table for table in tables if len(table)], ignore_index=True)
    return whole.astype({"n": "Int64"})


def caption(runs: Runs) -> str:
    """What U and C are, how to read a panel, and where the numbers come from."""
    there = panels.present(runs, panels.names(runs, box.populations(ELEMENT, runs)))
    return (
        f"U: RegNetX. C: RegNetX with b = 1, d ≤ 40, w_m ≥ 2 and limits on activations and parameters{_limits(runs)}. "
        f"Top: error EDFs at each F; tables: {captions.BARE} Below: mean error and mean parameters, bars are 95% "
        f"intervals of the mean. "
        f"{trends.nominal(runs)} {captions.setting(runs, there)} {captions.paper_setting(13)} Its means against flops "
        f"are read off the image (≈). {edfs.beyond(curves(runs))} {trends.missing(runs, ELEMENT)}"
    ).strip()


def _limits(runs: Runs) -> str:
    limits = find_regime(runs.regime).limits
    if limits:
        return f" ({in_words(limits)})"
    return f", not frozen yet in regime {runs.regime} (regnet limits {runs.regime})"


def alt(runs: Runs) -> str:
    """The picture in words."""
    words = []
    for name in SPACES:
        table = means(runs, name, "error")
        said = ", ".join(f"{mean:.1f}% at {multiple:g} F" for multiple, mean in table[["multiple", "mean"]].to_numpy())
        words.append(f"{name} {said or 'not trained yet'}")
    return (
        f"Cumulative error curves of U and C, {len(curves(runs))} of {len(MULTIPLES)} panels drawn, above four panels "
        f"of mean error and mean parameters against F, here and in the paper. Mean error here: {'; '.join(words)}."
    )
