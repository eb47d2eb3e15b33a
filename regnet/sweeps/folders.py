"""Where evidence lies: folders named by the environment, else those of the checkout, whatever the caller's folder."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def runs_folder(runs: str | Path = "") -> Path:
    """The folder of sealed populations: `runs`, else `REGNET_RUNS`, else the checkout's `runs/`.

    Raises:
        FileNotFoundError: none is given and the package is installed without its checkout.
        NotADirectoryError: a file is there.
    """
    return _folder(runs, "REGNET_RUNS", "runs")


def work_folder(work: str | Path = "") -> Path:
    """The folder of journals: `work`, else `REGNET_WORK`, else the checkout's `work/`.

    Raises:
        FileNotFoundError, NotADirectoryError: as `runs_folder`.
    """
    return _folder(work, "REGNET_WORK", "work")


def in_checkout() -> bool:
    """Whether the package runs from its checkout, where the committed evidence is."""
    return (CHECKOUT / "pyproject.toml").is_file()


def full_path(given: str | Path) -> Path:
    """A path that a user wrote, absolute, `~` as the home folder.

    Raises:
        ValueError: a home folder that is not known, or a character that no path has.
    """
    try:
        return Path(given).expanduser().resolve()
    except (RuntimeError, ValueError, OSError) as error:
        raise ValueError(f"{str(given)!r} is no path: {error}") from None


def _folder(given: str | Path, variable: str, name: str) -> Path:
    if given := given or os.environ.get(variable, ""):
        folder = full_path(given)
    elif in_checkout():
        folder = CHECKOUT / name
    else:
        raise FileNotFoundError(f"regnet is installed without its checkout: set {variable} to a folder for {name}")
    if folder.is_file():
        raise NotADirectoryError(f"{folder} is a file, a folder for {name} is expected there ({variable})")
    return folder
