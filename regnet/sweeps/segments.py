"""On which code, machine and versions rows were made: the segments of a sealed population."""

import importlib.metadata
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from regnet import __version__
from regnet.sweeps.folders import CHECKOUT, in_checkout

Segment = Mapping[str, Any]
"""Keys version, commit, dirty, device, cpu, precision, threads, python, packages; sealed ones also first, last, rows.

`cpu` tells apart what a vendor gives one name; segments of 2026-11-22 and before do not have it. `instructions` are the
vector instructions in use; trainings also have their engine. Those of 2026-11-24 and before name neither: they are of
`FIRST_ENGINE`.
"""

FIRST_ENGINE = "torch 1"  # of segments that name none

_PACKAGES = (
    "numpy",
    "torch",
    "numba",
    "llvmlite",
    "pillow",
)  # can change a training's bits; pillow decodes photographs


def here(*, precision: str, device: str = "cpu", threads: int = 1, engine: str = "") -> dict[str, Any]:
    """The segment of rows made now, by this checkout on this machine; `engine` is what trained them."""
    commit = _commit()
    return {
        "version": __version__,
        "commit": commit,
        "dirty": bool(_git("status", "--porcelain", "--", "regnet", "pyproject.toml")) if commit else None,
        "device": _cpu() if device == "cpu" else _gpu(device),
        "cpu": _generation() if device == "cpu" else "",
        "precision": precision,
        "threads": threads,
        "python": platform.python_version(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
        "instructions": _instructions() if device == "cpu" else "",
    } | ({"engine": engine} if engine else {})


def identity(segment: Segment) -> dict[str, Any]:
    """A segment without what is counted when it is sealed: two rows of equal identity share a segment."""
    return {key: value for key, value in segment.items() if key not in ("first", "last", "rows")}


def engine_of(segment: Segment) -> str:
    """What trained the rows of a segment."""
    return str(segment.get("engine", FIRST_ENGINE))


def same_numbers(one: Segment, other: Segment) -> bool:
    """Whether a training repeated in the other segment is known to give the very same error."""
    ours, theirs = one.get("packages", {}), other.get("packages", {})
    keys = ("device", "cpu", "precision", "threads", "instructions")
    same = all(one.get(key) == other.get(key) for key in keys) and engine_of(one) == engine_of(other)
    return same and all(ours[name] == theirs[name] for name in ours.keys() & theirs.keys())


def _instructions() -> str:
    try:
        from regnet.training.instructions import instructions
    except ImportError:
        return ""  # nothing can be trained here
    return instructions()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _commit() -> str:
    """The commit that is checked out; empty where the code lies inside a repository that is not its own."""
    within = _git("rev-parse", "--show-prefix", "HEAD").split()  # no prefix at the top of a repository
    known = _git("ls-files", "--", "pyproject.toml", "regnet/__init__.py").split()
    return within[0] if len(within) == 1 and len(known) == 2 else ""


def _git(*arguments: str) -> str:
    return _output(["git", *arguments]) if in_checkout() else ""


def _cpu() -> str:
    return _cpuinfo().get("model name", "") or platform.processor() or platform.machine()


def _generation() -> str:
    """As "family 26, model 2, stepping 1"; empty where the system does not say."""
    known = _cpuinfo()
    keys = {"cpu family": "family", "model": "model", "stepping": "stepping"}
    return ", ".join(f"{word} {known[key]}" for key, word in keys.items() if key in known)


def _cpuinfo() -> dict[str, str]:
    """The first processor of /proc/cpuinfo; empty where there is none."""
    table = Path("/proc/cpuinfo")
    first = table.read_text(encoding="utf-8").partition("\n\n")[0] if table.is_file() else ""
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _gpu(device: str) -> str:
    from regnet.training.devices import gpu_name

    return gpu_name(device)


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
