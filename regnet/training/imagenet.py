"""ImageNet as a stream of files decoded by worker processes, in the usual layout of class folders.

`$REGNET_DATA/train/<wnid>/*.JPEG` and `$REGNET_DATA/val/<wnid>/*.JPEG`, as torchvision's `ImageFolder` reads them; the
errors are on the 50,000 validation images, as the paper's are. `REGNET_LOADERS` is the number of processes that decode
for each process that trains (0: that process does it; left out: the machine's cores but one, at most 8), so give each
of several on one machine its share. This was run on small folders only: ImageNet itself was never read by it.

How an image is cropped and normalised is in `photographs`. Deviations from pycls:
- a permutation's last images, too few for a batch, begin the next batch; pycls leaves them out;
- what is drawn for an image follows from the seed and its turn alone, whichever process decodes it.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, count, islice
from multiprocessing import current_process
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from regnet import machine
from regnet.design.recipe import Recipe
from regnet.training.photographs import MARGIN, augmented, centred, normalised, read
from regnet.training.team import ALONE, Team

NAME = "imagenet"
MOST_LOADERS = 8

MISSING = (
    "ImageNet not found: {why}. Set REGNET_DATA to the folder that has train/<wnid>/*.JPEG (1,281,167 files in 1,000 "
    "folders n01440764, ...) and val/<wnid>/*.JPEG (50,000 files, sorted into the same folders)."
)
NO_TEST = (
    "ImageNet's test labels are not public; use ImageNetV2 for images that chose nothing (the paper's Appendix A), "
    "and train with test=False"
)


@dataclass(frozen=True, eq=False)
class Files:
    """The images of a part: `names` relative to `root`, bytes of shape (n,), sorted in each class; `labels` (n,)."""

    root: Path
    names: npt.NDArray[np.bytes_]
    labels: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.names)

    def path(self, i: int) -> Path:
        """Where image i lies."""
        return self.root / os.fsdecode(bytes(self.names[i]))


@dataclass(frozen=True, eq=False)
class ImageNet:
    """ImageNet, or a folder laid out as it: a `Source` of what it decodes on the way."""

    train: Files
    validation: Files
    classes: tuple[str, ...]
    channels: int = 3

    @property
    def epoch(self) -> int:
        return len(self.train)

    @property
    def num_classes(self) -> int:
        return len(self.classes)

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the lines "<relative file name> <bytes>", both parts, sorted by name.

        Reads no image; asks the file system for the size of each, once a process.
        """
        named = [(name, files.path(i)) for files in (self.train, self.validation) for i, name in enumerate(files.names)]
        lines = (b"%s %d\n" % (name, path.stat().st_size) for name, path in sorted(named))
        return hashlib.sha256(b"".join(lines)).hexdigest()

    def check(self, recipe: Recipe, *, test: bool = False) -> None:
        """Raises ValueError where the recipe and the folder differ, and where test images are asked for."""
        if test:
            raise ValueError(NO_TEST)
        found, root = (len(self.classes), len(self.validation)), self.train.root
        if recipe.num_classes != found[0]:
            said = f"recipe.num_classes is {recipe.num_classes}, but {root / 'train'} has {found[0]} class folders"
            raise ValueError(f"{said}: set REGNET_DATA to the whole data set, or the recipe's num_classes")
        if recipe.validation_images > found[1]:
            said = f"validation_images is {recipe.validation_images}, but {root / 'val'} has {found[1]}"
            raise ValueError(f"{said}: set REGNET_DATA to the whole data set, or the recipe's validation_images")

    def stream(
        self, recipe: Recipe, seed: int, device: str, *, start: int = 0, team: Team = ALONE
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """The recipe's mini-batches, augmented: permutation after permutation, cut into whole batches."""
        keys = (team.cut(batch) for batch in order(len(self.train), recipe, seed, start))
        return _decoded(Views(self.train, recipe.resolution, seed), keys, device)

    def held_out(
        self, recipe: Recipe, device: str, *, test: bool = False, team: Team = ALONE
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """The validation images, in batches; evenly spaced ones where the recipe wants fewer."""
        if test:
            raise ValueError(NO_TEST)
        n, of = recipe.validation_images, len(self.validation)
        chosen = [(turn, turn * of // n) for turn in range(n)]
        cut = (chosen[start : start + recipe.batch] for start in team.turns(range(0, n, recipe.batch)))
        return _decoded(Views(self.validation, recipe.resolution), cut, device)


def find() -> ImageNet:
    """The data set at `REGNET_DATA`, listed once a process.

    Raises:
        FileNotFoundError: not there; the message names the layout.
        ValueError: train and val have other classes.
    """
    root = os.environ.get("REGNET_DATA")
    if not root:
        raise FileNotFoundError(MISSING.format(why="REGNET_DATA is not set"))
    return _listed(Path(root).absolute())


@cache
def _listed(root: Path) -> ImageNet:
    train, classes = _files(root, "train")
    validation, judged = _files(root, "val")
    if other := sorted(set(classes) ^ set(judged)):
        where = "train" if other[0] in classes else "val"
        counts = f"{len(classes)} class folders in train and {len(judged)} in val"
        raise ValueError(f"{root} has {counts}: {other[0]!r} is in {where} only")
    return ImageNet(train, validation, classes)


def _files(root: Path, part: str) -> tuple[Files, tuple[str, ...]]:
    from torchvision.datasets import ImageFolder

    try:
        found = ImageFolder(str(root / part))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(MISSING.format(why=str(error).rstrip("."))) from error
    names = np.array([os.fsencode(path[len(str(root)) + 1 :]) for path, _ in found.samples])
    return Files(root, names, np.array(found.targets, np.int64)), tuple(found.classes)


def order(images: int, recipe: Recipe, seed: int, start: int = 0) -> Iterator[list[tuple[int, int]]]:
    """Each batch of a training as (turn, image), from number `start` on: an image once in each permutation.

    Turns are counted through from the training's first image.

    >>> recipe = Recipe(data="imagenet", resolution=224, images=6, batch=2, warmup_images=0)
    >>> [[turn for turn, _ in batch] for batch in order(3, recipe, seed=0, start=1)]
    [[2, 3], [4, 5]]
    """
    generator = torch.Generator().manual_seed(seed)
    passed, left = divmod(start * recipe.batch, images)
    for _ in range(passed):  # what a list of each would cost: seconds where many epochs have passed
        torch.randperm(images, generator=generator)
    permutations = (torch.randperm(images, generator=generator).tolist() for _ in count())
    turns = enumerate(chain.from_iterable(permutations), passed * images)
    next(islice(turns, left, left), None)
    for _ in range(start, recipe.steps):
        yield list(islice(turns, recipe.batch))


class Views(Dataset[tuple[Tensor, int]]):
    """Images as a network takes them, float32 (3, r, r), with their classes: augmented by a seed, or else centred.

    The key is (turn, image); a turn's draws follow from it and the seed.
    """

    def __init__(self, files: Files, resolution: int, seed: int | None = None) -> None:
        self.files, self.resolution, self.seed = files, resolution, seed

    def __getitem__(self, key: tuple[int, int]) -> tuple[Tensor, int]:
        turn, i = key
        image, label = read(self.files.path(i)), int(self.files.labels[i])
        if self.seed is None:
            return normalised(centred(image, round(self.resolution * MARGIN), self.resolution)), label
        return augmented(image, self.resolution, np.random.default_rng([self.seed, turn])), label


def loaders() -> int:
    """How many processes decode for one that trains: `REGNET_LOADERS`, else the machine's cores but one, at most 8."""
    given = os.environ.get("REGNET_LOADERS", "").strip()
    if given and not given.isdecimal():
        raise ValueError(f"REGNET_LOADERS must be a whole number, 0 or more, got {given!r}")
    return int(given) if given else min(MOST_LOADERS, max(1, machine.cores() - 1))


def _decoded(views: Views, keys: Iterable[list[tuple[int, int]]], device: str) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches (n, 3, r, r) on the device, channels last, and classes (n,)."""
    workers = loaders()
    if workers and current_process().daemon:
        # daemons, as a sweep's workers are, may not start processes; torch's end by themselves when theirs is killed
        current_process().daemon = False
    loader = DataLoader(
        views,
        batch_sampler=keys,
        num_workers=workers,
        multiprocessing_context="spawn" if workers else None,
        pin_memory=device != "cpu",
        generator=torch.Generator(),  # nothing is drawn from torch's own
    )
    try:
        for pixels, labels in loader:
            yield pixels.to(device, non_blocking=True).contiguous(memory_format=torch.channels_last), labels
    except ValueError as error:  # a loader's is its traceback, the message last
        raise ValueError(str(error).strip().splitlines()[-1].removeprefix("ValueError: ")) from error
