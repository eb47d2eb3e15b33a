"""EDF panels: the curves of Eq. 1 under a table of [least | mean] error, ours beside the paper's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.gridspec import SubplotSpec

from regnet.analysis.edf import edf, steps
from regnet.figures import style
from regnet.figures.paper import Legend, legend
from regnet.sweeps.store import Runs

ROW = 0.21  # inches a row of the table


@dataclass(frozen=True)
class Curve:
    """One population in an EDF panel: its errors (percent), and the paper's legend where it has one."""

    population: str
    errors: npt.NDArray[np.float64]
    paper: Legend | None


def curves(runs: Runs, figure: int, populations: Sequence[str]) -> list[Curve]:
    """The populations of one panel of the paper's Figure `figure`."""
    return [Curve(p, runs.frame(p)["error"].to_numpy(np.float64), legend(figure, p)) for p in populations]


def panel(
    fig: Figure | SubFigure, place: SubplotSpec, drawn: Sequence[Curve], *, head: float, body: float, left: float = 0.0
) -> Axes:
    """Table and curves in one cell of the figure's grid; `head` and `body` are their heights in inches.

    A narrow panel's table starts at `left` < 0 (axes fraction), above the labels of the y axis.
    """
    grid = place.subgridspec(2, 1, height_ratios=(head, body))
    table(fig.add_subplot(grid[0]), drawn, rows=round(head / ROW), left=left)
    ax = fig.add_subplot(grid[1])
    plot(ax, drawn)
    return ax


@style.theme()
def figure(panels: Sequence[Sequence[Curve]], *, body: float = 2.9) -> Figure:
    """EDF panels side by side at the page's width."""
    head = head_height(*panels)
    fig = Figure(figsize=(style.WIDTH, head + body), layout="constrained")
    grid = fig.add_gridspec(1, len(panels), wspace=0.06)
    for place, drawn in enumerate(panels):
        panel(fig, grid[place], drawn, head=head, body=body)
    return fig


def head_height(*panels: Sequence[Curve]) -> float:
    """Inches that the tables of panels side by side need."""
    return ROW * (1 + max(len(drawn) for drawn in panels))


def plot(ax: Axes, drawn: Sequence[Curve]) -> None:
    """F(e) of each population: left-continuous, 0 up to the least error, 1 beyond the largest."""
    pooled = np.concatenate([curve.errors for curve in drawn])
    space = 0.03 * (np.ptp(pooled) or 1.0)
    left, right = pooled.min() - space, pooled.max() + space
    for curve in drawn:
        x, y = steps(curve.errors, until=float(right))
        name = curve.population
        ax.plot(np.r_[left, x], np.r_[0.0, y], color=style.colour(name), linestyle=style.line(name))
    ax.set(xlim=(left, right), ylim=(0, 1.01), xlabel=style.ERROR, ylabel="cumulative probability")


def table(ax: Axes, drawn: Sequence[Curve], *, rows: int, left: float = 0.0) -> None:
    """The legend, its rows at the bottom of `rows`: line, name, [least | mean] here and in the paper."""
    ax.set_axis_off()
    ax.set(xlim=(0, 1), ylim=(len(drawn) + 1, len(drawn) + 1 - rows))
    middle = 1.0 - 0.29 * (1.0 - left)

    def say(x: float, y: float, text: str, side: str = "right") -> None:
        ax.text(x, y, text, ha=side, fontsize=9.5, va="center").set_in_layout(False)

    say(middle, 0.5, "here")
    say(1.0, 0.5, "paper")
    for row, curve in enumerate(drawn, start=1):
        name, y = curve.population, row + 0.5
        swatch = (left, left + 0.08 * (1 - left))
        ax.plot(swatch, (y, y), color=style.colour(name), linestyle=style.line(name), clip_on=False)
        say(left + 0.1 * (1 - left), y, style.label(name), "left")
        say(middle, y, bracket(float(curve.errors.min()), float(curve.errors.mean())))
        say(1.0, y, bracket(curve.paper.least, curve.paper.mean) if curve.paper else "–")


def bracket(least: float, mean: float) -> str:
    """The paper's legend form of a population's errors in percent.

    >>> bracket(39.0, 49.04)
    '[39.0|49.0]'
    """
    return f"[{least:.1f}|{mean:.1f}]"


def rows(runs: Runs, name: str, drawn: Sequence[Curve]) -> pd.DataFrame:
    """What a panel shows: one row a legend entry (n, least_error, mean_error), one a step of the EDF (error, share)."""
    frames = []
    for curve in drawn:
        about = {"panel": name, "series": curve.population}
        least, mean = curve.errors.min(), curve.errors.mean()
        entries = [{"source": f"here, {runs.regime}", "n": len(curve.errors), "least_error": least, "mean_error": mean}]
        if theirs := curve.paper:
            entries.append({"source": theirs.source, "least_error": theirs.least, "mean_error": theirs.mean})
        errors, share = edf(curve.errors)
        points = pd.DataFrame({"source": f"here, {runs.regime}", "error": errors, "share": share})
        frames.append(pd.concat([pd.DataFrame(entries), points]).assign(**about))
    whole = pd.concat(frames, ignore_index=True)
    columns = ["panel", "series", "source", "n", "least_error", "mean_error", "error", "share"]
    return whole[columns].astype({"n": "Int64"})


def in_words(panels: Mapping[str, Sequence[Curve]]) -> str:
    """For alternative text: each panel's populations from the lowest mean error to the highest."""
    sentences = []
    for name, drawn in panels.items():
        ordered = sorted((float(curve.errors.mean()), style.label(curve.population)) for curve in drawn)
        listed = ", ".join(f"{label} {mean:.1f}%" for mean, label in ordered)
        sentences.append(f"{name[0].upper()}{name[1:]}, mean error from the best: {listed}.")
    return " ".join(sentences)
