"""The ends of the network: gathering the stem's neighbourhoods, and the classifier with its loss, all in float32."""

from __future__ import annotations

import math

import numba
import numpy as np

from regnet.training.native.compiled import FAST, bits, f32, floats, narrow, u16, widen


@numba.njit
def gather(x, kernel, stride, out, columns):  # type: ignore[no-untyped-def]
    """x (n, r, r, c) float32 -> the kernel x kernel x c values around every stride-th pixel, zero outside the image.

    Written to `out` as bfloat16, `columns` for each: more than the values where their number is odd.
    """
    n, r, _, c = x.shape
    edge, side = kernel // 2, (r - 1) // stride + 1
    written = bits(out, n * side * side * columns)
    framed = np.zeros((r + 2 * edge, (r + 2 * edge) * c), u16)
    line, at = kernel * c, 0
    for image in range(n):
        for row in range(r):
            for column in range(r):
                for j in range(c):
                    framed[row + edge, (column + edge) * c + j] = narrow(x[image, row, column, j])
        for row in range(0, r, stride):
            for column in range(0, r, stride):
                for k in range(kernel):
                    for j in range(line):
                        written[at + k * line + j] = framed[row + k, column * c + j]
                at += columns


@numba.njit(fastmath=FAST)
def classify(ends, params, images, logits, features):  # type: ignore[no-untyped-def]
    """Averages of the last map and their logits; fills features (n, c) and logits (n, classes)."""
    c, pixels, classes = ends.channels, ends.pixels, logits.shape[1]
    w, bias = floats(params + 4 * ends.weight, classes * c), floats(params + 4 * ends.bias, classes)
    y = bits(ends.y, images * pixels * c)
    for image in range(images):
        mean = features[image]
        mean[:] = 0
        for p in range(image * pixels, (image + 1) * pixels):
            for j in range(c):
                mean[j] += widen(y[p * c + j])
        for j in range(c):
            mean[j] /= f32(pixels)
        for k in range(classes):
            total = f32(0)
            for j in range(c):
                total += mean[j] * w[k * c + j]
            logits[image, k] = total + bias[k]


@numba.njit(fastmath=FAST)
def loss_and_gradient(ends, params, grads, labels, logits, features):  # type: ignore[no-untyped-def]
    """Mean cross-entropy; fills the gradients of the classifier and of the last map."""
    c, pixels, images, classes = ends.channels, ends.pixels, labels.shape[0], logits.shape[1]
    w = floats(params + 4 * ends.weight, classes * c)
    dw, db = floats(grads + 4 * ends.weight, classes * c), floats(grads + 4 * ends.bias, classes)
    dy, inner = bits(ends.g, images * pixels * c), np.empty(c, f32)
    dw[:] = 0
    db[:] = 0
    loss = 0.0
    for image in range(images):
        scores, mean = logits[image], features[image]
        top = scores.max()
        total = 0.0
        for k in range(classes):
            total += math.exp(scores[k] - top)
        loss += math.log(total) + top - scores[labels[image]]
        inner[:] = 0
        for k in range(classes):
            right = 1.0 if labels[image] == k else 0.0
            d = f32((math.exp(scores[k] - top) / total - right) / images)
            db[k] += d
            for j in range(c):
                dw[k * c + j] += d * mean[j]
                inner[j] += d * w[k * c + j]
        for j in range(c):
            inner[j] /= f32(pixels)
        for p in range(image * pixels, (image + 1) * pixels):
            for j in range(c):
                dy[p * c + j] = narrow(inner[j])
    return loss / images
