"""Reading sealed populations: `open_runs("pocket").frame("anynetx_a")`.

Writing is in `journal.py` (rows in flight) and `sealing.py`.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pandas as pd

from regnet.design.scalars import MEMBERS, set_whole
from regnet.sweeps.folders import runs_folder
from regnet.sweeps.frames import read_rows, without_failed
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.sheet_names import is_population, names_of, sheet_at
from regnet.sweeps.sheets import Sheet


class MissingPopulation(FileNotFoundError):
    """A population, or some of its members, that is not sealed."""


@dataclass(frozen=True)
class Runs:
    """The sealed populations of one regime; `n` > 0 reads only each population's first n members.

    `folder` holds the regime's CSV and JSON files.
    """

    regime: str
    folder: Path
    n: int = 0

    def __post_init__(self) -> None:
        set_whole(self, "n", low=0, high=MEMBERS)

    @property
    def whole(self) -> Self:
        """The same with every member, whatever n is asked for."""
        return replace(self, n=0)

    def at(self, regime: str) -> Self:
        """The runs of another regime, which lie beside these."""
        return replace(self, regime=regime, folder=self.folder.parent / regime)

    def population(self, space: str, multiple: float = 1.0, length: int = 1, **also: Any) -> Population:
        """A population of the regime; `also` are its other fields, as `rate`."""
        return Population(space, self.regime, multiple, length, **also)

    def frame(self, population: str | Population) -> pd.DataFrame:
        """The members that did not fail, one row each, sorted by index.

        Raises:
            MissingPopulation: it is not sealed, or has fewer than `n` members.
            DamagedSheet: the CSV is not the one that its JSON describes, or of another population.
            ValueError: no population can have that name.
        """
        return without_failed(self.members(population))

    def members(self, population: str | Population) -> pd.DataFrame:
        """The same with the members that failed."""
        name = _name(population)
        frame = self._rows(name)
        n = self.n if is_population(name) else 0
        if n and len(frame):
            frame = frame[frame["index"] < n]
        if not len(frame) or len(frame) < n:
            raise self._missing(name, len(frame))
        return frame

    def repeats(self, population: str | Population) -> pd.DataFrame:
        """The retrained members of a population, sorted by index and seed; empty where none is sealed."""
        frame = self._rows(f"{_name(population)}.repeats")
        if not len(frame):
            return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _REPEAT_COLUMNS.items()})
        return without_failed(frame)

    def calibration(self) -> pd.DataFrame:
        """The trainings that chose the regime's L1, without failed ones.

        Raises:
            MissingPopulation: there are none.
        """
        return self._trainings("calibration", "no calibration", "make it: regnet calibrate")

    def calibration_sheets(self) -> list[str]:
        """Names of the sealed sheets of a calibration in stages, one a data set, by its number of classes."""
        classes = [path.stem.partition("-")[2] for path in self.folder.glob("calibration-*.csv")]
        return [f"calibration-{k}" for k in sorted(map(int, filter(str.isdigit, classes)))]

    def calibrations(self) -> pd.DataFrame:
        """The trainings of a calibration in stages, of every data set, without failed ones.

        Raises:
            MissingPopulation: there are none.
        """
        make = "make it: regnet calibrate"
        frames = [self._trainings(name, f"no {name}", make) for name in self.calibration_sheets()]
        if not frames:
            raise MissingPopulation(
                f"regime {self.regime} has no calibration in stages sealed in {self.folder}; "
                f"{make} {self.regime} --stage rates"
            )
        return pd.concat(frames, ignore_index=True)

    def finals(self) -> pd.DataFrame:
        """The trainings of the final models, one row a model and seed, without failed ones, whatever `n` is.

        Raises:
            MissingPopulation: there are none.
        """
        return self._trainings("finals", "no final models", "make them: regnet finals")

    def engines(self, sheet: str) -> pd.DataFrame:
        """The trainings by one engine that engines are compared by (`engine_trials`), without failed ones.

        Raises:
            MissingPopulation: there are none.
        """
        return self._trainings(sheet, f"no {sheet}", "make it: regnet engines")

    def populations(self) -> list[str]:
        """Names of the populations that are sealed, sorted; raises ValueError where a CSV has no sheet's name."""
        return [name for name in names_of(self.folder.glob("*.csv"), self.regime) if is_population(name)]

    def info(self, population: str | Population) -> dict[str, Any]:
        """The population's JSON: regime, population, recipe, recipe_hash, data_sha256, csv_sha256, segments."""
        name = _name(population)
        _, info = read_rows(self._sheet(name))
        if not info:
            raise self._missing(name, 0)
        return info

    def count(self, population: str | Population) -> int:
        """How many members `frame` returns; 0 where the population is not sealed."""
        try:
            return int((self.members(population)["status"] != "failed").sum())
        except MissingPopulation:
            return 0

    def date(self, population: str | Population) -> str:
        """The day of the population's last training, as in 2020-03-30."""
        return max(str(segment["last"]) for segment in self.info(population)["segments"])[:10]

    def _sheet(self, name: str) -> Sheet:
        return sheet_at(name, self.regime, work=self.folder, runs=self.folder)

    def _trainings(self, name: str, what: str, make: str) -> pd.DataFrame:
        """The rows that did not fail of a sheet that is no population's."""
        frame = self._rows(name)
        if not len(frame):
            raise MissingPopulation(f"regime {self.regime} has {what} sealed in {self.folder}; {make} {self.regime}")
        return without_failed(frame)

    def _rows(self, name: str) -> pd.DataFrame:
        """The rows of a sheet; none where nothing is sealed."""
        rows, _ = read_rows(self._sheet(name))
        return rows

    def _missing(self, name: str, have: int) -> MissingPopulation:
        if not is_population(name):
            of = name.removesuffix(".repeats")
            made = (
                f"sweep {self.regime} {of} --repeats" if of != name else f"{_MAKES[name.split('-')[0]]} {self.regime}"
            )
            return MissingPopulation(f"{self.regime}/{name} is not sealed in {self.folder}; make it: regnet {made}")
        population = Population.parse(name, self.regime)
        if (population.space, population.multiple) in population.setting.empty:
            return MissingPopulation(f"no network of {name} is in its window in regime {self.regime}: there is none")
        wanted = self.n or population.wanted
        named = os.environ.get("REGNET_RUNS")
        elsewhere = " (REGNET_RUNS names that folder)" if named and Path(named) == self.folder.parent else ""
        return MissingPopulation(
            f"population {self.regime}/{name} has {have} of {wanted} members sealed in {self.folder}{elsewhere}; "
            f"make them: regnet sweep {self.regime} {name} -n {wanted} && regnet seal {self.regime} {name}"
        )


def open_runs(regime: str = "", runs: str | Path = "", n: int = 0) -> Runs:
    """The sealed populations of a regime; "" and 0 mean the default regime, folder and every member.

    Raises:
        ValueError: an unknown regime or an n that is no number of members.
        FileNotFoundError: no folder given and the package is installed without its checkout.
    """
    name = find_regime(regime).name
    return Runs(name, runs_folder(runs) / name, n)


def load(regime: str, population: str, *, runs: str | Path = "", n: int = 0) -> pd.DataFrame:
    """The members of a sealed population that did not fail, sorted by index; where n > 0, its first n.

    `population` may be another sheet of the folder, too, which n leaves whole: `anynetx_a.repeats`, `finals`. `runs` is
    the folder of sealed runs; left out, `REGNET_RUNS` or the checkout's.

    Raises:
        MissingPopulation: it is not sealed; the message has the command that makes it.
        ValueError: no regime or population has that name, or as `Runs.frame`.
    """
    return open_runs(regime, runs, n).frame(population)


_MAKES = {"finals": "finals", "calibration": "calibrate", "engines": "engines"}  # sheet -> the command that makes it
_REPEAT_COLUMNS = {
    "index": "int64", "seed": "int64", "length": "int64", "network_id": "str", "status": "str",
    "error": "float64", "test_error": "float64", "seconds": "float64", "segment": "int64",
}  # fmt: skip


def _name(population: str | Population) -> str:
    if not isinstance(population, str | Population):
        raise ValueError(f"a population's name is expected, as 'anynetx_a', got {population!r}")
    return population if isinstance(population, str) else population.name
