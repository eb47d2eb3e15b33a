"""Figure 23, left: the blocks X, R, V, VR and Y, drawn from network values (arXiv:2003.13678, App. D)."""

from dataclasses import replace
from typing import get_args

import pandas as pd

from regnet.design.networks import AnyNet, Block
from regnet.design.zoo import zoo
from regnet.figures.numbers import paper
from regnet.figures.panels.diagrams import BlockDiagram
from regnet.figures.panels.edfs import pair
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.layers import block_layers
from regnet.sweeps.store import Runs

CHAPTER, NUMBER = "03-anynet", "Figure 23, left"
MODEL, STAGE = "regnetx-400mf", 3
SE_RATIO = 0.25


def networks() -> dict[str, AnyNet]:
    """RegNetX-400MF with each block type; Y is X with SE."""
    net = zoo.anynet(MODEL)

    def made_of(block: Block) -> AnyNet:
        return AnyNet.compatible(
            depths=net.depths,
            widths=net.widths,
            bottlenecks=net.bottlenecks,
            group_widths=net.group_widths,
            block=block,
        )

    return {block: made_of(block) for block in get_args(Block)} | {"Y": replace(net, se_ratio=SE_RATIO)}


def element(runs: Runs) -> Picture:
    """Five blocks side by side, with the errors that the paper prints for RegNets made of them."""
    blocks, size = [], zoo.resolution(MODEL) // 2 ** (STAGE + 1)
    printed = {name: paper.printed(23, f"RegNet{name}") for name in networks()}
    for name, net in networks().items():
        stage, theirs = net.stages[STAGE - 1], printed[name]
        note = f"paper {pair(theirs.least, theirs.mean)}" if theirs else "paper: not shown"
        layers = block_layers(net, stage, stage.width, size, stride=1)
        blocks.append(BlockDiagram(runs, name, layers, middle=0.94, top=5.85, heading=f"{name} block", note=note,
                                   width=1.2, gap=0.26, shapes=False))  # fmt: skip
    stage = zoo.anynet(MODEL).stages[STAGE - 1]
    return Picture(
        runs=runs,
        title="Block types",
        rows=[Row(blocks, body=5.95)],
        how=f"Blocks at stride 1, drawn from stage {STAGE} of RegNetX-400MF (w = {stage.width}, b = "
        f"{stage.bottleneck:g}, g = {stage.group_width}) with each block type. R is X without groups, V a single 3x3 "
        "convolution, VR is V with a shortcut, Y is X with squeeze-and-excitation after the 3x3 convolution (the "
        "number is its inner width, a quarter of the block's input). Paper: least|mean error in % of its RegNet "
        "populations, Fig 23 right (ImageNet); the populations trained here are in the right panel, an element of its "
        "own.",
        seen=f"Five block diagrams; convolutions: {', '.join(f'{b.name} {b.convolutions}' for b in blocks)}.",
        more=lambda: pd.DataFrame(
            {"panel": name, "source": theirs.source, "least_error": theirs.least, "mean_error": theirs.mean}
            for name, theirs in printed.items() if theirs
        ),
    )  # fmt: skip
