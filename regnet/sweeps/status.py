"""How far each population is: sealed, in the journal, wanted, failed, diverged, mean error, core-hours."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from regnet.sweeps.calibration import calibration_sheet
from regnet.sweeps.experiments import Population
from regnet.sweeps.folders import runs_folder, work_folder
from regnet.sweeps.regimes import Regime
from regnet.sweeps.sealing import read_sheet
from regnet.sweeps.sheets import Sheet
from regnet.sweeps.store import population_sheet, repeats_sheet
from regnet.sweeps.sweep import BEST, REPEATS


def status(regime: Regime) -> pd.DataFrame:
    """One row a sheet of the regime, by name: how many rows are where, and what they cost.

    `trained` are those that did not fail, of which `sealed` are in `runs/`; `core_hours` counts every row.
    """
    rows = [_row(sheet_of(name, regime.name), regime.n) for name in known(regime.name)]
    columns = ["population", "sealed", "journal", "trained", "wanted", "failed", "diverged", "mean_error", "core_hours"]
    return pd.DataFrame(rows, columns=columns)


def known(regime: str) -> list[str]:
    """Names of the sheets that have a journal or a sealed CSV, sorted."""
    return sorted({*_stems((work_folder() / regime).glob("*.jsonl")), *_stems((runs_folder() / regime).glob("*.csv"))})


def in_work(regime: str) -> list[str]:
    """Names of the sheets that have a journal with rows, sorted."""
    return sorted(_stems(path for path in (work_folder() / regime).glob("*.jsonl") if path.stat().st_size))


def sheet_of(name: str, regime: str) -> Sheet:
    """The sheet called `calibration`, `<population>` or `<population>.repeats`."""
    if name == "calibration":
        return calibration_sheet(regime)
    if name.endswith(".repeats"):
        return repeats_sheet(Population.parse(name.removesuffix(".repeats"), regime))
    return population_sheet(Population.parse(name, regime))


def _stems(paths: Iterable[Path]) -> list[str]:
    return [path.name.rpartition(".")[0] for path in paths]


def _row(sheet: Sheet, n: int) -> list[str | int | float]:
    content = read_sheet(sheet)
    rows = list(content.rows.values())
    errors = [float(row["error"]) for row in rows if row["status"] != "failed"]
    count = {word: sum(row["status"] == word for row in rows) for word in ("failed", "diverged")}
    wanted = {"calibration": 0}.get(sheet.name, BEST * REPEATS if sheet.name.endswith(".repeats") else n)
    mean = sum(errors) / len(errors) if errors else float("nan")
    hours = sum(float(row["seconds"]) for row in rows) / 3600
    return [
        sheet.name, content.sealed, len(rows) - content.sealed, len(errors), wanted,
        count["failed"], count["diverged"], mean, hours,
    ]  # fmt: skip
