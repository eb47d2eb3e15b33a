"""How long a network takes: median and quartiles of repeated passes over a batch of synthetic images.

Source: arXiv:2003.13678, Fig 12 and Tables 3, 4: inference of 64 images on one GPU.

- Inference: eval mode, no gradients, batch norm not folded into convolutions. `train`: forward, backward, SGD step.
- A GPU is timed by its own events and waited for; convolution algorithms are chosen in the warm-up; fp32 means fp32,
  not TF32.
- On a CPU the largest networks take half a minute a pass over 64 images. Where the repeats do not fit into `seconds`
  (by default no limit) or memory they are made of a part of the batch, at least 4 images, and scaled: `Timing.images`
  says of how many. Such times are a first look only: a part that stays in the caches is faster an image, by an amount
  that differs between networks.
"""

import math
import time
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from regnet import machine
from regnet.design.networks import Network, as_network
from regnet.design.recipe import Precision
from regnet.design.scalars import BATCH, SIDE, real, whole
from regnet.training.devices import computing
from regnet.training.memory import memory
from regnet.training.models.build import build

REPEATS, MOST_REPEATS = 5, 30
ENOUGH = 1.0  # seconds of repeats, once there are REPEATS
WARM_SECONDS, WARM_PASSES = 0.3, 3  # on a GPU, both at least
PART = 4  # images, the least part of a batch that a CPU is timed on
SECONDS = math.inf  # for one network, unless PART images take longer: no limit
SHARE = 0.8  # of the free memory that a pass on a CPU may be expected to need
LEARNING_RATE, MOMENTUM = 1e-3, 0.9


@dataclass(frozen=True)
class Timing:
    """Milliseconds a batch: median and quartiles of `repeats` passes, each over `images` images, scaled to the batch.

    Where the network does not fit into memory, status is "too large" and the times are nan. `threads` is None on a
    GPU.
    """

    status: Literal["ok", "too large"]
    ms_median: float
    ms_q1: float
    ms_q3: float
    repeats: int
    images: int
    threads: int | None


def time_network(
    network: Network,
    *,
    resolution: int,
    batch: int = 64,
    device: str = "cpu",
    precision: Precision = "fp32",
    train: bool = False,
    num_classes: int = 1000,
    seconds: float = SECONDS,
) -> Timing:
    """Times passes over `batch` images of the network's channels; `device` as `pick_device` returns it.

    Raises:
        ValueError: a batch, resolution or limit that is not positive, or an unknown precision.
    """
    network = as_network(network)
    batch, resolution = whole("batch", batch, high=BATCH), whole("resolution", resolution, high=SIDE)
    _check(seconds, precision)
    nothing = Timing("too large", math.nan, math.nan, math.nan, 0, 0, threads(device))
    sizes = _sizes(batch, device)
    if device == "cpu":
        need = memory(network, resolution, num_classes=num_classes, train=train)
        sizes = [images for images in sizes if need.bytes(images) <= SHARE * machine.free_memory()]
    if not sizes:
        return nothing
    if device != "cpu":
        torch.cuda.empty_cache()  # what an earlier network left
    try:
        with computing(device):
            passes = _Passes(
                network, (sizes[0], network.stem.channels, resolution), num_classes, device, precision, train
            )
            images = passes.warm_up(sizes, seconds)
            took = passes.repeat(images)
    except (torch.OutOfMemoryError, MemoryError):
        return nothing
    except RuntimeError as error:
        if "allocate memory" not in str(error):  # what the CPU's allocator says
            raise
        return nothing
    q1, median, q3 = (float(q) for q in np.percentile(took, [25, 50, 75]) * 1000 * batch / images)
    return replace(nothing, status="ok", ms_median=median, ms_q1=q1, ms_q3=q3, repeats=len(took), images=images)


def keep_to_cores() -> None:
    """No more threads than cores that this process may use: PyTorch knows nothing of a container's quota."""
    torch.set_num_threads(min(torch.get_num_threads(), machine.cores()))


def threads(device: str) -> int | None:
    """The threads that PyTorch computes on; None for a GPU."""
    return torch.get_num_threads() if device == "cpu" else None


def versions(device: str) -> dict[str, str]:
    """torch's version and on a GPU those of CUDA and cuDNN, else empty."""
    gpu = device != "cpu"
    cudnn = torch.backends.cudnn.version() if gpu else None  # type: ignore[no-untyped-call]
    return {"torch": torch.__version__, "cuda": (torch.version.cuda or "") if gpu else "", "cudnn": str(cudnn or "")}


def expected_seconds(flops: float, seconds_each: float, *, batch: int, device: str, limit: float = SECONDS) -> float:
    """About how long `time_network` takes, at `seconds_each` a multiply-add (a training step's where it trains)."""
    each = (REPEATS + 1) * flops * seconds_each
    if device == "cpu" and each * batch > limit:
        return max(limit, each * min(PART, batch))
    return max(ENOUGH, each * batch)


class _Passes:
    """A model on its device and a batch of images, passed through it as often as asked."""

    def __init__(
        self, network: Network, shape: tuple[int, int, int], num_classes: int,
        device: str, precision: Precision, train: bool,
    ) -> None:  # fmt: skip
        images, channels, side = shape
        self.device, self.precision = torch.device(device), precision
        model = build(network, num_classes, seed=0).train(train)
        self.model = model.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        generator = torch.Generator().manual_seed(0)
        x = torch.randn(images, channels, side, side, generator=generator)
        self.x = x.to(self.device, memory_format=torch.channels_last)
        self.labels = torch.randint(num_classes, (images,), generator=generator).to(self.device)
        self.optimiser = torch.optim.SGD(model.parameters(), LEARNING_RATE, MOMENTUM, nesterov=True) if train else None

    def warm_up(self, sizes: list[int], limit: float) -> int:
        """The most images of `sizes` whose repeats fit into the limit; on a GPU there is one size."""
        if self.device.type == "cuda":
            start, count = time.perf_counter(), 0
            while count < WARM_PASSES or time.perf_counter() - start < WARM_SECONDS:
                self.seconds(sizes[0])
                count += 1
            return sizes[0]
        least = sizes[-1]
        took = self.seconds(least)
        if took < ENOUGH:
            took = self.seconds(least)  # the first pass also prepared the kernels
        fitting = [images for images in sizes if (REPEATS + 1) * took * images / least <= limit]
        if fitting and fitting[0] > least:
            self.seconds(fitting[0])
        return fitting[0] if fitting else least

    def repeat(self, images: int) -> list[float]:
        """Seconds of each repeat: at least REPEATS, then until ENOUGH seconds or MOST_REPEATS."""
        took: list[float] = []
        while len(took) < REPEATS or (sum(took) < ENOUGH and len(took) < MOST_REPEATS):
            took.append(self.seconds(images))
        return took

    def seconds(self, images: int) -> float:
        """One pass over the first images of the batch."""
        x, labels = self.x[:images], self.labels[:images]
        if self.device.type == "cpu":
            start = time.perf_counter()
            self._pass(x, labels)
            return time.perf_counter() - start
        with (
            torch.cuda.device(self.device),
            torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False),
        ):
            first, last = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
            first.record()
            self._pass(x, labels)
            last.record()
            torch.cuda.synchronize()
            return float(first.elapsed_time(last)) / 1000

    def _pass(self, x: Tensor, labels: Tensor) -> None:
        with (
            torch.inference_mode(self.optimiser is None),
            torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"),
        ):
            logits = self.model(x)
        if self.optimiser is not None:
            self.optimiser.zero_grad(set_to_none=True)
            F.cross_entropy(logits.float(), labels).backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()


def _sizes(batch: int, device: str) -> list[int]:
    """Images of a pass that may be tried, the whole batch first.

    >>> _sizes(64, "cpu"), _sizes(64, "cuda:0")
    ([64, 32, 16, 8, 4], [64])
    """
    sizes = [batch]
    while device == "cpu" and sizes[-1] >= 2 * PART:
        sizes.append(sizes[-1] // 2)
    return sizes


def _check(seconds: float, precision: str) -> None:
    if type(seconds) is not float or seconds != SECONDS:  # no limit
        real("seconds", seconds, above=0)
    if precision not in get_args(Precision):
        raise ValueError(f"precision must be {' or '.join(get_args(Precision))}, got {precision!r}")
