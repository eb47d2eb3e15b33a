"""Convolution, batch norm, addition and ReLU as one differentiable operation in bfloat16, for training on the CPU.

The same mathematics as the plain modules (tests hold the two together), with what costs most on a CPU done otherwise:
- batch norm, addition and ReLU in two passes over memory (`kernels`), statistics in float32;
- a 1x1 convolution of stride 2 reads every second pixel first, then has stride 1: oneDNN's strided kernels are slow;
- the data gradient of a strided 3x3 comes from the gradient spread with zeros, at stride 1: up to 250 times faster
  where every group has one channel;
- the weight gradient of such a convolution on 1x1 or 2x2 pixels comes from an input padded beforehand (30 times).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from regnet.training.models import kernels

LANES = 128  # columns that a folded activation should at least have


def fold(x: Tensor, channels: int) -> Any:
    """An activation (n, channels, r, r), channels last, as a uint16 array (rows, k * channels) over the same memory."""
    pixels = x.numel() // channels
    k = math.gcd(pixels, 1 << max(0, math.ceil(math.log2(LANES / channels))))
    columns = k * channels
    return x.as_strided((pixels // k, columns), (columns, 1)).view(torch.uint16).numpy()


def matrix(x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    return x.as_strided((n * h * w, c), (c, 1))


def image(x: Tensor, n: int, c: int, h: int, w: int) -> Tensor:
    return x.as_strided((n, c, h, w), (h * w * c, 1, w * c, c))


def convolution_gradient(dz: Tensor, x: Tensor, w: Tensor, stride: int, padding: int, groups: int, mask: list[bool]) -> Any:
    return torch.ops.aten.convolution_backward(
        dz, x, w, None, [stride, stride], [padding, padding], [1, 1], False, [0, 0], groups, mask
    )


def convolve(x: Tensor, w: Tensor, stride: int, groups: int) -> Tensor:
    if w.shape[2] == 1:
        n, _, h, r = x.shape
        return image(matrix(x) @ w.view(w.shape[:2]).t(), n, len(w), h, r)
    z = torch.conv2d(x, w, None, stride, w.shape[2] // 2, 1, groups)
    return z if z.is_contiguous(memory_format=CL) else z.contiguous(memory_format=CL)


def gradients(dz: Tensor, x: Tensor, w: Tensor, stride: int, groups: int, need: bool) -> tuple[Tensor | None, Tensor]:
    if w.shape[2] == 1:
        d = matrix(dz)
        dx = image(d @ w.view(w.shape[:2]), *x.shape) if need else None
        return dx, (d.t() @ matrix(x)).view(w.shape)
    p = w.shape[2] // 2
    depthwise = groups > 1 and groups == x.shape[1]
    tiny = depthwise and max(x.shape[2:]) <= 2
    if stride == 1 and not tiny:
        dx, dw, _ = convolution_gradient(dz, x, w, 1, p, groups, [need, True, False])
        return dx, dw
    if tiny:
        xp = torch.nn.functional.pad(x, (p,) * 4).contiguous(memory_format=CL)
        dw = convolution_gradient(dz, xp, w, stride, 0, groups, [False, True, False])[1]
    else:
        dw = convolution_gradient(dz, x, w, stride, p, groups, [False, True, False])[1]
    dx = None
    if need:
        if stride > 1 and (depthwise or groups == 1):
            dz, stride = spread(dz, stride, x.shape[2:]), 1
        dx = convolution_gradient(dz, x, w, stride, p, groups, [True, False, False])[0]
    return dx, dw


def spread(x: Tensor, stride: int, size: Any) -> Tensor:
    out = torch.empty((*x.shape[:2], *size), dtype=x.dtype, memory_format=CL).zero_()
    out[:, :, ::stride, ::stride] = x
    return out

CL = torch.channels_last

class ConvNormAct(torch.autograd.Function):
    """max(low, batch_norm(convolution(x)) + add)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, gamma: Tensor, beta: Tensor, add: Tensor | None, conv: nn.Conv2d, norm: nn.BatchNorm2d, low: float) -> Tensor:
        stride, groups, kernel = conv.stride[0], conv.groups, conv.kernel_size[0]
        w = weight.to(torch.bfloat16)
        ctx.size = x.shape[2:]
        if kernel == 1 and stride > 1:
            x = x[:, :, ::stride, ::stride].contiguous(memory_format=CL)
        z = convolve(x, w, stride, groups)
        y = torch.empty_like(z)
        channels = len(gamma)
        mean, scale = np.empty(channels, np.float32), np.empty(channels, np.float32)
        folded = None if add is None else fold(add.detach(), channels)
        kernels.forward(
            fold(z, channels), gamma.detach().numpy(), beta.detach().numpy(), norm.running_mean.numpy(), norm.running_var.numpy(),
            norm.momentum, norm.eps, folded, np.float32(low), fold(y, channels), mean, scale)
        ctx.save_for_backward(x, w, gamma, z, y if low == 0 else z)
        ctx.rest = mean, scale, low, add is not None, stride, kernel, groups
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> Any:
        x, w, gamma, z, y = ctx.saved_tensors
        mean, scale, low, has_add, stride, kernel, groups = ctx.rest
        channels = len(gamma)
        dy = dy.contiguous(memory_format=CL)
        dz, dadd = torch.empty_like(z), torch.empty_like(z) if has_add else None
        dgamma, dbeta = torch.empty(channels), torch.empty(channels)
        kernels.backward(fold(z, channels), fold(y, channels), fold(dy, channels), gamma.detach().numpy(), mean, scale, np.float32(low),
            fold(dz, channels), None if dadd is None else fold(dadd, channels), dgamma.numpy(), dbeta.numpy())
        dx, dw = gradients(dz, x, w, stride, groups, ctx.needs_input_grad[0])
        if kernel == 1 and stride > 1:
            dx = spread(dx, stride, ctx.size)
        return dx, dw.float(), dgamma, dbeta, dadd, None, None, None
