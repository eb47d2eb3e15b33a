"""From a network to its module with pycls' initialisation (facebookresearch/pycls@5719de64)."""

import math

import torch
from torch import nn

from regnet.design.networks import EfficientNet, Network, as_network
from regnet.design.scalars import CLASSES, SEED, real, whole
from regnet.training.models.anynet import AnyNetModule
from regnet.training.models.blocks import Classifier, Residual
from regnet.training.models.efficientnet import EfficientNetModule


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
    network: Network, num_classes: int = 1000, *, seed: int | None = None, final_gamma: float = 1.0
) -> Classifier:
    """The network's module, initialised from `seed` (from torch's current state where it is None).

    Raises:
        ValueError: a RegNet, whose network is `to_anynet()`, or an impossible number.

    >>> from regnet.design.networks import RegNet
    >>> net = RegNet(d=22, w_a=24.48, w_0=24, w_m=2.54, g=16).to_anynet()
    >>> sum(p.numel() for p in build(net, seed=0).parameters())
    5157512
    """
    network, num_classes = as_network(network), whole("num_classes", num_classes, high=CLASSES)
    final_gamma = real("final_gamma", final_gamma, low=0)
    if seed is None:
        module = _module(network, num_classes)
        initialise(module, final_gamma)
        return module
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(whole("seed", seed, low=0, high=SEED))
        return build(network, num_classes, final_gamma=final_gamma)


def _module(network: Network, num_classes: int) -> Classifier:
    if isinstance(network, EfficientNet):
        return EfficientNetModule(network, num_classes)
    return AnyNetModule(network, num_classes)
