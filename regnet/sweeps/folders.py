"""Where evidence lies: folders named by the environment, else those of the checkout, whatever the caller's folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def runs_folder(runs: str | Path = "") -> Path:
    """The folder of sealed populations: `runs`, else `REGNET_RUNS`, else the checkout's `runs/`.

    Raises:
        FileNotFoundError: none is given and the package is installed without its checkout.
    """
    return _folder(runs, "REGNET_RUNS", "runs")


def work_folder(work: str | Path = "") -> Path:
    """The folder of journals: `work`, else `REGNET_WORK`, else the checkout's `work/`.

    Raises:
        FileNotFoundError: none is given and the package is installed without its checkout.
    """
    return _folder(work, "REGNET_WORK", "work")


def in_checkout() -> bool:
    """Whether the package runs from its checkout, where the committed evidence is."""
    return (CHECKOUT / "pyproject.toml").is_file()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One writer at a time in a folder, on this machine: the others wait."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _folder(given: str | Path, variable: str, name: str) -> Path:
    if given := given or os.environ.get(variable, ""):
        return Path(given).expanduser().resolve()
    if not in_checkout():
        raise FileNotFoundError(f"regnet is installed without its checkout: set {variable} to a folder for {name}")
    return CHECKOUT / name
