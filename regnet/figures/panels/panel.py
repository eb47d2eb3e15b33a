"""What a figure is made of: panels, each drawn from its populations, or saying in its place which of them lack."""

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.gridspec import SubplotSpec

from regnet.sweeps import labels, price
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

FEWEST = 2  # members; one network is no distribution
COMPARED = 2  # populations; one is no comparison
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

    @property
    def points(self) -> int:
        """Networks that it draws as points, at most in one axes (`style.MANY`)."""
        return 0

    @abstractmethod
    def draw(self, cell: Cell) -> None:
        """The picture."""

    @abstractmethod
    def rows(self) -> pd.DataFrame:
        """What it shows, ours and the paper's."""

    @abstractmethod
    def words(self) -> str:
        """What it shows, in sentences; "" where the element says it."""


def state(runs: Runs, population: Population) -> str:
    """How far a population is, as in "37 of 100"."""
    return f"{runs.whole.count(population)} of {runs.n or population.wanted}"


def command(runs: Runs, populations: Iterable[Population], n: int = 0) -> str:
    """What trains the populations, up to n members or those that the runs ask for."""
    names = " ".join(population.name for population in populations)
    return f"regnet sweep {runs.regime} {names}" + (f" -n {n or runs.n}" if n or runs.n else "")


def lacking(panel: Panel, cell: Cell) -> None:
    """Says in the panel's place which populations lack, how far they are, the command and its cost."""
    runs = panel.runs
    gone = [p for p in dict.fromkeys(panel.of) if p not in panel.frames]
    cost = price.words(runs, {p: (runs.n or p.wanted) - runs.whole.count(p) for p in gone}).partition(" (")[0]
    broken = round(0.9 * cell.width * CHARACTERS)
    parts = [
        "Not trained yet:", *(f"{labels.described(p.name)}: {state(runs, p)}" for p in gone), "",
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
