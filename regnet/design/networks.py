"""Networks as values: frozen dataclasses that say everything a network is, and nothing about how it is run.

Source: Designing Network Design Spaces (arXiv:2003.13678), sec. 3.1-3.3, Figs 3, 4 and 23, Eqs 2-4.

Deviations from pycls:
- the bottleneck ratio is the paper's b (inner width = w / b), not its reciprocal;
- an architecture is a hashable value, not a global configuration;
- V and VR have a single 3x3 convolution, as in the paper's App. D (pycls' have two).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Block = Literal["X", "R", "V", "VR"]
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
class Stage:
    """`depth` identical blocks of output width `width`; the first has stride `stride` (Fig 3)."""

    depth: int
    width: int
    bottleneck: float = 1.0
    group_width: int = 1
    stride: int = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "bottleneck", float(self.bottleneck))  # 1 and 1.0 are one network, one id

    @property
    def inner_width(self) -> int:
        """Channels of the 3x3 convolution: w / b (Fig 4)."""
        return round(self.width / self.bottleneck)

    @property
    def groups(self) -> int:
        """Groups of the 3x3 convolution."""
        return self.inner_width // self.group_width


@dataclass(frozen=True)
class AnyNet:
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
    def depths(self) -> tuple[int, ...]:
        """Blocks in each stage: d_i."""
        return tuple(s.depth for s in self.stages)

    @property
    def widths(self) -> tuple[int, ...]:
        """Output channels of each stage after group compatibility: w_i."""
        return tuple(s.width for s in self.stages)

    @property
    def group_widths(self) -> tuple[int, ...]:
        """Channels a group in each stage: g_i."""
        return tuple(s.group_width for s in self.stages)

    @property
    def bottlenecks(self) -> tuple[float, ...]:
        """Bottleneck ratio of each stage: b_i, inner width = w_i / b_i."""
        return tuple(s.bottleneck for s in self.stages)

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


@dataclass(frozen=True)
class RegNet:
    """A network given by a quantised line (sec. 3.3): d blocks, slope w_a, initial width w_0, multiplier w_m.

    >>> RegNet(d=22, w_a=24.48, w_0=24, w_m=2.54, g=16).to_anynet().widths
    (32, 64, 160, 384)
    """

    d: int
    w_a: float
    w_0: int
    w_m: float
    g: int
    b: float = 1.0
    se_ratio: float = 0.0
    stem: Stem = field(default_factory=Stem)
    block: Block = "X"
    activation: Activation = "relu"

    def __post_init__(self) -> None:
        if self.d < 1:
            raise ValueError(f"d must be at least 1, got {self.d}")
        if self.w_a < 0:
            raise ValueError(f"w_a must not be negative, got {self.w_a}")
        if self.w_m <= 1:
            raise ValueError(f"w_m must be above 1, got {self.w_m}")
        if self.w_0 < 1 or self.w_0 % WIDTH_STEP:
            raise ValueError(f"w_0 must be a positive multiple of {WIDTH_STEP}, got {self.w_0}")

    def line(self) -> npt.NDArray[np.float64]:
        """u_j = w_0 + w_a * j (Eq. 2), shape (d,)."""
        return self.w_0 + self.w_a * np.arange(self.d, dtype=np.float64)

    def exponents(self) -> npt.NDArray[np.int64]:
        """s_j rounded half to even (Eqs 3, 4), shape (d,)."""
        exponents: npt.NDArray[np.float64] = np.log(self.line() / self.w_0) / np.log(self.w_m)
        return np.round(exponents).astype(np.int64)

    def quantised(self) -> npt.NDArray[np.int64]:
        """w_j = w_0 * w_m^s_j rounded to a multiple of 8, half to even (Eq. 4), shape (d,)."""
        widths = self.w_0 * np.power(self.w_m, self.exponents())
        return (np.round(widths / WIDTH_STEP) * WIDTH_STEP).astype(np.int64)

    def to_anynet(self) -> AnyNet:
        """The network's stages: runs of equal w_j, then group compatibility.

        An exponent that no block has is passed over; two exponents that round to one width are one stage.
        """
        widths, depths = np.unique(self.quantised(), return_counts=True)
        stages = len(widths)
        return AnyNet.compatible(
            depths=[int(d) for d in depths],
            widths=[int(w) for w in widths],
            bottlenecks=[self.b] * stages,
            group_widths=[self.g] * stages,
            stem=self.stem,
            block=self.block,
            se_ratio=self.se_ratio,
            activation=self.activation,
        )


def compatible_width(w: int, b: float, g: int) -> tuple[int, int]:
    """Width and group width made to fit: g at most the inner width, inner width a multiple of g (App. D).

    Rounding is half to even, in integers. Where 1/b is an integer above 1 the inner width is made a multiple
    of it as well, so that w comes out whole. Where b is 1 or divides w, at most 1/3 of w is changed.

    Raises:
        ValueError: a number that is not positive.

    >>> compatible_width(24, 1, 16)
    (32, 16)
    >>> compatible_width(8, 1 / 4, 6)
    (9, 6)
    """
    if not (w > 0 and b > 0 and g > 0):
        raise ValueError(f"width, bottleneck ratio and group width must be positive, got w = {w}, b = {b:g}, g = {g}")
    inner = int(max(1, w / b))
    g = min(g, inner)
    inverse = round(1 / b)
    step = math.lcm(g, inverse) if inverse > 1 and math.isclose(1 / b, inverse) else g
    inner = max(step, round(inner / step) * step)
    return int(inner * b + 1e-9), g
