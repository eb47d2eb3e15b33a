"""An AnyNet as a module: stem, stages, head (arXiv:2003.13678, Fig 3)."""

from torch import Tensor, nn

from regnet.design.networks import AnyNet
from regnet.training.models.blocks import Classifier, ConvNorm, block


class AnyNetModule(Classifier):
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

    def maps(self, x: Tensor) -> Tensor:
        out: Tensor = self.stages(self.pool(self.stem(x)))
        return out
