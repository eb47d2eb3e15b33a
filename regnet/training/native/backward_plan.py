"""The backward half of a plan: where gradients lie, and the convolutions that carry them from layer to layer.

A gradient's buffer is shared by all maps of one size that are never needed at once: those of block outputs (two, in
turn), of the maps within a block, and of the convolutions' outputs (`dz`).
"""

from collections.abc import Iterator, Sequence

from regnet.training.native.convolutions import PACKED_ROWS
from regnet.training.native.layout import whole
from regnet.training.native.memory_map import Map, Offsets
from regnet.training.native.plan import Block, Layer, Plan


def plan_backward(made: Plan, stem: Layer, blocks: Sequence[Block]) -> None:
    """Adds the backward pass to a plan whose forward pass is there."""
    buffers = Gradients(made)
    g = buffers.of_block(blocks[-1].chain[-1].y)
    made.ends["g"] = g.base
    for block in reversed(blocks):
        identity = block.residual and block.shortcut is None
        # Behind an identity the gradient of the sum is that of the input already; the chain adds its own to it.
        gx = g if identity else buffers.of_block(block.x, unlike=g)
        inner = [buffers.within(i, layer.y) for i, layer in enumerate(block.chain[:-1])]
        into = [gx, *inner]
        for i, layer in reversed(list(enumerate(block.chain))):
            _gradient(made, buffers, layer, g if layer is block.chain[-1] else inner[i], into[i], identity and i == 0)
        if block.shortcut:
            _gradient(made, buffers, block.shortcut, g, gx, accumulate=True)
        g = gx
    _gradient(made, buffers, stem, g, None)
    forward = [made.convolutions[int(layer.row["forward"])] for layer in made.layers]
    for name, size in (("d_scratch", "channels"), ("x_scratch", "depth")):
        made.ends[name] = made.arena.take(2 * PACKED_ROWS * max(whole(int(row[size])) for row in forward))


Part = tuple[tuple[int, ...], list[int], Offsets, Offsets]
"""Taps, what they add, and where rows begin in dz and dx."""


class Gradients:
    """Buffers for gradients, one for each role and size."""

    def __init__(self, made: Plan) -> None:
        self.made = made
        self.known: dict[tuple[str | int, int, int, int], Map] = {}

    def of_block(self, y: Map, unlike: Map | None = None) -> Map:
        """For a block's output; `unlike` is needed at the same time."""
        first = self._shared("block", y)
        return self._shared("other block", y) if first == unlike else first

    def within(self, place: int, y: Map) -> Map:
        """For the output of the block's layer at that place."""
        return self._shared(place, y)

    def of_convolution(self, layer: Layer) -> Map:
        """For a convolution's output; that of a 3x3 or 5x5 is read by windows that reach over the edge."""
        return self._shared("dz", layer.y, frame=0 if layer.weights.lines else layer.weights.kernel // 2)

    def _shared(self, role: str | int, y: Map, frame: int = 0) -> Map:
        key = (role, y.channels, y.side, frame)
        if key not in self.known:
            self.known[key] = self.made.map(y.channels, y.side, frame)
        return self.known[key]


def _gradient(made: Plan, buffers: Gradients, layer: Layer, g: Map, dx: Map | None, accumulate: bool = False) -> None:
    """Plans a layer's backward pass: g is the gradient of its output, dx where that of its input goes."""
    row, dz = layer.row, buffers.of_convolution(layer)
    row["g"], row["dz"], row["dz_image"], row["dz_row"] = g.first, dz.first, dz.image, dz.row
    row["dz_base"], row["rows_dz"] = dz.base, made.arena.table(dz.pixels(made.batch))
    if layer.gated:
        layer.gated.row["g"] = g.first
    row["first_data"] = len(made.convolutions)
    if dx is not None:
        _data(made, layer, dz, dx, accumulate)
    row["end_data"] = len(made.convolutions)
    made.order.append(next(i for i, known in enumerate(made.layers) if known is layer))


def _data(made: Plan, layer: Layer, dz: Map, dx: Map, accumulate: bool) -> None:
    """The convolutions of the data gradient. Tables count from dz's frame, (0, 0) being its corner."""
    batch, table = made.batch, made.arena.table
    stride, kernel = layer.module.conv.stride[0], layer.weights.kernel
    parts: list[Part]
    if layer.weights.taps == 1:
        parts = [((0,), [0], dz.pixels(batch), dx.pixels(batch, stride))]
    elif stride == 1:
        # Input (h, w) got tap (ky, kx) of the window at output (h + kernel // 2 - ky, w + kernel // 2 - kx).
        back = range(kernel - 1, -1, -1)
        reach = [ky * dz.row + kx * dz.pixel for ky in back for kx in back]
        corner = range(dx.side)
        parts = [(tuple(range(kernel**2)), reach, dz.grid(batch, corner, corner), dx.pixels(batch))]
    else:
        parts = list(_parities(batch, kernel, dz, dx))
    for taps, reach, rows_in, rows_out in parts:
        if len(rows_out) == 0:  # maps of one pixel have no odd rows
            continue
        part = made.convolution(layer.weights, dz, dx, taps, transposed=True)
        part["taps"], part["rows_in"], part["rows_out"] = table(reach), table(rows_in), table(rows_out)
        part["rows"], part["accumulate"] = len(rows_out) // batch, accumulate
        made.append(part)


def _reaching(kernel: int, odd: int) -> list[tuple[int, int]]:
    """Taps of one axis that reach input 2i + odd at stride 2, and how far from i their output lies.

    >>> _reaching(3, 0), _reaching(3, 1), _reaching(5, 0)
    ([(1, 0)], [(2, 0), (0, 1)], [(4, -1), (2, 0), (0, 1)])
    """
    distances = ((tap, odd + kernel // 2 - tap) for tap in range(kernel - 1, -1, -1))
    return [(tap, distance // 2) for tap, distance in distances if distance % 2 == 0]


def _parities(batch: int, kernel: int, dz: Map, dx: Map) -> Iterator[Part]:
    """At stride 2: inputs of one parity of row and column see the same taps."""
    for odd_row in range(2):
        for odd_column in range(2):
            pairs = [(a, b) for a in _reaching(kernel, odd_row) for b in _reaching(kernel, odd_column)]
            rows, columns = range(odd_row, dx.side, 2), range(odd_column, dx.side, 2)
            inside = [range(dz.frame, dz.frame + len(each)) for each in (rows, columns)]
            seen = dz.grid(batch, *inside)
            taps = tuple(ky * kernel + kx for (ky, _), (kx, _) in pairs)
            yield (
                taps,
                [dy * dz.row + dx_ * dz.pixel for (_, dy), (_, dx_) in pairs],
                seen,
                dx.grid(batch, rows, columns),
            )
