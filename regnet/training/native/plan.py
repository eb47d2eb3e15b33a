"""What a plan is made of: layers, gates and blocks, their rows for the compiled step, and the memory they point into.

Shapes: a map holds (batch, side, side, channels). An output pixel of a convolution is a row of its product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from regnet.training.models.blocks import ConvNorm, SqueezeExcite
from regnet.training.native.layout import Weights, whole
from regnet.training.native.memory_map import Arena, Map
from regnet.training.native.tables import CONVOLUTION, ENDS, new_row


@dataclass
class Layer:
    """A ConvNorm: its module, its row and its maps."""

    module: ConvNorm
    row: np.void
    weights: Weights
    x: Map
    y: Map
    gated: Gate | None = None

    @property
    def out(self) -> Map:
        """What the next layer reads."""
        return self.gated.out if self.gated else self.y


@dataclass
class Gate:
    """A squeeze-and-excite: its module, its row and what it writes."""

    module: SqueezeExcite
    row: np.void
    out: Map


@dataclass
class Block:
    """Layers in the order of the forward pass. A residual block adds its shortcut's output, or x itself."""

    x: Map
    chain: list[Layer]
    shortcut: Layer | None
    residual: bool


@dataclass
class Plan:
    """Everything that a training computes, for mini-batches of `batch` images, before any of it is computed."""

    batch: int
    arena: Arena = field(default_factory=Arena)
    layers: list[Layer] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)
    convolutions: list[np.void] = field(default_factory=list)
    order: list[int] = field(default_factory=list)  # layers, as the backward pass takes them
    size: int = 0  # of the flat parameters
    regions: dict[int, int] = field(default_factory=dict)  # of the flat parameters: first, and how many
    ends: np.void = field(default_factory=lambda: new_row(ENDS))

    def parameters(self, n: int) -> int:
        """Room for n parameters; each begins a cache line, its rest stays zero."""
        start = self.size
        self.size += -(-n // 16) * 16
        self.regions[start] = n
        return start

    def map(self, channels: int, side: int, frame: int = 0, *, behind: int = 0) -> Map:
        """A new map, with some bytes behind it that are read too."""
        size = self.batch * Map(0, channels, side, frame).image + behind
        return Map(self.arena.take(size), channels, side, frame)

    def convolution(
        self, weights: Weights, x: Map, out: Map, taps: Sequence[int], *, transposed: bool = False
    ) -> np.void:
        """A convolution's row but for its tables of pixels; `transposed`: from outputs to inputs."""
        row = new_row(CONVOLUTION)
        row["x"], row["out"], row["n_taps"] = x.base, out.base, len(taps)
        row["width"], row["groups"], row["transposed"] = weights.width, weights.groups, transposed
        depth = weights.outputs if weights.width else weights.depth
        row["depth"], row["channels"] = (weights.outputs, depth) if transposed else (depth, weights.outputs)
        row["live"] = weights.live if weights.lines else row["depth"]
        row["master"], row["master_size"], row["all_taps"] = weights.start, weights.size, weights.taps
        row["master_taps"] = self.arena.table(taps)
        row["packed"], row["packs"] = self.arena.take(packed_bytes(row)), 1
        return row

    def append(self, row: np.void) -> int:
        """Adds a convolution's row; its number."""
        self.convolutions.append(row)
        return len(self.convolutions) - 1


def packed_bytes(row: np.void) -> int:
    """Size of a convolution's weights as pairs of 4 bytes; one channel a group is kept in float32."""
    lines = row["width"] // 2 or 1 if row["width"] else row["groups"] * (row["depth"] // 2)
    return int(4 * row["n_taps"] * lines * whole(int(row["channels"])))
