"""Who may use this machine's cores: trainings share them, timing has them alone.

A lock of the operating system on one file a user, so that it holds across checkouts and ends with its process, however
that ends. `REGNET_LOCK` names another file, for jobs that have cores of their own.
"""

import getpass
import os
import shlex
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regnet.sweeps import locks
from regnet.sweeps.folders import full_path

_REMEDY = "wait for it or stop it first"


class CoresBusy(OSError):
    """Something is trained or timed on this machine that must not be beside what is asked for."""


@contextmanager
def shared() -> Iterator[None]:
    """Training: other trainings may run beside it.

    Raises:
        CoresBusy: networks are timed on this machine; the message names the command.
    """
    with _locked(training=True):
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Timing: nothing that trains or times may run beside it.

    Raises:
        CoresBusy: something does; the message names the command.
    """
    with _locked(training=False):
        yield


@contextmanager
def _locked(*, training: bool) -> Iterator[None]:
    path = lock_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        if not locks.take(descriptor, path, shared=training):
            raise CoresBusy(_refusal(descriptor, path, training=training))
        yield
    finally:
        os.close(descriptor)


def lock_file() -> Path:
    """`REGNET_LOCK`, else one file a user in the folder for temporary files."""
    given = os.environ.get("REGNET_LOCK", "")
    user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
    return full_path(given) if given else Path(tempfile.gettempdir(), f"regnet-{user}.lock")


def _refusal(descriptor: int, path: Path, *, training: bool) -> str:
    """One line: what runs, why it must not be disturbed or does disturb, and what to do."""
    named = _holders(descriptor)
    who = f" ({', '.join(named)})" if named else ""
    if training:
        return f"networks are timed on this machine{who}: a training beside it would spoil the times; {_REMEDY}"
    if not locks.take(descriptor, path, shared=True):  # who trains shares the lock, who times does not
        return f"networks are timed on this machine already{who}: two at once would spoil both times; {_REMEDY}"
    return f"networks are trained on this machine{who}: times taken beside it would be wrong; {_REMEDY}"


def _holders(descriptor: int) -> list[str]:
    """Process number, command and folder of who holds the lock; nothing where the system does not say (not Linux)."""
    inode = os.fstat(descriptor).st_ino
    try:
        lines = [line.split() for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return []
    # as in: 1: FLOCK  ADVISORY  WRITE 708 fe:00:3145 0 EOF
    owners = [line[4] for line in lines if line[1] == "FLOCK" and line[5].rpartition(":")[2] == str(inode)]
    return [said for owner in owners if (said := _process(Path("/proc", owner)))]


def _process(folder: Path) -> str:
    """As "process 708: regnet time resnet-50, in /home/me/regnet"; empty where it is gone or not ours to see."""
    try:
        words = (folder / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        where = (folder / "cwd").readlink()
    except OSError:
        return ""
    typed = textwrap.shorten(shlex.join(_command(words)), 100, placeholder=" ...")  # also of lines it makes one
    return f"process {folder.name}: {typed}, in {where}"


def _command(words: list[str]) -> list[str]:
    """A command line without the interpreter and the folder of the script, as it was typed.

    >>> _command(["/home/me/.venv/bin/python", "/home/me/.venv/bin/regnet", "time"])
    ['regnet', 'time']
    """
    script = next((i for i, word in enumerate(words) if Path(word).name == "regnet"), 0)
    return [Path(words[script]).name, *words[script + 1 :]]
