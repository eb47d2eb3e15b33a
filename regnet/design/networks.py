"""Networks as values: frozen dataclasses that say everything a network is, and nothing about how it is run.

Each family has a module of its own; this one names them all.
"""

from typing import TypeAlias

from regnet.design.anynet import AnyNet, Block, Stage
from regnet.design.compatibility import compatible_width
from regnet.design.efficientnet import EfficientNet, MBStage
from regnet.design.regnet import RegNet
from regnet.design.staged import WIDTH_STEP, Activation, Staged, Stem

Network: TypeAlias = AnyNet | EfficientNet

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
    "compatible_width",
]
