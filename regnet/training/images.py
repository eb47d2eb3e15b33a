"""Images in memory, and what a training sees of any data set: `Source`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from regnet.design.recipe import Recipe
from regnet.training.team import ALONE, Team

Batch = tuple[Tensor, Tensor]
"""Images as a network takes them, float32 (n, channels, r, r) on the device, and their classes, int64 (n,)."""

EVALUATION_BATCH = 500
_COUNTED = 2000  # images whose pixels are counted at a time: counting widens them to int64


class Source(Protocol):
    """A data set as a training sees it."""

    @property
    def channels(self) -> int:
        """Of an image: what the network's stem must take."""

    @property
    def epoch(self) -> int:
        """How many training images there are: one pass."""

    @property
    def num_classes(self) -> int:
        """What the images are told apart into."""

    @property
    def validation(self) -> Sized:
        """The images that errors are measured on."""

    def check(self, recipe: Recipe, *, test: bool = False) -> None:
        """Raises ValueError where recipe and data do not fit together, or test images are asked for that are none."""

    def stream(self, recipe: Recipe, seed: int, device: str, *, start: int = 0, team: Team = ALONE) -> Iterator[Batch]:
        """The recipe's mini-batches from number `start` on, `recipe.steps` in all, and of each the process's part.

        Order and augmentation follow from the seed, wherever the stream starts and however many share it.
        """

    def held_out(self, recipe: Recipe, device: str, *, test: bool = False, team: Team = ALONE) -> Iterator[Batch]:
        """The images that the error is measured on, in batches, always in the same order; every batch in its turn."""


@dataclass(frozen=True)
class Images:
    """Pixels, uint8 of shape (n, channels, r, r), and classes, int64 of shape (n,)."""

    pixels: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, n: int) -> Images:
        """The first n images, in the fixed order."""
        return Images(self.pixels[:n], self.labels[:n])


@dataclass(frozen=True)
class DataSet:
    """A `Source` in memory; `mean` and `std` are of the training pixels, 0 to 255, over all channels.

    `read_test` reads the test images, when they are asked for and not before; None where there are none.
    """

    name: str
    train: Images
    validation: Images
    mean: float
    std: float
    read_test: Callable[[], Images] | None
    num_classes: int = 10

    @property
    def channels(self) -> int:
        return int(self.train.pixels.shape[1])

    @property
    def epoch(self) -> int:
        return len(self.train)

    @property
    def resolution(self) -> int:
        return int(self.train.pixels.shape[-1])

    def check(self, recipe: Recipe, *, test: bool = False) -> None:
        """Raises ValueError where the recipe does not fit, or test images are asked for that are none."""
        if test and self.read_test is None:
            raise ValueError(no_test(self.name))
        if recipe.num_classes != self.num_classes:
            raise ValueError(
                f"recipe.num_classes is {recipe.num_classes}, but {self.name} has {self.num_classes}: "
                "set the recipe's num_classes"
            )
        if recipe.resolution < self.resolution:
            raise ValueError(
                f"recipe.resolution is {recipe.resolution}, but {self.name} has {self.resolution}, "
                "and images are only enlarged: set the recipe's resolution"
            )
        if recipe.validation_images > len(self.validation):
            raise ValueError(
                f"validation_images is {recipe.validation_images}, but {self.name} has {len(self.validation)}"
            )

    def stream(self, recipe: Recipe, seed: int, device: str, *, start: int = 0, team: Team = ALONE) -> Iterator[Batch]:
        """The recipe's mini-batches, flipped at random."""
        normalise = Normalise(self, recipe, device)
        found = batches(self.train, recipe, seed, start=start, team=team)
        return ((normalise(pixels), labels) for pixels, labels in found)

    def held_out(self, recipe: Recipe, device: str, *, test: bool = False, team: Team = ALONE) -> Iterator[Batch]:
        """The recipe's validation images, or all test images."""
        normalise = Normalise(self, recipe, device)
        images = self.read_test() if test and self.read_test else self.validation.first(recipe.validation_images)
        starts = team.turns(range(0, len(images), EVALUATION_BATCH))
        parts = (slice(start, start + EVALUATION_BATCH) for start in starts)
        return ((normalise(images.pixels[part]), images.labels[part]) for part in parts)


def no_test(name: str) -> str:
    """What is said where final models are to be tested and a data set has no test images."""
    return f"{name} has no test images, which final models alone read: add them as test/<class>/* beside train and val"


class Normalise:
    """Pixels (n, c, r, r) uint8 -> (x - mean) / std, float32, at the recipe's resolution, on the device."""

    def __init__(self, data_set: DataSet, recipe: Recipe, device: str) -> None:
        self.mean, self.std, self.device = data_set.mean, data_set.std, device
        self.enlarged = recipe.resolution if recipe.resolution != data_set.resolution else None

    def __call__(self, pixels: Tensor) -> Tensor:
        x = pixels.to(self.device, torch.float32, memory_format=torch.channels_last)
        x = x.sub_(self.mean).div_(self.std)
        return x if self.enlarged is None else F.interpolate(x, size=self.enlarged, mode="bilinear")


def batches(
    images: Images, recipe: Recipe, seed: int, *, start: int = 0, team: Team = ALONE
) -> Iterator[tuple[Tensor, Tensor]]:
    """Mini-batches of pixels, flipped at random, and labels: permutation after permutation, cut into whole batches."""
    generator = torch.Generator().manual_seed(seed)
    passes = math.ceil(recipe.steps * recipe.batch / len(images))
    order = torch.cat([torch.randperm(len(images), generator=generator) for _ in range(passes)])
    for number, batch in enumerate(order[: recipe.steps * recipe.batch].view(recipe.steps, recipe.batch)):
        draws = torch.rand(recipe.batch, generator=generator)
        if number >= start:
            chosen, flip = team.cut(batch), team.cut(draws) < 0.5
            pixels = images.pixels[chosen]
            yield torch.where(flip[:, None, None, None], pixels.flip(-1), pixels), images.labels[chosen]


def data_set(
    name: str, train: Images, validation: Images, read_test: Callable[[], Images] | None, num_classes: int = 10
) -> DataSet:
    """The data set with mean and standard deviation of its training pixels."""
    counts = np.zeros(256)
    for start in range(0, len(train), _COUNTED):
        counts += np.bincount(train.pixels[start : start + _COUNTED].numpy().ravel(), minlength=256)
    levels = np.arange(256)
    mean = float(counts @ levels / counts.sum())
    std = float(np.sqrt(counts @ (levels - mean) ** 2 / counts.sum()))
    return DataSet(name, train, validation, mean, std, read_test, num_classes)
