"""What every figure and table of the book is: an element, and a figure's panels.

Picture, data, caption and alternative text come from the same panels, which read a population once. A panel is drawn
from those of its populations that are there; one that has too few says how to make them; where no panel has any,
nothing is drawn.
"""

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.gridspec import SubplotSpec

from regnet.figures.panels import captions, outliers, style
from regnet.sweeps import price
from regnet.sweeps.population import Population
from regnet.sweeps.store import MissingPopulation, Runs

Words = str | Callable[[], str]
FEWEST = 2  # members; one network is no distribution
COMPARED = 2  # populations; one is no comparison
LEGEND = 0.35  # inches a row of a figure's legend
TITLE = 0.25  # inches of the title of a row of panels
SIZE, CHARACTERS = 9, 13.5  # points of what a panel lacks, and characters of that size in an inch, on average


@dataclass(frozen=True)
class Cell:
    """A panel's place: inches for its head and its body, its width, and how many panels stand side by side."""

    fig: Figure | SubFigure
    place: SubplotSpec
    head: float
    body: float
    width: float
    across: int = 1

    def ax(self) -> Axes:
        """The whole place."""
        return self.fig.add_subplot(self.place)

    def axes(self) -> tuple[Axes, Axes]:
        """Head above body."""
        grid = self.place.subgridspec(2, 1, height_ratios=(self.head, self.body))
        return self.fig.add_subplot(grid[0]), self.fig.add_subplot(grid[1])


@dataclass(frozen=True)
class Panel(ABC):
    """What is drawn in one place, what the data calls it, and the populations behind it."""

    runs: Runs
    name: str

    @property
    def of(self) -> tuple[Population, ...]:
        """The populations that it is drawn from; none for the paper's numbers."""
        return ()

    @cached_property
    def frames(self) -> dict[Population, pd.DataFrame]:
        """The members of the populations that are there, in the panel's order."""
        every = dict.fromkeys(self.of)
        return {p: self.runs.frame(p) for p in every if self.runs.count(p) >= FEWEST}

    @property
    def fewest(self) -> int:
        """How many populations must be there for it to be drawn: two to compare, or all that it wants."""
        return min(COMPARED, len(set(self.of)))

    @property
    def drawable(self) -> bool:
        """Whether there is enough to draw."""
        return len(self.frames) >= self.fewest

    @property
    def here(self) -> str:
        """The source of what is measured here."""
        return f"here, {self.runs.regime}"

    @property
    def title(self) -> str:
        """What stands above it."""
        return self.name

    @property
    def head(self) -> float:
        """Inches that it needs above its axes."""
        return 0.0

    @property
    def cut(self) -> Sequence[npt.NDArray[np.float64]]:
        """Errors by group, where its error axis may end before the largest (`outliers.py`)."""
        return ()

    @abstractmethod
    def draw(self, cell: Cell) -> None:
        """The picture."""

    @abstractmethod
    def rows(self) -> pd.DataFrame:
        """What it shows, ours and the paper's."""

    @abstractmethod
    def words(self) -> str:
        """What it shows, in sentences; "" where the element says it."""


@dataclass(frozen=True)
class Row:
    """Panels side by side: inches of their bodies, their relative widths, and a title above them."""

    panels: Sequence[Panel]
    body: float
    widths: Sequence[float] = ()
    title: str = ""

    @property
    def head(self) -> float:
        """Inches above the bodies."""
        return max(panel.head for panel in self.panels)

    @property
    def height(self) -> float:
        """Inches of the whole row."""
        return self.head + self.body + TITLE * bool(self.title)


@dataclass(frozen=True, kw_only=True)
class Element(ABC):
    """A figure or table of the book, before anything is read.

    `needs` are populations that are asked for beside those of the panels. What else it is drawn from: `again`, the
    populations whose best members are retrained; `finals`, the final models; `timed`, records of time; `calibration`,
    the stage of the regime's calibration ("rates", "ranks", or "grid" for one on a grid).
    """

    runs: Runs
    title: str
    needs: Sequence[Population] = ()
    again: Sequence[Population] = ()
    finals: bool = False
    timed: bool = False
    calibration: str = ""
    beside: bool = False  # of one in stages: the calibration on a grid is drawn too, where it is sealed

    @property
    def populations(self) -> list[Population]:
        """Those behind it, each once."""
        return list(dict.fromkeys(self.needs))

    @abstractmethod
    def drawn(self) -> Figure | pd.DataFrame:
        """The picture, or the table as the page has it."""

    @abstractmethod
    def data(self) -> pd.DataFrame:
        """The numbers behind it."""

    @abstractmethod
    def caption(self) -> str:
        """What is shown, how to read it, on what it was measured, and where the paper's numbers come from."""

    @abstractmethod
    def alt(self) -> str:
        """What it shows, for readers who do not see it."""


@dataclass(frozen=True, kw_only=True)
class Picture(Element):
    """Rows of panels.

    `how` says how to read it, `paper` where the paper's numbers come from, `seen` is the first sentence of the
    alternative text; words that need the runs are functions. `setting` replaces the sentence about regime and networks.
    """

    rows: Sequence[Row] | Callable[[], Sequence[Row]]
    how: Words
    seen: Words
    paper: Words = ""
    setting: Words | None = None
    width: float = style.WIDTH
    legend: Sequence[Artist] | Callable[[], Sequence[Artist]] = ()
    columns: int = 3  # of the legend
    more: Callable[[], pd.DataFrame] | None = None  # rows of the data that no panel shows

    @cached_property
    def grid(self) -> Sequence[Row]:
        """The rows of panels."""
        return self.rows() if callable(self.rows) else self.rows

    @cached_property
    def panels(self) -> list[Panel]:
        """Every panel, row by row."""
        return [panel for row in self.grid for panel in row.panels]

    @property
    def populations(self) -> list[Population]:
        panels = [] if self.calibration else self.panels  # a calibration's wait for its trainings
        return list(dict.fromkeys([p for panel in panels for p in panel.of] + list(self.needs)))

    @cached_property
    def there(self) -> list[Population]:
        """The populations that are drawn."""
        return list(dict.fromkeys(p for panel in self.panels if panel.drawable for p in panel.frames))

    @cached_property
    def shown(self) -> list[Panel]:
        """The panels that are drawn.

        Raises:
            MissingPopulation: there are populations, and none can be drawn; the message has the command.
        """
        wanted = list(dict.fromkeys(p for panel in self.panels for p in panel.of))
        if wanted and not self.there:
            names = " ".join(p.name for p in wanted)
            regime = self.runs.regime
            raise MissingPopulation(
                f"nothing to draw of regime {regime} in {self.runs.folder}. {self.missing()} "
                f"Make them: {command(self.runs, wanted)} && regnet seal {regime} {names}"
            )
        return [panel for panel in self.panels if panel.drawable]

    @style.theme()
    def drawn(self) -> Figure:
        assert self.shown  # raises where nothing can be drawn
        artists = self.legend() if callable(self.legend) else self.legend
        above = LEGEND * -(-len(artists) // self.columns)
        heights = [row.height for row in self.grid]
        fig = Figure(figsize=(self.width, sum(heights) + above), layout="constrained")
        titled = any(row.widths or row.title for row in self.grid)
        if not titled and len({len(row.panels) for row in self.grid}) == 1:  # one grid: columns stand in line
            across = len(self.grid[0].panels)
            grid = fig.add_gridspec(len(heights), across, height_ratios=heights, wspace=0.06, hspace=0.04)
            for i, row in enumerate(self.grid):
                self._row(fig, row, [grid[i, j] for j in range(across)])
        else:
            strips = fig.subfigures(len(heights), 1, squeeze=False, height_ratios=heights, hspace=0.03)[:, 0]
            for strip, row in zip(strips, self.grid, strict=True):
                if row.title:
                    strip.suptitle(row.title, fontsize=10, x=0.01, ha="left")
                cells = strip.add_gridspec(1, len(row.panels), wspace=0.06, width_ratios=row.widths or None)
                self._row(strip, row, list(cells))
        if artists:
            fig.legend(handles=list(artists), loc="outside upper left", ncols=self.columns)
        return fig

    def _row(self, fig: Figure | SubFigure, row: Row, places: Sequence[SubplotSpec]) -> None:
        ratios = row.widths or [1] * len(row.panels)
        for panel, place, ratio in zip(row.panels, places, ratios, strict=True):
            width = self.width * ratio / sum(ratios)
            cell = Cell(fig, place, row.head, row.body, width, len(row.panels))
            panel.draw(cell) if panel.drawable else lacking(panel, cell)

    def data(self) -> pd.DataFrame:
        tables = [panel.rows() for panel in self.shown] + ([self.more()] if self.more else [])
        whole = pd.concat([table for table in tables if len(table)], ignore_index=True)
        return whole.astype({name: "Int64" for name in ("n", "index") if name in whole})

    def caption(self) -> str:
        beyond = outliers.words({panel.title: panel.cut for panel in self.shown})
        setting = self.setting
        if setting is None:
            setting = captions.setting(self.runs, [p.name for p in self.there]) if self.there else ""
        return joined(self.how, setting, self.paper, beyond, self.missing())

    def alt(self) -> str:
        drawn, every = len(self.shown), len(self.panels)
        part = f"{drawn} of {every} panels drawn." if drawn < every else ""
        return joined(self.seen, part, *(panel.words() for panel in self.shown), self.missing())

    def missing(self) -> str:
        """Which populations are not there and how far they are, as a sentence; "" where none lacks."""
        states: dict[str, list[str]] = {}
        for population in dict.fromkeys(p for panel in self.panels for p in panel.of):
            if not any(population in panel.frames for panel in self.panels):
                states.setdefault(state(self.runs, population), []).append(population.name)
        listed = "; ".join(f"{', '.join(some)} ({how})" for how, some in states.items())
        return f"Not trained yet: {listed}." if listed else ""


@dataclass(frozen=True, kw_only=True)
class Table(Element):
    """A table: the numbers, the columns that the page shows of them, and words, each made from the numbers."""

    make: Callable[[], pd.DataFrame]
    how: Callable[[pd.DataFrame], str]
    seen: Callable[[pd.DataFrame], str]
    columns: Callable[[pd.DataFrame], pd.DataFrame] = field(default=lambda numbers: numbers)
    sortable: bool = True

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """The data, made once."""
        return self.make()

    def drawn(self) -> pd.DataFrame:
        return self.columns(self.numbers).reset_index(drop=True)

    def data(self) -> pd.DataFrame:
        return self.numbers

    def caption(self) -> str:
        return self.how(self.numbers)

    def alt(self) -> str:
        return self.seen(self.numbers)


def joined(*words: Words) -> str:
    """The sentences that there are, one after the other.

    >>> joined("One.", "", lambda: "Two.")
    'One. Two.'
    """
    return " ".join(filter(None, (said() if callable(said) else said for said in words)))


def state(runs: Runs, population: Population) -> str:
    """How far a population is, as in "37 of 100"."""
    return f"{_have(runs, population)} of {runs.n or population.wanted}"


def command(runs: Runs, populations: Iterable[Population], n: int = 0) -> str:
    """What trains the populations, up to n members or those that the runs ask for."""
    names = " ".join(population.name for population in populations)
    return f"regnet sweep {runs.regime} {names}" + (f" -n {n or runs.n}" if n or runs.n else "")


def lacking(panel: Panel, cell: Cell) -> None:
    """Says in the panel's place which populations lack, how far they are, the command and its cost."""
    runs = panel.runs
    gone = [p for p in dict.fromkeys(panel.of) if p not in panel.frames]
    cost = price.words(runs, {p: (runs.n or p.wanted) - _have(runs, p) for p in gone}).partition(" (")[0]
    broken = round(0.9 * cell.width * CHARACTERS)
    parts = [
        "Not trained yet:", *(f"{p.name}: {state(runs, p)}" for p in gone), "",
        *textwrap.wrap(command(runs, gone), broken, break_long_words=False, break_on_hyphens=False), "",
        *textwrap.wrap(f"Estimated cost: {cost}.", broken),
    ]  # fmt: skip
    say(cell.ax(), "\n".join(parts), panel.title)


def say(ax: Axes, words: str, title: str = "", **text: Any) -> None:
    """Words in place of a picture."""
    ax.set_axis_off()
    look: dict[str, Any] = {"ha": "left", "va": "top", "fontsize": SIZE, "linespacing": 1.4} | text
    ax.text(0, 1, words, transform=ax.transAxes, **look)
    ax.set_title(title, fontsize=SIZE, loc="left")


def _have(runs: Runs, population: Population) -> int:
    """Members that are there, whatever n is asked for."""
    return Runs(runs.regime, runs.folder).count(population)
