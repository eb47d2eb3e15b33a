"""How much memory a pass through a network needs, from the sizes of its tensors alone."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from regnet.design.networks import Network
from regnet.training.models.build import build

LIVE = 4  # largest tensors alive at once: input, shortcut, convolution's and batch norm's output
BYTES = 4  # of an element, in fp32
TRAINED = 4  # times the weights: they, gradients, momentum, the optimiser's step


@dataclass(frozen=True)
class Memory:
    """What a pass needs on a CPU, in elements: weights with what training keeps of them, and tensors an image."""

    weights: int
    each_image: int

    def bytes(self, images: int) -> int:
        """The estimate for a pass over so many images, fp32, without what PyTorch itself takes."""
        return BYTES * (self.weights + images * self.each_image)


def memory(network: Network, resolution: int, *, num_classes: int = 1000, train: bool = False) -> Memory:
    """The estimate for a network, from the sizes of its tensors; nothing is computed."""
    with torch.device("meta"):
        model = build(network, num_classes).eval()
        image = torch.empty(1, network.stem.channels, resolution, resolution)
    outputs: list[int] = [image.numel()]

    def note(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        del inputs
        if not (next(module.children(), None) or getattr(module, "inplace", False)):
            outputs.append(output.numel())

    for module in model.modules():
        module.register_forward_hook(note)
    with torch.no_grad():
        model(image)
    weights = sum(p.numel() for p in model.parameters())
    kept = sum(outputs) if train else 0
    return Memory(weights * (TRAINED if train else 1), kept + LIVE * max(outputs))
