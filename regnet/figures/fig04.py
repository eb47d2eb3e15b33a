"""Figure 4: the X block at stride 1 and at stride 2, drawn from the layers of RegNetX-400MF (arXiv:2003.13678)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from regnet.design.zoo import zoo
from regnet.figures.panels import diagrams, style
from regnet.figures.panels.layers import Layer, network_layers

if TYPE_CHECKING:
    from regnet.sweeps.store import Runs

TITLE = "The X block"
MODEL, STAGE = "regnetx-400mf", 3


def blocks() -> dict[str, list[Layer]]:
    """The second and the first block of the stage: stride 1 and stride 2."""
    placed = network_layers(zoo.anynet(MODEL), zoo.resolution(MODEL), 1000)
    return {
        panel: [layer for place, layer in placed if place == f"stage {STAGE} block {block}"]
        for panel, block in (("stride 1", 2), ("stride 2", 1))
    }


@style.theme()
def make(runs: Runs) -> Figure:
    """Both blocks, with the shape of every tensor between convolutions."""
    del runs  # the block is the same whatever was trained
    fig, ax = diagrams.canvas(height=5.75)
    for (panel, layers), x in zip(blocks().items(), (2.0, 6.0), strict=True):
        ax.text(x, 5.65, f"X block, {panel}", ha="center", va="top", fontsize=10.5, fontweight="bold")
        diagrams.draw_block(ax, layers, x, 5.35)
    return fig


def data(runs: Runs) -> pd.DataFrame:
    """One row a layer: panel, kind, kernel, stride, groups, widths and sizes in and out."""
    del runs
    rows = [{"panel": panel} | asdict(layer) for panel, layers in blocks().items() for layer in layers]
    return pd.DataFrame(rows)


def caption(runs: Runs) -> str:
    """What the boxes say, and which blocks are drawn."""
    del runs
    stage = zoo.anynet(MODEL).stages[STAGE - 1]
    return (
        f"The X block at stride 1 (left) and at stride 2 (right), drawn from stage {STAGE} of RegNetX-400MF: "
        f"w = {stage.width}, b = {stage.bottleneck:g}, g = {stage.group_width}. A 1x1 convolution to w / b channels, "
        "a 3x3 convolution in groups of g channels, a 1x1 convolution to w channels, and the shortcut added before the "
        "last activation. The stride is on the 3x3 convolution; where stride or width change, the shortcut has a 1x1 "
        "convolution. Beside the arrows: channels, rows, columns. The block is the same in every regime."
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    del runs
    convolutions = {name: sum(layer.kind == "conv" for layer in layers) for name, layers in blocks().items()}
    words = ", ".join(f"{count} convolutions at {name}" for name, count in convolutions.items())
    return f"Two diagrams of boxes from top to bottom with a shortcut on the left that joins at a plus sign: {words}."
