"""A network as a module: stem, stages, head, with pycls' initialisation.

Source: arXiv:2003.13678, Fig 3; initialisation as facebookresearch/pycls@5719de64.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from regnet.design.networks import AnyNet
from regnet.training.models.blocks import ConvNorm, Residual, block


class AnyNetModule(nn.Module):
    """Images (n, channels, r, r) -> logits (n, num_classes)."""

    def __init__(self, network: AnyNet, num_classes: int = 1000) -> None:
        super().__init__()
        stem = network.stem
        self.stem = ConvNorm(stem.channels, stem.width, stem.kernel, stride=stem.stride, activation=network.activation)
        self.pool = nn.MaxPool2d(3, stride=2, padding=1) if stem.pool else nn.Identity()
        w_in, stages = stem.width, []
        for stage in network.stages:
            blocks = []
            for i in range(stage.depth):
                blocks.append(block(network, stage, w_in, stage.stride if i == 0 else 1))
                w_in = stage.width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.head = nn.Linear(w_in, num_classes)

    def features(self, x: Tensor) -> Tensor:
        """What the classifier sees: (n, w), averages taken in the classifier's precision."""
        x = self.stages(self.pool(self.stem(x)))  # (n, w, r, r)
        return x.mean((2, 3), dtype=self.head.weight.dtype)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(x))
        return logits


def initialise(module: nn.Module, final_gamma: float = 1.0) -> None:
    """Convolutions normal(0, sqrt(2 / (k * k * outputs))), classifier normal(0, 0.01) without bias, BN the identity.

    The last BN of each residual branch gets the scale `final_gamma`.

    Draws from torch's global generator: the caller seeds it.
    """
    for m in module.modules():
        if isinstance(m, nn.Conv2d):
            # All outputs count, in groups or not: pycls' rule.
            fan_out = m.kernel_size[0] * m.kernel_size[1] * m.out_channels
            nn.init.normal_(m.weight, 0.0, math.sqrt(2.0 / fan_out))
        elif isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, 0.0, 0.01)
            nn.init.zeros_(m.bias)
        elif isinstance(m, Residual):
            nn.init.constant_(m.last.norm.weight, final_gamma)


def build(
    network: AnyNet, num_classes: int = 1000, *, seed: int | None = None, final_gamma: float = 1.0
) -> AnyNetModule:
    """The network's module, initialised from `seed` (from torch's current state where it is None).

    >>> from regnet.design.networks import RegNet
    >>> net = RegNet(d=22, w_a=24.48, w_0=24, w_m=2.54, g=16).to_anynet()
    >>> sum(p.numel() for p in build(net, seed=0).parameters())
    5157512
    """
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1, got {num_classes}")
    if seed is None:
        module = AnyNetModule(network, num_classes)
        initialise(module, final_gamma)
        return module
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build(network, num_classes, final_gamma=final_gamma)
