"""Several EDF panels in one figure, each of populations that may not be trained yet (see `panels.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure, SubFigure
from matplotlib.gridspec import SubplotSpec

from regnet.figures.numbers import paper
from regnet.figures.panels import edfs, style
from regnet.figures.panels import waiting as panels
from regnet.figures.panels.edfs import Line
from regnet.sweeps.experiments import Population
from regnet.sweeps.store import Runs

BODY = 2.2  # inches
LEFT = {1: 0.0, 2: -0.12, 3: -0.28}  # panels side by side -> where their tables start (axes fraction)


@dataclass(frozen=True)
class Entry:
    """One population of a panel.

    `series` is what the paper's legend calls it, "" where the paper prints no number. `label` is what is said here,
    with {F} for its flops, {r} for the input's side and {r2} for twice that.
    Label and line are the design space's where empty.
    """

    population: Population
    series: str = ""
    label: str = ""
    line: Line = ""


@dataclass(frozen=True)
class Panel:
    """An EDF panel: its name in words and data, its title ({F} as in labels), and the paper's name for it."""

    name: str
    entries: tuple[Entry, ...]
    title: str = ""
    place: str = ""

    @property
    def populations(self) -> tuple[Population, ...]:
        """What it is drawn from."""
        return tuple(entry.population for entry in self.entries)


def filled(text: str, runs: Runs, population: Population) -> str:
    """The text with the population's flops and resolution in the regime of the runs.

    >>> from pathlib import Path
    >>> filled("{F}, r at most {r2}", Runs("imagenet", Path()), Population("regnetx", multiple=2))
    '800 MF, r at most 448'
    """
    there = population.at(runs.regime)
    side = there.setting.resolution
    return text.format(F=f"{there.flops / 1e6:g} MF", r=side, r2=2 * side)


def names(runs: Runs, shown: Sequence[Panel]) -> list[str]:
    """Every population of the panels, in the regime of the runs."""
    return panels.names(runs, [population for panel in shown for population in panel.populations])


def curves(runs: Runs, figure: int, panel: Panel) -> list[edfs.Curve]:
    """The panel's populations, those without runs as a note; none at all where there is nothing to compare."""
    there = panels.present(runs, names(runs, [panel]))
    enough = panels.enough(there, panel.entries)
    return [_curve(runs, figure, panel, entry, there) for entry in panel.entries] if enough else []


def _curve(runs: Runs, figure: int, panel: Panel, entry: Entry, there: Sequence[str]) -> edfs.Curve:
    name = entry.population.at(runs.regime).name
    known = name in there
    return edfs.Curve(
        population=name,
        errors=runs.frame(name)["error"].to_numpy(np.float64) if known else np.empty(0),
        paper=paper.printed(figure, entry.series, panel=panel.place) if entry.series else None,
        label=filled(entry.label, runs, entry.population),
        line=entry.line,
        note="" if known else panels.state(runs, name),
    )


def drawn(runs: Runs, figure: int, shown: Sequence[Panel]) -> dict[str, list[edfs.Curve]]:
    """Panel -> its curves, for the panels that can be drawn."""
    every = {panel.name: curves(runs, figure, panel) for panel in shown}
    return {name: found for name, found in every.items() if found}


def head_height(shown: Sequence[Panel]) -> float:
    """Inches that the tables and titles of the panels need."""
    return edfs.ROW * (2 + max(len(panel.entries) for panel in shown))


def draw(
    fig: Figure | SubFigure, place: SubplotSpec, runs: Runs, figure: int, panel: Panel, *,
    head: float, across: int, body: float = BODY,
) -> None:  # fmt: skip
    """The panel in one cell of a grid with `across` columns, or what it lacks."""
    title = filled(panel.title or panel.name, runs, panel.entries[0].population)
    if found := curves(runs, figure, panel):
        edfs.panel(fig, place, found, head=head, body=body, left=LEFT[across], title=title)
    else:
        inches = 0.9 * style.WIDTH / across
        panels.lacking(fig.add_subplot(place), runs, names(runs, [panel]), title=title, inches=inches)


@style.theme()
def figure(
    runs: Runs, number: int, shown: Sequence[Panel], *, across: int = 3, body: float = BODY, width: float = style.WIDTH
) -> Figure:
    """The panels of the paper's Figure `number`, row by row; inches.

    Raises:
        MissingPopulation: no panel can be drawn.
    """
    panels.require_any(runs, names(runs, shown), drawn(runs, number, shown))
    down = -(-len(shown) // across)
    head = head_height(shown)
    fig = Figure(figsize=(width, down * (head + body)), layout="constrained")
    grid = fig.add_gridspec(down, across, wspace=0.06, hspace=0.04)
    for at, panel in enumerate(shown):
        draw(fig, grid[divmod(at, across)], runs, number, panel, head=head, across=across, body=body)
    return fig


def members(found: Mapping[str, Sequence[edfs.Curve]]) -> list[str]:
    """The populations of which a curve is drawn."""
    return list(dict.fromkeys(curve.population for some in found.values() for curve in some if curve.errors.size))


def data(runs: Runs, figure: int, shown: Sequence[Panel]) -> pd.DataFrame:
    """Legends and EDFs of the panels that are drawn.

    Raises:
        MissingPopulation: no panel can be drawn.
    """
    found = drawn(runs, figure, shown)
    panels.require_any(runs, names(runs, shown), found)
    return pd.concat(tables(runs, found), ignore_index=True)


def tables(runs: Runs, found: Mapping[str, Sequence[edfs.Curve]]) -> list[pd.DataFrame]:
    """Legends and EDFs of each panel that is drawn."""
    return [edfs.rows(runs, name, some) for name, some in found.items()]
