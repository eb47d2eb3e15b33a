"""AnyNet: a stem, stages of one block type, and a linear classifier, as a frozen dataclass.

Source: Designing Network Design Spaces (arXiv:2003.13678), sec. 3.1-3.2, Figs 3, 4 and 23.

Deviations from pycls:
- the bottleneck ratio is the paper's b (inner width = w / b), not its reciprocal;
- an architecture is a hashable value, not a global configuration;
- V and VR have a single 3x3 convolution, as in the paper's App. D (pycls' have two).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from regnet.design.compatibility import compatible_width
from regnet.design.scalars import (
    DEPTH,
    LEAST_RATIO,
    MOST_RATIO,
    SIDE,
    WIDTH,
    reals,
    set_real,
    set_whole,
    shown,
    wholes,
)
from regnet.design.staged import Activation, Staged, Stem

Block = Literal["X", "R", "V", "VR"]


@dataclass(frozen=True)
class Stage:
    """`depth` identical blocks of output width `width`; the first has stride `stride` (Fig 3).

    Raises:
        ValueError: an impossible number.
    """

    depth: int
    width: int
    bottleneck: float = 1.0
    group_width: int = 1
    stride: int = 2

    def __post_init__(self) -> None:
        # 1 and 1.0, NumPy's integers and Python's are one network, one id
        set_whole(self, "depth", high=DEPTH)
        set_whole(self, "width", high=WIDTH)
        set_whole(self, "group_width")
        set_whole(self, "stride", high=SIDE)
        set_real(self, "bottleneck", low=LEAST_RATIO, high=MOST_RATIO)
        if not self.inner_width:
            raise ValueError(f"bottleneck must leave a channel of width {self.width}, got {self.bottleneck:g}")

    @property
    def inner_width(self) -> int:
        """Channels of the 3x3 convolution: w / b (Fig 4)."""
        return round(self.width / self.bottleneck)

    @property
    def groups(self) -> int:
        """Groups of the 3x3 convolution."""
        return self.inner_width // self.group_width


@dataclass(frozen=True)
class AnyNet(Staged):
    """Stem, stages of one block type, and the head (average pool, linear classifier).

    Blocks (Figs 4, 23): X = residual bottleneck with group convolution; R = X without groups; V = one 3x3
    convolution; VR = V with a residual. Y is X with `se_ratio` > 0 (1/4 in the paper). V and VR have no inner
    width: their stages must say bottleneck 1; R, V and VR have one group.

    Raises:
        ValueError: a stage whose group width does not divide its inner width, or an impossible number.

    >>> AnyNet.compatible(depths=(1, 2), widths=(24, 56), bottlenecks=(1, 1), group_widths=(16, 16)).widths
    (32, 64)
    """

    stages: tuple[Stage, ...]
    stem: Stem = field(default_factory=Stem)
    block: Block = "X"
    se_ratio: float = 0.0
    activation: Activation = "relu"

    def __post_init__(self) -> None:
        self.check_template(Stage)
        check_block(self.block)
        for number, stage in enumerate(self.stages, start=1):
            if wrong := self._wrong(stage):
                raise ValueError(f"{wrong} (stage {number} of {len(self.stages)}: {stage})")

    def _wrong(self, stage: Stage) -> str:
        """What a stage has that the block cannot have; empty where all is right."""
        inner = stage.inner_width
        if inner % stage.group_width:
            return f"group width {stage.group_width} does not divide inner width {inner}"
        if self.block != "X" and inner != stage.group_width:
            return f"block {self.block} has one group, got {stage.groups}"
        if self.block in ("V", "VR") and stage.bottleneck != 1:
            return f"block {self.block} has no bottleneck, got b = {stage.bottleneck}"
        return ""

    @classmethod
    def compatible(
        cls,
        *,
        depths: Sequence[int],
        widths: Sequence[int],
        bottlenecks: Sequence[float],
        group_widths: Sequence[int],
        strides: Sequence[int] | None = None,
        stem: Stem | None = None,
        block: Block = "X",
        se_ratio: float = 0.0,
        activation: Activation = "relu",
    ) -> AnyNet:
        """The network of per-stage values (one entry a stage), its widths made compatible with its groups.

        Block R ignores group_widths; V and VR ignore bottlenecks too.

        Raises:
            ValueError: sequences of different lengths, or an impossible number.
        """
        columns = {
            "depths": wholes("depths", depths, high=DEPTH),
            "widths": wholes("widths", widths, high=WIDTH),
            "bottlenecks": reals("bottlenecks", bottlenecks, low=LEAST_RATIO, high=MOST_RATIO),
            "group_widths": wholes("group_widths", group_widths),
        }
        columns["strides"] = (2,) * len(columns["depths"]) if strides is None else wholes("strides", strides, high=SIDE)
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"one entry a stage expected in each of {lengths}")
        stages = []
        for d, w, b, g, s in zip(*columns.values(), strict=True):
            b = 1.0 if block in ("V", "VR") else b
            w, g = compatible_width(w, b, g if block == "X" else max(1, int(w / b)))
            stages.append(Stage(d, w, b, g, s))
        return cls(tuple(stages), Stem() if stem is None else stem, block, se_ratio, activation)

    @property
    def group_widths(self) -> tuple[int, ...]:
        """Channels a group in each stage: g_i."""
        return tuple(s.group_width for s in self.stages)

    @property
    def bottlenecks(self) -> tuple[float, ...]:
        """Bottleneck ratio of each stage: b_i, inner width = w_i / b_i."""
        return tuple(s.bottleneck for s in self.stages)


def check_block(block: object) -> None:
    """Refuse what is no block.

    Raises:
        ValueError: it is none of `Block`.
    """
    if block not in get_args(Block):
        raise ValueError(f"block must be one of {', '.join(get_args(Block))}, got {shown(block)}")
