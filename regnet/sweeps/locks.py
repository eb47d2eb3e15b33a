"""Locks of the operating system on open files: each ends with its process, however that ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoLocks(OSError):
    """A file that cannot be locked, on this system or where it lies."""


def take(descriptor: int, path: Path, *, shared: bool = False, wait: bool = False) -> bool:
    """Locks an open file, for this process alone or `shared` with others; False where another holds it.

    Raises:
        NoLocks: no locks on this system (Windows), or on the file system that the file lies on.
    """
    try:
        import fcntl  # not on Windows, where everything but this can be done
    except ImportError:
        raise NoLocks(
            f"{path} cannot be locked: this Python has no fcntl, as on Windows. Sealed populations can be read here; "
            "train, seal and time on Linux, macOS or WSL"
        ) from None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        raise NoLocks(f"{path} cannot be locked ({error.strerror}): put it on a file system that has locks") from error
    return True


@contextmanager
def folder_alone(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """One process at a time in a folder, on this machine; where it does not wait, False says that another is there.

    Raises:
        NoLocks: as `take`.
    """
    if os.name == "nt":  # where a folder cannot be opened
        take(-1, folder)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield take(descriptor, folder, wait=wait)
    finally:
        os.close(descriptor)
