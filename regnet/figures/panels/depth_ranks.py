"""How error goes with a network's depth within populations: Spearman's rank correlation with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from regnet.analysis.trends import falls
from regnet.figures.panels import style
from regnet.figures.panels.edfs import Curve
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

PANEL = "depth"
COLUMNS = ("panel", "series", "source", "label", "n", "spearman", "low", "high")
FEWEST = 4  # networks; fewer have no interval


def depths(frame: pd.DataFrame) -> pd.Series[int]:
    """Blocks of each network, all stages together.

    >>> depths(pd.DataFrame({"d1": [1, 2], "d2": [3, 4], "drawn_d": [9, 9]})).tolist()
    [4, 6]
    """
    return frame.filter(regex=r"^d\d+$").sum(axis=1).astype(int)


def table(found: Mapping[str, Sequence[Curve]], runs: Runs) -> pd.DataFrame:
    """One row a population that is drawn, each once: n and the correlation of error with depth, with its 95% interval.

    Populations of fewer than four networks, and those whose networks are all of one depth or error, have no row.
    """
    drawn = {curve.population: curve for some in found.values() for curve in some if curve.errors.size}
    rows = []
    for population in drawn:
        frame = runs.frame(population)
        depth = depths(frame)
        if len(frame) < FEWEST or depth.nunique() < 2 or frame["error"].nunique() < 2:
            continue
        rho = falls(depth, frame["error"])
        about = (PANEL, population, f"here, {runs.regime}", _label(population, runs.regime))
        rows.append((*about, len(frame), rho.effect, rho.low, rho.high))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _label(name: str, regime: str) -> str:
    """The design space, and at which scale its branches start; V blocks have none."""
    population = Population.parse(name, regime)
    start = "" if population.space.endswith("_v") else f", start {population.recipe.final_gamma:g}"
    return f"{labels.label(population.space)}{start}"


def draw(ax: Axes, rows: pd.DataFrame) -> None:
    """A row a population, coloured by its space."""
    ax.axvline(0, color=style.INK, linewidth=0.8)
    for y, (name, rho, low, high) in enumerate(rows[["series", "spearman", "low", "high"]].itertuples(index=False)):
        ends = np.array([[rho - low], [high - rho]])
        ax.errorbar(rho, y, xerr=ends, fmt="o", color=style.colour(str(name)), markersize=5, elinewidth=1.4)
    ax.set_yticks(range(len(rows)), rows["label"].tolist())
    ax.set(ylim=(len(rows) - 0.4, -0.6), xlim=(-1.02, 1.02), xlabel="rank correlation of error with depth")
    ax.tick_params(axis="y", length=0)
    ax.set_title("deeper networks: better ← 0 → worse", fontsize=9, loc="left")


def in_words(rows: pd.DataFrame) -> str:
    """For alternative text."""
    listed = ", ".join(f"{label} {rho:+.2f}" for label, rho in rows[["label", "spearman"]].itertuples(index=False))
    return f"Rank correlation of error with depth: {listed}." if listed else ""
