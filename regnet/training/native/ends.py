"""The ends of a network: its images, and the classifier with its loss in float32."""

import math

import numba
import numpy as np

from regnet.training.native.compiled import FAST, bits, f32, floats, narrow, widen


@numba.njit
def take(ends, x):  # type: ignore[no-untyped-def]
    """Images x (n, r, r, c), float32, into the frames that the stem reads, as bfloat16."""
    n, r, _, c = x.shape
    for image in range(n):
        for row in range(r):
            written = bits(ends.x + image * ends.x_image + row * ends.x_row, r * c)
            pixels = x[image, row].reshape(r * c)
            for i in range(r * c):
                written[i] = narrow(pixels[i])


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
