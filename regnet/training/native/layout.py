"""How a convolution's weights lie in the flat parameters, so that their gradient is written by whole registers.

Broadcast convolutions: (group, tap, output, input), outputs and inputs padded with zeros to whole registers. Permuted
groups: (register of channels, tap, input of the group, lane). Padding has no gradient, so it stays zero.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from regnet.training.native.emit import LANES
from regnet.training.native.isa import WIDTHS

Floats = npt.NDArray[np.float32]


def whole(n: int) -> int:
    """n channels, padded to whole registers."""
    return -(-n // LANES) * LANES


@dataclass(frozen=True)
class Weights:
    """A convolution's weights from `start` on; `width` is 0 where channels are broadcast, `depth` a group's inputs.

    `lines`: a stem's. Its few channels fill no pair, so a tap is a line of the kernel, whose pixels lie side by side:
    `live` is their channels, and `depth` one more where their number is odd, whose weight and gradient stay zero.
    """

    start: int
    kernel: int
    width: int
    groups: int
    outputs: int  # of a group, or all where groups are permuted
    depth: int
    live: int
    lines: bool = False

    @property
    def taps(self) -> int:
        return self.kernel if self.lines else self.kernel**2

    @property
    def shape(self) -> tuple[int, ...]:
        if self.width:
            return whole(self.outputs) // LANES, self.taps, self.width, LANES
        return self.groups, self.taps, whole(self.outputs), whole(self.depth)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def master(self, weight: Floats) -> Floats:
        """A module's weight (outputs, inputs of a group, kernel, kernel) in the flat layout."""
        n, k, side, _ = weight.shape
        if self.lines:
            taps = np.zeros((n, self.depth, side), np.float32)
            taps[:, : self.live] = weight.transpose(0, 3, 1, 2).reshape(n, side * k, side)  # (n, kx and channel, ky)
        else:
            taps = weight.reshape(n, k, self.taps)
        if self.width:
            padded = np.zeros((whole(n), k, self.taps), np.float32)
            padded[:n] = taps
            return padded.reshape(-1, LANES, k, self.taps).transpose(0, 3, 2, 1).ravel()
        padded = np.zeros(self.shape, np.float32)
        split = taps.reshape(self.groups, self.outputs, self.depth, self.taps)
        padded[:, :, : self.outputs, : self.depth] = split.transpose(0, 3, 1, 2)
        return padded.ravel()

    def weight(self, flat: Floats, shape: torch.Size) -> Floats:
        """The inverse of `master`, from all parameters or their gradients; `shape` is the module's."""
        own = flat[self.start : self.start + self.size].reshape(self.shape)
        if self.width:
            return own.transpose(0, 3, 2, 1).reshape(-1, self.width, self.taps)[: self.outputs].reshape(shape)
        own = own[:, :, : self.outputs, : self.depth].transpose(0, 2, 3, 1)
        own = own.reshape(self.groups * self.outputs, self.depth, self.taps)
        if not self.lines:
            return own.reshape(shape)
        n, k, side, _ = shape
        return own[:, : self.live].reshape(n, side, k, side).transpose(0, 2, 3, 1)


def weights_of(conv: nn.Conv2d, start: int, *, stem: bool = False) -> Weights:
    """Where a convolution's weights lie."""
    kernel, groups, width = conv.kernel_size[0], conv.groups, conv.in_channels // conv.groups
    if stem:
        live = kernel * width
        return Weights(start, kernel, 0, 1, conv.out_channels, -(-live // 2) * 2, live, lines=True)
    if groups > 1 and width in WIDTHS:
        return Weights(start, kernel, width, 1, conv.out_channels, width, width)
    return Weights(start, kernel, 0, groups, conv.out_channels // groups, width, width)
