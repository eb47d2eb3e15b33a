"""A whole training step, and inference, as one compiled call each: no Python and no allocation between layers.

A step packs the weights to bfloat16 once, runs the layers forward, the classifier and its loss, the layers backward,
and SGD with Nesterov momentum over one flat vector, weight decay on every parameter.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from regnet.training.native import gates, norms
from regnet.training.native.compiled import FAST, compiled, f32, fingerprint, floats
from regnet.training.native.convolutions import gradient_of_weights, pack_weights, run
from regnet.training.native.emit import LANES
from regnet.training.native.ends import classify, loss_and_gradient, take


@numba.njit
def pack(convolutions, p):  # type: ignore[no-untyped-def]
    """The parameters p as every convolution reads them."""
    for i in range(len(convolutions)):
        if convolutions[i].packs:
            pack_weights(convolutions[i], p.ctypes.data)


@numba.njit
def forward(convolutions, layers, gate_rows, params, images, momentum, eps):  # type: ignore[no-untyped-def]
    """Every layer on its batch's statistics."""
    for i in range(len(layers)):
        layer = layers[i]
        c = convolutions[layer.forward]
        floats(layer.stats, layer.squares // 2)[:] = 0
        run(c, c.x, c.out, c.rows_out, images, 0, 0, 0, 0, 0, layer.stats, layer.squares)
        norms.forward(layer, params, images, momentum, eps)
        if layer.gate >= 0:
            gates.forward(gate_rows[layer.gate], params, images)


@numba.njit
def backward(convolutions, layers, gate_rows, order, ends, params, grads, images):  # type: ignore[no-untyped-def]
    """Every layer's gradients, the last layer's first."""
    for i in order:
        layer = layers[i]
        if layer.gate >= 0:
            gates.backward(gate_rows[layer.gate], params, grads, images)
        norms.backward(layer, params, grads, images)
        gradient_of_weights(
            convolutions[layer.forward], layer.dz_base, layer.rows_dz, images, grads, ends.d_scratch, ends.x_scratch
        )
        for j in range(layer.first_data, layer.end_data):
            c = convolutions[j]
            run(c, c.x, c.out, c.rows_out, images, c.out if c.accumulate else 0, c.rows_out, 0, 0, 0, 0, 0)


@numba.njit
def infer(convolutions, layers, gate_rows, params, images):  # type: ignore[no-untyped-def]
    """Every layer on its running averages, which are folded into its convolution."""
    for i in range(len(layers)):
        layer = layers[i]
        c = convolutions[layer.inference]
        shift = layer.coefficients + 4 * (layer.channels * layer.side + LANES)
        run(
            c, c.x, c.out, c.rows_out, images, layer.add_base, layer.rows_add,
            layer.coefficients, shift, layer.activation, 0, 0,
        )  # fmt: skip
        if layer.gate >= 0:
            gates.forward(gate_rows[layer.gate], params, images)


@numba.njit(fastmath=FAST)
def sgd(p, g, m, lr, momentum, decay):  # type: ignore[no-untyped-def]
    """m = momentum m + d, p -= lr (d + momentum m), d = g + decay p: PyTorch's Nesterov."""
    lr, momentum, decay = f32(lr), f32(momentum), f32(decay)
    for i in range(len(p)):
        d = g[i] + decay * p[i]
        m[i] = momentum * m[i] + d
        p[i] -= lr * (d + momentum * m[i])


def _entries(version: str) -> tuple[Callable[..., Any], ...]:
    """The three functions that Python calls. `version` is part of their place in numba's cache: see `fingerprint`."""

    @compiled()
    def step(rows, order, flat, x, labels, logits, features, lr, momentum, decay, bn_momentum, eps):  # type: ignore[no-untyped-def]
        """One mini-batch, x (n, r, r, c) float32; its loss. Where that is not finite, no parameter changes."""
        assert version
        convolutions, layers, gate_rows, ends_rows = rows
        p, g, m = flat
        ends, images, params, grads = ends_rows[0], len(labels), p.ctypes.data, g.ctypes.data
        pack(convolutions, p)
        take(ends, x)
        forward(convolutions, layers, gate_rows, params, images, bn_momentum, eps)
        classify(ends, params, images, logits, features)
        loss = loss_and_gradient(ends, params, grads, labels, logits, features)
        if np.isfinite(loss):
            backward(convolutions, layers, gate_rows, order, ends, params, grads, images)
            sgd(p, g, m, lr, momentum, decay)
        return loss

    @compiled()
    def fold(rows, p, eps):  # type: ignore[no-untyped-def]
        """Makes the rows ready for inference with the parameters p."""
        assert version
        convolutions, layers = rows[0], rows[1]
        for i in range(len(layers)):
            pack_weights(convolutions[layers[i].inference], p.ctypes.data)
            norms.fold(layers[i], p.ctypes.data, eps)

    @compiled()
    def predict(rows, p, x, batch, logits, features):  # type: ignore[no-untyped-def]
        """Fills the logits of x (n <= batch, r, r, c); all `batch` images are computed, the rest stale."""
        assert version
        convolutions, layers, gate_rows, ends_rows = rows
        ends = ends_rows[0]
        take(ends, x)
        infer(convolutions, layers, gate_rows, p.ctypes.data, batch)
        classify(ends, p.ctypes.data, len(x), logits, features)

    return step, fold, predict


step, fold, predict = _entries(fingerprint())
