"""SiLU and its slope as the compiled engine's registers compute them, against float64."""

import re

import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regnet.training.native.activations import SILU, activate, silu_slope
from regnet.training.native.emit import FLOATS, LANES, Emitter, Value, kernel, number

TINY = float(np.finfo(np.float32).tiny)


@kernel
def both(e: Emitter, x: Value, silu: Value, slope: Value, n: Value) -> None:
    with e.loop(n, LANES) as i:
        near = e.b.mul(i, number(4))
        t = e.load(e.add(x, near), FLOATS, 4)
        e.store(activate(e, SILU, t), e.add(silu, near), 4)
        e.store(silu_slope(e, t), e.add(slope, near), 4)


@numba.njit
def compute(x, silu, slope):  # type: ignore[no-untyped-def]
    both((x.ctypes.data, silu.ctypes.data, slope.ctypes.data, len(x)))


def in_registers(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """SiLU and its slope at float32 values."""
    x = np.zeros(-(-len(t) // LANES) * LANES, np.float32)
    x[: len(t)] = t
    silu, slope = np.empty_like(x), np.empty_like(x)
    compute(x, silu, slope)
    return silu[: len(t)].astype(float), slope[: len(t)].astype(float)


def close(t: np.ndarray) -> None:
    """Within a millionth of float64 (the slope, two), but where sigmoid is below float32's normal numbers, and so 0."""
    (silu, slope), t = in_registers(t), t.astype(float)
    sigmoid = 1 / (1 + np.exp(-t))
    assert (np.abs(silu - t * sigmoid) <= 1e-6 * np.abs(t * sigmoid) + 100 * TINY).all()
    expected = sigmoid * (1 + t * (1 - sigmoid))
    # Near -1.28 the slope is a difference of terms as large as sigmoid.
    assert (np.abs(slope - expected) <= 2e-6 * np.maximum(np.abs(expected), sigmoid) + 100 * TINY).all()


def test_silu_and_its_slope_are_float64s_to_a_millionth() -> None:
    close(np.linspace(-100, 100, 400_001, dtype=np.float32))
    close(np.linspace(-2, 2, 100_001, dtype=np.float32))


@given(st.lists(st.floats(-100, 100, width=32, allow_subnormal=False), min_size=1, max_size=40))
def test_any_values_in_any_lane(values: list[float]) -> None:
    close(np.array(values, np.float32))


def test_large_values_saturate_and_nan_stays() -> None:
    large = np.array([1e3, 1e10, 3e38], np.float32)
    silu, slope = in_registers(np.concatenate([large, -large, np.array([np.nan, 0, -0.0], np.float32)]))
    assert silu[:3].tolist() == large.tolist()
    assert slope[:3].tolist() == [1, 1, 1]
    assert not silu[3:6].any()
    assert not slope[3:6].any()
    assert np.isnan(silu[6])
    assert np.isnan(slope[6])
    assert (silu[7:].tolist(), slope[7:].tolist()) == ([0, 0], [0.5, 0.5])


def test_no_lane_is_taken_on_its_own() -> None:
    in_registers(np.zeros(1, np.float32))
    (assembly,) = compute.inspect_asm().values()
    assert all(re.search(rf"\s{packed}", assembly) for packed in ("vdivps", "vcvttps2dq", "vfn?madd"))
    assert not re.search(r"expf|exp2|vdivss", assembly)
