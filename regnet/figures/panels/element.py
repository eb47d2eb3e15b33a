"""What every figure and table of the book is: an element, and a figure's panels.

Picture, data, caption and alternative text come from the same panels, which read a population once. A panel is drawn
from those of its populations that are there; one that has too few says how to make them; where no panel has any,
nothing is drawn.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure, SubFigure
from matplotlib.gridspec import SubplotSpec

from regnet.figures.panels import captions, outliers, style
from regnet.figures.panels.panel import Cell, Panel, command, lacking, state
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.store import MissingPopulation, Runs

Words = str | Callable[[], str]
LEGEND = 0.35  # inches a row of a figure's legend
TITLE = 0.25  # inches of the title of a row of panels


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
    timing: Sequence[str] = ()  # commands that time it, where these are not `regnet time` of its populations
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
            regime, gone = self.runs.regime, [p for p in wanted if self.runs.count(p) < (self.runs.n or p.wanted)]
            some = ", ".join(f"{p.name} {state(self.runs, p)}" for p in gone[:3]) + ", …" * (len(gone) > 3)
            raise MissingPopulation(
                f"nothing to draw of regime {regime} in {self.runs.folder}: {len(gone)} of {len(wanted)} populations "
                f"lack members ({some}). Make them: {command(self.runs, gone)} && regnet seal {regime}"
            )
        return [panel for panel in self.panels if panel.drawable]

    @style.theme()
    def drawn(self) -> Figure:
        assert self.shown  # raises where nothing can be drawn
        artists = self.legend() if callable(self.legend) else self.legend
        above = LEGEND * -(-len(artists) // self.columns)
        heights = [row.height for row in self.grid]
        pieces: list[list[Artist]] = []
        fig = Figure(figsize=(self.width, sum(heights) + above), dpi=style.DPI, layout="constrained")
        titled = any(row.widths or row.title for row in self.grid)
        if not titled and len({len(row.panels) for row in self.grid}) == 1:  # one grid: columns stand in line
            across = len(self.grid[0].panels)
            grid = fig.add_gridspec(len(heights), across, height_ratios=heights, wspace=0.06, hspace=0.04)
            for i, row in enumerate(self.grid):
                pieces += self._row(fig, row, [grid[i, j] for j in range(across)])
        else:
            strips = fig.subfigures(len(heights), 1, squeeze=False, height_ratios=heights, hspace=0.03)[:, 0]
            for strip, row in zip(strips, self.grid, strict=True):
                if row.title:
                    pieces.append([strip.suptitle(row.title, fontsize=10, x=0.01, ha="left")])
                cells = strip.add_gridspec(1, len(row.panels), wspace=0.06, width_ratios=row.widths or None)
                pieces += self._row(strip, row, list(cells))
        if artists:
            pieces.insert(0, [fig.legend(handles=list(artists), loc="outside upper left", ncols=self.columns)])
        fig.pieces = pieces  # type: ignore[attr-defined]  # what a narrow page shows one below the other
        return fig

    def _row(self, fig: Figure | SubFigure, row: Row, places: Sequence[SubplotSpec]) -> list[list[Artist]]:
        """Draws the panels; the axes of each."""
        ratios, pieces = row.widths or [1] * len(row.panels), []
        for panel, place, ratio in zip(row.panels, places, ratios, strict=True):
            width = self.width * ratio / sum(ratios)
            cell = Cell(fig, place, row.head, row.body, width, len(row.panels))
            before = len(fig.axes)
            panel.draw(cell) if panel.drawable else lacking(panel, cell)
            pieces.append(list[Artist](fig.axes[before:]))
        return pieces

    def data(self) -> pd.DataFrame:
        tables = [panel.rows() for panel in self.shown] + ([self.more()] if self.more else [])
        some = [table for table in tables if len(table)] or tables[:1]  # none where nothing is timed yet
        whole = pd.concat(some, ignore_index=True)
        return whole.astype({name: "Int64" for name in ("n", "index") if name in whole})

    def caption(self) -> str:
        beyond = outliers.words({panel.title: panel.cut for panel in self.shown})
        setting = self.setting
        if setting is None:
            setting = captions.setting(self.runs, [p.name for p in self.there]) if self.there else ""
        crowded = style.crowded({panel.title: panel.points for panel in self.shown})
        return joined(self.how, setting, self.paper, beyond, crowded, self.missing())

    def alt(self) -> str:
        drawn, every = len(self.shown), len(self.panels)
        part = f"{drawn} of {every} panels drawn." if drawn < every else ""
        return joined(self.seen, part, *(panel.words() for panel in self.shown), self.missing())

    def missing(self) -> str:
        """Which populations are not there and how far they are, as a sentence; "" where none lacks."""
        states: dict[str, list[str]] = {}
        for population in dict.fromkeys(p for panel in self.panels for p in panel.of):
            if not any(population in panel.frames for panel in self.panels):
                states.setdefault(state(self.runs, population), []).append(labels.described(population.name))
        listed = "; ".join(f"{'; '.join(some)}: {how}{' each' * (len(some) > 1)}" for how, some in states.items())
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
