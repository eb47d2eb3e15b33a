"""How far each population is: trained, wanted, sealed, failed, diverged, mean error, what it cost and what is left."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from regnet.sweeps import finals
from regnet.sweeps.cost import seconds_each
from regnet.sweeps.folders import runs_folder, work_folder
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import Regime
from regnet.sweeps.sealing import read_sheet
from regnet.sweeps.sheet_names import is_population, names_of, sheet_of
from regnet.sweeps.sheets import Content

COLUMNS = (
    "population", "trained", "wanted", "sealed", "journal", "failed", "diverged",
    "mean_error", "core_hours", "left_hours",
)  # fmt: skip


def status(regime: Regime, declared: Sequence[Population]) -> pd.DataFrame:
    """One row a sheet, of the declared populations and of what has rows: what is done, its cost, what is left.

    `trained` are rows that did not fail, of which `sealed` are in `runs/`; `core_hours` counts every row;
    `left_hours` is the estimate for what is wanted and not trained (empty where nothing of the regime is trained).
    """
    names = [*dict.fromkeys([*(p.name for p in declared), "finals", *known(regime.name)])]
    contents = {name: read_sheet(sheet_of(name, regime.name)) for name in names}
    populations = {name: Population.parse(name, regime.name) for name in names if is_population(name)}
    measured = {population: mean for name, population in populations.items() if (mean := _mean_seconds(contents[name]))}
    rows = []
    for name, content in contents.items():
        wanted, each = _wanted(name, regime.name, populations.get(name), measured)
        row = _row(name, content, wanted)
        left = max(0, (wanted or 0) - int(row["trained"]))
        rows.append(row | {"left_hours": float("nan") if each is None else left * each / 3600})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"wanted": "Int64"})


def _wanted(
    name: str, regime: str, population: Population | None, measured: Mapping[Population, float]
) -> tuple[int | None, float | None]:
    """Trainings that are wanted of a sheet, and seconds of one; None where neither is laid down."""
    if population is not None:
        return population.wanted, seconds_each(population, measured)
    if name == "finals":
        wanted = finals.wanted(regime)
        return wanted, finals.seconds_of_all(regime, measured) / wanted if measured else None
    return None, None


def known(regime: str) -> list[str]:
    """Names of the sheets that have a journal or a sealed CSV, sorted.

    Raises:
        ValueError: a file in these folders that is no sheet's.
    """
    files = [*(work_folder() / regime).glob("*.jsonl"), *(runs_folder() / regime).glob("*.csv")]
    return names_of(files, regime)


def in_work(regime: str) -> list[str]:
    """Names of the sheets that have a journal with rows, sorted; raises as `known`."""
    return names_of((path for path in (work_folder() / regime).glob("*.jsonl") if path.stat().st_size), regime)


def _mean_seconds(content: Content) -> float:
    seconds = [float(row["seconds"]) for row in content.rows.values() if row["status"] != "failed"]
    return sum(seconds) / len(seconds) if seconds else 0.0


def _row(name: str, content: Content, wanted: int | None) -> dict[str, Any]:
    rows = list(content.rows.values())
    errors = [float(row["error"]) for row in rows if row["status"] != "failed"]
    count = {word: sum(row["status"] == word for row in rows) for word in ("failed", "diverged")}
    return {
        "population": name, "trained": len(errors), "wanted": wanted,
        "sealed": content.sealed, "journal": len(rows) - content.sealed, **count,
        "mean_error": sum(errors) / len(errors) if errors else float("nan"),
        "core_hours": sum(float(row["seconds"]) for row in rows) / 3600,
    }  # fmt: skip
