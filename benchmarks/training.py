"""Training speed on one core: a plain PyTorch loop, this library's PyTorch path and its compiled engine, in one run.

    python benchmarks/training.py [--networks 20] [--repeats 5] [--pairs 8] [--trainings 4] [--no-plain]

The recipe is the pocket regime's. The networks are a fixed list: half from AnyNetX_A, half from RegNetX, drawn with
seed 2020 at 2.7-3 MF for 28 x 28 pixels. The plain loop is float32, NCHW, `DataLoader` over PIL images with
torchvision's transforms, `torch.optim.SGD`. All three take turns; the time is CPU time of one thread, the median of the
turns. A training image counts three times a network's multiply-adds; the peak is a 2048 x 2048 matrix product in
multiply-adds too, in bfloat16 where the CPU multiplies it. Then the first --pairs networks again in two processes at
once, both with the same engine, and the first --trainings networks trained to the end. Takes 3 minutes of both cores,
which must be idle. EfficientNets have depthwise 3x3 and 5x5 convolutions and are timed between the two.

The instruction sets of a lesser CPU: `NUMBA_CPU_NAME=haswell NUMBA_CPU_FEATURES=+avx2,+fma,+avx,+f16c,+bmi,+bmi2
ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2`. Results of both, by native 2: `training.txt`, `training-avx2.txt`.

Expected: the compiled engine at least 3 times the PyTorch path in the geometric mean, 2.5 times with two processes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from multiprocessing.connection import Connection
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import Compose, Normalize, RandomHorizontalFlip, ToPILImage, ToTensor

from regnet.design.complexity import complexity
from regnet.design.networks import AnyNet, Network
from regnet.design.recipe import Recipe
from regnet.design.spaces import spaces
from regnet.sweeps import segments
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import regimes
from regnet.sweeps.tasks import member_tasks
from regnet.training import build, data, engines, train
from regnet.training.images import DataSet
from regnet.training.models.blocks import Classifier
from regnet.training.native.isa import instruction_set

STEPS = 6  # a turn; the first turn is not counted
RECIPE = regimes["pocket"].base
WAYS = ("plain", "torch", "native")


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

    def __init__(self, data_set: DataSet) -> None:
        self.images = data_set.train
        mean, std = data_set.mean / 255, data_set.std / 255
        self.transform = Compose([ToPILImage(), RandomHorizontalFlip(), ToTensor(), Normalize((mean,), (std,))])

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(self.images.pixels[index]), int(self.images.labels[index])


def plain_fit(model: Classifier, recipe: Recipe, loader: Iterator[tuple[Tensor, Tensor]]) -> None:
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


def turns(network: Network, way: str) -> Callable[[int], object]:
    """A function that trains the network on by so many steps."""
    data_set = data.load(RECIPE.data)
    model = build(network, 10, seed=0)
    if way == "plain":
        loader = iter(DataLoader(Files(data_set), RECIPE.batch, shuffle=True, drop_last=True))
        return lambda n: plain_fit(model, RECIPE, islice(loader, n))
    engine = engines.start(engines.choose([(network, RECIPE)], wanted=way).name, model, RECIPE, "cpu")
    stream = data_set.stream(replace(RECIPE, images=64_000), 0, "cpu")
    return lambda n: engine.fit(islice(stream, n))


def seconds(work: Callable[[], object]) -> float:
    """CPU time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def speeds(network: Network, ways: tuple[str, ...], repeats: int) -> list[float]:
    """Images a second of each way, taking turns."""
    each = [turns(network, way) for way in ways]
    times: list[list[float]] = [[] for _ in ways]
    for steps in [1] + [STEPS] * repeats:
        for kept, advance in zip(times, each, strict=True):
            kept.append(seconds(lambda advance=advance, steps=steps: advance(steps)))  # type: ignore[misc]
    return [RECIPE.batch * STEPS / median(kept[1:]) for kept in times]


def peak(dtype: torch.dtype) -> float:
    """Multiply-adds a second of a matrix product, the best of ten."""
    a, b = torch.randn(2, 2048, 2048).to(dtype)
    return 2048**3 / min(seconds(lambda: a @ b) for _ in range(10))


def half(connection: Connection, way: str, pairs: int, repeats: int) -> None:
    """One of two processes: images a second of each network, both at the same network at the same time."""
    torch.set_num_threads(1)
    for network in networks(pairs):
        advance = turns(network, way)
        advance(1)
        connection.send(None)
        connection.recv()  # the other is ready too
        times = [seconds(lambda: advance(STEPS)) for _ in range(2 * repeats)]  # noqa: B023
        connection.send(RECIPE.batch * STEPS / median(times))


def two_at_once(way: str, pairs: int, repeats: int) -> list[float]:
    """Images a second of one process, the mean of two that run at once, network by network."""
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _ in range(2)]
    workers = [context.Process(target=half, args=(theirs, way, pairs, repeats)) for _, theirs in pipes]
    for worker in workers:
        worker.start()
    found = []
    for _ in range(pairs):
        for ours, _ in pipes:
            ours.recv()
        for ours, _ in pipes:
            ours.send(None)
        found.append(float(np.mean([ours.recv() for ours, _ in pipes])))
    for worker in workers:
        worker.join()
    return found


def geometric(values: list[float]) -> float:
    return float(np.exp(np.log(values).mean()))


def alone(chosen: list[AnyNet], ways: tuple[str, ...], repeats: int) -> None:
    """Print one row a network and the geometric means."""
    isa = instruction_set()
    dtype = torch.bfloat16 if isa is not None and isa.dot else torch.float32
    best = peak(dtype)
    print(f"{dtype} matrix product: {best / 1e9:.0f} G multiply-adds/s, the peak below\n")
    print(
        "network       depth  widths                " + "".join(f"{way + ' images/s':>18s}" for way in ways) + "  ratio"
    )
    rows, gigas = [], []
    for network in chosen:
        found = speeds(network, ways, repeats)
        rows.append(found)
        gigas.append(found[-1] * 3 * complexity(network, resolution=28, num_classes=10).flops / 1e9)
        numbers = "".join(f"{value:18.0f}" for value in found)
        print(
            f"{network.id}  {network.depth:5d}  {network.widths!s:22s}{numbers} {found[-1] / found[-2]:6.2f}",
            flush=True,
        )
    means = [geometric(list(column)) for column in zip(*rows, strict=True)]
    ratio = means[-1] / means[-2]
    print(f"{'geometric mean':43s}" + "".join(f"{value:18.0f}" for value in means) + f" {ratio:6.2f}")
    print(f"native: {geometric(gigas):.1f} G multiply-adds/s, {geometric(gigas) * 1e9 / best:.0%} of the peak")
    if "plain" in ways:
        print(f"native over the plain loop: {means[-1] / means[0]:.2f}")


def whole(chosen: list[AnyNet]) -> None:
    """Print CPU seconds of whole trainings, evaluation included."""
    print("\nwhole trainings, CPU seconds")
    rows = []
    for network in chosen:
        found = [train(network, RECIPE, 0, engine=way).seconds for way in ("torch", "native")]
        rows.append(found)
        print(
            f"{network.id}  torch {found[0]:6.2f}  native {found[1]:6.2f}  ratio {found[0] / found[1]:.2f}", flush=True
        )
    ratio = geometric([a / b for a, b in rows])
    torch_mean, native_mean = np.mean(rows, axis=0)
    print(f"mean: torch {torch_mean:.2f}, native {native_mean:.2f}; ratio of the geometric means {ratio:.2f}")


def efficientnets(repeats: int) -> None:
    """Print the same of Figure 22's networks: EfficientNet-B0 scaled to the windows at F and 2F."""
    print("\nEfficientNets, images/s")
    for multiple in (1.0, 2.0):
        network = member_tasks(Population("efficientnet", "pocket", multiple, 2, tuned=True), 1)[0].network
        ours = speeds(network, ("torch", "native"), repeats)
        print(f"{network.id}  torch {ours[0]:5.0f}  native {ours[1]:5.0f}  ratio {ours[1] / ours[0]:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--networks", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--trainings", type=int, default=4)
    parser.add_argument("--no-plain", action="store_true", help="leave the plain loop out")
    options = parser.parse_args()
    torch.set_num_threads(1)
    here = segments.here(precision="bf16", engine=engines.NATIVE)
    packages = ", ".join(f"{name} {version}" for name, version in here["packages"].items())
    print(f"{date.today()}: {here['device']} ({here['cpu']}), {here['instructions']}; {packages}")
    chosen = networks(options.networks)
    alone(chosen, WAYS[options.no_plain :], options.repeats)
    if options.pairs:
        print("\ntwo processes at once, images/s of one: geometric mean over the first", options.pairs)
        found = {way: geometric(two_at_once(way, options.pairs, options.repeats)) for way in ("torch", "native")}
        print(f"torch {found['torch']:.0f}, native {found['native']:.0f}; ratio {found['native'] / found['torch']:.2f}")
    efficientnets(options.repeats)
    if options.trainings:
        whole(chosen[: options.trainings])


if __name__ == "__main__":
    main()
