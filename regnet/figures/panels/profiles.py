"""Width profiles: the width of every block, on a logarithmic axis, as in Figs 6, 8, 15 and 16 of the paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.ticker import MaxNLocator

from regnet.figures.numbers.paper import Example
from regnet.figures.panels import style
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps.population import Population

GREY = "#7f7f7f"  # the paper's networks


@dataclass(frozen=True)
class Profiles(Panel):
    """The `given` networks, or those members of a population, sorted by error, that lie from rank to rank.

    The axes show `blocks` blocks, more where a network has more, and widths around `ticks` (channels).
    """

    given: Sequence[Example] = ()
    population: Population | None = None
    ranks: tuple[int | None, int | None] = (None, None)
    ink: str = GREY
    blocks: int = 0
    ticks: Sequence[float] = (8, 32, 128, 512)
    xlabel: str = "block index j"
    ylabel: str = "width wⱼ (channels)"

    @property
    def of(self) -> tuple[Population, ...]:
        return (self.population,) if self.population else ()

    @cached_property
    def networks(self) -> Sequence[Example]:
        """Those that are shown."""
        if not self.population:
            return self.given
        rows = self.frames[self.population].sort_values(["error", "index"]).iloc[slice(*self.ranks)]
        return [_member(row, self.here) for row in rows.to_dict("records")]

    @property
    def title(self) -> str:
        return "\n".join(map(in_words, self.networks))

    @property
    def line(self) -> tuple[npt.NDArray[np.float64], dict[str, Any]] | None:
        """What is drawn with the networks: a width for each block, and how it looks."""
        return None

    def draw(self, cell: Cell) -> None:
        ax = cell.ax()
        one = len(self.networks) == 1
        if self.line:
            widths, look = self.line
            ax.plot(widths, **look)
        for network in self.networks:
            widths = network.widths_per_block
            ax.plot(
                widths, color=self.ink, linewidth=1.3 if one else 0.9, alpha=1 if one else 0.6, drawstyle="steps-mid"
            )
            style.scatter(ax, np.arange(len(widths)), widths, self._titles(network), colour=self.ink,
                          s=13 if one else 6, alpha=1 if one else 0.6, zorder=3)  # fmt: skip
        style.powers(ax, "y", self.ticks, room=1.2)
        ax.set(xlim=(-1, max([self.blocks, *(sum(network.depths) for network in self.networks)])),
               xlabel=self.xlabel, ylabel=self.ylabel)  # fmt: skip
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.set_title(self.title, fontsize=9, loc="left", linespacing=1.3)

    def _titles(self, network: Example) -> list[str]:
        """What a block says on hover."""
        stages = np.repeat(np.arange(1, len(network.depths) + 1), network.depths)
        words = [
            f"{network.name}, stage {stage}, block {j}: w {width:g}"
            for j, (stage, width) in enumerate(zip(stages, network.widths_per_block, strict=True))
        ]
        return [f"{said}, line {at:.1f}" for said, at in zip(words, self.line[0], strict=False)] if self.line else words

    def rows(self) -> pd.DataFrame:
        """One row a block."""
        tables = [
            pd.DataFrame({"block": np.arange(len(widths)), "width": widths}).assign(
                panel=self.name, source=network.source, network=network.name, error=network.error
            )
            for network in self.networks if len(widths := network.widths_per_block)
        ]  # fmt: skip
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    def words(self) -> str:
        return ""


def in_words(network: Example) -> str:
    """A network in two lines, as the paper's legends have it.

    >>> print(in_words(Example("one", (1, 2, 2, 4), (48, 80, 352, 560), 8, 1, 38.9, "")))
    w 48 80 352 560
    d 1 2 2 4, g 8, b 1, 38.9%
    """
    depths, widths = (" ".join(map(str, values)) for values in (network.depths, network.widths))
    return f"w {widths}\nd {depths}, g {network.group_width}, b {network.bottleneck:g}, {network.error:.1f}%"


def _member(row: Mapping[Any, Any], source: str) -> Example:
    depths, widths = (tuple(int(row[f"{key}{i}"]) for i in range(1, 5)) for key in "dw")
    return Example(f"member {row['index']}", depths, widths, int(row["g1"]), row["b1"], row["error"], source)
