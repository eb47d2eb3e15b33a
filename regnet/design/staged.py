"""What networks of stages share: their values stage by stage and block by block, and an id."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from regnet.design.scalars import SIDE, WIDTH, flag, set_real, set_whole, shown

Activation = Literal["relu", "silu"]

WIDTH_STEP = 8  # every width is a multiple of 8 before group compatibility (sec. 3.1)


@dataclass(frozen=True)
class Stem:
    """The first convolution: kernel x kernel, then BN and the activation, then a 3x3 stride-2 max-pool where `pool`.

    The default is the paper's (Fig 3); ResNets have `Stem(kernel=7, width=64, pool=True)`.

    Raises:
        ValueError: an impossible number.
    """

    kernel: int = 3
    width: int = 32
    stride: int = 2
    pool: bool = False
    channels: int = 3

    def __post_init__(self) -> None:
        set_whole(self, "kernel", "stride", high=SIDE)
        set_whole(self, "width", "channels", high=WIDTH)
        object.__setattr__(self, "pool", flag("pool", self.pool))
        refuse_even("kernel", self.kernel)


@dataclass(frozen=True)
class Staged:
    """A frozen network whose stages have a depth, a width and a stride; a family adds what else its stages have."""

    stages: tuple[Any, ...]

    def check_template(self, stage: type) -> None:
        """Refuse what no family's network can be: stages of another type or none, an impossible template.

        Raises:
            ValueError: what is wrong.
        """
        if not isinstance(self.stages, tuple) or not all(isinstance(each, stage) for each in self.stages):
            raise ValueError(f"stages must be a tuple of {stage.__name__}, got {shown(self.stages)}")
        if not self.stages:
            raise ValueError("a network needs at least one stage, got none")
        check_template(self)

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


def refuse_even(name: str, side: int) -> None:
    """A kernel's side is odd: only so is there as much padding on either side.

    Raises:
        ValueError: it is even.
    """
    if side % 2 == 0:
        raise ValueError(f"{name} must be odd, got {side}")


def check_template(owner: Any) -> None:
    """Refuse a stem, an activation or a share of squeeze-and-excitation that is none; of what has these fields.

    Raises:
        ValueError: what is wrong.
    """
    if not isinstance(owner.stem, Stem):
        raise ValueError(f"stem must be a Stem, got {shown(owner.stem)}")
    if owner.activation not in get_args(Activation):
        raise ValueError(f"activation must be one of {', '.join(get_args(Activation))}, got {shown(owner.activation)}")
    set_real(owner, "se_ratio", low=0, high=1)
