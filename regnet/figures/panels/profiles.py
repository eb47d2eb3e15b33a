"""Width profiles: the width of every block, on a logarithmic axis, as in Figs 6, 8, 15 and 16 of the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

Floats = npt.NDArray[np.float64]
WIDTHS = (8, 32, 128, 512)  # ticks, channels


def draw(ax: Axes, widths_per_block: Floats, *, colour: str, **line: Any) -> None:
    """w_j against the block's index j = 0 ... d - 1, a mark a block."""
    style: dict[str, Any] = {"marker": "o", "markersize": 3.2, "linewidth": 1.4} | line
    ax.plot(np.arange(len(widths_per_block)), widths_per_block, color=colour, **style)


def axes(ax: Axes, *, xlabel: str = "block index j", ylabel: str = "width wⱼ (channels)") -> None:
    """The scales and labels of a profile panel."""
    ax.set_yscale("log", base=2)
    ax.set(yticks=WIDTHS, xlabel=xlabel, ylabel=ylabel)
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))


def of_row(row: Mapping[Any, Any], stages: int = 4) -> Floats:
    """w_j of a population's row (realised widths), shape (d,).

    >>> of_row({"d1": 1, "d2": 2, "w1": 8, "w2": 16}, stages=2)
    array([ 8., 16., 16.])
    """
    numbers = range(1, stages + 1)
    return np.repeat([float(row[f"w{i}"]) for i in numbers], [int(row[f"d{i}"]) for i in numbers])


def in_words(depths: Sequence[float], widths: Sequence[float], g: float, b: float, error: float) -> str:
    """A network in two lines, as the paper's legends have it.

    >>> print(in_words((1, 2, 2, 4), (48, 80, 352, 560), 8, 1, 38.9))
    w 48 80 352 560
    d 1 2 2 4, g 8, b 1, 38.9%
    """
    listed = [" ".join(f"{value:g}" for value in values) for values in (widths, depths)]
    return f"w {listed[0]}\nd {listed[1]}, g {g:g}, b {b:g}, {error:.1f}%"


def rows(panel: str, source: str, name: str, widths_per_block: Floats, error: float) -> pd.DataFrame:
    """One row a block: panel, source, network, error (percent), block index, width."""
    table = pd.DataFrame({"block": np.arange(len(widths_per_block)), "width": widths_per_block})
    return table.assign(panel=panel, source=source, network=name, error=error)
