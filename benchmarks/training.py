"""Training speed on one core, beside a plain PyTorch loop in the same run.

    python benchmarks/training.py [--networks 20] [--batch 0] [--repeats 3] [--errors 0]

The recipe is the pocket regime's, with another batch where --batch says so. The networks are a fixed list: half from
AnyNetX_A, half from RegNetX, drawn with seed 2020 at 2.7-3 MF for 28 x 28 pixels. The plain loop is float32, NCHW,
`DataLoader` over PIL images with torchvision's transforms, `torch.optim.SGD`. Ours is `regnet.training`'s own loop on
the same images, bfloat16. Both take turns; the time is CPU time of one thread, the median of the turns. A training
image counts three times a network's multiply-adds, one GFLOP/s is 10^9 multiply-adds a second; the peak is a
2048 x 2048 bfloat16 matrix product. `--errors N` also trains the first N networks to the end with both loops and
compares their errors. Takes about 2 minutes of CPU time. Expected: the geometric mean at least 2.2 times the plain
loop's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import Compose, Normalize, RandomHorizontalFlip, ToPILImage, ToTensor

from regnet.design.complexity import complexity
from regnet.design.networks import AnyNet
from regnet.design.recipe import Recipe
from regnet.design.spaces import spaces
from regnet.sweeps.regimes import regimes
from regnet.training import build, data, train
from regnet.training.models.anynet import AnyNetModule
from regnet.training.torch_engine import TorchEngine

STEPS = 6  # a turn; the first step of the first turn is not counted


def networks(n: int) -> list[AnyNet]:
    """The fixed list, the two spaces in turn."""
    stem = regimes["pocket"].stem
    halves = [
        spaces[name].with_stem(stem).sample(10, seed=2020, resolution=28, num_classes=10, flops=(2.7e6, 3e6))
        for name in ("anynetx_a", "regnetx")
    ]
    return [network for pair in zip(*halves, strict=True) for network in pair][:n]


class Files(Dataset[tuple[Tensor, int]]):
    """Fashion-MNIST image by image, as torchvision serves it."""

    def __init__(self, data_set: data.DataSet) -> None:
        self.images = data_set.train
        mean, std = data_set.mean / 255, data_set.std / 255
        self.transform = Compose([ToPILImage(), RandomHorizontalFlip(), ToTensor(), Normalize((mean,), (std,))])

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(self.images.pixels[index]), int(self.images.labels[index])


def plain_fit(model: AnyNetModule, recipe: Recipe, loader: Iterator[tuple[Tensor, Tensor]]) -> None:
    """What a tutorial writes; the schedule is the recipe's, stepped by torch's own scheduler."""
    optimiser = torch.optim.SGD(
        model.parameters(), recipe.lr, recipe.momentum, weight_decay=recipe.weight_decay, nesterov=True
    )
    ramp = max(1, recipe.warmup_images // recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda t: min(1.0, 0.1 + 0.9 * t / ramp) * 0.5 * (1 + np.cos(np.pi * t / recipe.steps)),
    )
    model.train()
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()


def seconds(work: Callable[[], object]) -> float:
    """CPU time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def peak() -> float:
    """Multiply-adds a second of a bfloat16 matrix product, the best of ten."""
    a, b = torch.randn(2, 2048, 2048).bfloat16()
    return 2048**3 / min(seconds(lambda: a @ b) for _ in range(10))


def speeds(network: AnyNet, recipe: Recipe, repeats: int) -> tuple[float, float]:
    """Images a second, ours and the plain loop's, taking turns."""
    data_set = data.load(recipe.data)
    ours, plain = prepare(build(network, seed=0, num_classes=10), recipe, "cpu"), build(network, 10, seed=0)
    loader = iter(DataLoader(Files(data_set), recipe.batch, shuffle=True, drop_last=True))
    turns: tuple[list[float], list[float]] = [], []
    stream = data_set.stream(recipe, 0, "cpu")
    for turn in range(repeats + 1):
        steps = STEPS if turn else 1  # the first turn makes oneDNN's kernels
        times = (
            seconds(lambda n=steps: fit(ours, recipe, islice(stream, n))),  # type: ignore[misc]
            seconds(lambda n=steps: plain_fit(plain, recipe, islice(loader, n))),  # type: ignore[misc]
        )
        for kept, t in zip(turns, times, strict=True):
            kept.append(recipe.batch * steps / t)
    return median(turns[0][1:]), median(turns[1][1:])


def plain_error(network: AnyNet, recipe: Recipe, seed: int) -> float:
    """Validation error after the plain loop."""
    data_set = data.load(recipe.data)
    model = build(network, 10, seed=seed, final_gamma=recipe.final_gamma)
    torch.manual_seed(seed)
    loader = DataLoader(Files(data_set), recipe.batch, shuffle=True, drop_last=True)
    plain_fit(model, recipe, islice(iter(loader), recipe.steps))
    fp32 = replace(recipe, precision="fp32")
    error = evaluate(model, fp32, data_set.held_out(fp32, "cpu"))
    return float("nan") if error is None else error


def compare_errors(chosen: list[AnyNet], recipe: Recipe) -> None:
    """Print the errors of both loops, trained to the end, and the mean difference with its standard error."""
    differences = []
    for seed, network in enumerate(chosen):
        ours, plain = train(network, recipe, seed).error, plain_error(network, recipe, seed)
        differences.append((ours or 0.0) - plain)
        print(f"{network.id}  error {ours:6.2f}  plain {plain:6.2f}", flush=True)
    spread = np.std(differences, ddof=1) / np.sqrt(len(differences)) if len(differences) > 1 else float("nan")
    print(f"mean difference {np.mean(differences):+.2f} points, standard error {spread:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--networks", type=int, default=20)
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--errors", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    base = regimes["pocket"].base
    recipe = replace(base, batch=options.batch or base.batch)
    chosen, best = networks(options.networks), peak()
    print(f"bfloat16 matrix peak {best / 1e9:.0f} GFLOP/s (multiply-adds)\n")
    print("network       depth  widths                 images/s  GFLOP/s  plain images/s  ratio")
    rows = []
    for network in chosen:
        ours, plain = speeds(network, recipe, options.repeats)
        flops = 3 * complexity(network, resolution=28, num_classes=10).flops
        rows.append((ours, ours * flops / 1e9, plain, ours / plain))
        print(
            f"{network.id}  {network.depth:5d}  {network.widths!s:21s} {ours:9.0f} {ours * flops / 1e9:8.1f} "
            f"{plain:15.0f} {ours / plain:6.2f}",
            flush=True,
        )
    mean = np.exp(np.log(rows).mean(0))
    print(f"{'geometric mean':42s} {mean[0]:9.0f} {mean[1]:8.1f} {mean[2]:15.0f} {mean[3]:6.2f}")
    print(f"share of the peak: {mean[1] * 1e9 / best:.0%}")
    if options.errors:
        compare_errors(chosen[: options.errors], recipe)


if __name__ == "__main__":
    main()
