"""Figure 23, left: the blocks X, R, V, VR and Y, drawn from network values (arXiv:2003.13678, App. D)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import get_args

import pandas as pd
from matplotlib.figure import Figure

from regnet.design.networks import AnyNet, Block
from regnet.design.zoo import zoo
from regnet.figures.numbers import paper
from regnet.figures.panels import diagrams, edfs, style
from regnet.figures.panels.layers import Layer, block_layers
from regnet.sweeps.store import Runs

TITLE = "Block types"
MODEL, STAGE = "regnetx-400mf", 3
SE_RATIO = 0.25
STEP, WIDTH = 1.62, 1.2  # inches from block to block, and of a box


def networks() -> dict[str, AnyNet]:
    """RegNetX-400MF with each block type; Y is X with SE."""
    variants = {block: _with_block(zoo.anynet(MODEL), block) for block in get_args(Block)}
    return variants | {"Y": replace(zoo.anynet(MODEL), se_ratio=SE_RATIO)}


def _with_block(net: AnyNet, block: Block) -> AnyNet:
    return AnyNet.compatible(
        depths=net.depths,
        widths=net.widths,
        bottlenecks=net.bottlenecks,
        group_widths=net.group_widths,
        block=block,
    )


def blocks() -> dict[str, list[Layer]]:
    """The stride-1 block of the stage in each network."""
    shown = {}
    for name, net in networks().items():
        stage = net.stages[STAGE - 1]
        shown[name] = block_layers(net, stage, stage.width, zoo.resolution(MODEL) // 2 ** (STAGE + 1), stride=1)
    return shown


@style.theme()
def make(runs: Runs) -> Figure:
    """Five blocks side by side, with the errors that the paper prints for RegNets made of them."""
    del runs  # its right panel is an element of its own
    fig, ax = diagrams.canvas(height=5.95)
    for place, (name, layers) in enumerate(blocks().items()):
        x = 0.94 + STEP * place
        ax.text(x, 5.85, f"{name} block", ha="center", va="top", fontsize=10.5, fontweight="bold")
        theirs = paper.printed(23, f"RegNet{name}")
        words = f"paper {edfs.bracket(theirs.least, theirs.mean)}" if theirs else "paper: not shown"
        ax.text(x, 5.6, words, ha="center", va="top", fontsize=9)
        diagrams.draw_block(ax, layers, x, 5.3, width=WIDTH, gap=0.26, shapes=False)
    return fig


def data(runs: Runs) -> pd.DataFrame:
    """One row a layer of each block, then the paper's printed errors."""
    del runs
    rows = [{"panel": name, "source": "here"} | asdict(layer) for name, all_ in blocks().items() for layer in all_]
    for name in blocks():
        if theirs := paper.printed(23, f"RegNet{name}"):
            about = {"panel": name, "source": theirs.source}
            rows.append(about | {"least_error": theirs.least, "mean_error": theirs.mean})
    return pd.DataFrame(rows)


def caption(runs: Runs) -> str:
    """What differs from block to block."""
    del runs
    stage = zoo.anynet(MODEL).stages[STAGE - 1]
    return (
        f"Blocks at stride 1, drawn from stage {STAGE} of RegNetX-400MF (w = {stage.width}, b = {stage.bottleneck:g}, "
        f"g = {stage.group_width}) with each block type. R is X without groups, V a single 3x3 convolution, VR is V "
        "with a shortcut, Y is X with squeeze-and-excitation after the 3x3 convolution (the number is its inner width, "
        "a quarter of the block's input). Paper: [least|mean] error in % of its RegNet populations, Fig 23 right "
        "(ImageNet); the populations trained here are in the right panel, an element of its own."
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    del runs
    counts = {name: sum(layer.kind == "conv" for layer in layers) for name, layers in blocks().items()}
    return f"Five block diagrams; convolutions: {', '.join(f'{name} {count}' for name, count in counts.items())}."
