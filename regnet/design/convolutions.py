"""The convolutions of a network and what each costs: all that the counts know of stages and blocks.

Everything works on a number (one network) and on an array of shape (n,) (n networks of one template) alike, and so
does the resolution. An EfficientNet is counted one network at a time.
Convolution output size is (side - 1) // stride + 1; the shortcut is projected where the stride or the width changes;
squeeze-and-excitation's width is a share of the block's input width, rounded half to even, at least 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, overload

import numpy as np

from regnet.design.networks import Block, EfficientNet, Stem
from regnet.design.scalars import Floats

Value = int | Floats  # floats hold whole numbers, exact below 2^53


@dataclass(frozen=True)
class Shape:
    """What the counts need of a network: one entry a stage, each a number or an array of shape (n,)."""

    depths: Sequence[Value]
    widths: Sequence[Value]
    inner_widths: Sequence[Value]
    group_widths: Sequence[Value]
    strides: Sequence[int]
    stem: Stem
    block: Block
    se_ratio: float

    @property
    def head_width(self) -> Value:
        """Channels that the classifier sees."""
        return self.widths[-1]


@dataclass(frozen=True)
class Conv:
    """`count` equal convolutions with `weights` weights each and an output of width x side x side.

    Each is followed by batch normalisation, or has a bias.
    """

    count: Value
    weights: Value
    width: Value
    side: Value
    biased: bool = False

    @property
    def flops(self) -> Value:
        """Multiply-adds; a bias is one an output element, batch normalisation none."""
        weights = self.weights + self.width if self.biased else self.weights
        return self.count * (weights * self.side**2)

    @property
    def params(self) -> Value:
        """Weights, and the bias or batch normalisation's scale and shift."""
        return self.count * (self.weights + self.width * (1 if self.biased else 2))

    @property
    def acts(self) -> Value:
        """Output elements."""
        return self.count * (self.width * self.side**2)


def total(shape: Shape | EfficientNet, resolution: Value, cost: Literal["flops", "params", "acts"]) -> Value:
    """Sum of a cost over a network's convolutions, for one image of resolution x resolution."""
    value: Value = 0
    for conv in convolutions(shape, resolution):
        value = value + getattr(conv, cost)
    return value


def convolutions(shape: Shape | EfficientNet, resolution: Value) -> Iterator[Conv]:
    """The stem's convolution and those of every block, in order (Figs 3, 4, 23); an EfficientNet's head has one too."""
    stem = shape.stem
    side = output_side(resolution, stem.stride)
    yield Conv(1, stem.kernel**2 * stem.channels * stem.width, stem.width, side)
    side = output_side(side, 2) if stem.pool else side
    yield from _mobile(shape, side) if isinstance(shape, EfficientNet) else _stages(shape, side)


@overload
def output_side(side: int, stride: int) -> int: ...
@overload
def output_side(side: Floats, stride: int) -> Floats: ...
def output_side(side: Value, stride: int) -> Value:
    """Side of a padded convolution's output.

    >>> [output_side(28, 2), output_side(7, 2)]
    [14, 4]
    """
    return (side - 1) // stride + 1


def _stages(shape: Shape, side: Value) -> Iterator[Conv]:
    """The stages' convolutions, equal ones together."""
    w_in: Value = shape.stem.width
    for i, stride in enumerate(shape.strides):
        yield from _stage(shape, i, w_in, side, output_side(side, stride))
        side, w_in = output_side(side, stride), shape.widths[i]


def _stage(shape: Shape, i: int, w_in: Value, side_in: Value, side: Value) -> Iterator[Conv]:
    """Convolutions of the stage's first block, w_in wide and side_in large, and of the d - 1 that follow."""
    d, w, v, g = shape.depths[i], shape.widths[i], shape.inner_widths[i], shape.group_widths[i]
    if shape.block in ("V", "VR"):
        yield Conv(1, 9 * w_in * w, w, side)
        yield Conv(d - 1, 9 * w * w, w, side)
    else:
        yield Conv(1, w_in * v, v, side_in)
        yield Conv(d - 1, w * v, v, side)
        yield Conv(d, 9 * v * g, v, side)
        yield Conv(d, v * w, w, side)
        if shape.se_ratio:
            yield from _squeeze(1, v, np.maximum(1, _rounded(w_in * shape.se_ratio)))
            yield from _squeeze(d - 1, v, np.maximum(1, _rounded(w * shape.se_ratio)))
    if shape.block != "V":
        projected: Value = 1 if shape.strides[i] != 1 else np.not_equal(w_in, w) * 1
        yield Conv(projected, w_in * w, w, side)


def _mobile(net: EfficientNet, side: Value) -> Iterator[Conv]:
    """MBConv blocks one by one, then the head's 1x1."""
    for block in (block for stage in net.blocks() for block in stage):
        v = block.inner_width
        if block.expands:
            yield Conv(1, block.w_in * v, v, side)
        side = output_side(side, block.stride)
        yield Conv(1, block.kernel**2 * v, v, side)
        if block.squeeze_width:
            yield from _squeeze(1, v, block.squeeze_width)
        yield Conv(1, v * block.width, block.width, side)
    yield Conv(1, net.widths[-1] * net.head_width, net.head_width, side)


def _squeeze(count: Value, v: Value, width: Value) -> Iterator[Conv]:
    """Squeeze-and-excitation after the k x k: v channels to `width` and back, at 1x1."""
    yield Conv(count, v * width, width, 1, biased=True)
    yield Conv(count, v * width, v, 1, biased=True)


def _rounded(x: float | Floats) -> Value:
    return np.rint(x) if isinstance(x, np.ndarray) else round(x)
