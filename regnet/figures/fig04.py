"""Figure 4: the X block at stride 1 and at stride 2, drawn from the layers of RegNetX-400MF (arXiv:2003.13678)."""

from regnet.design.zoo import zoo
from regnet.figures.panels.diagrams import BlockDiagram
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.layers import network_layers
from regnet.sweeps.store import Runs

CHAPTER = "03-anynet"
MODEL, STAGE = "regnetx-400mf", 3
BLOCKS = {1: 2, 2: 1}  # stride -> the stage's block that has it


def element(runs: Runs) -> Picture:
    """Both blocks, with the shape of every tensor between convolutions."""
    placed = network_layers(zoo.anynet(MODEL), zoo.resolution(MODEL), 1000)
    blocks = [
        BlockDiagram(runs, f"stride {stride}", layers, middle=2.3, top=5.65, heading=f"X block, stride {stride}")
        for stride, block in BLOCKS.items()
        for layers in [[layer for place, layer in placed if place == f"stage {STAGE} block {block}"]]
    ]
    stage = zoo.anynet(MODEL).stages[STAGE - 1]
    words = ", ".join(f"{block.convolutions} convolutions at {block.name}" for block in blocks)
    return Picture(
        runs=runs,
        title="The X block",
        rows=[Row(blocks, body=5.75)],
        how=f"The X block at stride 1 (left) and at stride 2 (right), drawn from stage {STAGE} of RegNetX-400MF: "
        f"w = {stage.width}, b = {stage.bottleneck:g}, g = {stage.group_width}. A 1x1 convolution to w / b channels, "
        "a 3x3 convolution in groups of g channels, a 1x1 convolution to w channels, and the shortcut added before the "
        "last activation. The stride is on the 3x3 convolution; where stride or width change, the shortcut has a 1x1 "
        "convolution. Beside the arrows: channels, rows, columns. The block is the same in every regime.",
        seen="Two diagrams of boxes from top to bottom with a shortcut on the left that joins at a plus sign: "
        f"{words}.",
    )
