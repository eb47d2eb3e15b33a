"""AnyNet: a stem, stages of one block type, and a linear classifier, as a frozen dataclass.

Source: Designing Network Design Spaces (arXiv:2003.13678), sec. 3.1-3.2, Figs 3, 4 and 23.

Deviations from pycls:
- the bottleneck ratio is the paper's b (inner width = w / b), not its reciprocal;
- an architecture is a hashable value, not a global configuration;
- V and VR have a single 3x3 convolution, as in the paper's App. D (pycls' have two).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import index
from typing import Literal, get_args

from regnet.design.compatibility import compatible_width
from regnet.design.staged import Activation, Staged, Stem

Block = Literal["X", "R", "V", "VR"]


@dataclass(frozen=True)
class Stage:
    """`depth` identical blocks of output width `width`; the first has stride `stride` (Fig 3)."""

    depth: int
    width: int
    bottleneck: float = 1.0
    group_width: int = 1
    stride: int = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "bottleneck", float(self.bottleneck))  # 1 and 1.0 are one network, one id
        for name in ("depth", "width", "group_width", "stride"):
            object.__setattr__(self, name, index(getattr(self, name)))  # so are NumPy's integers and Python's

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
        if not self.stages:
            raise ValueError("a network needs at least one stage, got none")
        if self.block not in get_args(Block):
            raise ValueError(f"block must be one of {', '.join(get_args(Block))}, got {self.block!r}")
        if self.activation not in get_args(Activation):
            raise ValueError(f"activation must be one of {', '.join(get_args(Activation))}, got {self.activation!r}")
        if not 0 <= self.se_ratio <= 1:
            raise ValueError(f"se_ratio must lie in [0, 1], got {self.se_ratio}")
        for number, stage in enumerate(self.stages, start=1):
            self._check(number, stage)

    def _check(self, number: int, stage: Stage) -> None:
        place = f"(stage {number} of {len(self.stages)}: {stage})"
        if stage.depth < 1 or stage.width < 1 or stage.stride < 1 or stage.group_width < 1:
            raise ValueError(f"depth, width, group width and stride must be at least 1 {place}")
        if not 0 < stage.bottleneck < math.inf:
            raise ValueError(f"bottleneck must be positive, got {stage.bottleneck} {place}")
        if stage.inner_width < 1 or stage.inner_width % stage.group_width:
            raise ValueError(f"group width {stage.group_width} does not divide inner width {stage.inner_width} {place}")
        if self.block != "X" and stage.groups != 1:
            raise ValueError(f"block {self.block} has one group, got {stage.groups} {place}")
        if self.block in ("V", "VR") and stage.bottleneck != 1:
            raise ValueError(f"block {self.block} has no bottleneck, got b = {stage.bottleneck} {place}")

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
            ValueError: sequences of different lengths.
        """
        columns: dict[str, Sequence[float]] = {
            "depths": depths, "widths": widths, "bottlenecks": bottlenecks, "group_widths": group_widths,
        }  # fmt: skip
        if strides is not None:
            columns["strides"] = strides
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"one entry a stage expected in each of {lengths}")
        stages = []
        for i, depth in enumerate(depths):
            b = 1.0 if block in ("V", "VR") else float(bottlenecks[i])
            g = int(group_widths[i]) if block == "X" else max(1, int(widths[i] / b))
            w, g = compatible_width(int(widths[i]), b, g)
            stages.append(Stage(int(depth), w, b, g, 2 if strides is None else int(strides[i])))
        return cls(tuple(stages), stem or Stem(), block, float(se_ratio), activation)

    @property
    def group_widths(self) -> tuple[int, ...]:
        """Channels a group in each stage: g_i."""
        return tuple(s.group_width for s in self.stages)

    @property
    def bottlenecks(self) -> tuple[float, ...]:
        """Bottleneck ratio of each stage: b_i, inner width = w_i / b_i."""
        return tuple(s.bottleneck for s in self.stages)
