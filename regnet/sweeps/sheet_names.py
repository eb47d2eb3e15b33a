"""Sheets by their names: populations, their repeats, final models, calibrations, trainings by one engine."""

import re
from collections.abc import Iterable
from pathlib import Path

from regnet.sweeps.folders import runs_folder, work_folder
from regnet.sweeps.own_spaces import FILE, definition, own_spaces
from regnet.sweeps.population import Population
from regnet.sweeps.shards import sheet_name
from regnet.sweeps.sheets import Sheet

REPEAT_KEY = ("index", "seed", "length")
CALIBRATION_KEY = ("space", "index", "images", "batch", "lr", "seed")
ENGINES_KEY = ("population", "index", "seed")
_OTHER = {  # sheets that are no population's, beside calibrations
    "finals": ("model", "seed"),
    "engines-native": ENGINES_KEY, "engines-torch": ENGINES_KEY, "engines-float32": ENGINES_KEY,
}  # fmt: skip


def is_population(sheet: str) -> bool:
    """Whether a sheet of that name has a population's members.

    >>> is_population("regnetx"), is_population("regnetx.repeats"), is_population("finals")
    (True, False, False)
    """
    return sheet not in _OTHER and not is_calibration(sheet) and not sheet.endswith(".repeats")


def is_calibration(sheet: str) -> bool:
    """Whether a sheet of that name has a calibration's trainings: `calibration`, or one a data set.

    >>> is_calibration("calibration"), is_calibration("calibration-20"), is_calibration("regnetx")
    (True, True, False)
    """
    return re.fullmatch(r"calibration(-[0-9]+)?", sheet) is not None


def sheet_at(name: str, regime: str, *, work: Path, runs: Path) -> Sheet:
    """The sheet of that name, in the regime's folders; no name leads out of them.

    Raises:
        ValueError: neither a population nor its repeats, a calibration, finals or engines.
    """
    if is_calibration(name) or name in _OTHER:
        return Sheet(regime, name, work, runs, _OTHER.get(name, CALIBRATION_KEY))
    population = Population.parse(name.removesuffix(".repeats"), regime)
    key = REPEAT_KEY if name.endswith(".repeats") else ("index",)
    return Sheet(regime, name, work, runs, key, population.recipe.hash, definition(population.space))


def names_of(paths: Iterable[Path], regime: str) -> list[str]:
    """The names of sheets by their files, sorted; hidden files are passed over.

    Raises:
        ValueError: a file that is no sheet's, or own design spaces that cannot be read.
    """
    own_spaces()  # a broken file says so itself, not that its populations are none
    found = {
        sheet_name(path) if path.suffix == ".jsonl" else path.stem: path
        for path in paths if not path.name.startswith(".")
    }  # fmt: skip
    for name, path in found.items():
        try:
            sheet_at(name, regime, work=path.parent, runs=path.parent)
        except ValueError:
            raise ValueError(
                f"{path} has the name of no population or other sheet of regime {regime}: move it out of this folder, "
                f"or describe its design space in {FILE}"
            ) from None
    return sorted(found)


def sheet_of(name: str, regime: str, *, work: str | Path = "", runs: str | Path = "") -> Sheet:
    """The sheet of that name below these folders, "" being the default ones; raises as `sheet_at`."""
    return sheet_at(name, regime, work=work_folder(work) / regime, runs=runs_folder(runs) / regime)


def population_sheet(population: Population, *, work: str | Path = "", runs: str | Path = "") -> Sheet:
    """Where a population's members lie."""
    return sheet_of(population.name, population.regime, work=work, runs=runs)
