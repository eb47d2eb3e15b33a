"""Records of how long networks take: one CSV a device under runs/timings, a row a network and way of timing it.

A row is written as soon as its network is timed, so an interrupted run goes on where it stopped. The columns regime,
population and index are empty for published networks, `model` for members of populations; `threads` is empty for GPUs.
`ms_*` are milliseconds for `batch` images; each of the `repeats` passes was over `images` of them. Files of 2026-11-24
and before have no column `instructions`.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from regnet.design.zoo import zoo
from regnet.sweeps import segments
from regnet.sweeps.locks import folder_alone
from regnet.sweeps.sheets import Cells, Key, as_csv, cell, order
from regnet.sweeps.whole import write_whole

FOLDER = "timings"
KEY = ("regime", "population", "index", "model", "resolution", "batch", "precision", "train", "threads")
_TYPES = {
    "device": "str", "regime": "str", "population": "str", "index": "Int64", "model": "str", "network_id": "str",
    "resolution": "int64", "batch": "int64", "precision": "str", "train": "boolean", "threads": "Int64",
    "status": "str", "ms_median": "float64", "ms_q1": "float64", "ms_q3": "float64", "repeats": "int64",
    "images": "int64", "flops": "int64", "params": "int64", "acts": "int64",
    "torch": "str", "cuda": "str", "cudnn": "str", "date": "str", "commit": "str", "dirty": "boolean",
    "instructions": "str",
}  # fmt: skip
COLUMNS = tuple(_TYPES)
_KNOWN = (COLUMNS, COLUMNS[:-1])


def write(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Adds rows to a CSV, in the place of those with the same key; readers see the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with folder_alone(path.parent):
        kept = rows_of(path)
        kept |= {key_of(row): {name: cell(row[name]) for name in COLUMNS} for row in rows}
        write_whole(path, as_csv(COLUMNS, (kept[key] for key in sorted(kept, key=order))))


def read(runs: Path) -> pd.DataFrame:
    """Every row of every device under a folder of runs, with the columns COLUMNS; no rows where nothing was timed.

    Networks that are neither the paper's nor members of a population are left out. runs: the folder that holds the
    regimes' folders, as `runs_folder()`.

    Raises:
        ValueError: a file that is not a CSV of timings.
    """
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _TYPES.items()})
    frames = [_frame(path) for path in sorted((runs / FOLDER).glob("*.csv"))]
    rows = pd.concat(frames, ignore_index=True) if frames else empty
    return rows[rows["model"].isin(["", *zoo])].reset_index(drop=True)


def path_of(device: str, runs: Path) -> Path:
    """The CSV of a device, "cpu" or "cuda:k", under a folder of runs: its name in small letters."""
    return runs / FOLDER / f"{slug(str(segments.here(precision='fp32', device=device)['device']))}.csv"


def slug(device: str) -> str:
    """A device's name as a file name.

    >>> slug("NVIDIA H100 80GB HBM3")
    'nvidia-h100-80gb-hbm3'
    """
    return re.sub(r"[^a-z0-9]+", "-", device.lower()).strip("-") or "unknown"


def rows_of(path: Path) -> dict[Key, Cells]:
    """One CSV's rows as text by key; none where there is no file.

    Raises:
        ValueError: a file that is not a CSV of timings.
    """
    if not path.exists():
        return {}
    try:
        lines = [*csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""))]
        if not lines or tuple(lines[0]) not in _KNOWN:
            raise ValueError(f"its columns are not {', '.join(COLUMNS)}")
        rows = [{"instructions": "", **dict(zip(lines[0], line, strict=True))} for line in lines[1:]]
        kept = {key_of(row): row for row in rows}
        if len(kept) < len(rows):
            raise ValueError(f"{len(rows) - len(kept)} rows time what another does")
        _typed(path)
    except (ValueError, TypeError, OverflowError, csv.Error) as error:
        raise ValueError(f"{path} is not a CSV of timings ({error}): restore it, or move it away") from None
    return kept


def key_of(row: Mapping[str, Any]) -> Key:
    """The cells that tell rows of one device apart."""
    return tuple(cell(row[name]) for name in KEY)


def _frame(path: Path) -> pd.DataFrame:
    rows_of(path)  # refuses what is none
    return _typed(path)


def _typed(path: Path) -> pd.DataFrame:
    missing = {name: [""] for name, kind in _TYPES.items() if kind != "str"}
    frame = pd.read_csv(path, dtype=_TYPES, keep_default_na=False, na_values=missing)
    return frame.reindex(columns=COLUMNS, fill_value="")
