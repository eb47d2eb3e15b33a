"""The calibrations that pages show, on one grid or in stages: whose, what they found, what lacks, where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from regnet.analysis.length_choice import JUDGED, LENGTH, best_rates, choose_length, found_rates, rate_table
from regnet.analysis.length_validity import FEWEST, passing, spaces_of, told
from regnet.figures.panels.captions import DATA, listed
from regnet.figures.panels.element import Row
from regnet.figures.panels.panel import Panel
from regnet.sweeps import labels
from regnet.sweeps.calibration import GRIDS
from regnet.sweeps.length_calibration import SEARCHES, Search
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

GRID = "grid"  # what an element's `calibration` says of one on a grid,
STAGES = ("rates", "ranks")  # and of one in stages, in the order in which they are trained


def staged(runs: Runs) -> Runs:
    """The runs of the regime that is calibrated in stages: these where they are, else natural's in the same folder."""
    return runs if runs.regime in SEARCHES else runs.at(next(iter(SEARCHES)))


def on_grid(runs: Runs) -> Runs:
    """The runs of the regime that is calibrated on one grid: these where they are, else pocket's in the same folder."""
    return runs.at(next(iter(GRIDS))) if runs.regime in SEARCHES else runs


def stages(stage: str) -> tuple[str, ...]:
    """The stages that an element of that stage needs, in order.

    >>> stages("ranks"), stages("grid")
    (('rates', 'ranks'), ('grid',))
    """
    return (GRID,) if stage == GRID else STAGES[: STAGES.index(stage) + 1]


def make(runs: Runs, stage: str) -> str:
    """The command that trains and seals a stage."""
    return f"regnet calibrate {runs.regime}" + (f" --stage {stage}" if stage != GRID else "")


def sheets(runs: Runs, stage: str, *, beside: bool = False) -> list[tuple[Path, pd.DataFrame, dict[str, Any]]]:
    """Path, rows and description of the sealed files of a calibration; `beside` adds the one on a grid, if there."""
    if stage == GRID:
        frames = {"calibration": runs.calibration()}
    else:
        every = runs.calibrations()
        if stage == STAGES[0]:  # the next one adds networks to the same sheets
            every = every[every["index"] < SEARCHES[runs.regime].rate_networks]
        frames = {f"calibration-{k}": part for k, part in every.groupby("classes")}
    found = [(runs.folder / f"{name}.csv", frame, runs.info(name)) for name, frame in frames.items()]
    grid = on_grid(runs)
    return [*found, *sheets(grid, GRID)] if beside and (grid.folder / "calibration.csv").exists() else found


@dataclass(frozen=True)
class InStages:
    """A calibration in stages, read once; raises MissingPopulation, with the command, where a stage is not sealed."""

    runs: Runs

    @property
    def search(self) -> Search:
        """What it tries."""
        return SEARCHES[self.runs.regime]

    @cached_property
    def trainings(self) -> pd.DataFrame:
        """One row a training, of every data set."""
        if self.runs.regime not in SEARCHES:
            said = f"regime {self.runs.regime} is not calibrated in stages: only {', '.join(SEARCHES)} is"
            raise MissingPopulation(said)
        return self.runs.calibrations()

    @cached_property
    def means(self) -> pd.DataFrame:
        """One row a data set, length and rate (`length_choice.rate_table`)."""
        found = rate_table(self.trainings)
        return found if len(found) else self.refuse("no network that was trained at every rate", "rates")

    @cached_property
    def best(self) -> pd.DataFrame:
        """One row a data set and length: its rate of the lowest mean error (`length_choice.best_rates`)."""
        return best_rates(self.means)

    @property
    def rates(self) -> dict[tuple[int, int], float]:
        """(classes, images) -> that rate."""
        return found_rates(self.best)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """One row a data set and length that ranks enough networks: `length_validity.told`, and what the rule says.

        That is `passes`, whether it reaches the bar, and `taken`.
        """
        found = told(self.trainings)
        if not len(found):
            few = f"no length that ranks {FEWEST} networks of {labels.label(JUDGED)} against the long training"
            self.refuse(few, "ranks")
        choice = choose_length(found)
        taken = (found["classes"] == choice.classes) & (found["images"] == choice.images)
        return found.assign(passes=passing(found), taken=taken)

    def refuse(self, what: str, stage: str) -> NoReturn:
        """Raises MissingPopulation: what lacks, and the command of the stage."""
        lacks = f"regime {self.runs.regime} has {what} in {self.runs.folder}"
        raise MissingPopulation(f"{lacks}; make it: {make(self.runs, stage)}")

    def data(self, *classes: int) -> str:
        """What one or several data sets are called.

        >>> InStages(Runs("natural", Path())).data(20, 50)
        '20 and 50 classes of Tiny-ImageNet'
        """
        name, first = find_regime(self.runs.regime).base.data.rpartition("-")[0], f"{classes[0]}"
        return listed([f"{k}" for k in classes]) + DATA.get(f"{name}-{first}", " classes").removeprefix(first)

    def by_length(self, kind: type[OfLength], table: pd.DataFrame, body: float) -> list[Row]:
        """A row a data set, in it a panel of the kind for each length in the table; `body` in inches."""
        rows = []
        for k, part in table.groupby("classes"):
            panels = [kind(self.runs, f"{k} classes", part, images) for images in sorted(set(part["images"]))]
            rows.append(Row(panels, body, title=f"{k} classes"))
        return rows

    def setting(self, table: pd.DataFrame, stage: str) -> str:
        """Regime, data and networks, for captions; then which lengths of the search a table lacks, and the command."""
        regime = find_regime(self.runs.regime)
        low, high = (flops / 1e6 for flops in regime.window())
        said = (
            f"Measured here, regime {regime.name}: {self.data(*sorted(set(self.trainings['classes'])))} at "
            f"{regime.resolution} px, networks of {low:g} to {high:g} MF drawn with a seed of their own, batch "
            f"{self.trainings['batch'].iloc[0]}, one training a network, length and rate, validated on all images of "
            "those classes."
        )
        images = [n for n in self.search.images if stage == "rates" or n != self.search.long_images]
        there = set(table[LENGTH].itertuples(index=False, name=None))
        gone = {k: [f"{n:,}" for n in images if (k, n) not in there] for k in self.search.classes}
        lacks = "; ".join(f"{k} classes by {listed(some)} images" for k, some in gone.items() if some)
        more = f" Not trained yet, or too few networks to show: {lacks} ({make(self.runs, stage)})." if lacks else ""
        return said + more

    def networks(self) -> str:
        """How many networks a space are ranked, and how many there are to be."""
        have = min(int(self.ranks[f"networks_{space}"].min()) for space in spaces_of(self.ranks))
        if have >= self.search.rank_networks:
            return f"{have} networks a space."
        return f"So far {have} of {self.search.rank_networks} networks a space ({make(self.runs, 'ranks')})."


@dataclass(frozen=True)
class OfLength(Panel):
    """A panel of one length; `table` has the rows of every length on its data set."""

    table: pd.DataFrame
    images: int

    @property
    def own(self) -> pd.DataFrame:
        """The length's rows."""
        return self.table[self.table["images"] == self.images]

    def rows(self) -> pd.DataFrame:
        return self.own

    def words(self) -> str:
        return ""
