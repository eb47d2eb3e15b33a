"""What networks of stages share: their values stage by stage and block by block, and an id."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Activation = Literal["relu", "silu"]

WIDTH_STEP = 8  # every width is a multiple of 8 before group compatibility (sec. 3.1)


@dataclass(frozen=True)
class Stem:
    """The first convolution: kernel x kernel, then BN and the activation, then a 3x3 stride-2 max-pool where `pool`.

    The default is the paper's (Fig 3); ResNets have `Stem(kernel=7, width=64, pool=True)`.
    """

    kernel: int = 3
    width: int = 32
    stride: int = 2
    pool: bool = False
    channels: int = 3


@dataclass(frozen=True)
class Staged:
    """A frozen network whose stages have a depth, a width and a stride; a family adds what else its stages have."""

    stages: tuple[Any, ...]

    @property
    def depths(self) -> tuple[int, ...]:
        """Blocks in each stage: d_i."""
        return tuple(s.depth for s in self.stages)

    @property
    def widths(self) -> tuple[int, ...]:
        """Output channels of each stage after group compatibility: w_i."""
        return tuple(s.width for s in self.stages)

    @property
    def strides(self) -> tuple[int, ...]:
        """Stride of each stage's first block."""
        return tuple(s.stride for s in self.stages)

    @property
    def depth(self) -> int:
        """Blocks in all stages: d."""
        return sum(self.depths)

    @property
    def widths_per_block(self) -> npt.NDArray[np.float64]:
        """w_j for each block j of the network, shape (depth,)."""
        return np.repeat(np.asarray(self.widths, np.float64), self.depths)

    @cached_property
    def id(self) -> str:
        """Twelve hexadecimal digits of the SHA-256 of the network's canonical JSON."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]
