"""Sealed rows as frames: numbers but for ids and words, empty cells as NaN, floats exactly as they were written."""

import io
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from regnet.sweeps import flaws
from regnet.sweeps.sheets import Content, Sheet, read_sealed, verified

Stamp = tuple[int, int] | None


def read_rows(sheet: Sheet) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The sealed rows as `as_frame` gives them, and what their JSON says; read once as long as the files stay.

    Raises:
        DamagedSheet: CSV and JSON do not belong together.
    """
    rows, info = _read(sheet, tuple(_size_and_time(path) for path in (sheet.csv, sheet.json, sheet.next_json)))
    return rows.copy(deep=False), info


def as_frame(content: Content) -> pd.DataFrame:
    """The rows in the CSV's order."""
    frame = pd.DataFrame([content.rows[key] for key in content.order()], columns=content.columns)
    for name in frame.columns.difference(list(flaws.TEXT)):
        frame[name] = _numbers(list(frame[name]))
    return frame


def without_failed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that did not fail; where none did, nothing is copied."""
    if not len(rows):
        return rows
    failed = rows["status"] == "failed"
    return (rows[~failed] if failed.any() else rows).reset_index(drop=True)


def _size_and_time(path: Path) -> Stamp:
    """What tells one sealing from the next."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=512)
def _read(sheet: Sheet, stamps: tuple[Stamp, ...]) -> tuple[pd.DataFrame, dict[str, Any]]:
    del stamps  # what the cache goes by
    if (found := _at_once(sheet)) is not None:
        return found
    content = read_sealed(sheet)
    return as_frame(content), content.info


def _at_once(sheet: Sheet) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """A population read by pandas' own parser; None where anything is not as sealing writes it: then cell by cell."""
    if sheet.key != ("index",):
        return None
    try:
        text, info = verified(sheet)
        frame = _parsed(text)
        said = flaws.in_rows([*frame], (), (*sheet.key, "segment")) if len(frame) else "no rows"
        plain = not said and flaws.sound(frame) and frame["segment"].max() < len(info["segments"])
    except (OSError, ValueError):
        return None
    return (frame, info) if plain and frame["index"].is_monotonic_increasing and frame["index"].is_unique else None


def _parsed(text: bytes) -> pd.DataFrame:
    """The frame of a CSV without quotes."""
    columns = text[: text.index(b"\n")].decode().split(",")
    if b'"' in text or text.count(b",") != (len(columns) - 1) * text.count(b"\n"):
        raise ValueError("quoted cells, or rows of several lengths")
    words = flaws.TEXT.intersection(columns)
    empty = {name: [""] for name in columns if name not in words}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.Pandas4Warning)  # the default of pandas 3.0 reads other last digits
        return pd.read_csv(
            io.BytesIO(text), index_col=False, dtype=dict.fromkeys(words, "str"), keep_default_na=False,
            na_values=empty, float_precision="round_trip", low_memory=False,
        )  # fmt: skip


def _numbers(cells: list[str]) -> "pd.Series[Any]":
    """Whole numbers where every cell is one, else floats exactly as written."""
    if all(cell.isdecimal() for cell in cells):
        return pd.Series([int(cell) for cell in cells], dtype="int64")
    return pd.Series([float(cell or "nan") for cell in cells], dtype="float64")
