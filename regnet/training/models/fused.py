"""Convolution, batch norm, addition and ReLU as one differentiable operation in bfloat16, for training on a CPU.

The mathematics of the plain modules (tests hold the two together); what costs most on a CPU is done otherwise:
- batch norm, addition and ReLU take two passes over memory (`kernels`), with statistics in float32;
- a 1x1 convolution is a matrix product, since channels lie last; with a stride it first drops the pixels in between;
- the data gradient of a strided 3x3 comes from its gradient spread out with zeros, at stride 1: oneDNN 3.12's strided
  kernel is up to 250 times slower where a group has one channel;
- the weight gradient of such a convolution on 1x1 or 2x2 pixels takes an input padded beforehand, 30 times faster.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from regnet.training.models import kernels
from regnet.training.models.blocks import ConvNorm

LAST = torch.channels_last
LANES = 128  # columns that a folded activation should have at least


def fuse(model: nn.Module) -> None:
    """Make every ConvNorm of the model compute as one operation, in bfloat16, whatever the type of its input."""
    for layer in model.modules():
        if isinstance(layer, ConvNorm):
            layer.__class__ = FusedConvNorm


class FusedConvNorm(ConvNorm):
    """A ConvNorm, of the same layers, that computes as one operation."""

    def forward(self, x: Tensor, add: Tensor | None = None) -> Tensor:
        return conv_norm(self, x, add)


def conv_norm(layer: ConvNorm, x: Tensor, add: Tensor | None) -> Tensor:
    """A ConvNorm's result, bfloat16 and channels last."""
    x = x.to(torch.bfloat16, memory_format=LAST)
    relu = isinstance(layer.activation, nn.ReLU)
    low = np.float32(0 if relu else -math.inf)
    if layer.training:
        y: Tensor = Fused.apply(x, layer.conv.weight, layer.norm.weight, layer.norm.bias, add, layer, low)
    else:
        y = inference(layer, x, add, low)
    return y if relu else layer.activation(y)


def inference(layer: ConvNorm, x: Tensor, add: Tensor | None, low: np.float32) -> Tensor:
    """The same with the running averages, and without gradients."""
    norm = layer.norm
    assert norm.running_mean is not None
    assert norm.running_var is not None
    with torch.no_grad():
        z = convolve(at_stride(x, layer.conv), layer.conv.weight.to(torch.bfloat16), layer.conv)
        a = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
        b = norm.bias - norm.running_mean * a
        flat = fold(z)
        k = flat.shape[1] // len(a)
        kernels.affine(flat, a.repeat(k).numpy(), b.repeat(k).numpy(), None if add is None else fold(add), low, flat)
    return z


class Fused(torch.autograd.Function):
    """max(low, BN(convolution(x)) + add), BN by the batch's statistics; updates the running averages."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        gamma: Tensor,
        beta: Tensor,
        add: Tensor | None,
        layer: ConvNorm,
        low: np.float32,
    ) -> Tensor:
        norm, w, size = layer.norm, weight.to(torch.bfloat16), x.shape[2:]
        assert norm.running_mean is not None
        assert norm.running_var is not None
        x = at_stride(x, layer.conv)
        z = convolve(x, w, layer.conv)
        y = torch.empty_like(z)
        mean, scale = torch.empty_like(gamma), torch.empty_like(gamma)
        kernels.forward(
            fold(z), array(gamma), array(beta), norm.running_mean.numpy(), norm.running_var.numpy(),
            norm.momentum, norm.eps, None if add is None else fold(add), low, fold(y), mean.numpy(), scale.numpy(),
        )  # fmt: skip
        # backward asks of y only where it is above `low`: without ReLU everywhere, as z is, which is kept anyway
        ctx.save_for_backward(x, w, gamma, z, z if low < 0 else y, mean, scale)
        ctx.rest = layer.conv, size, low, add is not None
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        x, w, gamma, z, y, mean, scale = ctx.saved_tensors
        conv, size, low, added = ctx.rest
        dy = dy.contiguous(memory_format=LAST)
        dz, dgamma, dbeta = torch.empty_like(z), torch.empty_like(mean), torch.empty_like(mean)
        dadd = torch.empty_like(z) if added else None
        kernels.backward(
            fold(z), fold(y), fold(dy), array(gamma), mean.numpy(), scale.numpy(), low,
            fold(dz), None if dadd is None else fold(dadd), dgamma.numpy(), dbeta.numpy(),
        )  # fmt: skip
        dx, dw = gradients(dz, x, w, conv, ctx.needs_input_grad[0])
        if dx is not None and dx.shape[2:] != size:
            dx = spread(dx, conv.stride[0], size)
        return dx, dw.float(), dgamma, dbeta, dadd, None, None


def array(parameter: Tensor) -> npt.NDArray[np.float32]:
    """A parameter's memory."""
    values: npt.NDArray[np.float32] = parameter.detach().numpy()
    return values


def fold(x: Tensor) -> npt.NDArray[np.uint16]:
    """The memory of an activation (n, c, r, r), channels last, as bits of shape (n * r * r / k, k * c)."""
    c = x.shape[1]
    pixels = x.numel() // c
    k = math.gcd(pixels, 1 << max(0, math.ceil(math.log2(LANES / c))))
    rows = x.detach().as_strided((pixels // k, k * c), (k * c, 1))
    bits: npt.NDArray[np.uint16] = rows.view(torch.uint16).numpy()  # numpy has no bfloat16: the kernels widen the bits
    return bits


def matrix(x: Tensor) -> Tensor:
    """The memory of an activation (n, c, h, w), channels last, as (n * h * w, c)."""
    n, c, h, w = x.shape
    return x.as_strided((n * h * w, c), (c, 1))


def image(x: Tensor, n: int, h: int, w: int) -> Tensor:
    """The inverse of `matrix`."""
    c = x.shape[1]
    return x.as_strided((n, c, h, w), (h * w * c, 1, w * c, c))


def at_stride(x: Tensor, conv: nn.Conv2d) -> Tensor:
    """What a convolution reads: a 1x1 with a stride reads some pixels only."""
    stride = conv.stride[0]
    if conv.kernel_size[0] > 1 or stride == 1:
        return x
    return x[:, :, ::stride, ::stride].contiguous(memory_format=LAST)


def spread(x: Tensor, stride: int, size: torch.Size) -> Tensor:
    """The inverse of dropping pixels, zeros between: (n, c, r', r') -> (n, c, *size)."""
    out = torch.empty((*x.shape[:2], *size), dtype=x.dtype, memory_format=LAST).zero_()
    out[:, :, ::stride, ::stride] = x
    return out


def convolve(x: Tensor, w: Tensor, conv: nn.Conv2d) -> Tensor:
    """The convolution of what `at_stride` gave."""
    if w.shape[2] == 1:
        n, _, h, r = x.shape
        return image(matrix(x) @ w.flatten(1).t(), n, h, r)
    z = F.conv2d(x, w, None, conv.stride, conv.padding, 1, conv.groups)
    return z.contiguous(memory_format=LAST)


def gradients(dz: Tensor, x: Tensor, w: Tensor, conv: nn.Conv2d, data: bool) -> tuple[Tensor | None, Tensor]:
    """Gradients of `convolve` for x (where `data` asks for it) and for w."""
    if w.shape[2] == 1:
        d, (n, _, h, r) = matrix(dz), x.shape
        return image(d @ w.flatten(1), n, h, r) if data else None, (d.t() @ matrix(x)).view(w.shape)
    stride, padding, groups = conv.stride[0], conv.kernel_size[0] // 2, conv.groups
    depthwise = groups == x.shape[1] > 1
    # At one pixel and stride 2 oneDNN 3.12 leaves the weight gradient of a 3x3 unwritten.
    tiny = max(x.shape[2:]) <= 2 if depthwise else stride > 1 and max(x.shape[2:]) == 1
    spreads = stride > 1 and (depthwise or groups == 1)
    if not tiny and not (spreads and data):
        return backward(dz, x, w, stride, padding, groups, [data, True, False])
    padded = F.pad(x, (padding,) * 4).contiguous(memory_format=LAST) if tiny else x
    _, dw = backward(dz, padded, w, stride, 0 if tiny else padding, groups, [False, True, False])
    if not data:
        return None, dw
    if spreads:
        dz, stride = spread(dz, stride, x.shape[2:]), 1
    return backward(dz, x, w, stride, padding, groups, [True, False, False])[0], dw


def backward(
    dz: Tensor, x: Tensor, w: Tensor, stride: int, padding: int, groups: int, mask: list[bool]
) -> tuple[Tensor, Tensor]:
    """PyTorch's gradients of a convolution for x and w, where `mask` asks for them."""
    dx, dw, _ = torch.ops.aten.convolution_backward(
        dz, x, w, None, [stride, stride], [padding, padding], [1, 1], False, [0, 0], groups, mask
    )
    return dx, dw
