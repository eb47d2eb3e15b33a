"""An EfficientNet as a module: stem, MBConv blocks, 1x1 convolution, classifier.

Source: arXiv:1905.11946, Table 1, as facebookresearch/pycls@5719de64 builds it (`regnet.design.efficientnet` lists what
differs from the EfficientNet paper).

Deviations from pycls:
- a recipe's `final_gamma` reaches the last BN of blocks with a shortcut, as in AnyNets: pycls' ZERO_INIT_FINAL_GAMMA
  passes over EfficientNets.
"""

from torch import Tensor, nn

from regnet.design.efficientnet import MBConv
from regnet.design.networks import EfficientNet
from regnet.training.models.blocks import Classifier, ConvNorm, Residual, SqueezeExcite


class EfficientNetModule(Classifier):
    """Images (n, channels, r, r) -> logits (n, num_classes)."""

    def __init__(self, network: EfficientNet, num_classes: int = 1000) -> None:
        super().__init__()
        stem, act = network.stem, network.activation
        self.stem = ConvNorm(stem.channels, stem.width, stem.kernel, stride=stem.stride, activation=act)
        self.pool = nn.MaxPool2d(3, stride=2, padding=1) if stem.pool else nn.Identity()
        stages = (nn.Sequential(*(mobile(network, block) for block in blocks)) for blocks in network.blocks())
        self.stages = nn.Sequential(*stages)
        self.last = ConvNorm(network.widths[-1], network.head_width, 1, activation=act)
        self.head = nn.Linear(network.head_width, num_classes)

    def maps(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(self.stages(self.pool(self.stem(x))))
        return out


class Straight(nn.Module):
    """last(body(x)): a block without a shortcut."""

    def __init__(self, body: nn.Module, last: ConvNorm) -> None:
        super().__init__()
        self.body, self.last = body, last

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(self.body(x))
        return out


def mobile(network: EfficientNet, block: MBConv) -> nn.Module:
    """One MBConv block: 1x1 where it expands, k x k depthwise (with the stride), squeeze-and-excite, 1x1."""
    inner, act = block.inner_width, network.activation
    body: list[nn.Module] = [
        ConvNorm(block.w_in, inner, 1, activation=act) if block.expands else nn.Identity(),
        ConvNorm(inner, inner, block.kernel, stride=block.stride, groups=inner, activation=act),
    ]
    if block.squeeze_width:
        body.append(SqueezeExcite(inner, block.squeeze_width, act))
    last = ConvNorm(inner, block.width, 1)
    if not block.skips:
        return Straight(nn.Sequential(*body), last)
    return Residual(nn.Sequential(*body), last, block.w_in, block.width, block.stride)
