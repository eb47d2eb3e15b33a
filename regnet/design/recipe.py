"""What a training is given and what it gives back: frozen values, no torch."""

import hashlib
import json
from collections.abc import Container
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from regnet.design.scalars import BATCH, CLASSES, IMAGES, SIDE, set_real, set_whole, shown

Precision = Literal["fp32", "bf16"]
Status = Literal["ok", "diverged", "failed"]


@dataclass(frozen=True)
class ImageFolder:
    """Where a folder of images lies on this machine, and as what its images are taken: squares of `resolution` pixels.

    `channels` is 1 (grey) or 3.
    """

    path: str
    resolution: int
    channels: int


@dataclass(frozen=True)
class Recipe:
    """Everything but the network and the seed that decides a training's result.

    SGD with Nesterov momentum, half-period cosine after a linear warm-up, horizontal flips. `images` counts
    training images seen; `warmup_images` of them are the warm-up, which starts at a tenth of `lr`.
    `batch` is the mini-batch size, `validation_images` how many validation images the error is measured on.
    `final_gamma` is the scale that the last BN of each residual branch starts from: 0 makes every block the
    identity at first (pycls' ZERO_INIT_FINAL_GAMMA), without which most deep networks learn little in 100 steps.
    `folder` says where `data` lies if it is a folder of images; it may lie elsewhere tomorrow, so no hash has it.

    Raises:
        ValueError: an impossible number.

    >>> Recipe(data="fashion-mnist", resolution=28, images=6400).steps
    50
    """

    data: str
    resolution: int
    num_classes: int = 10
    images: int = 6400
    batch: int = 128
    lr: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-5
    warmup_images: int = 640
    validation_images: int = 10_000
    precision: Precision = "bf16"
    final_gamma: float = 1.0
    folder: ImageFolder | None = None

    def __post_init__(self) -> None:
        set_whole(self, "resolution", high=SIDE)
        set_whole(self, "num_classes", high=CLASSES)
        set_whole(self, "images", "validation_images", high=IMAGES)
        set_whole(self, "batch", high=BATCH)
        set_whole(self, "warmup_images", low=0, high=IMAGES)
        set_real(self, "lr", above=0)
        set_real(self, "momentum", low=0, below=1)
        set_real(self, "weight_decay", low=0)
        set_real(self, "final_gamma", low=0)
        if self.images < self.batch:
            raise ValueError(f"images ({self.images}) must be at least one batch ({self.batch})")
        if self.warmup_images > self.images:
            raise ValueError(f"warmup_images must be at most images ({self.images}), got {self.warmup_images}")
        if self.precision not in get_args(Precision):
            raise ValueError(f"precision must be {' or '.join(get_args(Precision))}, got {shown(self.precision)}")

    @property
    def steps(self) -> int:
        """Optimiser steps: whole batches in `images`."""
        return self.images // self.batch

    @property
    def values(self) -> dict[str, Any]:
        """What decides: the fields but for `folder`."""
        return {name: value for name, value in asdict(self).items() if name != "folder"}

    @property
    def hash(self) -> str:
        """Twelve hexadecimal digits of the SHA-256 of the recipe's canonical JSON."""
        text = json.dumps(self.values, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Record:
    """The result of one training.

    `error` is the top-1 validation error in percent: `chance` where the training diverged, None
    where it failed. `test_error` is measured for final models only. `seconds` is CPU time of the process that
    trained (wall time on CUDA). `message` says why a training failed, `engine` which code trained, with its version.
    `error_a` and `error_b` are of the two halves of the validation images (every second one), `train_loss` is the mean
    cross-entropy of the last tenth of the steps, None where the training diverged.
    """

    network_id: str
    recipe: str
    seed: int
    status: Status
    error: float | None
    seconds: float
    test_error: float | None = None
    message: str = ""
    engine: str = ""
    error_a: float | None = None
    error_b: float | None = None
    train_loss: float | None = None


def chance(classes: float) -> float:
    """The error of a guess in percent.

    >>> chance(50)
    98.0
    """
    return 100 * (1 - 1 / classes)


def chosen_by(columns: Container[str]) -> str:
    """The column by which the best are chosen, of rows with these columns: one half of the validation images.

    The lowest of many errors is low by luck, too, and part of that is which images it was measured on: what is chosen
    on one half is reported on the other. `pocket`, which is older, has the error of all images alone.

    >>> chosen_by(["error", "error_a", "error_b"]), chosen_by(["error"])
    ('error_a', 'error')
    """
    return "error_a" if "error_a" in columns else "error"


def reported(columns: Container[str]) -> str:
    """The column by which what was chosen is compared: the other half.

    >>> reported(["error", "error_a", "error_b"]), reported(["error"])
    ('error_b', 'error')
    """
    return "error_b" if "error_b" in columns else "error"
