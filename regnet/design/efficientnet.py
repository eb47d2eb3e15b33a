"""EfficientNet: a stem, stages of MBConv blocks, a 1x1 convolution and a linear classifier, as a frozen dataclass.

Source: EfficientNet (arXiv:1905.11946), Table 1 and sec. 3.3, as trained for Designing Network Design Spaces
(arXiv:2003.13678, Table 4) with facebookresearch/pycls@5719de64.

An MBConv block is a 1x1 convolution to `expansion` times the width that enters the block (left out where that changes
nothing), a depthwise k x k convolution with the stride, squeeze-and-excitation whose width is a share of the width
that enters, and a 1x1 convolution without activation. It has a shortcut where the stride is 1 and the width stays;
a shortcut is never projected.

Deviations from the EfficientNet paper, all of them pycls':
- no dropout and no stochastic depth: training-time enhancements are kept out of the comparison (sec. 5).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from regnet.design.scalars import DEPTH, MOST_RATIO, SIDE, WIDTH, real, set_real, set_whole
from regnet.design.staged import WIDTH_STEP, Activation, Staged, Stem, refuse_even

SE_RATIO = 0.25


@dataclass(frozen=True)
class MBStage:
    """`depth` MBConv blocks of output width `width`; the first has stride `stride`.

    Raises:
        ValueError: an impossible number.
    """

    depth: int
    width: int
    expansion: float = 6.0
    kernel: int = 3
    stride: int = 2

    def __post_init__(self) -> None:
        # 6 and 6.0, NumPy's integers and Python's are one network, one id
        set_whole(self, "depth", high=DEPTH)
        set_whole(self, "width", high=WIDTH)
        set_whole(self, "kernel", "stride", high=SIDE)
        set_real(self, "expansion", low=1, high=MOST_RATIO)
        refuse_even("kernel", self.kernel)


@dataclass(frozen=True)
class MBConv:
    """One block: w_in -> inner (1x1), k x k depthwise, squeeze-and-excitation, inner -> width (1x1)."""

    w_in: int
    inner_width: int
    squeeze_width: int  # 0: no squeeze-and-excitation
    width: int
    kernel: int
    stride: int

    @property
    def expands(self) -> bool:
        """Whether there is a convolution from w_in to the inner width."""
        return self.inner_width != self.w_in

    @property
    def skips(self) -> bool:
        """Whether the input is added to the output."""
        return self.stride == 1 and self.w_in == self.width


@dataclass(frozen=True)
class EfficientNet(Staged):
    """Stem, stages of MBConv blocks, and the head: 1x1 convolution to `head_width`, average pool, classifier.

    Raises:
        ValueError: an impossible number.

    >>> EfficientNet((MBStage(1, 16, expansion=1, stride=1), MBStage(2, 24))).widths
    (16, 24)
    """

    stages: tuple[MBStage, ...]
    stem: Stem = field(default_factory=Stem)
    head_width: int = 1280
    se_ratio: float = SE_RATIO
    activation: Activation = "silu"

    def __post_init__(self) -> None:
        self.check_template(MBStage)
        set_whole(self, "head_width", high=WIDTH)

    @property
    def bottlenecks(self) -> tuple[float, ...]:
        """1 / expansion of each stage, so that inner width = w_i / b_i in every block but a stage's first.

        The first block counts its inner width from the width that enters it.
        """
        return tuple(1 / s.expansion for s in self.stages)

    @property
    def group_widths(self) -> tuple[int, ...]:
        """1 in each stage: the k x k convolutions are depthwise."""
        return (1,) * len(self.stages)

    def blocks(self) -> Iterator[tuple[MBConv, ...]]:
        """The blocks of each stage in turn."""
        w_in = self.stem.width
        for stage in self.stages:
            widths = (w_in, *[stage.width] * (stage.depth - 1))
            strides = (stage.stride, *[1] * (stage.depth - 1))
            yield tuple(self._block(stage, *first) for first in zip(widths, strides, strict=True))
            w_in = stage.width

    def _block(self, stage: MBStage, w_in: int, stride: int) -> MBConv:
        squeeze = max(1, int(w_in * self.se_ratio)) if self.se_ratio else 0
        return MBConv(w_in, int(w_in * stage.expansion), squeeze, stage.width, stage.kernel, stride)

    def scaled(self, *, width: float = 1.0, depth: float = 1.0) -> EfficientNet:
        """Every width, the stem's and the head's too, times `width`; every depth times `depth`, rounded up.

        Widths become multiples of 8 (half up), at least 8, and one step more where rounding took over a tenth.

        Raises:
            ValueError: a factor that is not positive, or too large for the network.

        >>> EfficientNet((MBStage(2, 40),)).scaled(width=1.2, depth=1.4).stages[0].depth
        3
        """
        width, depth = (real(name, by, above=0, high=MOST_RATIO) for name, by in (("width", width), ("depth", depth)))
        stages = (replace(s, width=_rounded(s.width * width), depth=math.ceil(s.depth * depth)) for s in self.stages)
        return replace(
            self,
            stages=tuple(stages),
            stem=replace(self.stem, width=_rounded(self.stem.width * width)),
            head_width=_rounded(self.head_width * width),
        )


def _rounded(x: float) -> int:
    """The multiple of 8 that compound scaling makes of a width.

    >>> [_rounded(x) for x in (19.2, 35.2, 123.2)]
    [24, 32, 120]
    """
    nearest = max(WIDTH_STEP, int(x + WIDTH_STEP / 2) // WIDTH_STEP * WIDTH_STEP)
    return nearest + WIDTH_STEP if nearest < 0.9 * x else nearest
