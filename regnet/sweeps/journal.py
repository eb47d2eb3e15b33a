"""What is in flight: one JSON line a finished training, written and fsynced by the one process that drives a sweep.

Each sweep begins with a header, and writes another wherever the segment changes, as between rows from two machines of
a cluster. What lines are, and which may be torn: `journal_lines`.
"""

import contextlib
import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from regnet.sweeps import locks
from regnet.sweeps.journal_lines import Entry, Header, Row, entries_of, whole_lines
from regnet.sweeps.whole import write_whole


class JournalBusy(OSError):
    """Another process writes this journal."""


class JournalFull(OSError):
    """The disk took no more, full or failing; every earlier line is intact."""


class JournalLost(OSError):
    """A journal that its path does not lead to any more: moved, deleted or replaced while it was written."""


class Journal:
    """The one writer of a journal: holds an OS lock from opening to closing, or until its process ends.

    The writer of a part's journal shares the lock of the whole's, so that other parts may be written beside it, but
    not the whole.
    """

    def __init__(self, path: Path, header: Header, *, whole: Path | None = None) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            if whole and whole != path:
                stack.enter_context(_locked(whole, shared=True))
            self._file = stack.enter_context(_locked(path))
            self._file.seek(0)
            lines = whole_lines(self._file.read())
            self._found = entries_of(path, lines)  # refuses a damaged journal before anything is added
            os.ftruncate(self._file.fileno(), sum(len(line) + 1 for line in lines))
            self._open = stack.pop_all()
        self._header = header
        self._stated: Header | None = None  # the header that the last line stands under
        self._lost = ""

    def found(self) -> list[Entry]:
        """What stood in it when it was opened; to be asked once, as it is not kept beyond."""
        entries, self._found = self._found, []
        return entries

    def append(self, row: Row, message: str = "", segment: Mapping[str, Any] | None = None) -> None:
        """Adds one row, and why it failed if it did; it is on disk when this returns.

        `segment` is where the row was made: without it, where the row before was, and the first where the header says.

        Raises:
            JournalFull: the disk is full; the journal ends with its last whole line.
            JournalLost: the row went into a file that its path does not lead to any more.
        """
        header = {**self._header, "segment": segment} if segment else self._stated or self._header
        if header != self._stated:
            self._write({"header": header})
            self._stated = header
        line = {"row": row, "date": datetime.now(UTC).isoformat(timespec="seconds")}
        self._write(line | ({"message": message} if message else {}))
        if lost := self.lost():
            raise JournalLost(lost)

    def lost(self) -> str:
        """Empty while the path leads to the open file; else one line that says where the rows are and what to do.

        An open file takes rows without a word after it was deleted, or moved with its folder.
        """
        ours = os.fstat(self._file.fileno())
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if os.path.samestat(ours, self.path.stat()):
                return ""
        if ours.st_size:  # an empty one has nothing to lose yet
            self._lost = self._lost or self._save(linked=ours.st_nlink > 0)
        return self._lost

    def close(self) -> None:
        """Releases the lock."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _save(self, *, linked: bool) -> str:
        """What became of the open file; the rows of a deleted one are written again, under another name."""
        now = _name_of(self._file.fileno())
        if linked and not now.endswith(" (deleted)"):  # a backup's hard link is no place to go on from
            return (
                f"{self.path} was moved{now and f' to {now}'} while its sweep ran: every finished row is there; move "
                "it back, then start again"
            )
        what = f"{self.path} was {'replaced' if self.path.exists() else 'deleted'} while its sweep ran"
        saved = _free_name(self.path.with_name(self.path.name + ".lost"))
        try:
            self._file.seek(0)
            saved.parent.mkdir(parents=True, exist_ok=True)
            write_whole(saved, self._file.read())
        except OSError as error:
            return f"{what}: its rows are lost, but for those that are sealed ({error})"
        return f"{what}: its rows are saved in {saved}; rename that to {self.path.name} to go on from there"

    def _write(self, value: Mapping[str, Any]) -> None:
        line = json.dumps(value, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        size = os.fstat(self._file.fileno()).st_size
        try:
            while line:
                line = line[self._file.write(line) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):  # the torn line is dropped by the next sweep else
                os.ftruncate(self._file.fileno(), size)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            what = f"no space left for {self.path}" if full else f"{self.path} takes no more rows ({error.strerror})"
            remedy = "make room" if full else "see to its disk"
            raise JournalFull(f"{what}: every earlier line is intact; {remedy}, then start again") from error


def _locked(path: Path, *, shared: bool = False) -> BinaryIO:
    """The open file with a lock that ends with it."""
    file = path.open("a+b", buffering=0)
    try:
        if not locks.take(file.fileno(), path, shared=shared):
            raise JournalBusy(f"another sweep is writing {path}: wait for it or stop it first")
    except BaseException:
        file.close()
        raise
    return file


@contextmanager
def in_place(journals: Mapping[str, Journal]) -> Iterator[None]:
    """Raises JournalLost at the end of the work, however it ends, if one of the journals is not where it was.

    Also one whose rows were complete before: nothing would be appended to it, and nobody would look.
    """
    try:
        yield
    finally:
        lost = {name: said for name, journal in journals.items() if (said := journal.lost())}
        if lost:
            first, *others = lost
            raise JournalLost(lost[first] + (f" (likewise the journals of {', '.join(others)})" if others else ""))


def _name_of(descriptor: int) -> str:
    """Where an open file lies now; empty where the system does not say (only Linux does)."""
    try:
        return str(Path(f"/proc/self/fd/{descriptor}").readlink())
    except OSError:
        return ""


def _free_name(path: Path) -> Path:
    """The path, or the first of path.2, path.3, ... that is free."""
    names = chain([path], (path.with_name(f"{path.name}.{number}") for number in count(2)))
    return next(name for name in names if not name.exists())
