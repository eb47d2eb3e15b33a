"""Convolutions over bfloat16 pixels with the channels last, forward and backward, as vector code.

An output pixel is a row: `rows_in` and `rows_out` hold where each row's pixels begin, as byte offsets (int32), `taps`
what each tap of the kernel adds to the former. So padding, strides and batches are all in the tables, a convolution is
a matrix product whose left side is gathered, and a data gradient is a convolution too (`plan`).

Two ways to multiply: `convolve` broadcasts a pair of input channels to registers of output channels (dense, and groups
too wide for a register); `convolve_groups` permutes pairs within registers of channels (groups of 1, 2, 4 or 8).
"""

from collections.abc import Sequence

from regnet.training.native.activations import RELU, SILU, activate
from regnet.training.native.emit import (
    BITS,
    FLOATS,
    HALF,
    I32,
    I64,
    ISA,
    LANES,
    PIXELS,
    VECTORS,
    WORDS,
    Emitter,
    Value,
    kernel,
    number,
)
from regnet.training.native.isa import WIDTHS

REGISTER = 4 * LANES  # bytes of a register of float32, or of pairs
BITS_BYTES = 2 * LANES  # of a register's worth of bfloat16
TAPS_AT_ONCE = tuple(ISA.taps_of(width) if width in WIDTHS else 0 for width in range(max(WIDTHS) + 1))
TAPS_AT_ONCE_OF_5X5 = ISA.taps_of(1, 5)


def pairs_of(width: int) -> int:
    """Pairs that a group's output channel multiplies; a channel on its own is multiplied in float32."""
    return max(1, width // 2)


@kernel
def convolve(
    e: Emitter, vectors: Value, x: Value, rows_in: Value, out: Value, rows_out: Value, rows: Value, taps: Value,
    n_taps: Value, pairs: Value, w: Value, mask: Value, *ending: Value,
) -> None:  # fmt: skip
    """`vectors` registers of output channels, all rows. w: pairs (tap, pair, vectors * LANES). Ending: `_finish`."""
    part = e.mask(mask)
    for n in range(1, VECTORS + 1):
        with e.where(vectors, n):
            _convolve(e, n, x, rows_in, out, rows_out, rows, taps, n_taps, pairs, w, part, ending)


def _convolve(
    e: Emitter, vectors: int, x: Value, rows_in: Value, out: Value, rows_out: Value, rows: Value, taps: Value,
    n_taps: Value, pairs: Value, w: Value, part: Value, ending: Sequence[Value],
) -> None:  # fmt: skip
    b, line = e.b, number(REGISTER * vectors)
    sums = [[e.variable(FLOATS) for _ in range(vectors)] for _ in range(PIXELS)]
    weights = e.variable(I64)
    with e.loop(rows, PIXELS) as row:
        pixels = [e.add(x, e.offset(rows_in, e.add(row, i))) for i in range(PIXELS)]
        for each in sums:
            for one in each:
                b.store(e.zero, one)
        b.store(w, weights)
        with e.loop(n_taps) as tap:
            moved = e.offset(taps, tap)
            at, first = [e.add(pixel, moved) for pixel in pixels], b.load(weights)
            with e.loop(pairs) as pair:
                here = e.add(first, b.mul(pair, line))
                right = [e.load(e.add(here, REGISTER * j), WORDS, 4) for j in range(vectors)]
                for i in range(PIXELS):
                    left = e.splat(e.load(e.add(at[i], b.shl(pair, number(2))), I32))
                    for j in range(vectors):
                        b.store(e.dot(b.load(sums[i][j]), left, right[j]), sums[i][j])
            b.store(e.add(first, b.mul(pairs, line)), weights)
        _finish(e, sums, row, out, rows_out, part, *ending)


@kernel
def convolve_groups(
    e: Emitter, width: Value, x: Value, rows_in: Value, out: Value, rows_out: Value, rows: Value, taps: Value,
    n_taps: Value, w: Value, mask: Value, *ending: Value,
) -> None:  # fmt: skip
    """One register of channels, groups of `width`. w: pairs (tap, pairs_of(width), LANES), float32 where width is 1."""
    part = e.mask(mask)
    for n in WIDTHS:
        with e.where(width, n):
            _convolve_groups(e, n, x, rows_in, out, rows_out, rows, taps, n_taps, w, part, ending)


def _convolve_groups(
    e: Emitter, width: int, x: Value, rows_in: Value, out: Value, rows_out: Value, rows: Value, taps: Value,
    n_taps: Value, w: Value, part: Value, ending: Sequence[Value],
) -> None:  # fmt: skip
    b, pairs = e.b, pairs_of(width)
    sums = [[e.variable(FLOATS)] for _ in range(PIXELS)]
    with e.loop(rows, PIXELS) as row:
        pixels = [e.add(x, e.offset(rows_in, e.add(row, i))) for i in range(PIXELS)]
        for (one,) in sums:
            b.store(e.zero, one)
        with e.loop(n_taps) as tap:
            moved, here = e.offset(taps, tap), e.add(w, b.mul(tap, number(REGISTER * pairs)))
            right = [e.load(e.add(here, REGISTER * j), WORDS, 4) for j in range(pairs)]
            for pixel, (one,) in zip(pixels, sums, strict=True):
                at = e.add(pixel, moved)
                if width == 1:
                    b.store(e.fma(e.widen(e.load(at, BITS)), b.bitcast(right[0], FLOATS), b.load(one)), one)
                    continue
                channels = e.load(at, HALF)  # LANES channels are LANES / 2 pairs
                for j in range(pairs):
                    left = e.shuffle(channels, [lane // width * pairs + j for lane in range(LANES)])
                    b.store(e.dot(b.load(one), left, right[j]), one)
        _finish(e, sums, row, out, rows_out, part, *ending)


def _finish(
    e: Emitter, sums: Sequence[Sequence[Value]], row: Value, out: Value, rows_out: Value, part: Value, add: Value,
    rows_add: Value, scale: Value, shift: Value, activation: Value, stats: Value, squares: Value,
) -> None:  # fmt: skip
    """out = activation(sums * scale + shift + add); `stats`, and `squares` bytes on, take the sums of out and out^2.

    Whatever is 0 of scale, add, activation and stats is left out.
    """
    b, last = e.b, len(sums[0]) - 1
    with e.where(scale):
        factors = [[e.load(e.add(start, REGISTER * j), FLOATS, 4) for start in (scale, shift)] for j in range(last + 1)]
        for each in sums:
            for one, (a, c) in zip(each, factors, strict=True):
                b.store(e.fma(b.load(one), a, c), one)
    with e.where(add):
        for i, each in enumerate(sums):
            start = e.add(add, e.offset(rows_add, e.add(row, i)))
            for j, one in enumerate(each):
                at = e.add(start, BITS_BYTES * j)
                b.store(b.fadd(b.load(one), e.widen(e.load_part(at, part) if j == last else e.load(at, BITS))), one)
    for known in (RELU, SILU):
        with e.where(activation, known):
            for each in sums:
                for one in each:
                    b.store(activate(e, known, b.load(one)), one)
    rounded = [[e.narrow(b.load(one)) for one in each] for each in sums]
    for i, bits in enumerate(rounded):
        start = e.add(out, e.offset(rows_out, e.add(row, i)))
        for j, one in enumerate(bits):
            at = e.add(start, BITS_BYTES * j)
            if j == last:
                e.store_part(one, at, part)
            else:
                e.store(one, at)
    with e.where(stats):
        for j in range(last + 1):
            values = [e.widen(bits[j]) for bits in rounded]
            at = e.add(stats, REGISTER * j)
            for start, total in ((at, e.sum(values)), (e.add(at, squares), e.sum([b.fmul(v, v) for v in values]))):
                e.store(b.fadd(e.load(start, FLOATS, 4), total), start, 4)


@kernel
def pack(
    e: Emitter,
    x: Value,
    offsets: Value,
    moved: Value,
    rows: Value,
    vectors: Value,
    mask: Value,
    out: Value,
    line: Value,
) -> None:
    """Two rows of pixels side by side, as pairs: out (rows / 2, vectors * LANES), `line` bytes each."""
    b, part, at = e.b, e.mask(mask), e.variable(I64)
    last = e.add(vectors, -1)
    b.store(out, at)
    with e.loop(rows, 2) as row:
        first, second = (e.add(x, moved, e.offset(offsets, e.add(row, i))) for i in range(2))
        with e.loop(last) as v:
            near = b.mul(v, number(BITS_BYTES))
            both = e.pair(e.load(e.add(first, near), BITS), e.load(e.add(second, near), BITS))
            e.store(both, e.add(b.load(at), b.mul(v, number(REGISTER))))
        near = b.mul(last, number(BITS_BYTES))
        both = e.pair(e.load_part(e.add(first, near), part), e.load_part(e.add(second, near), part))
        e.store(both, e.add(b.load(at), b.mul(last, number(REGISTER))))
        b.store(e.add(b.load(at), line), at)


@kernel
def weight_gradient(
    e: Emitter, vectors: Value, d: Value, d_line: Value, x: Value, x_line: Value, n: Value, dw: Value, line: Value
) -> None:
    """dw (PIXELS, vectors * LANES) += d^T x over n packed pairs of rows; lines in bytes."""
    b = e.b
    for k in range(1, VECTORS + 1):
        with e.where(vectors, k):
            sums = [[e.variable(FLOATS) for _ in range(k)] for _ in range(PIXELS)]
            places = [[e.add(dw, b.mul(line, number(i)), REGISTER * j) for j in range(k)] for i in range(PIXELS)]
            for each, at in zip(sums, places, strict=True):
                for one, place in zip(each, at, strict=True):
                    b.store(e.load(place, FLOATS, 4), one)
            with e.loop(n) as p:
                left, right = e.add(d, b.mul(p, d_line)), e.add(x, b.mul(p, x_line))
                inputs = [e.load(e.add(right, REGISTER * j), WORDS, 4) for j in range(k)]
                for i, each in enumerate(sums):
                    output = e.splat(e.load(e.add(left, 4 * i), I32, 4))
                    for one, value in zip(each, inputs, strict=True):
                        b.store(e.dot(b.load(one), output, value), one)
            for each, at in zip(sums, places, strict=True):
                for one, place in zip(each, at, strict=True):
                    e.store(b.load(one), place, 4)


@kernel
def weight_gradient_groups(
    e: Emitter, width: Value, n_taps: Value, x: Value, rows_in: Value, d: Value, rows_d: Value, rows: Value,
    taps: Value, dw: Value, mask: Value,
) -> None:  # fmt: skip
    """dw (n_taps, width, LANES) of one register of channels; `taps` begins at the first of them."""
    part = e.mask(mask)
    for n, at_once in (*((width, TAPS_AT_ONCE[width]) for width in WIDTHS), (1, TAPS_AT_ONCE_OF_5X5)):
        with e.where(width, n), e.where(n_taps, at_once):
            _weight_gradient_groups(e, n, at_once, x, rows_in, d, rows_d, rows, taps, dw, part)


def _weight_gradient_groups(
    e: Emitter, width: int, n_taps: int, x: Value, rows_in: Value, d: Value, rows_d: Value, rows: Value, taps: Value,
    dw: Value, part: Value,
) -> None:  # fmt: skip
    b = e.b
    sums = [[e.variable(FLOATS) for _ in range(width)] for _ in range(n_taps)]
    for each in sums:
        for one in each:
            b.store(e.zero, one)
    moved = [e.offset(taps, number(t)) for t in range(n_taps)]
    with e.loop(rows, 2) as row:
        pixels = [e.add(x, e.offset(rows_in, e.add(row, i))) for i in range(2)]
        outputs = [e.add(d, e.offset(rows_d, e.add(row, i))) for i in range(2)]
        gradient = e.pair(*(e.load_part(at, part) for at in outputs))
        for each, by in zip(sums, moved, strict=True):
            inputs = e.pair(*(e.load(e.add(at, by), BITS) for at in pixels))
            for j, one in enumerate(each):
                left = e.shuffle(inputs, [lane // width * width + j for lane in range(LANES)])
                b.store(e.dot(b.load(one), left, gradient), one)
    for t, each in enumerate(sums):
        for j, one in enumerate(each):
            e.store(b.load(one), e.add(dw, REGISTER * (t * width + j)), 4)
