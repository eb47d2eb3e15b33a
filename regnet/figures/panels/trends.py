"""The best networks at one flop regime after another: footnote-4 values against F, and the signs that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from regnet.analysis.best_trends import Pairs
from regnet.analysis.bootstrap import best_range
from regnet.figures.numbers import paper
from regnet.figures.panels import captions, style
from regnet.figures.panels import waiting as panels
from regnet.page import box
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

Floats = npt.NDArray[np.float64]
Frames = Mapping[Population, pd.DataFrame]
GREY = "#8a8a8a"
F_REF = 0.4  # 10^9 multiply-adds: the paper's flop regime that F stands for
SPANS = {"low": "95% CI low", "best": "best", "high": "95% CI high"}  # what the paper's read-off values call them
READ = (
    "Dot: the most likely best value; thick bar: where the best networks lie (footnote 4 of the paper: about the 15 "
    "best, whatever n is; not a confidence interval that shrinks)"
)


def of_space(element: str, runs: Runs, space: str) -> tuple[Population, ...]:
    """The element's populations of one design space in the regime of the runs, from the least F on."""
    found = [population for population in box.populations(element, runs) if population.space == space]
    return tuple(sorted(found, key=lambda population: population.multiple))


def frames(runs: Runs, populations: Sequence[Population]) -> dict[Population, pd.DataFrame]:
    """The members of those populations that are there.

    Raises:
        MissingPopulation: none is there.
    """
    found = panels.require(runs, panels.names(runs, populations))
    return {population: runs.frame(population) for population in populations if population.name in found}


def pairs(found: Frames, column: str) -> Pairs:
    """The statistic and the error of each population's members."""
    return [(frame[column].to_numpy(np.float64), frame["error"].to_numpy(np.float64)) for frame in found.values()]


def multiples(found: Frames) -> list[float]:
    """F of each population as a multiple of the regime's."""
    return [population.multiple for population in found]


def summary(found: Frames, column: str) -> pd.DataFrame:
    """One row a population: multiple of F, flops, n, footnote 4's low, best and high, the population's own range."""
    rows = []
    for (population, frame), (x, errors) in zip(found.items(), pairs(found, column), strict=True):
        low, best, high = best_range(x, errors)
        values = np.asarray(x)
        rows.append({
            "population": population.name, "multiple": population.multiple, "flops": population.flops, "n": len(frame),
            "low": low, "best": best, "high": high,
            "least": float(values.min()), "median": float(np.median(values)), "greatest": float(values.max()),
        })  # fmt: skip
    return pd.DataFrame(rows)


def members(found: Frames, column: str) -> pd.DataFrame:
    """One row a network: population, index, network_id, flops, error, and the statistic."""
    kept = ["index", "network_id", "flops", "error", column]
    return pd.concat(
        [frame[list(dict.fromkeys(kept))].assign(population=p.name) for p, frame in found.items()], ignore_index=True
    )


def digitised(figure: int, panel: str) -> pd.DataFrame:
    """The paper's values read off a panel: flops (10^9), multiple of F, low, best, high (missing where unreadable)."""
    points = paper.digitised(figure, panel)
    wide = points.assign(y=points["y"].astype(float)).pivot(index="x", columns="series", values="y")
    table = pd.DataFrame({name: wide.get(series) for name, series in SPANS.items()}, index=wide.index, dtype=float)
    table = table.rename_axis("flops").reset_index()
    return table.assign(multiple=table["flops"] / F_REF, source=points["source"].iloc[0] + ", read off the image")


def whiskers(ax: Axes, x: str, table: pd.DataFrame, colour: str, titles: Sequence[str]) -> None:
    """Each row's whole population as a thin bar with its median, its best range as a thick bar, its best as a dot."""
    at = table[x].to_numpy(np.float64)
    if "least" in table:
        ax.vlines(at, table["least"], table["greatest"], color=GREY, linewidth=1.1)
        ax.scatter(at, table["median"], marker="_", s=90, color=GREY, linewidths=1.6)
    low, high = table["low"].fillna(table["best"]), table["high"].fillna(table["best"])
    ax.vlines(at, low, high, color=colour, linewidth=6, alpha=0.45)
    ax.plot(at, table["best"], color=colour, linewidth=0.9, alpha=0.5)
    style.scatter(ax, at, table["best"], titles, colour=colour, s=30, alpha=1.0, zorder=3)


def signs(colour: str, *, population: bool = True) -> list[Line2D]:
    """What the signs of `whiskers` mean, for a legend."""
    whole = {"color": GREY, "linewidth": 1.1, "marker": "_", "markersize": 9, "markeredgewidth": 1.6}
    found = [
        Line2D([], [], color=colour, marker="o", linestyle="none", markersize=6, label="most likely best value"),
        Line2D([], [], color=colour, linewidth=6, alpha=0.45, label="range of the best networks"),
        Line2D([], [], label="whole population, median", **whole),  # type: ignore[arg-type]
    ]
    return found if population else found[:2]


def titles(table: pd.DataFrame, name: str) -> list[str]:
    """What a best value says on hover."""
    words = []
    for row in table.to_dict("records"):
        ends = [f"{row[end]:.4g}" if np.isfinite(row[end]) else "?" for end in ("low", "high")]
        who = f"{row['population']}, n = {row['n']}" if "population" in row else f"paper, {row['flops']:g} GF"
        words.append(f"{who}: best {name} {row['best']:.4g} ({ends[0]} to {ends[1]})")
    return words


def flops_axis(ax: Axes, ticks: Sequence[float], *, label: str = "F / F_ref") -> None:
    """A logarithmic axis with those ticks and half an octave beyond the first and the last."""
    ax.set_xscale("log", base=2)
    ax.set_xticks(list(ticks), [f"{tick:g}" for tick in ticks])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set(xlim=(ticks[0] / 2**0.5, ticks[-1] * 2**0.5), xlabel=label)


def setting(runs: Runs, found: Frames) -> str:
    """The caption's sentence about the populations that are there."""
    return captions.setting(runs, [population.name for population in found])


def missing(runs: Runs, element: str) -> str:
    """The sentence about the element's populations that are not there; "" where none lacks."""
    return panels.words(runs, panels.names(runs, box.populations(element, runs)))


def values_axis(ax: Axes) -> None:
    """A logarithmic y axis with plain numbers."""
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_locator(NullLocator())


def nominal(runs: Runs) -> str:
    """What F is here and in the paper."""
    here = find_regime(runs.regime).flops_unit / 1e6
    if runs.regime == "imagenet":
        return f"F_ref = {here:g} MF, the paper's."
    return (
        f"F_ref is {here:g} MF here and stands for the paper's {1e3 * F_REF:g}MF in name only: directions and ratios "
        "compare, values do not."
    )
