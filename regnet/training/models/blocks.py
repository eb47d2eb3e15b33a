"""The blocks of a network as modules: X, R and Y (bottlenecks), V and VR (one 3x3), each built from its stage.

Source: arXiv:2003.13678, Figs 4 and 23, App. D; BN's constants as facebookresearch/pycls@5719de64.

Deviations from pycls:
- V and VR have a single 3x3 convolution, as in the paper's App. D;
- the addition and the activation that end a residual block belong to its last convolution.
"""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from regnet.design.networks import Activation, AnyNet, Stage

EPS, MOMENTUM = 1e-5, 0.1

ACTIVATIONS: dict[Activation, type[nn.Module]] = {"relu": nn.ReLU, "silu": nn.SiLU}


class ConvNorm(nn.Module):
    """activation(BN(convolution(x)) + add): (n, w_in, r, r) -> (n, w_out, r', r'); `activation` and `add` may be None.

    PyTorch's own modules, one after the other, unless `fused.fuse` has made one operation of them.
    """

    def __init__(
        self,
        w_in: int,
        w_out: int,
        kernel: int,
        *,
        stride: int = 1,
        groups: int = 1,
        activation: Activation | None = None,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(w_in, w_out, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(w_out, eps=EPS, momentum=MOMENTUM)
        self.activation = ACTIVATIONS[activation](inplace=True) if activation else nn.Identity()

    def forward(self, x: Tensor, add: Tensor | None = None) -> Tensor:
        y: Tensor = self.norm(self.conv(x))
        out: Tensor = self.activation(y if add is None else y + add)
        return out


class Classifier(nn.Module):
    """Images (n, channels, r, r) -> logits (n, num_classes): a linear `head` over the averages of `maps`."""

    if TYPE_CHECKING:  # torch.jit.script knows no annotation that is a module
        head: nn.Linear

    def maps(self, x: Tensor) -> Tensor:
        """What is averaged: (n, w, r', r')."""
        raise NotImplementedError

    def features(self, x: Tensor) -> Tensor:
        """What the classifier sees: (n, w), averages taken in the classifier's precision."""
        return self.maps(x).mean((2, 3), dtype=self.head.weight.dtype)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(x))
        return logits


class SqueezeExcite(nn.Module):
    """Channels weighted by what their averages say (the Y in RegNetY): (n, w, r, r) -> the same shape."""

    def __init__(self, w: int, w_se: int, activation: Activation) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(w, w_se, 1)
        self.activation = ACTIVATIONS[activation](inplace=True)
        self.excite = nn.Conv2d(w_se, w, 1)

    def forward(self, x: Tensor) -> Tensor:
        means = x.mean((2, 3), keepdim=True)  # (n, w, 1, 1)
        return x * torch.sigmoid(self.excite(self.activation(self.squeeze(means))))


class Residual(nn.Module):
    """activation(shortcut(x) + last(body(x))); the shortcut is projected where the width or the resolution changes."""

    def __init__(self, body: nn.Module, last: ConvNorm, w_in: int, w_out: int, stride: int) -> None:
        super().__init__()
        self.body = body
        self.last = last
        same = w_in == w_out and stride == 1
        self.shortcut = nn.Identity() if same else ConvNorm(w_in, w_out, 1, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(self.body(x), self.shortcut(x))
        return out


def bottleneck(network: AnyNet, stage: Stage, w_in: int, stride: int) -> Residual:
    """1x1, 3x3 in groups (with the stride), squeeze-and-excite where the network has it, 1x1: the X, R and Y block."""
    inner, act = stage.inner_width, network.activation
    body: list[nn.Module] = [
        ConvNorm(w_in, inner, 1, activation=act),
        ConvNorm(inner, inner, 3, stride=stride, groups=stage.groups, activation=act),
    ]
    if network.se_ratio:
        # The reduction counts from the width that enters the block, not from the inner width.
        body.append(SqueezeExcite(inner, max(1, round(w_in * network.se_ratio)), act))
    return Residual(nn.Sequential(*body), ConvNorm(inner, stage.width, 1, activation=act), w_in, stage.width, stride)


def block(network: AnyNet, stage: Stage, w_in: int, stride: int) -> nn.Module:
    """One block of the network's type, from w_in to the stage's width.

    >>> net = AnyNet((Stage(depth=1, width=16, group_width=8),))
    >>> block(net, net.stages[0], 32, stride=2)(torch.zeros(2, 32, 8, 8)).shape
    torch.Size([2, 16, 4, 4])
    """
    if network.block in ("X", "R"):
        return bottleneck(network, stage, w_in, stride)
    convolution = ConvNorm(w_in, stage.width, 3, stride=stride, activation=network.activation)
    if network.block == "V":
        return convolution
    return Residual(nn.Identity(), convolution, w_in, stage.width, stride)
