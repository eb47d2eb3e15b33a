"""Error EDFs (Eq. 1) under a table of least and mean error, ours beside the paper's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from regnet.analysis.edf import edf, steps
from regnet.figures.numbers import paper
from regnet.figures.panels import outliers, style
from regnet.figures.panels.panel import Cell, Panel, state
from regnet.sweeps import labels
from regnet.sweeps.population import Population

ROW = 0.21  # inches a row of the table
LEFT = {1: 0.0, 2: -0.12, 3: -0.28}  # panels side by side -> where their tables start (axes fraction)
COLUMNS = ["panel", "series", "source", "n", "least_error", "mean_error", "error", "share"]
Line = str | tuple[int, tuple[float, ...]]  # a line style by its sign, or an offset and lengths of dashes and gaps


@dataclass(frozen=True)
class Entry:
    """One population of a panel; label and line are its design space's where none is given.

    `series` is what the paper's legend calls it: "" where the paper prints no number, None for the space's own name.
    `figure` is where the paper prints it, if not in the panel's own figure.
    """

    population: Population
    series: str | None = None
    label: str = ""
    line: Line = ""
    figure: int = 0


@dataclass(frozen=True)
class Curve:
    """An entry as it is drawn: its errors in percent (none where it is not trained: `note`), and the paper's."""

    population: str
    errors: npt.NDArray[np.float64]
    paper: paper.Legend | None
    label: str
    look: dict[str, Any]
    note: str = ""


@dataclass(frozen=True)
class Edfs(Panel):
    """A panel of the paper's Figure `figure`: what stands above it, and the paper's words for the panel."""

    figure: int
    entries: Sequence[Entry]
    heading: str = ""
    place: str = ""

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(entry.population for entry in self.entries)

    @property
    def title(self) -> str:
        return self.heading or self.name

    @property
    def head(self) -> float:
        return ROW * (2 + len(self.entries))

    @property
    def cut(self) -> list[npt.NDArray[np.float64]]:
        return [curve.errors for curve in self.curves if curve.errors.size]

    @cached_property
    def curves(self) -> list[Curve]:
        """The entries, those without networks as a note."""
        return [self._curve(entry) for entry in self.entries]

    def _curve(self, entry: Entry) -> Curve:
        name, frame = entry.population.name, self.frames.get(entry.population)
        series = paper.series(name) if entry.series is None else (entry.series,) if entry.series else ()
        return Curve(
            population=name,
            errors=np.empty(0) if frame is None else frame["error"].to_numpy(np.float64),
            paper=paper.printed(entry.figure or self.figure, *series, panel=self.place),
            label=entry.label or labels.label(name),
            look={"color": style.colour(name), "linestyle": entry.line or style.line(name)},
            note=state(self.runs, entry.population) if frame is None else "",
        )

    def draw(self, cell: Cell) -> None:
        top, ax = cell.axes()
        self._table(top, left=LEFT[cell.across], rows=round(cell.head / ROW))
        self._plot(ax)

    def _plot(self, ax: Axes) -> None:
        """F(e) of each population: left-continuous, 0 up to the least error, 1 beyond the largest."""
        axis = outliers.span(self.cut)
        until = max(axis.high, *(float(errors.max()) for errors in self.cut))
        for curve in self.curves:
            if curve.errors.size:
                x, y = steps(curve.errors, until=until)
                ax.plot(np.r_[axis.low, x], np.r_[0.0, y], **curve.look)
        ax.set(ylim=(0, 1.01), xlabel=style.ERROR, ylabel="cumulative probability")
        outliers.rightward(ax, axis)

    def _table(self, ax: Axes, *, left: float, rows: int) -> None:
        """Title and n; then line, name, least and mean error here and in the paper, from the top of so many rows.

        A narrow panel's table starts at `left` < 0 (axes fraction), above the labels of the y axis.
        """
        ax.set_axis_off()
        ax.set(xlim=(0, 1), ylim=(rows - 1, -1))
        printed = any(curve.paper for curve in self.curves)
        middle = 1.0 - 0.275 * (1.0 - left) * printed

        def say(x: float, y: float, text: str, side: str = "right") -> None:
            ax.text(x, y, text, ha=side, fontsize=9, va="center").set_in_layout(False)

        say(left, -0.5, self.title, "left")
        say(left, 0.5, f"n = {spread(map(len, self.cut))}", "left")
        say(middle, 0.5, "here")
        if printed:
            say(1.0, 0.5, "paper")
        for row, curve in enumerate(self.curves, start=1):
            y, errors, theirs = row + 0.5, curve.errors, curve.paper
            ax.plot((left, left + 0.09 * (1 - left)), (y, y), clip_on=False, **curve.look)
            say(left + 0.11 * (1 - left), y, curve.label, "left")
            say(middle, y, pair(float(errors.min()), float(errors.mean())) if errors.size else curve.note)
            if printed:
                say(1.0, y, pair(theirs.least, theirs.mean) if theirs else "–")

    def rows(self) -> pd.DataFrame:
        """One row a legend entry (n, least_error, mean_error), one a step of the EDF (error, share)."""
        tables = [table.assign(panel=self.name) for curve in self.curves if len(table := _rows(curve, self.here))]
        return pd.concat(tables, ignore_index=True).reindex(columns=COLUMNS).astype({"n": "Int64"})

    def words(self) -> str:
        ordered = sorted((float(curve.errors.mean()), curve.label) for curve in self.curves if curve.errors.size)
        listed = ", ".join(f"{label} {mean:.1f}%" for mean, label in ordered)
        return f"{self.name[0].upper()}{self.name[1:]}, mean error from the best: {listed}."


def spread(counts: Iterable[int]) -> str:
    """Numbers of networks in words: one where they are all the same.

    >>> spread([3, 5, 4]), spread([3, 3])
    ('3 to 5', '3')
    """
    found = sorted(counts)
    return f"{found[0]}" if found[0] == found[-1] else f"{found[0]} to {found[-1]}"


def pair(least: float, mean: float) -> str:
    """The paper's legend form of a population's errors in percent.

    >>> pair(39.0, 49.04)
    '39.0|49.0'
    """
    return f"{least:.1f}|{mean:.1f}"


def _rows(curve: Curve, here: str) -> pd.DataFrame:
    """Our legend entry, the paper's, and our EDF; without errors only the paper's."""
    errors, theirs = curve.errors, curve.paper
    entries: list[dict[str, Any]] = []
    if errors.size:
        entries = [{"source": here, "n": len(errors), "least_error": errors.min(), "mean_error": errors.mean()}]
    if theirs:
        entries.append({"source": theirs.source, "least_error": theirs.least, "mean_error": theirs.mean})
    tables = [pd.DataFrame(entries)]
    if errors.size:
        e, share = edf(errors)
        tables.append(pd.DataFrame({"source": here, "error": e, "share": share}))
    return pd.concat(tables, ignore_index=True).assign(series=curve.population)
