"""The error of a network with weights on a folder of images. Not run on ImageNet here: on small folders only.

`imagenet` is `$REGNET_DATA/val` with its 1,000 folders n01440764, ..., `imagenetv2` the folder of matched frequency as
it is distributed, `$REGNET_DATA/imagenetv2-matched-frequency-format-val` with folders 0, ..., 999; any other folder has
one folder a class. Classes are counted in alphabetical order, but folders named by numbers are the classes of these
numbers: as strings, 10 would come before 2.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torchvision.datasets.folder import IMG_EXTENSIONS

from regnet.training.imagenet import Files, loaders
from regnet.training.photographs import read
from regnet.training.preprocessing import Preprocessing

DATA = {"imagenet": "val", "imagenetv2": "imagenetv2-matched-frequency-format-val"}
TOP = 5
_AHEAD = 2  # batches that are decoded while the network has another

Key = tuple[Tensor, int]


@dataclass(frozen=True)
class Evaluation:
    """How many of `images` have their class not first, and not among the first five, of what the network says."""

    images: int
    wrong: int
    wrong_top5: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Images a second, decoding included."""
        return self.images / self.seconds


def find(data: str) -> Path:
    """The folder of `imagenet`, `imagenetv2`, or the one given.

    Raises:
        FileNotFoundError: not there; the message says where it should be.
    """
    if data not in DATA:
        folder, remedy = Path(data), f"--data is {', '.join(DATA)}, or a folder that has one folder of images a class"
    elif root := os.environ.get("REGNET_DATA"):
        folder, remedy = Path(root) / DATA[data], f"put {data} there, or set REGNET_DATA to the folder that holds it"
    else:
        raise FileNotFoundError(f"{data} not found: set REGNET_DATA to the folder that has {DATA[data]}")
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {folder}: {remedy}")
    return folder


def labelled(folder: Path, num_classes: int) -> Files:
    """The images of a folder of class folders, with their classes, for a network of so many.

    Raises:
        ValueError: no class folders or images, or other classes than the network tells apart.
    """
    classes = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    if classes and set(classes) <= {"train", "val", "test"}:
        raise ValueError(f"{folder} holds {', '.join(classes)}: give one of these folders, as {folder / classes[-1]}")
    by_number = bool(classes) and all(name.isdecimal() for name in classes)
    labels = {name: int(name) if by_number else i for i, name in enumerate(classes)}
    found = len(classes)
    if by_number and max(labels.values()) >= num_classes:
        most = max(labels.values())
        raise ValueError(f"{folder} has a class {most}, but the network tells apart the classes 0 to {num_classes - 1}")
    if not by_number and found != num_classes:
        raise ValueError(f"{folder} has {found} class folders, but the network tells {num_classes} classes apart")
    named = [
        (os.fsencode(path.relative_to(folder)), labels[name])
        for name in sorted(classes, key=labels.__getitem__)
        for path in sorted((folder / name).rglob("*"))
        if path.suffix.lower() in IMG_EXTENSIONS and path.is_file() and not path.name.startswith(".")
    ]
    if not named:
        raise ValueError(f"{folder} has no images: {', '.join(IMG_EXTENSIONS)} are looked for in its class folders")
    names, numbers = zip(*named, strict=True)
    return Files(folder, np.array(names), np.array(numbers, np.int64))


def spread(files: Files, n: int) -> Files:
    """n of the images, evenly spaced; all of them for 0, or where there are no more."""
    if n <= 0 or n >= len(files):
        return files
    chosen = np.arange(n) * len(files) // n
    return Files(files.root, files.names[chosen], files.labels[chosen])


def evaluate(
    module: nn.Module,
    files: Files,
    preprocessing: Preprocessing,
    *,
    device: str = "cpu",
    batch: int = 64,
    judged: Callable[[int], None] = lambda images: None,  # noqa: ARG005
) -> Evaluation:
    """The module's errors, in evaluation mode; calls `judged` with the number of images after each batch.

    Raises:
        ValueError: an image that cannot be read, results that are not finite, or a batch too large for the memory.
    """
    if batch < 1:
        raise ValueError(f"batch must be at least 1, got {batch}")
    module = module.eval().to(torch.device(device), memory_format=torch.channels_last)  # type: ignore[call-overload]
    start, wrong, wrong_top5 = time.perf_counter(), 0, 0
    with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False):
        for images, labels in _batches(files, preprocessing, batch):
            hits = _hits(module, images.to(device, memory_format=torch.channels_last), labels.to(device))
            wrong += int((~hits[:, 0]).sum())
            wrong_top5 += int((~hits.any(1)).sum())
            judged(len(labels))
    return Evaluation(len(files), wrong, wrong_top5, time.perf_counter() - start)


def _hits(module: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Whether the class is the k-th that the network says: bool (n, at most 5)."""
    try:
        logits = module(images)
    except RuntimeError as error:
        if not isinstance(error, torch.OutOfMemoryError) and "allocate memory" not in str(error):
            raise
        raise ValueError(f"a batch of {len(images)} images does not fit into the memory: lower --batch") from error
    if not torch.isfinite(logits).all():
        raise ValueError("results are not finite: the weights are damaged, or BN had another eps (--eps)")
    hits: Tensor = logits.topk(min(TOP, logits.shape[1])).indices == labels[:, None]
    return hits


def _batches(files: Files, preprocessing: Preprocessing, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Images (n, 3, r, r) and classes (n,), in order; decoded by threads, which Pillow lets run side by side."""

    def one(i: int) -> Key:
        return preprocessing(read(files.path(i))), int(files.labels[i])

    waiting: deque[list[Future[Key]]] = deque()
    pool = ThreadPoolExecutor(max(1, loaders()))
    try:
        for start in range(0, len(files), size):
            waiting.append([pool.submit(one, i) for i in range(start, min(start + size, len(files)))])
            if len(waiting) > _AHEAD:
                yield _joined(waiting.popleft())
        while waiting:
            yield _joined(waiting.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _joined(futures: list[Future[Key]]) -> tuple[Tensor, Tensor]:
    images, labels = zip(*(future.result() for future in futures), strict=True)
    return torch.stack(images), torch.tensor(labels)
