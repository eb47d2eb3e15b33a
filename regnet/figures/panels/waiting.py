"""Figures of several panels while populations are still being trained: what is drawn, and what fills the rest.

A panel is drawn from those of its populations that are there, with however many members they have. A comparison needs
two: a panel with fewer gives its place to a short text. The page's notice (`notice.py`) replaces the whole figure where
no panel can be drawn.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence, Sized
from typing import NoReturn

from matplotlib.axes import Axes

from regnet.sweeps import price
from regnet.sweeps.population import Population
from regnet.sweeps.store import MissingPopulation, Runs

FEWEST = 2  # members; one network is no distribution
COMPARED = 2  # populations; one is no comparison
SIZE = 9  # points
CHARACTERS = 13.5  # of that size in an inch, on average


def names(runs: Runs, populations: Iterable[Population]) -> list[str]:
    """The populations' names in the regime of the runs, each once.

    >>> from pathlib import Path
    >>> names(Runs("imagenet", Path()), [Population("regnetx", multiple=2)])
    ['regnetx-800mf']
    """
    return list(dict.fromkeys(population.at(runs.regime).name for population in populations))


def present(runs: Runs, names: Iterable[str]) -> list[str]:
    """Those of the populations that can be drawn: sealed, with at least two members (`runs.n` where that is asked for).

    Raises:
        DamagedSheet: a population whose CSV is not the one its JSON describes.
    """
    return [name for name in names if runs.count(name) >= FEWEST]


def absent(runs: Runs, names: Iterable[str]) -> list[str]:
    """The others."""
    return [name for name in names if runs.count(name) < FEWEST]


def require(runs: Runs, names: Sequence[str]) -> list[str]:
    """Those that can be drawn; at least one.

    Raises:
        MissingPopulation: none can be drawn; the message has the command that makes them.
    """
    return present(runs, names) or _refuse(runs, names)


def require_any(runs: Runs, names: Sequence[str], *drawn: Sized) -> None:
    """Checks that something is drawn from these populations.

    Raises:
        MissingPopulation: everything in `drawn` is empty.
    """
    if not any(map(len, drawn)):
        _refuse(runs, names)


def _refuse(runs: Runs, names: Sequence[str]) -> NoReturn:
    raise MissingPopulation(
        f"nothing to draw of regime {runs.regime} in {runs.folder}. {words(runs, names)} "
        f"Make them: {command(runs, names)} && regnet seal {runs.regime} {' '.join(names)}"
    )


def enough(there: Sized, wanted: Sized) -> bool:
    """Whether a panel shows something: two to compare, or all that it wants.

    >>> enough(["regnetx"], ["regnetx", "regnetx_r"]), enough(["regnetx"], ["regnetx"])
    (False, True)
    """
    return len(there) >= min(COMPARED, len(wanted))


def state(runs: Runs, name: str) -> str:
    """How far a population is, as in "37 of 100"."""
    return f"{_have(runs, name)} of {_wanted(runs, name)}"


def command(runs: Runs, names: Sequence[str]) -> str:
    """What trains the populations."""
    n = f" -n {runs.n}" if runs.n else ""
    return f"regnet sweep {runs.regime} {' '.join(names)}{n}"


def words(runs: Runs, names: Sequence[str]) -> str:
    """Which of the populations are not there and how far they are, as a sentence; "" where none lacks.

    For captions and alternative texts.
    """
    states: dict[str, list[str]] = {}
    for name in absent(runs, names):
        states.setdefault(state(runs, name), []).append(name)
    listed = "; ".join(f"{', '.join(some)} ({how})" for how, some in states.items())
    return f"Not trained yet: {listed}." if listed else ""


def lacking(ax: Axes, runs: Runs, names: Sequence[str], *, title: str = "", inches: float = 2.4) -> None:
    """Writes in an axes which of the populations lack, how far they are, the command and its cost.

    `inches` is the width of the axes, at which lines are broken.
    """
    ax.set_axis_off()
    gone = absent(runs, names)
    missing = {Population.parse(name, runs.regime): _wanted(runs, name) - _have(runs, name) for name in gone}
    cost = price.words(runs, missing).partition(" (")[0]
    width = round(inches * CHARACTERS)
    parts = [
        "Not trained yet:",
        *(f"{name}: {state(runs, name)}" for name in gone),
        "",
        *textwrap.wrap(command(runs, gone), width, break_long_words=False, break_on_hyphens=False),
        "",
        *textwrap.wrap(f"Estimated cost: {cost}.", width),
    ]
    ax.text(0, 1, "\n".join(parts), ha="left", va="top", fontsize=SIZE, linespacing=1.4, transform=ax.transAxes)
    if title:
        ax.set_title(title, fontsize=SIZE, loc="left")


def _have(runs: Runs, name: str) -> int:
    """Members that are there, whatever n is asked for."""
    return Runs(runs.regime, runs.folder).count(name)


def _wanted(runs: Runs, name: str) -> int:
    return runs.n or Population.parse(name, runs.regime).wanted
