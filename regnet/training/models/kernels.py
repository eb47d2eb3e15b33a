"""Batch norm, addition and ReLU over bfloat16 activations in two passes, forward and backward, on the CPU.

PyTorch runs them as separate passes over memory, and its bfloat16 batch norm leaves most of a vector register empty
below 64 channels. Here an activation is a C-contiguous uint16 array of shape (rows, k * channels): bfloat16 bits with
the channels last, k pixels side by side so that narrow layers fill the registers too.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from regnet.training.native.compiled import FAST, compiled, f32, fingerprint, narrow, u16, widen

HOW: dict[str, Any] = {"fastmath": FAST, "error_model": "numpy"}


@numba.njit(**HOW)
def scaled(z, a, b, add, low, y):  # type: ignore[no-untyped-def]
    """y = max(low, z * a + b + add); `add` may be None, y may be z."""
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            v = widen(z[i, j]) * a[j] + b[j]
            if add is not None:
                v += widen(add[i, j])
            y[i, j] = narrow(low if v < low else v)


def _entries(version: str) -> tuple[Callable[..., Any], ...]:
    """What Python calls, from numba's cache. `version` is part of its place there: see `fingerprint`."""

    @compiled(**HOW)
    def affine(z, a, b, add, low, y):  # type: ignore[no-untyped-def]
        assert version
        scaled(z, a, b, add, low, y)

    @compiled(**HOW)
    def forward(z, gamma, beta, running_mean, running_var, momentum, eps, add, low, y, mean, scale):  # type: ignore[no-untyped-def]
        """y = max(low, batch_norm(z) + add); fills y, mean, scale = 1 / sqrt(var + eps), updates the averages."""
        assert version
        channels, columns = gamma.shape[0], z.shape[1]
        total, square = np.zeros(columns, f32), np.zeros(columns, f32)
        for i in range(z.shape[0]):
            for j in range(columns):
                v = widen(z[i, j])
                total[j] += v
                square[j] += v * v
        a, b = np.empty(columns, f32), np.empty(columns, f32)
        n = z.size // channels
        for c in range(channels):
            s, q = 0.0, 0.0
            for j in range(c, columns, channels):
                s += total[j]
                q += square[j]
            m = s / n
            # One pass instead of two: z has 8 significant bits and a mean near 0, so that the difference of squares
            # loses nothing that bfloat16 would keep. max() would turn NaN into 0: a training that diverged would go on.
            var = max(q / n - m * m, 0.0) if q == q else q
            mean[c], scale[c] = m, 1 / np.sqrt(var + eps)
            running_mean[c] += momentum * (m - running_mean[c])
            running_var[c] += momentum * (var * n / (n - 1) - running_var[c])
            for j in range(c, columns, channels):
                a[j] = gamma[c] * scale[c]
                b[j] = beta[c] - m * a[j]
        scaled(z, a, b, add, low, y)

    @compiled(**HOW)
    def backward(z, y, dy, gamma, mean, scale, low, dz, dadd, dgamma, dbeta):  # type: ignore[no-untyped-def]
        """Gradients of `forward`: fills dz, dgamma, dbeta and, where it is not None, dadd."""
        assert version
        channels, columns = gamma.shape[0], z.shape[1]
        total, product = np.zeros(columns, f32), np.zeros(columns, f32)
        for i in range(z.shape[0]):
            for j in range(columns):
                g = widen(dy[i, j]) if widen(y[i, j]) > low else f32(0)
                total[j] += g
                product[j] += g * widen(z[i, j])
                if dadd is not None:
                    dadd[i, j] = dy[i, j] if widen(y[i, j]) > low else u16(0)
        a, b, c0 = np.empty(columns, f32), np.empty(columns, f32), np.empty(columns, f32)
        n = z.size // channels
        for c in range(channels):
            s, p = 0.0, 0.0
            for j in range(c, columns, channels):
                s += total[j]
                p += product[j]
            # With x = (z - mean) scale and g = dy where y > low: dbeta = sum g, dgamma = sum g x, and
            # dz = gamma scale (g - dbeta / n - x dgamma / n), which is a g + b z + c0: one pass, three numbers each.
            dbeta[c] = s
            dgamma[c] = scale[c] * (p - mean[c] * s)
            for j in range(c, columns, channels):
                a[j] = gamma[c] * scale[c]
                b[j] = -a[j] * scale[c] * dgamma[c] / n
                c0[j] = -a[j] * s / n - b[j] * mean[c]
        for i in range(z.shape[0]):
            for j in range(columns):
                g = widen(dy[i, j]) if widen(y[i, j]) > low else f32(0)
                dz[i, j] = narrow(a[j] * g + b[j] * widen(z[i, j]) + c0[j])

    return affine, forward, backward


affine, forward, backward = _entries(fingerprint())
