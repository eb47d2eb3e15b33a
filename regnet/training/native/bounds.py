"""Checks a plan: whatever a kernel reads or writes lies within one buffer. A wrong offset would be a wrong network."""

from collections.abc import Iterator

import numpy as np

from regnet.training.native.convolutions import PACKED_ROWS
from regnet.training.native.emit import LANES, PIXELS
from regnet.training.native.layout import whole
from regnet.training.native.memory_map import BF16
from regnet.training.native.plan import Plan, packed_bytes

Reach = tuple[str, int, int]
"""What is touched: its name, its first byte and the byte behind its last."""


def check(made: Plan) -> None:
    """Raises ValueError where a row of the plan reaches outside of a buffer, or has a table of another length."""
    for kind, rows in (
        ("convolution", made.convolutions),
        ("layer", [layer.row for layer in made.layers]),
        ("gate", [gate.row for gate in made.gates]),
        ("ends", [made.ends]),
    ):
        reaches = {"convolution": _convolution, "layer": _layer, "gate": _gate, "ends": _ends}[kind]
        for number, row in enumerate(rows):
            for name, first, end in reaches(made, row):
                if not made.arena.holds(first, end):
                    raise ValueError(f"{kind} {number}: {name} reaches bytes {first} to {end}, outside of its buffer")


def _table(made: Plan, start: int, length: int) -> tuple[int, int]:
    """Smallest and largest entry of a table."""
    table = made.arena.tables.get(int(start))
    if table is None or len(table) != length:
        raise ValueError(f"a table of {length} offsets expected at byte {start}")
    return int(table.min()), int(table.max())


def _parameters(made: Plan, row: np.void, name: str, size: int) -> None:
    """Raises ValueError unless the field begins a region of that size of the flat parameters."""
    if made.regions.get(int(row[name])) != size:
        raise ValueError(f"{name} at {row[name]}: no {size} parameters begin there")


def _convolution(made: Plan, row: np.void) -> Iterator[Reach]:
    rows = made.batch * int(row["rows"])
    if rows % PIXELS:
        raise ValueError(f"{rows} rows are no multiple of {PIXELS}")
    first_tap, last_tap = _table(made, row["taps"], int(row["n_taps"]))
    lowest, highest = _table(made, row["rows_in"], rows)
    groups = int(row["groups"])
    yield (
        "x",
        int(row["x"]) + lowest + first_tap,
        int(row["x"]) + highest + last_tap + BF16 * groups * int(row["depth"]),
    )
    lowest, highest = _table(made, row["rows_out"], rows)
    yield "out", int(row["out"]) + lowest, int(row["out"]) + highest + BF16 * groups * int(row["channels"])
    yield "packed", int(row["packed"]), int(row["packed"]) + packed_bytes(row)
    _, last = _table(made, row["master_taps"], int(row["n_taps"]))
    if last >= row["all_taps"]:
        raise ValueError(f"tap {last} of {row['all_taps']}")
    _parameters(made, row, "master", int(row["master_size"]))


def _layer(made: Plan, row: np.void) -> Iterator[Reach]:
    _indices(made, row)
    channels, side = int(row["channels"]), int(row["side"])
    for name in ("z", "y", "dz", *(("add",) if row["add"] else ())):
        last = (made.batch - 1) * int(row[f"{name}_image"]) + (side - 1) * int(row[f"{name}_row"])
        yield name, int(row[name]), int(row[name]) + last + BF16 * side * channels
    yield "g", int(row["g"]), int(row["g"]) + made.batch * side * side * channels * BF16
    for name, base in (("rows_dz", "dz_base"), *((("rows_add", "add_base"),) if row["add"] else ())):
        lowest, highest = _table(made, row[name], made.batch * side * side)
        yield name, int(row[base]) + lowest, int(row[base]) + highest + BF16 * channels
    for name in ("mean", "scale", "running_mean", "running_var"):
        yield name, int(row[name]), int(row[name]) + 4 * channels
    yield "stats", int(row["stats"]), int(row["stats"]) + int(row["squares"]) + _sums(made, row)
    yield "coefficients", int(row["coefficients"]), int(row["coefficients"]) + 20 * (side * channels + LANES)
    for name in ("gamma", "beta"):
        _parameters(made, row, name, channels)


def _indices(made: Plan, row: np.void) -> None:
    """Raises ValueError where a layer names rows that are not there, or a convolution of another width."""
    for name in ("forward", "inference"):
        if not 0 <= row[name] < len(made.convolutions):
            raise ValueError(f"{name} is row {row[name]} of {len(made.convolutions)} convolutions")
        c = made.convolutions[int(row[name])]
        if c["groups"] * c["channels"] != row["channels"] or c["rows"] != row["side"] ** 2:
            raise ValueError(f"{name} is a convolution of other rows and channels than its layer's {row['channels']}")
    if not 0 <= row["first_data"] <= row["end_data"] <= len(made.convolutions) or row["gate"] >= len(made.gates):
        raise ValueError(f"rows {row['first_data']} to {row['end_data']} of the convolutions, gate {row['gate']}")


def _sums(made: Plan, row: np.void) -> int:
    """Bytes of a layer's sums: the last group's register may reach over the channels' end, but not into the squares."""
    forward = made.convolutions[int(row["forward"])]
    last = int(forward["groups"] - 1) * int(forward["channels"]) + whole(int(forward["channels"]))
    if 4 * last > row["squares"]:
        raise ValueError(f"sums of {last} channels reach into those of squares, {row['squares']} bytes on")
    return 4 * last


def _gate(made: Plan, row: np.void) -> Iterator[Reach]:
    channels, squeezed = int(row["channels"]), int(row["squeezed"])
    for name in ("y", "out", "g"):
        yield name, int(row[name]), int(row[name]) + made.batch * int(row["pixels"]) * channels * BF16
    for name, width in (("means", channels), ("before", squeezed), ("hidden", squeezed), ("factors", channels)):
        yield name, int(row[name]), int(row[name]) + 4 * made.batch * width
    for name, bias, outputs in (("squeeze", "squeeze_bias", squeezed), ("excite", "excite_bias", channels)):
        _parameters(made, row, name, channels * squeezed)
        _parameters(made, row, bias, outputs)


def _ends(made: Plan, row: np.void) -> Iterator[Reach]:
    for name in ("y", "g"):
        yield name, int(row[name]), int(row[name]) + made.batch * int(row["pixels"]) * int(row["channels"]) * BF16
    x = made.layers[0].x
    last = (made.batch - 1) * int(row["x_image"]) + (x.side - 1) * int(row["x_row"])
    yield "x", int(row["x"]), int(row["x"]) + last + x.side * x.pixel
    # Packed: PACKED_ROWS / 2 lines of pairs, 4 bytes each, of whole registers.
    for layer in made.layers:
        forward = made.convolutions[int(layer.row["forward"])]
        if not forward["width"]:
            for name, size in (("d_scratch", "channels"), ("x_scratch", "depth")):
                yield name, int(row[name]), int(row[name]) + PACKED_ROWS // 2 * 4 * whole(int(forward[size]))
