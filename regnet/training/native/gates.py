"""Squeeze-and-excite by its row (`tables.GATE`): out = y * sigmoid(W2 act(W1 mean(y) + b1) + b2), all in float32.

Channels lie last; W1 is (squeezed, channels), W2 (channels, squeezed), as their modules have them.
"""

import math

import numba
import numpy as np

from regnet.training.native.activations import SILU
from regnet.training.native.compiled import FAST, bits, f32, floats, narrow, widen


@numba.njit(fastmath=FAST)
def forward(gate, params, images):  # type: ignore[no-untyped-def]
    """Fills means, hidden, factors and out, and for SiLU `before`."""
    c, s, pixels = gate.channels, gate.squeezed, gate.pixels
    y, out = bits(gate.y, images * pixels * c), bits(gate.out, images * pixels * c)
    w1, b1 = floats(params + 4 * gate.squeeze, s * c), floats(params + 4 * gate.squeeze_bias, s)
    w2, b2 = floats(params + 4 * gate.excite, c * s), floats(params + 4 * gate.excite_bias, c)
    for image in range(images):
        mean = floats(gate.means + 4 * image * c, c)
        before, hidden = floats(gate.before + 4 * image * s, s), floats(gate.hidden + 4 * image * s, s)
        factor = floats(gate.factors + 4 * image * c, c)
        mean[:] = 0
        for p in range(image * pixels, (image + 1) * pixels):
            for j in range(c):
                mean[j] += widen(y[p * c + j])
        for j in range(c):
            mean[j] /= f32(pixels)
        for k in range(s):
            total = b1[k]
            for j in range(c):
                total += w1[k * c + j] * mean[j]
            if gate.activation == SILU:
                before[k] = total
                hidden[k] = total / (1 + math.exp(-total))
            else:
                hidden[k] = total if total > 0 or total != total else f32(0)
        for j in range(c):
            total = b2[j]
            for k in range(s):
                total += w2[j * s + k] * hidden[k]
            factor[j] = 1 / (1 + math.exp(-total))
        for p in range(image * pixels, (image + 1) * pixels):
            for j in range(c):
                out[p * c + j] = narrow(widen(y[p * c + j]) * factor[j])


@numba.njit(fastmath=FAST)
def backward(gate, params, grads, images):  # type: ignore[no-untyped-def]
    """Turns g from the gradient of out into that of y; fills the gradients of weights and biases."""
    c, s, pixels = gate.channels, gate.squeezed, gate.pixels
    y, g = bits(gate.y, images * pixels * c), bits(gate.g, images * pixels * c)
    w1, w2 = floats(params + 4 * gate.squeeze, s * c), floats(params + 4 * gate.excite, c * s)
    dw1, db1 = floats(grads + 4 * gate.squeeze, s * c), floats(grads + 4 * gate.squeeze_bias, s)
    dw2, db2 = floats(grads + 4 * gate.excite, c * s), floats(grads + 4 * gate.excite_bias, c)
    dw1[:] = 0
    db1[:] = 0
    dw2[:] = 0
    db2[:] = 0
    inner, outer, dmean = np.empty(s, f32), np.empty(c, f32), np.empty(c, f32)
    for image in range(images):
        mean = floats(gate.means + 4 * image * c, c)
        before, hidden = floats(gate.before + 4 * image * s, s), floats(gate.hidden + 4 * image * s, s)
        factor = floats(gate.factors + 4 * image * c, c)
        outer[:] = 0
        for p in range(image * pixels, (image + 1) * pixels):
            for j in range(c):
                outer[j] += widen(g[p * c + j]) * widen(y[p * c + j])
        inner[:] = 0
        for j in range(c):
            outer[j] *= factor[j] * (1 - factor[j])  # through the sigmoid
            db2[j] += outer[j]
            for k in range(s):
                dw2[j * s + k] += outer[j] * hidden[k]
                inner[k] += outer[j] * w2[j * s + k]
        dmean[:] = 0
        for k in range(s):
            if gate.activation == SILU:
                sigmoid = 1 / (1 + math.exp(-before[k]))
                inner[k] *= sigmoid * (1 + before[k] * (1 - sigmoid))
            elif hidden[k] <= 0:
                continue
            db1[k] += inner[k]
            for j in range(c):
                dw1[k * c + j] += inner[k] * mean[j]
                dmean[j] += inner[k] * w1[k * c + j]
        for p in range(image * pixels, (image + 1) * pixels):
            for j in range(c):
                g[p * c + j] = narrow(widen(g[p * c + j]) * factor[j] + dmean[j] / f32(pixels))
