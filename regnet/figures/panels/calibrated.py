"""The calibrations that a page shows: which regime's, the trainings of one in stages, what it lacks, where it is."""

from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from regnet.analysis.length_choice import best_rates, rate_table
from regnet.analysis.length_validity import FEWEST, told
from regnet.figures import link
from regnet.figures.panels.captions import DATA, either
from regnet.sweeps.calibration import GRIDS
from regnet.sweeps.length_calibration import SEARCHES, Search
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

GRID = "calibration"  # the element of a calibration on one grid
STAGED: Mapping[str, str] = MappingProxyType({
    "calibration_rates": "rates", "calibration_gap": "rates",
    "calibration_ranks": "ranks", "calibration_lengths": "ranks",
})  # fmt: skip
"""Element of a calibration in stages -> the stage that it waits for."""

Lengths = Set[tuple[int, int]]
"""(classes, images)."""


def staged(runs: Runs) -> Runs:
    """The runs of the regime that is calibrated in stages: these where they are, else natural's in the same folder."""
    return runs if runs.regime in SEARCHES else other(runs, next(iter(SEARCHES)))


def on_grid(runs: Runs) -> Runs:
    """The runs of the regime that is calibrated on one grid: these where they are, else pocket's in the same folder."""
    return other(runs, next(iter(GRIDS))) if runs.regime in SEARCHES else runs


def other(runs: Runs, regime: str) -> Runs:
    """The runs of another regime in the same folder."""
    return Runs(regime, runs.folder.parent / regime, runs.n)


def place(regime: str) -> str:
    """Where the book says what the calibration of a regime found, from another page of it."""
    return link("calibration_lengths" if regime in SEARCHES else GRID)


def trainings(runs: Runs) -> pd.DataFrame:
    """The trainings of a calibration in stages.

    Raises:
        MissingPopulation: the regime is not calibrated in stages, or nothing is sealed.
    """
    if runs.regime not in SEARCHES:
        raise MissingPopulation(f"regime {runs.regime} is not calibrated in stages: only {', '.join(SEARCHES)} is")
    return runs.calibrations()


def rates(runs: Runs) -> pd.DataFrame:
    """`length_choice.rate_table` of what is sealed.

    Raises:
        MissingPopulation: no network was trained at every rate.
    """
    table = rate_table(trainings(runs))
    if not len(table):
        raise MissingPopulation(f"no network of regime {runs.regime} was trained at every rate; make it: {make(runs)}")
    return table


def chosen(runs: Runs) -> pd.DataFrame:
    """`length_choice.best_rates` of what is sealed; raises MissingPopulation as `rates` does."""
    return best_rates(rates(runs))


def ranks(runs: Runs) -> pd.DataFrame:
    """The lengths that rank enough networks (`length_validity.told`).

    Raises:
        MissingPopulation: there are none.
    """
    table = told(trainings(runs))
    if not len(table):
        raise MissingPopulation(
            f"no length of regime {runs.regime} ranks {FEWEST} networks of RegNetX against the long training in "
            f"{runs.folder}; make it: {make(runs, 'ranks')}"
        )
    return table


def make(runs: Runs, stage: str = "rates") -> str:
    """The command that trains and seals a stage."""
    return f"regnet calibrate {runs.regime} --stage {stage}"


def stages(name: str) -> tuple[str, ...]:
    """The stages that an element needs, in order; none where it is drawn from no calibration in stages.

    >>> stages("calibration_ranks"), stages("fig05")
    (('rates', 'ranks'), ())
    """
    needed = ("rates", "ranks")
    return needed[: needed.index(STAGED[name]) + 1] if name in STAGED else ()


def sheets(name: str, runs: Runs) -> list[tuple[Path, pd.DataFrame, dict[str, Any]]]:
    """Path, rows and description of the sealed files that an element of a calibration is drawn from."""
    if name == GRID:
        return [(runs.folder / f"{GRID}.csv", runs.calibration(), runs.info(GRID))]
    kept, sealed = runs.calibrations(), runs.calibration_sheets()
    rows = [kept[kept["classes"] == int(sheet.partition("-")[2])] for sheet in sealed]
    found = [(runs.folder / f"{sheet}.csv", part, runs.info(sheet)) for sheet, part in zip(sealed, rows, strict=True)]
    grid = on_grid(runs)
    beside = name == "calibration_gap" and (grid.folder / f"{GRID}.csv").exists()
    return [*found, *sheets(GRID, grid)] if beside else found


def search(runs: Runs) -> Search:
    """What the regime's calibration tries; for runs of a regime that is calibrated in stages."""
    return SEARCHES[runs.regime]


def lacking(runs: Runs, table: pd.DataFrame, stage: str) -> str:
    """A sentence that says which lengths a table lacks and what trains them; "" where it has all of the search."""
    wanted = search(runs)
    images = [n for n in wanted.images if stage == "rates" or n != wanted.long_images]
    gone = _listed(_lengths(table), wanted.classes, images)
    return f"Not trained yet, or too few networks to show: {gone} ({make(runs, stage)})." if gone else ""


def data_set(runs: Runs, classes: int) -> str:
    """What a data set is called.

    >>> from pathlib import Path
    >>> data_set(Runs("natural", Path()), 50)
    '50 classes of Tiny-ImageNet'
    """
    name = find_regime(runs.regime).base.data.rpartition("-")[0]
    return DATA.get(f"{name}-{classes}", f"{classes} classes")


def data_sets(runs: Runs, classes: Sequence[int]) -> str:
    """What several data sets are called together.

    >>> from pathlib import Path
    >>> data_sets(Runs("natural", Path()), [20, 50])
    '20 and 50 classes of Tiny-ImageNet'
    """
    return listed([str(k) for k in classes]) + data_set(runs, classes[0]).removeprefix(str(classes[0]))


def listed(words: Sequence[str]) -> str:
    """
    >>> listed(["1", "2", "3"])
    '1, 2 and 3'
    """
    return " and ".join(either(words).rsplit(" or ", 1))


def setting(runs: Runs) -> str:
    """Regime, data and networks, for captions."""
    regime, kept = find_regime(runs.regime), trainings(runs)
    low, high = (flops / 1e6 for flops in regime.window())
    sets = data_sets(runs, sorted(set(kept["classes"])))
    return (
        f"Measured here, regime {runs.regime}: {sets} at {regime.resolution} px, "
        f"networks of {low:g} to {high:g} MF drawn with a seed of their own, batch {kept['batch'].iloc[0]}, one "
        "training a network, length and rate, validated on all images of those classes."
    )


def _lengths(table: pd.DataFrame) -> Lengths:
    return set(zip(table["classes"], table["images"], strict=True)) if len(table) else set()


def _listed(there: Lengths, classes: tuple[int, ...], images: list[int]) -> str:
    said = []
    for k in classes:
        gone = [f"{n:,}" for n in images if (k, n) not in there]
        if len(gone) == len(images):
            said.append(f"{k} classes")
        elif gone:
            said.append(f"{k} classes by {listed(gone)} images")
    return "; ".join(said)
