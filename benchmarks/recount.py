"""Counting torch modules that are not ours: torchvision's mobile networks of Table 2 (arXiv:2003.13678).

The counts lie in regnet/published/torchvision_recounts.csv, so that the book needs no torch. To write them again:
`python benchmarks/recount.py > regnet/published/torchvision_recounts.csv`; a test compares.

Rules are those of `regnet.design.complexity`: multiply-adds of convolutions and the classifier, biases counted;
activations are the outputs of convolutions.
"""

import sys
from collections.abc import Callable
from typing import Any

import pandas as pd
import torch
import torchvision
from torch import Tensor, nn

RESOLUTION = 224

# model -> Table 2's name where it is the one printed there, and how torchvision builds it
MODELS: dict[str, tuple[str, Callable[[], nn.Module]]] = {
    "mobilenet_v2": ("", torchvision.models.mobilenet_v2),
    "mobilenet_v2(width_mult=1.4)": ("MobileNet-V2", lambda: torchvision.models.mobilenet_v2(width_mult=1.4)),
    "shufflenet_v2_x1_0": ("", torchvision.models.shufflenet_v2_x1_0),
    "shufflenet_v2_x1_5": ("", torchvision.models.shufflenet_v2_x1_5),
    "shufflenet_v2_x2_0": ("ShuffleNet-V2", torchvision.models.shufflenet_v2_x2_0),
}


def recount(build: Callable[[], nn.Module], resolution: int = RESOLUTION) -> dict[str, int]:
    """Flops, params and acts (convolution outputs) of a module for one colour image, on torch's meta device."""
    totals = {"flops": 0, "params": 0, "acts": 0}

    def count(layer: nn.Module, _: Any, out: Tensor) -> None:
        weights = sum(p.numel() for p in layer.parameters())
        positions = out.numel() // out.shape[1]
        totals["flops"] += weights * positions
        totals["acts"] += out.numel() * isinstance(layer, nn.Conv2d)

    with torch.device("meta"):
        module = build()
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    module.eval()(torch.empty(1, 3, resolution, resolution, device="meta"))
    return totals | {"params": sum(p.numel() for p in module.parameters())}


def torchvision_recounts() -> pd.DataFrame:
    """One row a torchvision model: source, model, Table 2's name or nothing, resolution, flops, params, acts."""
    source = f"counted here from torchvision {torchvision.__version__.split('+')[0]}"
    rows = [
        {"source": source, "model": name, "table2_model": printed, "resolution_px": RESOLUTION, **recount(build)}
        for name, (printed, build) in MODELS.items()
    ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    torchvision_recounts().to_csv(sys.stdout, index=False)
