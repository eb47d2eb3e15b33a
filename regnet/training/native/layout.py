"""How a convolution's weights lie in the flat parameters, so that their gradient is written by whole registers.

Broadcast convolutions: (group, tap, output, input), outputs and inputs padded with zeros to whole registers. Permuted
groups: (register of channels, tap, input of the group, lane). Padding has no gradient, so it stays zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import nn

from regnet.training.native.convolution_kernels import WIDTHS
from regnet.training.native.emit import LANES

Floats = npt.NDArray[np.float32]


def whole(n: int) -> int:
    """n channels, padded to whole registers."""
    return -(-n // LANES) * LANES


@dataclass(frozen=True)
class Weights:
    """A convolution's weights from `start` on; `width` is 0 where channels are broadcast, `depth` a group's inputs.

    A kernel that reads gathered columns (the stem's) has one tap and `depth` columns, the last of which may be zero.
    """

    start: int
    width: int
    groups: int
    outputs: int  # of a group, or all where groups are permuted
    depth: int  # inputs of a group
    taps: int

    @property
    def shape(self) -> tuple[int, ...]:
        if self.width:
            return whole(self.outputs) // LANES, self.taps, self.width, LANES
        return self.groups, self.taps, whole(self.outputs), whole(self.depth)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def master(self, weight: Floats) -> Floats:
        """(outputs, inputs of a group, taps) -> the flat layout."""
        n, k, taps = weight.shape
        if self.width:
            padded = np.zeros((whole(n), k, taps), np.float32)
            padded[:n] = weight
            return padded.reshape(-1, LANES, k, taps).transpose(0, 3, 2, 1).ravel()
        padded = np.zeros(self.shape, np.float32)
        padded[:, :, : self.outputs, :k] = weight.reshape(self.groups, self.outputs, k, taps).transpose(0, 3, 1, 2)
        return padded.ravel()

    def weight(self, flat: Floats) -> Floats:
        """The inverse of `master`, from all parameters (or their gradients)."""
        own = flat[self.start : self.start + self.size].reshape(self.shape)
        if self.width:
            blocks, taps, k, lanes = self.shape
            return own.transpose(0, 3, 2, 1).reshape(blocks * lanes, k, taps)[: self.outputs]
        own = own[:, :, : self.outputs, : self.depth].transpose(0, 2, 3, 1)
        return own.reshape(self.groups * self.outputs, self.depth, self.taps)


def weights_of(conv: nn.Conv2d, start: int, columns: int = 0) -> Weights:
    """Where a convolution's weights lie; `columns` > 0: it reads so many gathered columns."""
    groups, width = conv.groups, conv.in_channels // conv.groups
    if columns:
        return Weights(start, 0, 1, conv.out_channels, columns, 1)
    taps = conv.kernel_size[0] ** 2
    if groups > 1 and width in WIDTHS:
        return Weights(start, width, 1, conv.out_channels, width, taps)
    return Weights(start, 0, groups, conv.out_channels // groups, width, taps)


def as_taps(conv: nn.Conv2d, weights: Weights) -> Floats:
    """A module's weight as (outputs, inputs of a group, taps), or (outputs, columns, 1) with the channels innermost."""
    w: Floats = conv.weight.detach().numpy()
    if weights.taps == 1 and w.shape[2] > 1:
        columns = np.zeros((len(w), weights.depth, 1), np.float32)
        columns[:, : w[0].size, 0] = w.transpose(0, 2, 3, 1).reshape(len(w), -1)
        return columns
    return w.reshape(*w.shape[:2], -1)


def from_taps(taps: Floats, conv: nn.Conv2d) -> Floats:
    """The inverse of `as_taps`: the shape of the module's weight."""
    n, k, side, _ = conv.weight.shape
    if taps.shape[2] == 1 and side > 1:
        return taps[:, : k * side * side, 0].reshape(n, side, side, k).transpose(0, 3, 1, 2)
    return taps.reshape(n, k, side, side)
