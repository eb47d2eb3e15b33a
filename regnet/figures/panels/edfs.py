"""EDF panels: the curves of Eq. 1 under a table of [least | mean] error, ours beside the paper's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.gridspec import SubplotSpec

from regnet.analysis.edf import edf, steps
from regnet.figures.numbers.paper import Legend, legend
from regnet.figures.panels import outliers, style
from regnet.sweeps.store import Runs

ROW = 0.21  # inches a row of the table
Line = str | tuple[int, tuple[float, ...]]  # a line style by its sign, or an offset and lengths of dashes and gaps


@dataclass(frozen=True)
class Curve:
    """One population in an EDF panel: its errors (percent), and the paper's legend where it has one.

    Label, line and colour are the design space's where none is given. Without errors nothing is drawn, and `note`
    stands in the table.
    """

    population: str
    errors: npt.NDArray[np.float64]
    paper: Legend | None
    label: str = ""
    line: Line = ""
    colour: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """What the table calls it."""
        return self.label or style.label(self.population)

    @property
    def look(self) -> dict[str, Any]:
        """Colour and line."""
        return {
            "color": self.colour or style.colour(self.population),
            "linestyle": self.line or style.line(self.population),
        }


def curves(runs: Runs, figure: int, populations: Sequence[str]) -> list[Curve]:
    """The populations of one panel of the paper's Figure `figure`."""
    return [Curve(p, runs.frame(p)["error"].to_numpy(np.float64), legend(figure, p)) for p in populations]


def panel(
    fig: Figure | SubFigure, place: SubplotSpec, drawn: Sequence[Curve], *,
    head: float, body: float, left: float = 0.0, title: str = "",
) -> Axes:  # fmt: skip
    """Table and curves in one cell of the figure's grid; `head` and `body` are their heights in inches.

    A narrow panel's table starts at `left` < 0 (axes fraction), above the labels of the y axis. With a title the
    table says n too, and its numbers stand without brackets.
    """
    grid = place.subgridspec(2, 1, height_ratios=(head, body))
    table(fig.add_subplot(grid[0]), drawn, rows=round(head / ROW), left=left, title=title)
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


def head_height(*panels: Sequence[Curve], titled: bool = False) -> float:
    """Inches that the tables of panels side by side need."""
    return ROW * (1 + titled + max(len(drawn) for drawn in panels))


def plot(ax: Axes, drawn: Sequence[Curve]) -> None:
    """F(e) of each population: left-continuous, 0 up to the least error, 1 beyond the largest.

    The axis ends before the few networks that would stretch it (see `outliers.py`).
    """
    shown = [curve for curve in drawn if curve.errors.size]
    axis = outliers.span(errors(shown))
    until = max(axis.high, *(float(curve.errors.max()) for curve in shown))
    for curve in shown:
        x, y = steps(curve.errors, until=until)
        ax.plot(np.r_[axis.low, x], np.r_[0.0, y], **curve.look)
    ax.set(ylim=(0, 1.01), xlabel=style.ERROR, ylabel="cumulative probability")
    outliers.rightward(ax, axis)


def errors(drawn: Sequence[Curve]) -> list[npt.NDArray[np.float64]]:
    """Those of each population that has any."""
    return [curve.errors for curve in drawn if curve.errors.size]


def beyond(panels: Mapping[str, Sequence[Curve]]) -> str:
    """For captions: how many networks lie beyond each panel's axis; "" where none does."""
    return outliers.words({name: errors(drawn) for name, drawn in panels.items()})


def table(ax: Axes, drawn: Sequence[Curve], *, rows: int, left: float = 0.0, title: str = "") -> None:
    """The legend: line, name, [least | mean] here and in the paper, at the bottom of so many rows.

    With a title it stands at their top, n in the row of column heads, and the numbers have no brackets.
    """
    ax.set_axis_off()
    first = -1 if title else len(drawn) + 1 - rows
    ax.set(xlim=(0, 1), ylim=(first + rows, first))
    size = 9 if title else 9.5
    middle = 1.0 - (0.275 if title else 0.29) * (1.0 - left)

    def say(x: float, y: float, text: str, side: str = "right") -> None:
        ax.text(x, y, text, ha=side, fontsize=size, va="center").set_in_layout(False)

    def numbers(least: float, mean: float) -> str:
        return bracket(least, mean)[1:-1] if title else bracket(least, mean)

    say(middle, 0.5, "here")
    say(1.0, 0.5, "paper")
    if title:
        say(left, -0.5, title, "left")
        say(left, 0.5, f"n = {counts(drawn)}", "left")
    for row, curve in enumerate(drawn, start=1):
        y, errors = row + 0.5, curve.errors
        ax.plot((left, left + 0.09 * (1 - left)), (y, y), clip_on=False, **curve.look)
        say(left + 0.11 * (1 - left), y, curve.name, "left")
        say(middle, y, numbers(float(errors.min()), float(errors.mean())) if errors.size else curve.note)
        say(1.0, y, numbers(curve.paper.least, curve.paper.mean) if curve.paper else "–")


def counts(drawn: Sequence[Curve]) -> str:
    """How many networks the curves have: one number where they have equally many."""
    found = sorted({curve.errors.size for curve in drawn if curve.errors.size})
    return f"{found[0]}" if len(found) == 1 else f"{found[0]} to {found[-1]}"


def bracket(least: float, mean: float) -> str:
    """The paper's legend form of a population's errors in percent.

    >>> bracket(39.0, 49.04)
    '[39.0|49.0]'
    """
    return f"[{least:.1f}|{mean:.1f}]"


def rows(runs: Runs, name: str, drawn: Sequence[Curve]) -> pd.DataFrame:
    """What a panel shows: one row a legend entry (n, least_error, mean_error), one a step of the EDF (error, share)."""
    columns = ["panel", "series", "source", "n", "least_error", "mean_error", "error", "share"]
    frames = [_rows(curve, f"here, {runs.regime}").assign(panel=name, series=curve.population) for curve in drawn]
    whole = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    return whole.reindex(columns=columns).astype({"n": "Int64"})


def _rows(curve: Curve, here: str) -> pd.DataFrame:
    """Our legend entry, the paper's, and our EDF; without errors only the paper's."""
    errors, theirs = curve.errors, curve.paper
    entries: list[dict[str, Any]] = []
    if errors.size:
        entries = [{"source": here, "n": len(errors), "least_error": errors.min(), "mean_error": errors.mean()}]
    if theirs:
        entries.append({"source": theirs.source, "least_error": theirs.least, "mean_error": theirs.mean})
    if not errors.size:
        return pd.DataFrame(entries)
    e, share = edf(errors)
    return pd.concat([pd.DataFrame(entries), pd.DataFrame({"source": here, "error": e, "share": share})])


def in_words(panels: Mapping[str, Sequence[Curve]]) -> str:
    """For alternative text: each panel's populations from the lowest mean error to the highest."""
    sentences = []
    for name, drawn in panels.items():
        ordered = sorted((float(curve.errors.mean()), curve.name) for curve in drawn if curve.errors.size)
        listed = ", ".join(f"{label} {mean:.1f}%" for mean, label in ordered)
        sentences.append(f"{name[0].upper()}{name[1:]}, mean error from the best: {listed}.")
    return " ".join(sentences)
