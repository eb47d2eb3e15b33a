"""What trainings read: Fashion-MNIST and a small subset of it as tensors in memory, ImageNet as a stream of files.

`source(name)` gives either as a `Source`, which is all that a training knows of its data.

Fashion-MNIST (Zalando, MIT): 60,000 training images of 28 x 28 pixels, one channel, ten classes. The first 50,000
of the file are trained on, the last 10,000 validate, both in the file's order (the file is shuffled: it was never
sorted by class). The 10,000 official test images are read by `load_test` alone.

The subset `fashion-mnist-small`: the first 1,000 training, 500 validation and 500 test images of the same order.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from regnet.design.recipe import Recipe
from regnet.training import imagenet

Batch = tuple[Tensor, Tensor]
"""Images as a network takes them, float32 (n, channels, r, r) on the device, and their classes, int64 (n,)."""

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
SMALL = Path(__file__).with_name("fashion_mnist_small.npz")
NAMES = ("fashion-mnist", "fashion-mnist-small")
TRAIN = 50_000  # the rest of the 60,000 validate
EVALUATION_BATCH = 500

# Of the files' contents before compression: Debian's .gz files and Zalando's are compressed differently.
SHA256: Mapping[str, str] = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


class Source(Protocol):
    """A data set as a training sees it."""

    @property
    def channels(self) -> int:
        """Of an image: what the network's stem must take."""

    def check(self, recipe: Recipe, *, test: bool = False) -> None:
        """Raises ValueError where recipe and data do not fit together, or test images are asked for that are none."""

    def stream(self, recipe: Recipe, seed: int, device: str) -> Iterator[Batch]:
        """The recipe's mini-batches, `recipe.steps` of them; order and augmentation follow from the seed."""

    def held_out(self, recipe: Recipe, device: str, *, test: bool = False) -> Iterator[Batch]:
        """The images that the error is measured on, in batches, always in the same order."""


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
    """A `Source` in memory; `mean` and `std` are of the training pixels, 0 to 255, over all channels."""

    name: str
    train: Images
    validation: Images
    mean: float
    std: float
    num_classes: int = 10

    @property
    def channels(self) -> int:
        return int(self.train.pixels.shape[1])

    @property
    def resolution(self) -> int:
        return int(self.train.pixels.shape[-1])

    def check(self, recipe: Recipe, *, test: bool = False) -> None:
        """Raises ValueError where the recipe does not fit; test images there are."""
        del test
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

    def stream(self, recipe: Recipe, seed: int, device: str) -> Iterator[Batch]:
        """The recipe's mini-batches, flipped at random."""
        normalise = Normalise(self, recipe, device)
        return ((normalise(pixels), labels) for pixels, labels in batches(self.train, recipe, seed))

    def held_out(self, recipe: Recipe, device: str, *, test: bool = False) -> Iterator[Batch]:
        """The recipe's validation images, or all test images."""
        normalise = Normalise(self, recipe, device)
        images = load_test(self.name) if test else self.validation.first(recipe.validation_images)
        parts = (slice(start, start + EVALUATION_BATCH) for start in range(0, len(images), EVALUATION_BATCH))
        return ((normalise(images.pixels[part]), images.labels[part]) for part in parts)


class Normalise:
    """Pixels (n, c, r, r) uint8 -> (x - mean) / std, float32, at the recipe's resolution, on the device."""

    def __init__(self, data_set: DataSet, recipe: Recipe, device: str) -> None:
        self.mean, self.std, self.device = data_set.mean, data_set.std, device
        self.enlarged = recipe.resolution if recipe.resolution != data_set.resolution else None

    def __call__(self, pixels: Tensor) -> Tensor:
        x = pixels.to(self.device, torch.float32, memory_format=torch.channels_last)
        x = x.sub_(self.mean).div_(self.std)
        return x if self.enlarged is None else F.interpolate(x, size=self.enlarged, mode="bilinear")


def batches(images: Images, recipe: Recipe, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Mini-batches of pixels, flipped at random, and labels: permutation after permutation, cut into whole batches."""
    generator = torch.Generator().manual_seed(seed)
    passes = math.ceil(recipe.steps * recipe.batch / len(images))
    order = torch.cat([torch.randperm(len(images), generator=generator) for _ in range(passes)])
    for chosen in order[: recipe.steps * recipe.batch].view(recipe.steps, recipe.batch):
        pixels = images.pixels[chosen]
        flip = torch.rand(recipe.batch, generator=generator) < 0.5
        yield torch.where(flip[:, None, None, None], pixels.flip(-1), pixels), images.labels[chosen]


def source(name: str) -> Source:
    """What a recipe's `data` names.

    Raises:
        ValueError: an unknown name, or files that are not the known ones.
        FileNotFoundError: the data set is not on this machine; the message says how to have it.
    """
    return imagenet.find() if name == imagenet.NAME else load(name)


@cache
def load(name: str) -> DataSet:
    """The training and validation images of a data set in memory, read once a process.

    Raises:
        ValueError: an unknown name, or a file whose SHA-256 is not the known one.
        FileNotFoundError: Fashion-MNIST is not on this machine; the message names the three ways to have it.

    >>> load("fashion-mnist-small").train.pixels.shape
    torch.Size([1000, 1, 28, 28])
    """
    _check(name)
    if name == "fashion-mnist-small":
        with np.load(SMALL) as arrays:
            return _data_set(name, _images(arrays, "train"), _images(arrays, "validation"))
    pixels, labels = _read("train-images-idx3-ubyte"), _read("train-labels-idx1-ubyte")
    return _data_set(name, _tensors(pixels[:TRAIN], labels[:TRAIN]), _tensors(pixels[TRAIN:], labels[TRAIN:]))


@cache
def load_test(name: str) -> Images:
    """The test images, for final models only. Raises as `load` does."""
    _check(name)
    if name == "fashion-mnist-small":
        with np.load(SMALL) as arrays:
            return _images(arrays, "test")
    return _tensors(_read("t10k-images-idx3-ubyte"), _read("t10k-labels-idx1-ubyte"))


def sha256(name: str) -> str:
    """Hexadecimal SHA-256 that names the data: of the shipped file, or of the four digests of Fashion-MNIST's files.

    Does not read Fashion-MNIST: `load` refuses files with other digests. ImageNet's is of its files' names and sizes.
    """
    if name == imagenet.NAME:
        return imagenet.find().sha256
    _check(name)
    content = SMALL.read_bytes() if name == "fashion-mnist-small" else "".join(SHA256.values()).encode()
    return hashlib.sha256(content).hexdigest()


def _check(name: str) -> None:
    if name not in NAMES:
        known = ", ".join(NAMES)
        raise ValueError(
            f"unknown data set {name!r}, expected one of {known}, or imagenet, which is not kept in memory"
        )


def _data_set(name: str, train: Images, validation: Images) -> DataSet:
    counts = np.bincount(train.pixels.numpy().ravel(), minlength=256).astype(np.float64)
    levels = np.arange(256)
    mean = float(counts @ levels / counts.sum())
    std = float(np.sqrt(counts @ (levels - mean) ** 2 / counts.sum()))
    return DataSet(name, train, validation, mean, std)


def _images(arrays: Mapping[str, npt.NDArray[np.uint8]], part: str) -> Images:
    return _tensors(arrays[f"{part}_images"], arrays[f"{part}_labels"])


def _tensors(pixels: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> Images:
    return Images(torch.from_numpy(pixels[:, None].copy()), torch.from_numpy(labels.astype(np.int64)))


def _read(stem: str) -> npt.NDArray[np.uint8]:
    """The array of an idx file, its SHA-256 checked."""
    path = find(stem)
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256[stem]:
        raise ValueError(f"{path} is not Fashion-MNIST's {stem}: SHA-256 {digest}, expected {SHA256[stem]}; remove it")
    return parse_idx(content)


def parse_idx(content: bytes) -> npt.NDArray[np.uint8]:
    """The uint8 array of an idx file: two zero bytes, type 8, the number of axes, their lengths, the bytes.

    >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]))
    array([7, 9], dtype=uint8)
    """
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"not an idx file of bytes: starts with {content[:4]!r}")
    axes = content[3]
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape([int(length) for length in shape])


def find(stem: str) -> Path:
    """The file of Fashion-MNIST with that name: in $REGNET_DATA, in Debian's package, or downloaded to $REGNET_DATA."""
    root = os.environ.get("REGNET_DATA")
    folders = [DEBIAN]
    if root:
        folders = [Path(root), Path(root, "fashion-mnist"), Path(root, "FashionMNIST", "raw"), DEBIAN]
    for folder in folders:
        for path in (folder / stem, folder / f"{stem}.gz"):
            if path.is_file():
                return path
    if root:
        return _download(Path(root)) / stem
    raise FileNotFoundError(MISSING.format(looked=", ".join(map(str, folders))))


MISSING = """Fashion-MNIST not found (looked in {looked}). One of:
  1. point REGNET_DATA at a folder with its four files (train-images-idx3-ubyte.gz, ...);
  2. on Debian: apt install dataset-fashion-mnist;
  3. let torchvision download it: set REGNET_DATA to an empty folder and run again."""


def _download(root: Path) -> Path:
    """The folder with the four files, which come there whole: an interrupted download leaves none that is cut off."""
    from torchvision.datasets import FashionMNIST

    raw = root / "FashionMNIST" / "raw"
    try:
        root.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".download-", dir=root) as folder:
            FashionMNIST(folder, download=True)
            raw.mkdir(parents=True, exist_ok=True)
            for path in Path(folder, "FashionMNIST", "raw").iterdir():
                path.replace(raw / path.name)
    except (OSError, RuntimeError) as error:
        raise FileNotFoundError(f"{MISSING.format(looked=root)}\nThe download failed: {error}") from error
    return raw
