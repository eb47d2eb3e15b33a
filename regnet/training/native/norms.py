"""Batch norm by its layer's row (`tables.LAYER`): statistics, coefficients, and the passes that apply them.

The variance is that of the rounded convolution, its sums taken in float32 while it was written; the running averages
take the unbiased one, as PyTorch's do.
"""

import math

import numba

from regnet.training.native.compiled import FAST, floats
from regnet.training.native.emit import LANES
from regnet.training.native.norm_kernels import affine, gradient, gradient_sums


@numba.njit(fastmath=FAST, error_model="numpy")
def forward(layer, params, images, momentum, eps):  # type: ignore[no-untyped-def]
    """y = activation(gamma * (z - mean) / sqrt(var + eps) + beta + add); updates the running averages."""
    c, columns, n = layer.channels, layer.channels * layer.side, images * layer.side * layer.side
    gamma, beta = floats(params + 4 * layer.gamma, c), floats(params + 4 * layer.beta, c)
    running_mean, running_var = floats(layer.running_mean, c), floats(layer.running_var, c)
    mean, scale = floats(layer.mean, c), floats(layer.scale, c)
    total, square = floats(layer.stats, c), floats(layer.stats + layer.squares, c)
    line = 4 * (columns + LANES)
    a, b = floats(layer.coefficients, columns), floats(layer.coefficients + line, columns)
    for i in range(c):
        m = float(total[i]) / n
        var = float(square[i]) / n - m * m
        if var < 0:  # by rounding; NaN stays NaN
            var = 0.0
        mean[i], scale[i] = m, 1 / math.sqrt(var + eps)
        running_mean[i] += momentum * (m - running_mean[i])
        running_var[i] += momentum * (var * n / (n - 1) - running_var[i])
        a[i] = gamma[i] * scale[i]
        b[i] = beta[i] - m * a[i]
    for i in range(c, columns):
        a[i], b[i] = a[i - c], b[i - c]
    affine((
        images, layer.side, columns, layer.z, layer.z_image, layer.z_row, layer.y, layer.y_image, layer.y_row,
        layer.add, layer.add_image, layer.add_row, layer.coefficients, layer.coefficients + line, layer.activation,
    ))  # fmt: skip


@numba.njit(error_model="numpy")
def fold(layer, params, eps):  # type: ignore[no-untyped-def]
    """The running averages as one factor and one term a channel, for inference."""
    c, line = layer.channels, 4 * (layer.channels * layer.side + LANES)
    gamma, beta = floats(params + 4 * layer.gamma, c), floats(params + 4 * layer.beta, c)
    mean, var = floats(layer.running_mean, c), floats(layer.running_var, c)
    a, b = floats(layer.coefficients, c), floats(layer.coefficients + line, c)
    for i in range(c):
        a[i] = gamma[i] / math.sqrt(var[i] + eps)
        b[i] = beta[i] - mean[i] * a[i]


@numba.njit(fastmath=FAST, error_model="numpy")
def backward(layer, params, grads, images):  # type: ignore[no-untyped-def]
    """Fills dz and the gradients of gamma and beta from g: of y at first, then of what the activation got."""
    c, columns, n = layer.channels, layer.channels * layer.side, images * layer.side * layer.side
    line = 4 * (columns + LANES)
    at_a = layer.coefficients
    at_b, at_k, at_total, at_product = at_a + line, at_a + 2 * line, at_a + 3 * line, at_a + 4 * line
    a, b, k = floats(at_a, columns), floats(at_b, columns), floats(at_k, columns)
    total, product = floats(at_total, columns), floats(at_product, columns)
    total[:] = 0
    product[:] = 0
    # The forward pass's coefficients are still in a and b.
    gradient_sums((
        images, layer.side, columns, layer.z, layer.z_image, layer.z_row, layer.y, layer.y_image, layer.y_row,
        layer.add, layer.add_image, layer.add_row, at_a, at_b, layer.g, layer.activation, at_total, at_product,
    ))  # fmt: skip
    gamma, mean, scale = floats(params + 4 * layer.gamma, c), floats(layer.mean, c), floats(layer.scale, c)
    dgamma, dbeta = floats(grads + 4 * layer.gamma, c), floats(grads + 4 * layer.beta, c)
    for i in range(c):
        s, p = 0.0, 0.0
        for j in range(i, columns, c):
            s += total[j]
            p += product[j]
        dbeta[i] = s
        dgamma[i] = scale[i] * (p - mean[i] * s)
        a[i] = gamma[i] * scale[i]
        b[i] = -a[i] * scale[i] * dgamma[i] / n
        k[i] = -a[i] * s / n - b[i] * mean[i]
    for i in range(c, columns):
        a[i], b[i], k[i] = a[i - c], b[i - c], k[i - c]
    gradient((
        images, layer.side, columns, layer.z, layer.z_image, layer.z_row, layer.g, layer.dz, layer.dz_image,
        layer.dz_row, at_a, at_b, at_k,
    ))  # fmt: skip
