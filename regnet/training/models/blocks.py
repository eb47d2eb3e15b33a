"""The blocks of a network as modules: X, R and Y (bottlenecks), V and VR (one 3x3), each built from its stage.

Source: arXiv:2003.13678, Figs 4 and 23, App. D; initialisation and BN constants as facebookresearch/pycls@5719de64
(`BN.EPS`, `BN.MOM`, `ZERO_INIT_FINAL_GAMMA` False).

Deviations from pycls:
- V and VR have a single 3x3 convolution, as in the paper's App. D.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from regnet.design.networks import Activation, AnyNet, Stage

EPS, MOMENTUM = 1e-5, 0.1

ACTIVATIONS: dict[Activation, type[nn.Module]] = {"relu": nn.ReLU, "silu": nn.SiLU}


class ConvNorm(nn.Module):
    """Convolution without bias, batch norm and, where `activation` is given, the activation: (n, w_in, r, r) -> (n, w_out, r', r')."""

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
        padding = (kernel - 1) // 2
        self.conv = nn.Conv2d(w_in, w_out, kernel, stride, padding, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(w_out, eps=EPS, momentum=MOMENTUM)
        self.activation = ACTIVATIONS[activation]() if activation else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.activation(self.norm(self.conv(x)))
        return out


class SqueezeExcite(nn.Module):
    """Channels weighted by what their averages say (the Y in RegNetY): (n, w, r, r) -> the same shape."""

    def __init__(self, w: int, w_se: int, activation: Activation) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(w, w_se, 1)
        self.activation = ACTIVATIONS[activation]()
        self.excite = nn.Conv2d(w_se, w, 1)

    def forward(self, x: Tensor) -> Tensor:
        means = x.mean((2, 3), keepdim=True)  # (n, w, 1, 1)
        return x * torch.sigmoid(self.excite(self.activation(self.squeeze(means))))


class Residual(nn.Module):
    """activation(shortcut(x) + f(x)); the shortcut is projected where the width or the resolution changes."""

    def __init__(self, f: nn.Module, w_in: int, w_out: int, stride: int, activation: Activation) -> None:
        super().__init__()
        self.f = f
        same = w_in == w_out and stride == 1
        self.shortcut = nn.Identity() if same else ConvNorm(w_in, w_out, 1, stride=stride)
        self.activation = ACTIVATIONS[activation]()

    @property
    def last_norm(self) -> nn.BatchNorm2d:
        """The batch norm that ends the residual branch."""
        last = self.f[-1] if isinstance(self.f, nn.Sequential) else self.f
        assert isinstance(last, ConvNorm)
        return last.norm

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.activation(self.shortcut(x) + self.f(x))
        return out


def bottleneck(network: AnyNet, stage: Stage, w_in: int, stride: int) -> nn.Module:
    """1x1, 3x3 in groups (with the stride), squeeze-and-excite where the network has it, 1x1: the X, R and Y block."""
    inner, act = stage.inner_width, network.activation
    layers: list[nn.Module] = [
        ConvNorm(w_in, inner, 1, activation=act),
        ConvNorm(inner, inner, 3, stride=stride, groups=stage.groups, activation=act),
    ]
    if network.se_ratio:
        # The reduction counts from the width that enters the block, not from the inner width.
        layers.append(SqueezeExcite(inner, round(w_in * network.se_ratio), act))
    layers.append(ConvNorm(inner, stage.width, 1))
    return nn.Sequential(*layers)


def block(network: AnyNet, stage: Stage, w_in: int, stride: int) -> nn.Module:
    """One block of the network's type, from w_in to the stage's width.

    >>> net = AnyNet((Stage(depth=1, width=16, group_width=8),))
    >>> block(net, net.stages[0], 32, stride=2)(torch.zeros(1, 32, 8, 8)).shape
    torch.Size([1, 16, 4, 4])
    """
    act = network.activation
    if network.block == "V":
        return ConvNorm(w_in, stage.width, 3, stride=stride, activation=act)
    if network.block == "VR":
        return Residual(ConvNorm(w_in, stage.width, 3, stride=stride), w_in, stage.width, stride, act)
    return Residual(bottleneck(network, stage, w_in, stride), w_in, stage.width, stride, act)
