"""What is in flight: one JSON line a finished training, written and fsynced by the one process that drives a sweep.

The first line of each sweep is a header (recipe, data, segment) that holds for the rows after it. A power cut or
SIGKILL can tear the last line only: it is dropped. A bad line before the last means that something else wrote, and is
refused with its number.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

Row = dict[str, Any]
Header = Mapping[str, Any]
"""Keys name, recipe (a dict), recipe_hash, data_sha256, segment (a dict)."""


@dataclass(frozen=True)
class Entry:
    """A row of the journal, when it was written (ISO 8601, UTC) and the header it stands under."""

    row: Row
    date: str
    header: Header


class JournalBusy(OSError):
    """Another process writes this journal."""


class JournalFull(OSError):
    """The disk took no more; every earlier line is intact."""


def read_journal(path: Path) -> list[Entry]:
    """The whole lines of a journal in order; empty where there is none. Needs no lock.

    Raises:
        ValueError: a line before the last is not a journal's; the message has its number.
    """
    entries: list[Entry] = []
    header: Header | None = None
    for number, line in enumerate(_whole_lines(path.read_bytes() if path.exists() else b""), start=1):
        try:
            value = json.loads(line)
            if "header" in value:
                header = value["header"]
            elif header is None:
                raise KeyError("header")
            else:
                entries.append(Entry(value["row"], value["date"], header))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"line {number} of {path} is not a journal line ({error}): restore or delete it, then start again"
            ) from None
    return entries


class Journal:
    """The one writer of a journal: holds an OS lock from opening to closing, or until its process ends."""

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("a+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise JournalBusy(f"another sweep is writing {path}: wait for it or stop it first") from None
        try:
            read_journal(path)  # refuses a damaged journal before anything is added
        except ValueError:
            self._file.close()
            raise
        self._drop_torn_line()
        self._header: Header | None = header

    def append(self, row: Row, message: str = "") -> None:
        """Adds one row, and why it failed if it did; it is on disk when this returns.

        Raises:
            JournalFull: the disk is full; the journal ends with its last whole line.
        """
        if self._header is not None:
            self._write({"header": self._header})
            self._header = None
        line = {"row": row, "date": datetime.now(UTC).isoformat(timespec="seconds")}
        self._write(line | ({"message": message} if message else {}))

    def close(self) -> None:
        """Releases the lock."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _write(self, value: Mapping[str, Any]) -> None:
        line = json.dumps(value, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        size = os.fstat(self._file.fileno()).st_size
        try:
            while line:
                line = line[self._file.write(line) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            os.ftruncate(self._file.fileno(), size)
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise JournalFull(
                    f"no space left for {self.path}: every earlier line is intact; make room, then start again"
                ) from error
            raise

    def _drop_torn_line(self) -> None:
        self._file.seek(0)
        content = self._file.read()
        os.ftruncate(self._file.fileno(), sum(len(line) + 1 for line in _whole_lines(content)))


def _whole_lines(content: bytes) -> list[bytes]:
    """The lines without a torn last one: unfinished, or not JSON (a crashed file system leaves zeros)."""
    *lines, torn = content.split(b"\n")
    del torn
    if lines:
        try:
            json.loads(lines[-1])
        except ValueError:
            lines.pop()
    return lines
