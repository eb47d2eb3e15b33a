"""Tiny-ImageNet, the first k of its 200 classes, at 32 x 32 pixels in memory: `tiny-imagenet-20` and the like.

The layout is that of the official archive, `tiny-imagenet-200/`: `wnids.txt`, `train/<wnid>/images/*.JPEG` (500 a
class, 64 x 64) and `val/images/*.JPEG` (50 a class) with `val/val_annotations.txt`. `REGNET_DATA` is that folder or
its parent. The first k classes are those of `wnids.txt` in sorted order, and only they need be there; so no content
chooses them. Of each class's training files, sorted by name, the last 100 validate; the official validation files are
the test images, which `load_test` alone decodes. The archive's own test files have no labels and are not read. Images
are in a fixed order that takes two files of each class in turn: so the first n are balanced whatever n is, and so are
the halves that every second image makes.

Each pixel of 32 x 32 is the mean of 2 x 2 pixels, rounded half to even; grey images get three equal channels.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from regnet.training import listing
from regnet.training import tiny_imagenet_files as files
from regnet.training.images import DataSet, Images, data_set
from regnet.training.listing import Listing, Pixels, images
from regnet.training.photographs import read

NAMES = "tiny-imagenet-<2 to 200>"
SIDE, HALF = 64, 32  # pixels
_NAME = re.compile(r"tiny-imagenet-([1-9][0-9]{0,2})")
_DECODED = 1  # one more whenever the same files would give other pixels


def classes_of(name: str) -> int:
    """How many classes the data set of that name has; 0 where it is no Tiny-ImageNet.

    >>> classes_of("tiny-imagenet-20"), classes_of("tiny-imagenet-201"), classes_of("imagenet")
    (20, 0, 0)
    """
    match = _NAME.fullmatch(name)
    return k if match and 2 <= (k := int(match[1])) <= 200 else 0


def load(classes: int) -> DataSet:
    """The training and validation images of the first classes, read once a process.

    Raises:
        FileNotFoundError: the data set, a class or a file is missing; the message says how to have it.
        ValueError: files that are not as the archive has them.
    """
    return _load(files.find(), classes)


def load_test(classes: int) -> Images:
    """The official validation images of the first classes, for final models only. Raises as `load` does."""
    return _images(_found(files.find(), classes), "test")


def sha256(classes: int) -> str:
    """Hexadecimal SHA-256 of the files of the first classes; decodes nothing. Raises as `load` does."""
    return _found(files.find(), classes).sha256


@dataclass(frozen=True)
class _Found:
    listing: Listing
    sha256: str


@cache
def _found(root: Path, classes: int) -> _Found:
    found = files.listing(root, classes)
    return _Found(found, listing.sha256(found))


@cache
def _load(root: Path, classes: int) -> DataSet:
    found = _found(root, classes)
    read_test = partial(load_test, classes)
    return data_set(found.listing.name, _images(found, "train"), _images(found, "validation"), read_test, classes)


def _images(found: _Found, title: str) -> Images:
    return images(found.listing, title, found.sha256, (3, HALF, HALF), decoded, f"version {_DECODED}")


def decoded(paths: Iterable[Path]) -> Iterator[Pixels]:
    """The image of each file, uint8 of shape (3, 32, 32); raises ValueError where one is not 64 x 64 or no image."""
    for path in paths:
        image = read(path)
        if image.size != (SIDE, SIDE):
            raise ValueError(
                f"{path} has {image.width} x {image.height} pixels, {SIDE} x {SIDE} expected: {files.AGAIN}"
            )
        yield halved(np.asarray(image)).transpose(2, 0, 1)


def halved(pixels: Pixels) -> Pixels:
    """Means of 2 x 2 pixels, rounded half to even: uint8 (2h, 2w, c) -> (h, w, c).

    >>> halved(np.array([[1, 2, 0, 1], [3, 4, 0, 1]], np.uint8)[:, :, None])[..., 0]  # means 2.5 and 0.5
    array([[2, 0]], dtype=uint8)
    """
    height, width, channels = pixels.shape
    means = pixels.reshape(height // 2, 2, width // 2, 2, channels).mean(axis=(1, 3))
    rounded: Pixels = np.rint(means).astype(np.uint8)
    return rounded
