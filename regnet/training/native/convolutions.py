"""Convolutions by their rows (`tables.CONVOLUTION`): packing weights, running, and the gradient of the weights."""

import numba
import numpy as np

from regnet.training.native.compiled import floats, narrow, offsets, u16, u32, words
from regnet.training.native.convolution_kernels import (
    TAPS_AT_ONCE,
    TAPS_AT_ONCE_OF_5X5,
    convolve,
    convolve_groups,
    pack,
    weight_gradient,
    weight_gradient_groups,
)  # fmt: skip
from regnet.training.native.emit import LANES, PIXELS, VECTORS

PACKED_ROWS = 128  # of pixels that the weight gradient packs at a time: they stay in the L1 and L2 caches
FULL = (1 << LANES) - 1
WIDE = VECTORS == 3


@numba.njit
def vectors_of(left):  # type: ignore[no-untyped-def]
    """Registers of the next tile; four left are two and two: three and one would keep few sums in the last."""
    if WIDE and left == 4:
        return 2
    return min(VECTORS, left)


@numba.njit
def mask_of(channels):  # type: ignore[no-untyped-def]
    """The lanes of a register that hold channels, where so many are left."""
    return FULL if channels >= LANES else (1 << channels) - 1


@numba.njit
def registers(n):  # type: ignore[no-untyped-def]
    """How many registers n channels fill."""
    return (n + LANES - 1) // LANES


@numba.njit
def run(c, x, out, rows_out, images, add, rows_add, scale, shift, activation, stats, squares):  # type: ignore[no-untyped-def]
    """A convolution over `images` images; the rest as `convolution_kernels._finish` has it, for all channels."""
    rows, w = images * c.rows, c.packed
    if c.width:
        for first in range(0, c.channels, LANES):
            mask, b, f = mask_of(c.channels - first), 2 * first, 4 * first
            convolve_groups((
                c.width, x + b, c.rows_in, out + b, rows_out, rows, c.taps, c.n_taps, w, mask,
                add + b if add else 0, rows_add, scale + f if scale else 0, shift + f, activation,
                stats + f if stats else 0, squares,
            ))  # fmt: skip
            w += c.n_taps * max(1, c.width // 2) * 4 * LANES
        return
    for g in range(c.groups):
        left = registers(c.channels)
        at = g * c.channels
        while left > 0:
            n = vectors_of(left)
            mask = mask_of((g + 1) * c.channels - at - (n - 1) * LANES)
            b, f = 2 * at, 4 * at
            convolve((
                n, x + 2 * g * c.depth, c.rows_in, out + b, rows_out, rows, c.taps, c.n_taps, c.depth // 2, w, mask,
                add + b if add else 0, rows_add, scale + f if scale else 0, shift + f, activation,
                stats + f if stats else 0, squares,
            ))  # fmt: skip
            w += c.n_taps * (c.depth // 2) * n * 4 * LANES
            at += n * LANES
            left -= n


@numba.njit
def pack_weights(c, params):  # type: ignore[no-untyped-def]
    """A convolution's weights, float32 in the flat parameters, as the kernels read them."""
    master = floats(params + 4 * c.master, c.master_size)
    rounded = np.empty(c.master_size, u16)
    for i in range(c.master_size):
        rounded[i] = narrow(master[i])
    taps = offsets(c.master_taps, c.n_taps)
    if c.width:
        pack_groups(c, rounded, taps)
    else:
        pack_broadcast(c, rounded, taps)


@numba.njit
def pack_broadcast(c, rounded, taps):  # type: ignore[no-untyped-def]
    """Pairs along the inputs (along the outputs where it is transposed), registers along the other."""
    outputs = registers(c.depth if c.transposed else c.channels) * LANES
    inputs = registers(c.channels if c.transposed else c.depth) * LANES
    pairs = rounded.view(u32)
    out = words(c.packed, c.groups * c.n_taps * (c.depth // 2) * registers(c.channels) * LANES)
    at = 0
    for g in range(c.groups):
        first, left = 0, registers(c.channels)
        while left > 0:
            n = vectors_of(left) * LANES
            for t in range(c.n_taps):
                start = (g * c.all_taps + taps[t]) * outputs * inputs
                if c.transposed:  # neighbours are lanes: two lines make the pairs
                    for q in range(c.depth // 2):
                        s = start + 2 * q * inputs + first
                        for i in range(n):
                            out[at + q * n + i] = u32(rounded[s + i]) | (u32(rounded[s + inputs + i]) << u32(16))
                else:  # neighbours are pairs already
                    for i in range(n):
                        s = (start + (first + i) * inputs) // 2
                        for q in range(c.depth // 2):
                            out[at + q * n + i] = pairs[s + q]
                at += (c.depth // 2) * n
            first += n
            left -= n // LANES


@numba.njit
def pack_groups(c, rounded, taps):  # type: ignore[no-untyped-def]
    """Master (register, tap, input of the group, lane); lanes are outputs, or inputs where it is transposed."""
    width, pairs = c.width, max(1, c.width // 2)
    out = words(c.packed, registers(c.channels) * c.n_taps * pairs * LANES)
    at = 0
    for block in range(registers(c.channels)):
        for t in range(c.n_taps):
            start = (block * c.all_taps + taps[t]) * width * LANES
            for j in range(pairs):
                for lane in range(LANES):
                    if width == 1:
                        out[at + lane] = u32(rounded[start + lane]) << u32(16)
                        continue
                    place = lane & (width - 1)
                    if c.transposed:  # this lane is input `place`; its pair are two outputs of the group
                        s, deep = start + place * LANES + lane - place + 2 * j, 1
                    else:
                        s, deep = start + 2 * j * LANES + lane, LANES
                    out[at + lane] = u32(rounded[s]) | (u32(rounded[s + deep]) << u32(16))
                at += LANES


@numba.njit
def gradient_of_weights(c, dz, rows_dz, images, grads, d_scratch, x_scratch):  # type: ignore[no-untyped-def]
    """Fills the gradient of a forward convolution's weights, in the layout of the flat parameters."""
    dw, rows = grads + 4 * c.master, images * c.rows
    if c.width:
        at_once = TAPS_AT_ONCE[c.width] if c.all_taps == 9 else TAPS_AT_ONCE_OF_5X5
        for first in range(0, c.channels, LANES):
            mask, b = mask_of(c.channels - first), 2 * first
            for t in range(0, c.all_taps, at_once):
                weight_gradient_groups((
                    c.width, at_once, c.x + b, c.rows_in, dz + b, rows_dz, rows, c.taps + 4 * t, dw, mask,
                ))  # fmt: skip
                dw += at_once * c.width * 4 * LANES
        return
    floats(dw, c.master_size)[:] = 0
    for start in range(0, rows, PACKED_ROWS):
        n = min(PACKED_ROWS, rows - start)
        for g in range(c.groups):
            broadcast_gradient(c, g, start, n, dz, rows_dz, dw, d_scratch, x_scratch)


@numba.njit
def broadcast_gradient(c, g, start, n, dz, rows_dz, dw, d_scratch, x_scratch):  # type: ignore[no-untyped-def]
    """Adds what n rows give to one group's weights."""
    outputs, inputs, taps = registers(c.channels), registers(c.depth), offsets(c.taps, c.n_taps)
    d_line, x_line = 4 * outputs * LANES, 4 * inputs * LANES
    last = mask_of(c.channels - (outputs - 1) * LANES)
    pack((dz + 2 * g * c.channels, rows_dz + 4 * start, 0, n, outputs, last, d_scratch, d_line))
    # Live inputs only: what makes up a stem's last pair is a neighbour's pixel, and would learn.
    last = mask_of(c.live - (inputs - 1) * LANES)
    for t in range(c.n_taps):
        pack((c.x + 2 * g * c.depth, c.rows_in + 4 * start, taps[t], n, inputs, last, x_scratch, x_line))
        base = dw + 4 * (g * c.n_taps + t) * outputs * inputs * LANES * LANES
        first, left = 0, inputs
        while left > 0:
            v = vectors_of(left)
            for o in range(0, c.channels, PIXELS):
                weight_gradient((
                    v, d_scratch + 4 * o, d_line, x_scratch + 4 * first * LANES, x_line, n // 2,
                    base + o * x_line + 4 * first * LANES, x_line,
                ))  # fmt: skip
            first += v
            left -= v
