"""What may be wrong with the content of sheets and journals, whatever their checksums say.

Each function gives the first flaw in words, or nothing where there is none.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd

from regnet.design.recipe import Recipe, Status

TEXT = frozenset(
    {"network_id", "population", "status", "space", "role", "model", "family", "matched", "source"}
)  # columns of words
OUTCOME = ("network_id", "seed", "status", "error", "seconds")  # columns of every sheet
_WHOLE = frozenset({"index", "seed", "segment", "length"})
_PERCENT = ("error", "test_error", "error_a", "error_b")
_MOST = 2**63  # of int64
_SEGMENT: Mapping[str, type | tuple[type, ...]] = {
    "version": str, "commit": str, "dirty": (bool, type(None)), "device": str, "cpu": str, "precision": str,
    "threads": int, "python": str, "packages": dict, "engine": str, "instructions": str,
    "first": str, "last": str, "rows": int,
}  # fmt: skip


def in_about(about: Mapping[str, Any]) -> str:
    """Of the recipe and the hashes that a journal's header, or a sheet's JSON, states."""
    for name, kind in (("recipe", dict), ("recipe_hash", str), ("data_sha256", str)):
        if not isinstance(about.get(name), kind):
            return f"{name} is {about.get(name, 'missing')!r}"
    try:
        made = Recipe(**about["recipe"]).hash
    except (TypeError, ValueError) as error:
        return f"its recipe is none ({error})"
    return "" if made == about["recipe_hash"] else f"its recipe has the hash {made}, not {about['recipe_hash']}"


def in_segment(segment: object, needed: Sequence[str] = ()) -> str:
    """Of what is said of the machine and versions that rows were made on."""
    if not isinstance(segment, dict):
        return f"segment is {segment!r}"
    for name, kind in _SEGMENT.items():
        if name in segment and not isinstance(segment[name], kind):
            return f"{name} of a segment is {segment[name]!r}"
    return next((f"a segment has no {name}" for name in needed if name not in segment), "")


def in_info(info: Mapping[str, Any]) -> str:
    """Of a sheet's JSON."""
    if said := in_about(info):
        return said
    if not isinstance(segments := info.get("segments"), list):
        return f"segments is {info.get('segments', 'missing')!r}"
    return next(filter(None, (in_segment(segment, ("first", "last", "rows")) for segment in segments)), "")


def in_rows(columns: Sequence[str], rows: Collection[Mapping[str, str]], key: Sequence[str]) -> str:
    """Of the cells of a sheet, column by column."""
    for name in columns:
        if columns.count(name) > 1:
            return f"column {name!r} stands twice"
    for name in (*key, *OUTCOME):
        if name not in columns:
            return f"column {name} is missing"
    for name in columns:
        for cell in {row[name] for row in rows}:
            if expected := _expected(name, cell, empty=name not in (*key, "network_id", "seconds", "segment")):
                return f"column {name} has {cell[:40]!r}, where {expected} is expected"
    empty = any(not row["error"] for row in rows if row["status"] != "failed")
    return "column error is empty in a row that did not fail" if empty else ""


def sound(frame: pd.DataFrame) -> bool:
    """Whether `in_rows` has surely nothing to say of the cells of a population that was read as numbers and words."""
    numbers = frame[[name for name in frame if name not in TEXT]]
    if not all(dtype in ("int64", "float64") for dtype in numbers.dtypes):
        return False
    whole = all(frame[name].dtype == "int64" for name in _WHOLE.intersection(frame))
    percent = numbers[[name for name in _PERCENT if name in numbers]]
    return bool(
        whole
        and (numbers.select_dtypes("int64") >= 0).all(axis=None)
        and not np.isinf(numbers.select_dtypes("float64")).any(axis=None)
        and (percent.isna() | ((percent >= 0) & (percent <= 100))).all(axis=None)
        and frame["status"].isin(get_args(Status)).all()
        and frame["network_id"].str.len().between(1, 64).all()  # longer ones than csv reads are its to refuse
        and frame["seconds"].notna().all()
        and frame.loc[frame["status"] != "failed", "error"].notna().all()
    )


def _expected(name: str, cell: str, *, empty: bool) -> str:
    """What a cell of the column must be; nothing where it is."""
    if not cell:
        return "" if empty else "something"
    if name == "status":
        return "" if cell in get_args(Status) else f"one of {', '.join(get_args(Status))}"
    if name in TEXT:
        return ""
    try:
        value = int(cell) if cell.isdecimal() else float(cell)
    except ValueError:
        return "a number"
    if name in _WHOLE and not isinstance(value, int):
        return "a whole number"
    if name in _PERCENT and not 0 <= value <= 100:
        return "a percentage"
    if isinstance(value, int):
        return "" if value < _MOST else "a number of 64 bits"
    return "" if math.isfinite(value) else "a finite number"
