"""The lines of a journal: a header (recipe, data, segment) holds for the rows after it, up to the next.

A power cut or SIGKILL can tear the last line only: it is dropped. A bad line before the last means that something else
wrote, and is refused with its number.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from regnet.sweeps import flaws
from regnet.sweeps.strict_json import read_object

Row = dict[str, Any]
Header = Mapping[str, Any]
"""Keys regime, name, recipe (a dict), recipe_hash, data_sha256, segment (a dict), and of one's own spaces space."""


@dataclass(frozen=True)
class Entry:
    """A row of the journal, when it was written (ISO 8601, UTC), the header it stands under, and its line from 1."""

    row: Row
    date: str
    header: Header
    line: int


def read_journal(path: Path) -> list[Entry]:
    """The whole lines of a journal in order; empty where there is none. Needs no lock.

    Raises:
        ValueError: a line before the last is not a journal's; the message has its number.
    """
    return entries_of(path, whole_lines(path.read_bytes() if path.exists() else b""))


def entries_of(path: Path, lines: Sequence[bytes]) -> list[Entry]:
    """What these lines of a journal say; raises as `read_journal`."""
    entries: list[Entry] = []
    header: Header | None = None
    for number, line in enumerate(lines, start=1):
        try:
            value = read_object(line)
            if "header" in value:
                header = _header(value["header"])
            elif header is None:
                raise ValueError("no header before it")
            else:
                entries.append(Entry(_row(value.get("row")), _date(value.get("date")), header, number))
        except ValueError as error:
            raise ValueError(
                f"line {number} of {path} is not a journal line ({error}): restore or delete it, then start again"
            ) from None
    return entries


def _header(said: object) -> Header:
    """What a sweep's first line states, if it is that."""
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        raise ValueError("a header without a name")
    if flaw := flaws.in_about(said) or flaws.in_segment(said.get("segment")):
        raise ValueError(flaw)
    return said


def _row(said: object) -> Row:
    if not isinstance(said, dict) or not all(isinstance(value, str | int | float | None) for value in said.values()):
        raise ValueError("row is no object of numbers and words")
    return said


def _date(said: object) -> str:
    datetime.fromisoformat(str(said))
    return str(said)


def whole_lines(content: bytes) -> list[bytes]:
    """The lines without a torn last one: unfinished, or not JSON (a crashed file system leaves zeros)."""
    *lines, torn = content.split(b"\n")
    del torn
    if lines:
        try:
            json.loads(lines[-1])
        except (ValueError, RecursionError):
            lines.pop()
    return lines
