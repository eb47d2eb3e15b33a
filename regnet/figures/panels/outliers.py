"""Where an error axis ends when a few networks that hardly train would stretch it, and how many lie beyond.

One rule for curves and scatters. The picture and its caption give the count, and every number includes those networks.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
SHOWN = 0.97  # of each group's networks that lie within a panel,
STRETCH = 1.5  # where all of them would make its axis longer by more than this
MARGIN = 0.03  # of the axis, left free at both ends


class Span(NamedTuple):
    """An error axis: its two ends (percent) and how many networks lie beyond the upper one."""

    low: float
    high: float
    beyond: int


def span(groups: Sequence[Floats]) -> Span:
    """The axis on which these groups' errors are drawn.

    >>> span([np.array([20.0, 25.0, 30.0])]).beyond, span([np.r_[np.linspace(20, 30, 99), 90.0]]).beyond
    (0, 1)
    """
    pooled, end = np.concatenate(groups), _end(groups)
    margin = MARGIN * (float(end - pooled.min()) or 1.0)
    return Span(float(pooled.min()) - margin, end + margin, int((pooled > end + margin).sum()))


def _end(groups: Sequence[Floats]) -> float:
    """The largest error, or where few would stretch the axis, that of all but those few.

    >>> _end([np.array([20.0, 25.0, 30.0])]), _end([np.r_[np.linspace(20, 30, 99), 90.0]]) < 31
    (30.0, True)
    """
    most, least = max(e.max() for e in groups), min(e.min() for e in groups)
    bulk = max(float(np.quantile(e, SHOWN)) for e in groups)
    return float(most) if most - least <= STRETCH * (bulk - least) else bulk


def rightward(ax: Axes, found: Span) -> None:
    """Ends the x axis there, and says in the panel how many lie beyond."""
    ax.set_xlim(found.low, found.high)
    _say(ax, found, "→", 0.04)


def upward(ax: Axes, found: Span) -> None:
    """Ends the y axis there, and says in the panel how many lie beyond."""
    ax.set_ylim(found.low, found.high)
    _say(ax, found, "↑", 1.01)  # above the axes: points may lie anywhere within


def _say(ax: Axes, found: Span, arrow: str, y: float) -> None:
    if found.beyond:
        ax.text(0.98, y, f"{found.beyond} beyond {arrow}", transform=ax.transAxes, ha="right", va="bottom", fontsize=9)


def words(panels: Mapping[str, Sequence[Floats]]) -> str:
    """For captions: how many networks lie beyond the axis of each panel; "" where none does.

    >>> few = np.r_[np.linspace(20, 30, 99), 90.0]
    >>> words({"depth": [few], "width": [few[:-1]]})
    'Beyond the error axis: 1 (depth), at most 90.0%; every number counts them.'
    """
    counts = {name: count for name, groups in panels.items() if groups and (count := span(groups).beyond)}
    if not counts:
        return ""
    most = max(float(errors.max()) for name in counts for errors in panels[name])
    alone = len(panels) == 1
    listed = ", ".join(f"{count}" if alone else f"{count} ({name})" for name, count in counts.items())
    return f"Beyond the error axis: {listed}, at most {most:.1f}%; every number counts them."
