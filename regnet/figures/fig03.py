"""Figure 3: stem, body, head; the body's stages; a stage's blocks. Drawn from RegNetX-400MF (arXiv:2003.13678)."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from regnet.design.convolutions import output_side
from regnet.design.networks import AnyNet
from regnet.design.zoo import zoo
from regnet.figures.panels.captions import SUBSCRIPTS
from regnet.figures.panels.diagrams import Canvas, arrow, box, enlarge, shape
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.layers import stem_layers
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

CHAPTER = "03-anynet"
MODEL, STAGE, CLASSES = "regnetx-400mf", 3, 1000
BOX, STEP, TOP = 1.36, 0.5, 4.95  # a box's width, an arrow's length, where the input arrows start (inches)
NETWORK, BODY, BLOCKS = 1.62, 4.3, 7.22  # centres of the three columns (inches)


class Tensor(NamedTuple):
    """What lies between two parts of the network: channels, rows (and columns), the paper's symbols."""

    after: str
    width: int
    size: int
    symbols: str


@dataclass(frozen=True)
class Structure(Canvas):
    """Three columns: the network, its body, one of its stages."""

    def sketch(self, ax: Axes) -> None:
        net, between = zoo.anynet(MODEL), tensors(zoo.anynet(MODEL), zoo.resolution(MODEL))
        body, stage = _network(ax, net, between), _body(ax, net, between)
        _blocks(ax, net, between)
        ends = (TOP + 0.07, 0.32)
        enlarge(ax, (NETWORK + BOX / 2, *body), (2.72, 5.12), ends)
        enlarge(ax, (BODY + BOX / 2, *stage), (5.5, 8.02), ends)
        for x, text in ((NETWORK, "network"), (BODY, "body"), (BLOCKS, f"stage {STAGE}")):
            ax.text(x, 5.3, text, ha="center", va="top", fontsize=10.5, fontweight="bold")

    def rows(self) -> pd.DataFrame:
        """One row a tensor: of RegNetX-400MF as published, and of the same body in the regime."""
        tables = [
            pd.DataFrame(tensors(zoo.anynet(MODEL), zoo.resolution(MODEL))).assign(network="RegNetX-400MF"),
            pd.DataFrame(self.ours).assign(network=f"the same body, regime {self.runs.regime}"),
        ]
        return pd.concat(tables, ignore_index=True)

    @property
    def ours(self) -> list[Tensor]:
        """The tensors of the same body in the regime."""
        regime = find_regime(self.runs.regime)
        return tensors(replace(zoo.anynet(MODEL), stem=regime.stem), regime.resolution)


def tensors(net: AnyNet, resolution: int) -> list[Tensor]:
    """The input, and what stem and stages give."""
    size, scale = stem_layers(net, resolution)[-1].size, net.stem.stride * (2 if net.stem.pool else 1)
    found = [
        Tensor("input", net.stem.channels, resolution, f"{net.stem.channels}, r, r"),
        Tensor("stem", net.stem.width, size, _symbols(0, scale)),
    ]
    for number, stage in enumerate(net.stages, start=1):
        size, scale = output_side(size, stage.stride), scale * stage.stride
        found.append(Tensor(f"stage {number}", stage.width, size, _symbols(number, scale)))
    return found


def _symbols(number: int, scale: int) -> str:
    r = f"r/{scale}" if scale > 1 else "r"
    return f"{'w' + str(number).translate(SUBSCRIPTS)}, {r}, {r}"


def _down(ax: Axes, x: float, y: float, tensor: Tensor) -> float:
    label = f"{shape(tensor.width, tensor.size)}\n{tensor.symbols}"
    arrow(ax, (x, y), (x, y - STEP), label=label, side="left")
    return y - STEP


def _network(ax: Axes, net: AnyNet, between: list[Tensor]) -> tuple[float, float]:
    """The first column; returns the upper and the lower edge of the body."""
    stem, x = net.stem, NETWORK
    y = _down(ax, x, TOP, between[0])
    y = box(ax, x, y, BOX, 0.6, f"stem\n{stem.kernel}×{stem.kernel} conv, stride {stem.stride}", "conv")
    top = _down(ax, x, y, between[1])
    bottom = box(ax, x, top, BOX, 1.2, f"body\n{len(net.stages)} stages\n{net.depth} blocks", "frame")
    y = _down(ax, x, bottom, between[-1])
    y = box(ax, x, y, BOX, 0.6, "head\naverage pool, fc", "linear")
    arrow(ax, (x, y), (x, y - STEP), label=f"{CLASSES}\nn classes", side="left")
    return top, bottom


def _body(ax: Axes, net: AnyNet, between: list[Tensor]) -> tuple[float, float]:
    """The second column; returns the upper and the lower edge of the stage that is enlarged."""
    edges, y = {}, TOP
    for number, stage in enumerate(net.stages, start=1):
        top = _down(ax, BODY, y, between[number])
        plural = "s" * (stage.depth > 1)
        text = f"stage {number}\nd{str(number).translate(SUBSCRIPTS)} = {stage.depth} block{plural}"
        y = box(ax, BODY, top, BOX, 0.46, text, "frame")
        edges[number] = (top, y)
    _down(ax, BODY, y, between[-1])
    return edges[STAGE]


def _blocks(ax: Axes, net: AnyNet, between: list[Tensor]) -> None:
    """The third column: the first block has the stride, the second and the last show that the others repeat."""
    stage, y = net.stages[STAGE - 1], TOP
    for block in sorted({1, min(2, stage.depth), stage.depth}):
        if block > 2 and stage.depth > 3:
            ax.text(BLOCKS, y - 0.14, "⋮", ha="center", va="center", fontsize=14)
            y -= 0.28
        y = _down(ax, BLOCKS, y, between[STAGE] if block == 1 else between[STAGE + 1])
        y = box(ax, BLOCKS, y, BOX, 0.46, f"block {block}\nstride {stage.stride if block == 1 else 1}", "conv")
    _down(ax, BLOCKS, y, between[STAGE + 1])


def element(runs: Runs) -> Picture:
    """The network, its body, one of its stages."""
    regime, structure = find_regime(runs.regime), Structure(runs, "structure")
    sizes, depths = ([tensor.size for tensor in structure.ours], zoo.anynet(MODEL).depths)
    return Picture(
        runs=runs,
        title="General network structure",
        rows=[Row([structure], body=5.35)],
        how="A network is a stem, a body and a head; the body is four stages, a stage is d_i identical blocks of which "
        f"the first has stride 2. Drawn from RegNetX-400MF at {zoo.resolution(MODEL)} px; beside the arrows: channels, "
        f"rows, columns. In regime {runs.regime} the stem has stride {regime.stem.stride} and {regime.stem.width} "
        f"channels, and the sizes from input to last stage are {', '.join(map(str, sizes))} px.",
        seen="Three columns of boxes joined by arrows: stem, body and head; the body enlarged into four stages of "
        f"{', '.join(map(str, depths))} blocks; stage {STAGE} enlarged into its blocks, the first of stride 2.",
    )
