"""Fashion-MNIST and a small subset of it, in memory.

Fashion-MNIST (Zalando, MIT): 60,000 training images of 28 x 28 pixels, one channel, ten classes. The first 50,000
of the file are trained on, the last 10,000 validate, both in the file's order (the file is shuffled: it was never
sorted by class). The 10,000 official test images are read by `load_test` alone.

The subset `fashion-mnist-small`: the first 1,000 training, 500 validation and 500 test images of the same order.
"""

import gzip
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import torch

from regnet.training.images import DataSet, Images, data_set

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
SMALL = Path(__file__).with_name("fashion_mnist_small.npz")
SUBSET = "fashion-mnist-small"
NAMES = ("fashion-mnist", SUBSET)
TRAIN = 50_000  # the rest of the 60,000 validate

# Of the files' contents before compression: Debian's .gz files and Zalando's are compressed differently.
SHA256: Mapping[str, str] = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


@cache
def load(name: str) -> DataSet:
    """The training and validation images of `NAMES`' data sets, read once a process.

    Raises:
        ValueError: a file that is damaged, or whose SHA-256 is not the known one.
        FileNotFoundError: Fashion-MNIST is not on this machine; the message names the three ways to have it.

    >>> load("fashion-mnist-small").train.pixels.shape
    torch.Size([1000, 1, 28, 28])
    """
    read_test = partial(load_test, name)
    if name == SUBSET:
        with _subset() as arrays:
            return data_set(name, _images(arrays, "train"), _images(arrays, "validation"), read_test)
    pixels, labels = _read("train-images-idx3-ubyte"), _read("train-labels-idx1-ubyte")
    train, validation = _tensors(pixels[:TRAIN], labels[:TRAIN]), _tensors(pixels[TRAIN:], labels[TRAIN:])
    return data_set(name, train, validation, read_test)


@cache
def load_test(name: str) -> Images:
    """The test images, for final models only. Raises as `load` does."""
    if name == SUBSET:
        with _subset() as arrays:
            return _images(arrays, "test")
    return _tensors(_read("t10k-images-idx3-ubyte"), _read("t10k-labels-idx1-ubyte"))


def sha256(name: str) -> str:
    """Hexadecimal SHA-256 that names the data: of the shipped file, or of the four digests of the whole's files.

    Does not read the whole: `load` refuses files with other digests.
    """
    content = SMALL.read_bytes() if name == SUBSET else "".join(SHA256.values()).encode()
    return hashlib.sha256(content).hexdigest()


@contextmanager
def _subset() -> Iterator[Mapping[str, npt.NDArray[np.uint8]]]:
    """The arrays of the shipped file while it is open."""
    try:
        with np.load(SMALL) as arrays:
            yield arrays
    except (OSError, EOFError, ValueError, KeyError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{SMALL} is damaged ({error}): restore it, or install regnet again") from error


def _images(arrays: Mapping[str, npt.NDArray[np.uint8]], part: str) -> Images:
    return _tensors(arrays[f"{part}_images"], arrays[f"{part}_labels"])


def _tensors(pixels: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> Images:
    return Images(torch.from_numpy(pixels[:, None].copy()), torch.from_numpy(labels.astype(np.int64)))


def _read(stem: str) -> npt.NDArray[np.uint8]:
    """The array of an idx file, its SHA-256 checked."""
    path = find(stem)
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:  # the last two name no file
        raise ValueError(f"{path} cannot be read ({error}): put the original file in its place") from error
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
