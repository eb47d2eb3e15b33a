"""A sheet is one CSV of trainings and the JSON that describes it; its cells are kept as the text that was written."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from regnet.sweeps import flaws
from regnet.sweeps.locks import NoLocks, folder_alone
from regnet.sweeps.strict_json import read_object

Key = tuple[str, ...]
Cells = dict[str, str]

_RESTORE = "restore both from version control, or seal again if sealing was interrupted"


@dataclass(frozen=True)
class Sheet:
    """Where the rows of `name` lie: `work`/`name`.jsonl in flight, `runs`/`name`.csv and .json sealed.

    `work` and `runs` are the regime's folders; `key` names the columns that tell rows apart. `recipe_hash` is what its
    rows were trained by, where the regime and the name say it; `space` the definition of a design space of one's own.
    """

    regime: str
    name: str
    work: Path
    runs: Path
    key: tuple[str, ...] = ("index",)
    recipe_hash: str = ""
    space: str = ""

    @property
    def journal(self) -> Path:
        """The journal of rows in flight."""
        return self.work / f"{self.name}.jsonl"

    @property
    def csv(self) -> Path:
        """The sealed rows."""
        return self.runs / f"{self.name}.csv"

    @property
    def json(self) -> Path:
        """What is said of the sealed rows: recipe, hashes, segments."""
        return self.runs / f"{self.name}.json"

    @property
    def next_json(self) -> Path:
        """What is said of the CSV that takes the old one's place: there only while a sealing lasts, or was cut."""
        return self.runs / f"{self.name}.json.next"

    def key_of(self, row: dict[str, Any]) -> Key:
        """The cells that identify a row."""
        return tuple(cell(row[name]) for name in self.key)


@dataclass
class Content:
    """The rows of a sheet as text cells by key, and what its JSON says."""

    info: dict[str, Any] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: dict[Key, Cells] = field(default_factory=dict)
    sealed: int = 0

    @property
    def done(self) -> set[Key]:
        """Keys of the rows that need no training any more: those that did not fail."""
        return {key for key, row in self.rows.items() if row["status"] != "failed"}

    def order(self) -> list[Key]:
        """The keys as the CSV has them: numbers by value, words by the alphabet."""
        return sorted(self.rows, key=order)


class StoreConflict(ValueError):
    """The same key stands for another network, seed or recipe."""


class DamagedSheet(ValueError):
    """A sealed CSV that is not the one its JSON describes, or that is no sheet's; a JSON that belongs elsewhere."""


def cell(value: Any) -> str:
    """A value as a CSV cell: floats by `repr` so that they read back exactly, None as the empty cell."""
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def read_sealed(sheet: Sheet) -> Content:
    """The sealed rows; empty where nothing is sealed.

    Raises:
        DamagedSheet: CSV and JSON do not belong together, or not here.
        StoreConflict: rows that were trained by another recipe than the regime's.
    """
    try:
        return read_pair(sheet)
    except (DamagedSheet, FileNotFoundError) as damage:
        try:
            with folder_alone(
                sheet.runs
            ):  # the CSV may be an older one than the JSON read after it: wait for who seals
                return read_pair(sheet)
        except NoLocks:
            raise damage from None


def read_pair(sheet: Sheet) -> Content:
    """As `read_sealed`, for who keeps others from sealing meanwhile.

    A sealing puts the next JSON beside the old one, then the new CSV and then the next JSON in their places: at every
    moment, also where it was cut, the CSV has a JSON that describes it.
    """
    if not sheet.csv.exists():
        return Content()
    content, info = verified(sheet)
    try:
        columns, rows = _cells(sheet, content)
        if any(int(row["segment"]) >= len(info["segments"]) for row in rows.values()):
            raise ValueError(f"column segment counts further than the segments of {sheet.json.name}")
    except (ValueError, csv.Error) as error:
        raise DamagedSheet(f"{sheet.csv} is not a sheet of trainings ({error}): {_RESTORE}") from None
    return Content(info, columns, rows, len(rows))


def verified(sheet: Sheet) -> tuple[bytes, dict[str, Any]]:
    """The CSV's text and the JSON that describes it; which lie where they belong.

    Raises:
        FileNotFoundError: there is no CSV.
        DamagedSheet, StoreConflict: as `read_sealed`.
    """
    content = sheet.csv.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    info = waiting if (waiting := next_info(sheet)).get("csv_sha256") == found else _described(sheet)
    said = str(info.get("csv_sha256", "nothing"))
    if found != said:
        raise DamagedSheet(f"{sheet.csv} has SHA-256 {found[:12]}, {sheet.json.name} says {said[:12]}: {_RESTORE}")
    _require_home(sheet, info)
    return content, info


def _require_home(sheet: Sheet, info: dict[str, Any]) -> None:
    """What the JSON says of itself must be whole, and of the place where it lies."""
    if said := flaws.in_info(info):
        raise DamagedSheet(f"{sheet.json} is not the JSON of a sealed CSV ({said}): {_RESTORE}")
    there = (info.get("regime"), info.get("population"))
    if there != (sheet.regime, sheet.name):
        raise DamagedSheet(
            f"{sheet.json} is of {there[0]}/{there[1]} and lies where {sheet.regime}/{sheet.name} belongs: move it "
            "back with its CSV, or restore both from version control"
        )
    if sheet.recipe_hash:
        refuse(sheet, (), "recipe_hash", info["recipe_hash"], sheet.recipe_hash)
    refuse(sheet, (), "its design space", info.get("space", ""), sheet.space)


def _cells(sheet: Sheet, content: bytes) -> tuple[list[str], dict[Key, Cells]]:
    """Columns and rows of a CSV; raises ValueError or csv.Error at the first flaw."""
    columns, *lines = [*csv.reader(io.StringIO(content.decode(), newline=""))] or [[]]
    if not lines:
        raise ValueError("it has no rows")
    for number, line in enumerate(lines, start=2):
        if len(line) != len(columns):
            raise ValueError(f"row {number} has {len(line)} cells, the first {len(columns)}")
    every = [dict(zip(columns, line, strict=True)) for line in lines]
    if said := flaws.in_rows(columns, every, (*sheet.key, "segment")):
        raise ValueError(said)
    rows = {sheet.key_of(row): row for row in every}
    if len(rows) < len(every):
        raise ValueError(f"{len(every) - len(rows)} rows have the {', '.join(sheet.key)} of another")
    return columns, rows


def next_info(sheet: Sheet) -> dict[str, Any]:
    """The JSON that waits for its place; empty where none does."""
    try:
        return read_object(sheet.next_json.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}


def _described(sheet: Sheet) -> dict[str, Any]:
    if not sheet.json.exists():
        raise DamagedSheet(f"{sheet.csv} has no {sheet.json.name} beside it: {_RESTORE}")
    try:
        return read_object(sheet.json.read_bytes())
    except ValueError as error:
        raise DamagedSheet(f"{sheet.json} is not the JSON of a sealed CSV ({error}): {_RESTORE}") from None


def refuse(sheet: Sheet, key: Key, what: str, old: str, new: str) -> None:
    """Raises StoreConflict where `old` and `new` differ, naming both."""
    if old != new:
        row = f" {dict(zip(sheet.key, key, strict=True))}" if key else ""
        raise StoreConflict(
            f"{sheet.regime}/{sheet.name}{row}: {what} is {old} in the store and "
            f"{new} now; go back to the code, versions and data that made the rows, or move {sheet.journal} and "
            f"{sheet.csv} away to start anew"
        )


def order(key: Key) -> tuple[tuple[float, str], ...]:
    """Words by the alphabet, then numbers by value.

    >>> sorted([("b", "10"), ("b", "9"), ("", "0.5")], key=order)
    [('', '0.5'), ('b', '9'), ('b', '10')]
    """
    return tuple((float(part), "") if part.replace(".", "", 1).isdecimal() else (-1.0, part) for part in key)


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """The rows as they are kept, a cell that a row does not have empty; raises ValueError for one of no column."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
