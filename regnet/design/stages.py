"""Many networks at once: group compatibility and quantised lines on arrays.

Every function gives, column by column, exactly what `AnyNet.compatible` and `RegNet.to_anynet` give for one network;
a quantised line's stages come in closed form, without its blocks. Arrays are float64 holding whole numbers; stages
are rows, shape (stages, n), so that a stage is contiguous.
"""

import numpy as np
import numpy.typing as npt

from regnet.design.networks import WIDTH_STEP
from regnet.design.scalars import Floats

Mask = npt.NDArray[np.bool_]

TIE = 1e-6  # in blocks: how near a boundary must be to a block for the rounding of Eq. 4 to be evaluated there


def compatible_widths(widths: Floats, bottlenecks: Floats, group_widths: Floats) -> tuple[Floats, Floats]:
    """Widths and group widths made to fit, elementwise: `networks.compatible_width` on arrays of one shape."""
    inner = widths / bottlenecks
    np.floor(np.maximum(inner, 1, out=inner), out=inner)
    g = np.minimum(group_widths, inner)
    step = g
    if bottlenecks.min(initial=1) < 1:
        inverse = np.rint(1 / bottlenecks)
        split = (inverse > 1) & np.isclose(1 / bottlenecks, inverse, rtol=1e-9, atol=0)
        step = np.lcm(g.astype(np.int64), np.where(split, inverse, 1).astype(np.int64)).astype(np.float64)
    inner /= step
    inner = np.rint(inner, out=inner)
    inner *= step
    np.maximum(inner, step, out=inner)
    inner *= bottlenecks
    inner += 1e-9
    return np.floor(inner, out=inner), g


def crossings(w_a: Floats, w_0: Floats, w_m: Floats, stages: int) -> Floats:
    """Real j at which the line's exponent passes i - 1/2, for i = 1..stages (Eqs 2, 3), shape (stages, n)."""
    factor = np.sqrt(w_m)
    slope = w_0 / w_a
    rows = np.empty((stages, len(w_m)))
    for row in rows:
        np.subtract(factor, 1, out=row)
        row *= slope
        factor *= w_m
    return rows


def may_have_stages(d: Floats, x: Floats) -> Mask:
    """Whether d blocks with crossings x can have exactly len(x) exponents, none skipped; False is certain."""
    keep: Mask = x[-1] > d - 1 - TIE  # the last block has not the exponent len(x),
    if len(x) > 1:
        keep &= x[-2] < d - 1 + TIE  # but the one before
    return keep


def line_stages(d: Floats, w_a: Floats, w_0: Floats, w_m: Floats, x: Floats) -> tuple[Floats, Floats, Mask]:
    """Depths and widths (before group compatibility) of quantised lines with crossings x (Eq. 4), and which are whole.

    Depths and widths have shape (stages, n). Whole: the exponents are 0..stages-1, none skipped, and no two give one
    width; only there do the other two mean anything.
    """
    stages = len(x)
    first = first_blocks(x, w_a, w_0, w_m)
    edges = np.vstack([np.zeros_like(d), first[:-1], d])
    depths = np.diff(edges, axis=0)
    exponents = np.repeat(np.arange(stages, dtype=np.float64), len(d)).reshape(stages, -1)
    widths = w_0 * np.power(np.broadcast_to(w_m, exponents.shape).copy(), exponents)
    widths = np.round(widths / WIDTH_STEP) * WIDTH_STEP
    whole = (depths > 0).all(axis=0) & (first[-1] >= d) & (np.diff(widths, axis=0) > 0).all(axis=0)
    return depths, widths, whole


def first_blocks(x: Floats, w_a: Floats, w_0: Floats, w_m: Floats) -> Floats:
    """First block j >= x whose exponent, rounded half to even, is at least i; shape (stages, n)."""
    first = np.ceil(x)
    row, column = np.nonzero(np.abs(x - np.rint(x)) < TIE)
    if len(row):  # the crossing meets a block: Eq. 4's rounding decides, in the arithmetic of RegNet.exponents
        j = np.rint(x[row, column])
        a, b, m = w_a[column], w_0[column], w_m[column]
        exponent = np.round(np.log((b + a * j) / b) / np.log(m))
        first[row, column] = np.where(exponent >= row + 1, j, j + 1)
    return first
