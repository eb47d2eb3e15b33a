"""Flops, parameters and activations from the dataclass alone, for one network or for a population of them.

Flops are multiply-adds of convolutions and of the classifier (arXiv:2003.13678, footnote 3). Batch normalisation has
2 parameters a channel; squeeze-and-excitation and the classifier count their biases.

Deviations from the paper:
- `acts` follows pycls: the stem's max-pool and the logits count too. `conv_acts` follows the paper's words,
  "the size of the output tensors of all conv layers" (sec. 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from regnet.design.convolutions import Shape, Value, output_side, total
from regnet.design.networks import AnyNet, Block, EfficientNet, Network, Stem, as_network
from regnet.design.scalars import CLASSES, SIDE, Floats, real, row, shown, whole, wholes

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Complexity:
    """Multiply-adds, parameters and activations (elements) for one image.

    `conv_acts` counts convolution outputs only, as the paper prints; it takes no part in comparisons.
    """

    flops: int
    params: int
    acts: int
    conv_acts: int = field(default=0, repr=False, compare=False)


@dataclass(frozen=True)
class Complexities:
    """The same for n networks: integer arrays of shape (n,)."""

    flops: Ints
    params: Ints
    acts: Ints
    conv_acts: Ints


def complexity(net: Network, resolution: int = 224, num_classes: int = 1000) -> Complexity:
    """Flops, parameters and activations of one network for one resolution x resolution image.

    Raises:
        ValueError: a RegNet, whose network is `to_anynet()`; an impossible resolution or number of classes.

    >>> from regnet.design.networks import RegNet
    >>> complexity(RegNet(d=22, w_a=24.48, w_0=24, w_m=2.54, g=16).to_anynet())
    Complexity(flops=397678568, params=5157512, acts=3143272)
    """
    resolution = whole("resolution", resolution, high=SIDE)
    num_classes = whole("num_classes", num_classes, high=CLASSES)
    net = as_network(net)
    shape = net if isinstance(net, EfficientNet) else _shape(net)
    return Complexity(
        flops=int(flops(shape, resolution, num_classes)),
        params=int(params(shape, num_classes)),
        acts=int(acts(shape, resolution, num_classes)),
        conv_acts=int(total(shape, resolution, "acts")),
    )


def _shape(net: AnyNet) -> Shape:
    return Shape(
        depths=net.depths,
        widths=net.widths,
        inner_widths=[stage.inner_width for stage in net.stages],
        group_widths=net.group_widths,
        strides=net.strides,
        stem=net.stem,
        block=net.block,
        se_ratio=net.se_ratio,
    )


def complexities(
    depths: npt.ArrayLike,
    widths: npt.ArrayLike,
    bottlenecks: npt.ArrayLike,
    group_widths: npt.ArrayLike,
    *,
    strides: Sequence[int] | None = None,
    stem: Stem | None = None,
    block: Block = "X",
    se_ratio: float = 0.0,
    resolution: Value = 224,
    num_classes: int = 1000,
) -> Complexities:
    """Flops, parameters and activations of n networks of one template.

    The arrays have shape (n, stages) and hold realised values, that is after group compatibility. `resolution` is
    one number, or an array of shape (n,).

    Raises:
        ValueError: arrays of different shapes, another number of strides, or an impossible number.

    >>> complexities([[1, 2, 7, 12]], [[32, 64, 160, 384]], [[1, 1, 1, 1]], [[16, 16, 16, 16]]).flops
    array([397678568])
    """
    num_classes = whole("num_classes", num_classes, high=CLASSES)
    given = {"depths": depths, "widths": widths, "bottlenecks": bottlenecks, "group_widths": group_widths}
    columns = [_positive(name, values) for name, values in given.items()]
    if columns[0].ndim != 2 or len({a.shape for a in columns}) != 1:
        raise ValueError(f"four arrays of one shape (n, stages) expected, got shapes {[a.T.shape for a in columns]}")
    if strides is not None:
        strides = wholes("strides", strides, high=SIDE)
    se_ratio = real("se_ratio", se_ratio, low=0, high=1)
    shape = stacked(*columns, strides=strides, stem=stem or Stem(), block=block, se_ratio=se_ratio)
    resolution = _sides(resolution)
    return Complexities(
        flops=_whole(flops(shape, resolution, num_classes)),
        params=_whole(params(shape, num_classes)),
        acts=_whole(acts(shape, resolution, num_classes)),
        conv_acts=_whole(total(shape, resolution, "acts")),
    )


def stacked(
    depths: Floats,
    widths: Floats,
    bottlenecks: Floats,
    group_widths: Floats,
    *,
    strides: Sequence[int] | None = None,
    stem: Stem,
    block: Block,
    se_ratio: float,
) -> Shape:
    """The shape of n networks from realised values, arrays of shape (stages, n); every stride is 2 unless given.

    Raises:
        ValueError: another number of strides than of stages.
    """
    strides = (2,) * len(widths) if strides is None else strides
    if len(strides) != len(widths):
        raise ValueError(f"one stride a stage expected for {len(widths)} stages, got {tuple(strides)}")
    inner = np.rint(widths / bottlenecks)
    return Shape(list(depths), list(widths), list(inner), list(group_widths), strides, stem, block, se_ratio)


def flops(shape: Shape | EfficientNet, resolution: Value, num_classes: int) -> Value:
    """Multiply-adds for one image."""
    return total(shape, resolution, "flops") + (shape.head_width + 1) * num_classes


def params(shape: Shape | EfficientNet, num_classes: int) -> Value:
    """Weights, biases, and batch normalisation's scales and shifts."""
    return total(shape, 1, "params") + (shape.head_width + 1) * num_classes


def acts(shape: Shape | EfficientNet, resolution: Value, num_classes: int) -> Value:
    """Output elements of convolutions, the stem's max-pool and the classifier (pycls' rule)."""
    side = output_side(output_side(resolution, shape.stem.stride), 2)
    pool = shape.stem.width * side**2 if shape.stem.pool else 0
    return total(shape, resolution, "acts") + (pool + num_classes)


def _whole(values: Value) -> Ints:
    array = np.asarray(values)
    if (array >= 2.0**63).any():
        raise ValueError(f"a network of {array.max():.3g} flops, parameters or activations is beyond 64 bits")
    return array.astype(np.int64)


def _positive(name: str, values: npt.ArrayLike) -> Floats:
    """An array of shape (n, stages) as rows of stages."""
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be an array of numbers, got {shown(values)}") from None
    if not ((array > 0) & (array < np.inf)).all():
        raise ValueError(f"{name} must be positive, got {shown(array[~(array > 0) | ~(array < np.inf)][0])}")
    return array.T


def _sides(resolution: Value) -> Value:
    """A number, or an array of shape (n,)."""
    if not isinstance(resolution, np.ndarray):
        return whole("resolution", resolution, high=SIDE)
    sides = row("resolution", resolution)
    for side in (sides.min(), sides.max()):
        whole("resolution", side, high=SIDE)
    return sides
