"""Batch norm, addition and activation over bfloat16 pixels, channels last, in two passes forward and two backward.

A row of an image is taken as one long vector, its coefficients repeated for every pixel, so that narrow layers fill
the registers too; `IMAGES` images take turns under the same coefficients. A map is its address and the bytes from one
image and from one row to the next: it may lie in a frame of zeros.
"""

from collections.abc import Callable, Sequence

from regnet.training.native.activations import ACTIVATIONS, NOTHING, RELU, SILU, activate, silu_slope
from regnet.training.native.emit import BITS, FLOATS, LANES, Emitter, Value, kernel, number

IMAGES = 4  # at a time

Place = Sequence[Value]  # address, bytes an image, bytes a row
Body = Callable[[list[list[Value]], Value, Value | None], None]  # addresses by image, float offset, mask of a last part


def _rows(e: Emitter, images: Value, rows: Value, columns: Value, maps: Sequence[Place], body: Body) -> None:
    """For each IMAGES images, row and register of columns: body(where each image's maps are, ...)."""
    b = e.b
    whole = b.and_(columns, number(-LANES))
    rest = b.sub(columns, whole)
    part = e.mask(b.sub(b.shl(number(1), rest), number(1)))
    with e.loop(images, IMAGES) as image, e.loop(rows) as row:
        starts = [
            [e.add(at, b.mul(e.add(image, i), each), b.mul(row, line)) for at, each, line in maps]
            for i in range(IMAGES)
        ]
        with e.loop(whole, LANES) as column:
            near = b.shl(column, number(1))
            body([[e.add(at, near) for at in one] for one in starts], b.shl(column, number(2)), None)
        with e.where(rest):
            near = b.shl(whole, number(1))
            body([[e.add(at, near) for at in one] for one in starts], b.shl(whole, number(2)), part)


def _load(e: Emitter, at: Value, part: Value | None) -> Value:
    return e.widen(e.load(at, BITS) if part is None else e.load_part(at, part))


def _store(e: Emitter, value: Value, at: Value, part: Value | None) -> None:
    bits = e.narrow(value)
    if part is None:
        e.store(bits, at)
    else:
        e.store_part(bits, at, part)


def _before(e: Emitter, z: Value, scale: Value, shift: Value, add_at: Sequence[Value], part: Value | None) -> Value:
    """What the activation gets: z * scale + shift, and the pixels at `add_at` where there are any."""
    value = e.fma(z, scale, shift)
    return e.b.fadd(value, _load(e, add_at[0], part)) if add_at else value


@kernel
def affine(
    e: Emitter, images: Value, rows: Value, columns: Value, z: Value, z_image: Value, z_row: Value, y: Value,
    y_image: Value, y_row: Value, add: Value, add_image: Value, add_row: Value, scale: Value, shift: Value,
    activation: Value,
) -> None:  # fmt: skip
    """y = activation(z * scale + shift + add); add may be 0: left out. scale, shift: float32 (columns)."""
    maps = [(z, z_image, z_row), (y, y_image, y_row), (add, add_image, add_row)]

    def write(known: int, added: bool) -> None:
        def body(places: list[list[Value]], near: Value, part: Value | None) -> None:
            a, c = (e.load(e.add(start, near), FLOATS, 4) for start in (scale, shift))
            for z_at, y_at, *add_at in places:
                before = _before(e, _load(e, z_at, part), a, c, add_at, part)
                _store(e, activate(e, known, before), y_at, part)

        _rows(e, images, rows, columns, maps[: 2 + added], body)

    for known in ACTIVATIONS:
        for added in (False, True):
            with e.where(activation, known), e.where(add, None if added else 0):
                write(known, added)


@kernel
def gradient_sums(
    e: Emitter, images: Value, rows: Value, columns: Value, z: Value, z_image: Value, z_row: Value, y: Value,
    y_image: Value, y_row: Value, add: Value, add_image: Value, add_row: Value, scale: Value, shift: Value, g: Value,
    activation: Value, total: Value, product: Value,
) -> None:  # fmt: skip
    """g (as z lies) becomes the gradient of what the activation got; total (columns) += sum of g, product of g z.

    ReLU's slope is read off y; SiLU's needs what it got, computed again as `affine` did. That takes an exponential more
    than keeping it, but no map more, and where nothing is added one map less is read.
    """

    def write(known: int, added: bool = False) -> None:
        def body(places: list[list[Value]], near: Value, part: Value | None) -> None:
            at_total, at_product = e.add(total, near), e.add(product, near)
            s, q = e.load(at_total, FLOATS, 4), e.load(at_product, FLOATS, 4)
            a, c = (e.load(e.add(start, near), FLOATS, 4) for start in (scale, shift))
            for z_at, g_at, *other in places:
                value, seen = _load(e, g_at, part), _load(e, z_at, part)
                if known == RELU:
                    value = e.b.select(e.b.fcmp_ordered(">", _load(e, other[0], part), e.zero), value, e.zero)
                elif known == SILU:
                    value = e.b.fmul(value, silu_slope(e, _before(e, seen, a, c, other, part)))
                if known != NOTHING:
                    _store(e, value, g_at, part)
                s = e.b.fadd(s, value)
                q = e.fma(value, seen, q)
            e.store(s, at_total, 4)
            e.store(q, at_product, 4)

        others = [(y, y_image, y_row)] * (known == RELU) + [(add, add_image, add_row)] * added
        _rows(e, images, rows, columns, [(z, z_image, z_row), (g, z_image, z_row), *others], body)

    for known in (NOTHING, RELU):
        with e.where(activation, known):
            write(known)
    for added in (False, True):
        with e.where(activation, SILU), e.where(add, None if added else 0):
            write(SILU, added)


@kernel
def gradient(
    e: Emitter, images: Value, rows: Value, columns: Value, z: Value, z_image: Value, z_row: Value, g: Value, dz: Value,
    dz_image: Value, dz_row: Value, of_g: Value, of_z: Value, constant: Value,
) -> None:  # fmt: skip
    """dz = of_g * g + of_z * z + constant; coefficients float32 (columns), g as z lies."""
    maps = [(z, z_image, z_row), (g, z_image, z_row), (dz, dz_image, dz_row)]

    def body(places: list[list[Value]], near: Value, part: Value | None) -> None:
        a, c, k = (e.load(e.add(start, near), FLOATS, 4) for start in (of_g, of_z, constant))
        for z_at, g_at, dz_at in places:
            value = e.fma(_load(e, g_at, part), a, e.fma(_load(e, z_at, part), c, k))
            _store(e, value, dz_at, part)

    _rows(e, images, rows, columns, maps, body)
