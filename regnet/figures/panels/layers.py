"""The layers of a network in the order they run, with shapes: what the diagrams of Figs 3, 4 and 23 draw.

Source: arXiv:2003.13678, Figs 3, 4, 23, sec. 3.2 and App. D. Every convolution here is one that
`regnet.complexity` counts; a test adds them up and compares.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from regnet.design.convolutions import output_side
from regnet.design.networks import AnyNet, Stage

Kind = Literal["conv", "bn", "act", "se", "add", "pool", "linear"]
Path = Literal["main", "shortcut"]


@dataclass(frozen=True)
class Layer:
    """One operation: `width_in` channels of `size_in` x `size_in` go in, `width` of `size` x `size` come out.

    `groups` is the number of groups of a convolution, `squeeze` the inner width of an SE layer.
    """

    kind: Kind
    width: int
    size: int
    width_in: int
    size_in: int
    kernel: int = 0
    stride: int = 1
    groups: int = 1
    squeeze: int = 0
    path: Path = "main"

    @property
    def flops(self) -> int:
        """Multiply-adds: convolutions, SE and the classifier; normalisation and additions count none."""
        if self.kind == "conv":
            return self.kernel**2 * self.width_in * self.width * self.size**2 // self.groups
        if self.kind == "se":
            return 2 * self.width * self.squeeze + self.squeeze + self.width
        return self.width_in * self.width + self.width if self.kind == "linear" else 0


def conv(
    width_in: int, width: int, size: int, kernel: int, stride: int = 1, groups: int = 1, path: Path = "main"
) -> Layer:
    """A convolution on `size` x `size` positions."""
    return Layer("conv", width, output_side(size, stride), width_in, size, kernel, stride, groups, path=path)


def stem_layers(net: AnyNet, resolution: int) -> list[Layer]:
    """Convolution, BN, activation and, where the stem has one, the 3x3 stride-2 max-pool."""
    stem = net.stem
    first = conv(stem.channels, stem.width, resolution, stem.kernel, stem.stride)
    layers = [first, _same("bn", first), _same("act", first)]
    if stem.pool:
        layers.append(Layer("pool", stem.width, output_side(first.size, 2), stem.width, first.size, kernel=3, stride=2))
    return layers


def block_layers(net: AnyNet, stage: Stage, width_in: int, size: int, stride: int) -> list[Layer]:
    """The layers of one block of `stage`, the shortcut's projection after the main path and before the sum.

    Args:
        width_in: channels that enter the block.
        size: rows (and columns) that enter the block.
        stride: of the 3x3 convolution and of the projection.
    """
    main = list(_main_path(net, stage, width_in, size, stride))
    if net.block == "V":
        return main
    last_act = main.pop()  # the last activation follows the sum
    projection: list[Layer] = []
    if width_in != stage.width or stride != 1:
        shortcut = conv(width_in, stage.width, size, 1, stride, path="shortcut")
        projection = [shortcut, _same("bn", shortcut)]
    return [*main, *projection, _same("add", last_act), last_act]


def _main_path(net: AnyNet, stage: Stage, width_in: int, size: int, stride: int) -> Iterator[Layer]:
    if net.block in ("V", "VR"):
        yield from _conv_bn_act(conv(width_in, stage.width, size, 3, stride))
        return
    inner = stage.inner_width
    yield from _conv_bn_act(conv(width_in, inner, size, 1))
    middle = conv(inner, inner, size, 3, stride, stage.groups)
    yield from _conv_bn_act(middle)
    if net.se_ratio:
        yield Layer("se", inner, middle.size, inner, middle.size, squeeze=max(1, round(width_in * net.se_ratio)))
    yield from _conv_bn_act(conv(inner, stage.width, middle.size, 1))


def network_layers(net: AnyNet, resolution: int, num_classes: int) -> list[tuple[str, Layer]]:
    """Every layer of the network with its place: "stem", "stage 3 block 2", "head"."""
    placed = [("stem", layer) for layer in stem_layers(net, resolution)]
    for number, stage in enumerate(net.stages, start=1):
        for block in range(1, stage.depth + 1):
            before = placed[-1][1]
            stride = stage.stride if block == 1 else 1
            layers = block_layers(net, stage, before.width, before.size, stride)
            placed += zip(itertools.repeat(f"stage {number} block {block}"), layers, strict=False)
    last = placed[-1][1]
    head = [Layer("pool", last.width, 1, last.width, last.size), Layer("linear", num_classes, 1, last.width, 1)]
    return placed + [("head", layer) for layer in head]


def _conv_bn_act(layer: Layer) -> tuple[Layer, Layer, Layer]:
    return layer, _same("bn", layer), _same("act", layer)


def _same(kind: Kind, after: Layer) -> Layer:
    """A layer that keeps the shape of the one before it."""
    return Layer(kind, after.width, after.size, after.width, after.size, path=after.path)
