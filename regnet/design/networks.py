"""Networks as values: frozen dataclasses that say everything a network is, and nothing about how it is run.

Each family has a module of its own; this one names them all.
"""

from typing import TypeAlias

from regnet.design.anynet import AnyNet, Block, Stage
from regnet.design.compatibility import compatible_width
from regnet.design.efficientnet import EfficientNet, MBStage
from regnet.design.regnet import RegNet
from regnet.design.scalars import shown
from regnet.design.staged import WIDTH_STEP, Activation, Staged, Stem

Network: TypeAlias = AnyNet | EfficientNet


def as_network(value: object) -> Network:
    """The value, if it is a network of stages.

    Raises:
        ValueError: a RegNet, which is a line of widths, or anything else.
    """
    if isinstance(value, RegNet):
        raise ValueError("a RegNet is the line its widths follow: pass the network of it, RegNet(...).to_anynet()")
    if not isinstance(value, AnyNet | EfficientNet):
        raise ValueError(f"network must be an AnyNet or an EfficientNet, got {shown(value)}")
    return value


__all__ = [
    "WIDTH_STEP",
    "Activation",
    "AnyNet",
    "Block",
    "EfficientNet",
    "MBStage",
    "Network",
    "RegNet",
    "Stage",
    "Staged",
    "Stem",
    "as_network",
    "compatible_width",
]
