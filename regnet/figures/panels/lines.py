"""Lines through width profiles (sec. 3.3): through the origin, quantised fits, e_fit by group of networks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.linear_fit import fit_quantized_linear, predicted, slope
from regnet.design.zoo import zoo
from regnet.figures.numbers import paper
from regnet.figures.numbers.paper import Example
from regnet.figures.panels import style
from regnet.figures.panels.best import Best
from regnet.figures.panels.panel import Cell, Panel
from regnet.figures.panels.profiles import GREY, Profiles
from regnet.sweeps import labels
from regnet.sweeps.population import Population

Floats = npt.NDArray[np.float64]
Line = tuple[Floats, dict[str, Any]]
FLOOR = 1e-4  # the least e_fit that a logarithmic axis shows


@dataclass(frozen=True, kw_only=True)
class Origin(Profiles):
    """Networks `who` and a line through the origin: as the paper states it (channels a block), or least squares."""

    who: str
    stated: float = 0.0
    colour: str

    @cached_property
    def slope(self) -> float:
        """Channels a block."""
        return self.stated or slope([network.widths_per_block for network in self.networks])

    @property
    def title(self) -> str:
        n = f"{len(self.networks)} " * bool(self.population)
        return f"{n}{self.who}; line: wⱼ = {self.slope:.3g} (j + 1)"

    @property
    def line(self) -> Line:
        blocks = max([self.blocks, *(sum(network.depths) for network in self.networks)])
        return self.slope * np.arange(1, blocks + 1, dtype=np.float64), {"color": self.colour, "linewidth": 2}

    def rows(self) -> pd.DataFrame:
        line = pd.DataFrame({"panel": [self.name], "source": self.networks[0].source, "slope": self.slope})
        return pd.concat([super().rows(), line], ignore_index=True)


@dataclass(frozen=True)
class Fitted(Profiles):
    """A network with the quantised line that the paper prints for it, or the best fit found here."""

    @cached_property
    def fit(self) -> tuple[dict[str, float], float]:
        """w_a, w_0, w_m of the line; e_fit of the network."""
        network = self.networks[0]
        found = fit_quantized_linear(network.widths_per_block)
        ours = {"w_a": found.w_a, "w_0": float(found.w_0), "w_m": found.w_m}
        return network.fit or ours, found.error

    @property
    def title(self) -> str:
        line, e_fit = self.fit
        w_a, w_0, w_m = (f"{line[name]:.3g}" for name in ("w_a", "w_0", "w_m"))
        who = "here" if self.population else "paper"
        return f"{who}: wₐ {w_a}, w₀ {w_0}\nwₘ {w_m}, e_fit {e_fit:.2g}"

    @property
    def line(self) -> Line:
        look = {"color": style.INK, "linestyle": "--", "linewidth": 1.2, "drawstyle": "steps-mid"}
        return predicted(sum(self.networks[0].depths), **self.fit[0]), look

    def rows(self) -> pd.DataFrame:
        network, (line, e_fit) = self.networks[0], self.fit
        about = {"panel": self.name, "source": network.source, "network": network.name}
        return pd.DataFrame([about | {"e_fit": e_fit} | line])


@dataclass(frozen=True)
class Group:
    """Networks that share a strip: their names and their e_fit."""

    label: str
    source: str
    colour: str
    names: Sequence[str]
    e_fit: Floats


@dataclass(frozen=True)
class Strips(Panel):
    """e_fit on a logarithmic axis, one strip a group, the first on top, a bar at the median.

    The groups are the populations of panels of error against e_fit, then the paper's networks.
    """

    spaces: Sequence[Best]

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(panel.population for panel in self.spaces)

    @cached_property
    def groups(self) -> list[Group]:
        """From the top."""
        return [_measured(panel) for panel in self.spaces if panel.drawable] + published_groups()

    @property
    def points(self) -> int:
        return max(len(group.e_fit) for group in self.groups)

    def draw(self, cell: Cell) -> None:
        ax = cell.ax()
        for place, group in enumerate(self.groups):
            y = place + style.jitter(len(group.e_fit), 0.6)
            titles = [f"{name}: e_fit {x:.2g}" for name, x in zip(group.names, group.e_fit, strict=True)]
            style.scatter(ax, np.maximum(group.e_fit, FLOOR), y, titles, colour=group.colour, alpha=0.6)
            middle = max(FLOOR, float(np.median(group.e_fit)))
            ax.plot((middle, middle), (place - 0.38, place + 0.38), color=style.INK, linewidth=2)
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter("{x:g}")
        ax.set(ylim=(len(self.groups) - 0.5, -0.5), xlabel="e_fit (mean squared natural-log ratio); bar: median")
        ax.set_yticks(range(len(self.groups)), [group.label for group in self.groups])
        ax.grid(visible=False, axis="y")

    def rows(self) -> pd.DataFrame:
        """One row a network of the paper; the populations' are those of their own panels."""
        tables = [
            pd.DataFrame({"network": list(group.names), "x": group.e_fit}).assign(
                panel=self.name, series=group.label, source=group.source, statistic="network"
            )
            for group in published_groups()
        ]
        return pd.concat(tables, ignore_index=True)

    def words(self) -> str:
        each = ", ".join(f"{group.label} {np.median(group.e_fit):.2g}" for group in self.groups)
        return f"Median e_fit: {each}."


def _measured(panel: Best) -> Group:
    name, ids = panel.population.name, panel.frame["network_id"].tolist()
    return Group(f"{labels.label(name)}, here", panel.here, style.colour(name), ids, panel.x)


@cache
def published_groups() -> list[Group]:
    """e_fit of the paper's RegNets and ResNets and of Fig 6's networks, from their widths."""
    groups = {
        f"{label}, published": ("arXiv:2003.13678, widths of its models", {
            name: zoo[name].widths_per_block for name in zoo if name.startswith(f"{label.lower()}-")
        })
        for label in ("RegNetX", "RegNetY", "ResNet")
    }  # fmt: skip
    for word in ("good", "bad"):
        shown: list[Example] = [example for example in paper.examples(6) if word in example.name]
        groups[f"Fig 6 {word}, paper"] = shown[0].source, {e.name: e.widths_per_block for e in shown}
    return [
        Group(label, source, GREY, list(some), np.array([fit_quantized_linear(w).error for w in some.values()]))
        for label, (source, some) in groups.items()
    ]
