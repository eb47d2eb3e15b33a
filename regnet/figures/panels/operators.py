"""What a convolution costs, by formula (Fig 12, top left) and as this library counts it.

Width w in and out, resolution r, group width g. Parameters are weights alone: batch normalisation adds 2 w.
"""

from dataclasses import dataclass

import pandas as pd

from regnet.design.convolutions import Conv, Shape, convolutions
from regnet.design.networks import Stem
from regnet.figures.panels import style
from regnet.figures.panels.panel import Cell, Panel

WIDTH, RESOLUTION, GROUP = 64, 14, 16  # of the sample that is counted
LABEL = f"Costs of convolutions, counted at w = {WIDTH}, r = {RESOLUTION}, g = {GROUP}"


@dataclass(frozen=True)
class Operator:
    """A convolution: name, its three formulas, its group width in a network of width `WIDTH`, its place in a block."""

    name: str
    flops: str
    params: str
    acts: str
    group: int
    place: int

    @property
    def counted(self) -> Conv:
        """The convolution in a one-block stage of stride 1 with w = `WIDTH`, b = 1, at resolution `RESOLUTION`."""
        shape = Shape([1], [WIDTH], [WIDTH], [self.group], (1,), Stem(width=WIDTH, stride=1), "X", 0.0)
        _stem, *block = convolutions(shape, RESOLUTION)
        return [conv for conv in block if conv.count][self.place]


OPERATORS = (
    Operator("1×1", "w²r²", "w²", "wr²", WIDTH, 0),
    Operator("3×3", "3²w²r²", "3²w²", "wr²", WIDTH, 1),
    Operator("3×3, groups", "3²wgr²", "3²wg", "wr²", GROUP, 1),
    Operator("3×3, depthwise", "3²wr²", "3²w", "wr²", 1, 1),
)


def table() -> pd.DataFrame:
    """One row a convolution: formulas, and flops, weights and activations counted from an X block of this library.

    >>> int(table()["flops, counted"].iloc[0]) - WIDTH**2 * RESOLUTION**2
    0
    """
    rows = []
    for operator in OPERATORS:
        conv = operator.counted
        rows.append({
            "convolution": operator.name,
            "flops": operator.flops, "params": operator.params, "acts": operator.acts,
            "flops, counted": int(conv.flops), "params, counted": int(conv.weights), "acts, counted": int(conv.acts),
        })  # fmt: skip
    return pd.DataFrame(rows)


class Operators(Panel):
    """The formulas as a table."""

    def draw(self, cell: Cell) -> None:
        ax = cell.ax()
        ax.set_axis_off()
        ax.set(xlim=(0, 1), ylim=(len(OPERATORS) + 2.2, -0.2))
        cells = [("", "flops", "params", "acts"), *((o.name, o.flops, o.params, o.acts) for o in OPERATORS)]
        for y, words in enumerate(cells):
            for x, word in zip((0, 0.6, 0.83, 1.0), words, strict=True):
                said = ax.text(x, y + 0.5, word, ha="right" if x else "left", va="center", fontsize=9)
                said.set_in_layout(False)
        ax.axhline(1, color=style.INK, linewidth=0.8)

    def rows(self) -> pd.DataFrame:
        return table().assign(panel=self.name, source="computed")

    def words(self) -> str:
        return ""
