"""Every comparison of two spaces at half, once and twice the learning rate. Ours; the paper has one rate for all.

- On the first networks of each population, as many as one at another rate wants: the same ones at each rate.
- Not Fig 10's longer training, whose length may have a rate of its own.
- "Own best" takes for each space the rate with the lowest mean of the same networks: a little too good for both.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from regnet.analysis.by_rate import OWN, keeps_sign
from regnet.analysis.rate_gap import BROKEN
from regnet.figures.panels import captions, style
from regnet.figures.panels import waiting as panels
from regnet.figures.panels.rate_pairs import Row, at_rates, first_networks, names, rows
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

TITLE = "Does the learning rate decide?"
ROW, GROUP, REST = 0.42, 0.32, 1.0  # inches: a comparison, the title above a figure's, legend and axis
LOOKS = {"0.5": ("<", "#5C8AE6"), "1": ("o", "#6E7892"), "2": (">", "#D9662A"), OWN: ("D", "#C8243C")}
WORDS = {"0.5": "half the rate", "1": "the regime's rate", "2": "twice the rate", OWN: "each at its own best"}
SHADE = "#8a8a8a"


def _rows(runs: Runs) -> list[Row]:
    found = rows(runs)
    panels.require_any(first_networks(runs), names(runs), found)
    return found


@style.theme()
def make(runs: Runs) -> Figure:
    """A row a comparison, grouped by figure: four differences with their intervals, shaded where the verdict turns.

    Raises:
        MissingPopulation: no comparison can be made at two rates.
    """
    groups = [list(some) for _, some in groupby(_rows(runs), key=lambda row: row.pair.figure)]
    heights = [GROUP + ROW * len(some) for some in groups]
    fig = Figure(figsize=(style.WIDTH, sum(heights) + REST), layout="constrained")
    axes = fig.subplots(len(groups), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    for ax, some in zip(axes, groups, strict=True):
        _draw(ax, some)
    axes[-1].set_xlabel("difference of mean errors (points); below 0 the first space is better")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=len(LOOKS))
    return fig


def _draw(ax: Axes, some: list[Row]) -> None:
    offsets = np.linspace(-0.3, 0.3, len(LOOKS))
    ax.axvline(0, color=style.INK, linewidth=0.8)
    for y, row in enumerate(some):
        if row.turns:
            ax.axhspan(y - 0.48, y + 0.48, color=SHADE, alpha=0.22, linewidth=0)
    for offset, (setting, (marker, colour)) in zip(offsets, LOOKS.items(), strict=True):
        at = [(y + offset, one.result) for y, row in enumerate(some) for one in row.tried if one.setting == setting]
        x = np.array([found.effect for _, found in at])
        ends = np.array([[found.effect - found.low, found.high - found.effect] for _, found in at]).reshape(-1, 2)
        ax.errorbar(
            x, [y for y, _ in at], xerr=ends.T, fmt=marker, color=colour, markersize=5, elinewidth=1.3,
            label=WORDS[setting],
        )  # fmt: skip
    ax.set_yticks(range(len(some)), [row.label for row in some])
    ax.set_ylim(len(some) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.set_title(f"Figure {some[0].pair.figure}", loc="left")


def data(runs: Runs) -> pd.DataFrame:
    """One row a comparison and setting: effect and 95% interval (points), n, verdict, rates, diverged and broken.

    `setting` is a rate in the regime's, or "own best"; `turns`: the verdict depends on the rate; `one_sign`: the
    difference has one sign at every setting.

    Raises:
        MissingPopulation: no comparison can be made at two rates.
    """
    return pd.DataFrame([cells for row in _rows(runs) for cells in _cells(row, runs.regime)])


def _cells(row: Row, regime: str) -> list[dict[str, Any]]:
    pair = row.pair
    first, second = (population.at(regime).name for population in (pair.first, pair.second))
    about = {"panel": f"Figure {pair.figure}", "first": first, "second": second}
    turned = {"turns": row.turns, "one_sign": keeps_sign(row.tried)}
    every = []
    for setting, a, b, found in row.tried:
        sides = {
            f"{what}_{side}": value
            for side, one in (("first", a), ("second", b))
            for what, value in (
                ("n", len(one.errors)), ("rate", one.rate), ("mean_error", one.mean),
                ("diverged", one.diverged), ("broken", one.broken),
            )
        }  # fmt: skip
        said = {"effect": found.effect, "low": found.low, "high": found.high, "verdict": found.verdict}
        every.append(about | {"setting": setting} | said | sides | turned | {"source": f"here, {regime}"})
    return every


def caption(runs: Runs) -> str:
    """What is compared, at which rates, on what; how many networks break at each rate."""
    found, few = _rows(runs), first_networks(runs)
    lr = Population("regnetx").at(runs.regime).recipe.lr
    shown = (p for row in found for p in (row.pair.first, row.pair.second))
    drawn = panels.present(few, panels.names(runs, [at for p in shown for at in at_rates(p).values()]))
    said = (
        "Difference of the mean errors of two design spaces, the first minus the second, with Welch's 95% interval; "
        f"below zero the first is better, as the paper finds it. Each at half, once and twice the learning rate {lr:g} "
        "and with each space at its own best of the three, where its mean is lowest. The same networks at every rate, "
        "the first of each population. Shaded: depends on the rate, supported at one setting and contradicted at "
        f"another. {captions.setting(few, drawn, diverged=False)} "
        f"{_broken(found)} The paper (arXiv:2003.13678) trains all spaces at one rate and prints no such comparison."
    )
    return f"{said} {panels.words(few, names(runs))}".strip()


def _broken(found: list[Row]) -> str:
    """How many networks end near chance at each rate, each population counted once."""
    counts: dict[float, dict[str, int]] = {}
    for row in found:
        for one in row.tried:
            for population, outcome in ((row.pair.first, one.first), (row.pair.second, one.second)):
                counts.setdefault(outcome.rate, {})[population.name] = outcome.broken
    listed = ", ".join(f"{sum(some.values())} at {WORDS[f'{rate:g}']}" for rate, some in sorted(counts.items()))
    return f"Networks within {BROKEN:g} points of chance, diverged ones among them: {listed}."


def alt(runs: Runs) -> str:
    """The picture in words: how many comparisons keep their sign, and which depend on the rate."""
    found = _rows(runs)
    same = sum(keeps_sign(row.tried) for row in found)
    turned = [row.label for row in found if row.turns]
    which = f": {'; '.join(turned)}" if turned else ""
    return (
        f"{len(found)} differences of mean error with intervals, each at up to four settings of the learning rate. "
        f"{same} have one sign at every setting. {len(turned)} depend on the rate{which}."
    )
