"""Lines through width profiles (sec. 3.3): slope through the origin, quantised fits, e_fit by group of networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from regnet.analysis.linear_fit import Fit, fit_quantized_linear
from regnet.design.zoo import zoo
from regnet.figures.numbers import paper
from regnet.figures.panels import style

Floats = npt.NDArray[np.float64]
FLOOR = 1e-4  # the least e_fit that a logarithmic axis shows


@dataclass(frozen=True)
class Group:
    """Networks that share a strip: their names and their e_fit."""

    label: str
    source: str
    colour: str
    names: Sequence[str]
    e_fit: Floats

    def rows(self) -> pd.DataFrame:
        """One row a network."""
        table = pd.DataFrame({"network": list(self.names), "x": self.e_fit})
        return table.assign(panel="e_fit by group", series=self.label, source=self.source, statistic="network")


def slope(profiles: Sequence[Floats]) -> float:
    """c of the least-squares line w_j = c (j + 1) through the blocks of all networks, channels a block.

    >>> slope([np.array([48.0, 96.0, 144.0])])
    48.0
    """
    j = np.concatenate([np.arange(1.0, len(profile) + 1) for profile in profiles])
    w = np.concatenate(list(profiles))
    return float(w @ j / (j @ j))


def predicted(d: int, w_a: float, w_0: float, w_m: float) -> Floats:
    """w_j of the quantised line (Eqs 2-4), not rounded to 8, shape (d,)."""
    exponents = np.round(np.log1p(w_a / w_0 * np.arange(d)) / np.log(w_m))
    return np.asarray(w_0 * w_m**exponents, np.float64)


def fit(widths_per_block: Floats) -> Fit:
    """The quantised line nearest to a network of four stages."""
    return fit_quantized_linear(widths_per_block, stages=4)


@cache
def published_groups(colour: str) -> list[Group]:
    """e_fit of the paper's RegNets and ResNets and of Fig 6's networks, from their widths."""
    families = {"RegNetX": "regnetx-", "RegNetY": "regnety-", "ResNet": "resnet-"}
    groups = []
    for label, start in families.items():
        names = [name for name in zoo if name.startswith(start)]
        values = np.array([fit(zoo[name].widths_per_block).error for name in names])
        groups.append(Group(f"{label}, published", "arXiv:2003.13678, widths of its models", colour, names, values))
    for word in ("good", "bad"):
        shown = [example for example in paper.examples(6) if word in example.panel]
        values = np.array([fit(example.widths_per_block).error for example in shown])
        groups.append(Group(f"Fig 6 {word}, paper", shown[0].source, colour, [e.panel for e in shown], values))
    return groups


def strips(ax: Axes, groups: Sequence[Group]) -> None:
    """e_fit on a logarithmic axis, one strip a group, the first on top, a bar at the median."""
    for place, group in enumerate(groups):
        y = place + style.jitter(len(group.e_fit), 0.6)
        titles = [f"{name}: e_fit {x:.2g}" for name, x in zip(group.names, group.e_fit, strict=True)]
        style.scatter(ax, np.maximum(group.e_fit, FLOOR), y, titles, colour=group.colour, alpha=0.6)
        ax.plot(
            [max(FLOOR, float(np.median(group.e_fit)))] * 2, (place - 0.38, place + 0.38), color=style.INK, linewidth=2
        )
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set(ylim=(len(groups) - 0.5, -0.5), xlabel="e_fit (mean squared natural-log ratio); bar: median")
    ax.set_yticks(range(len(groups)), [group.label for group in groups])
    ax.grid(visible=False, axis="y")
