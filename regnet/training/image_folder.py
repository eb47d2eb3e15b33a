"""A data set of one's own: a folder of images, one folder a class.

`train/<class>/*` is trained on, `val/<class>/*` validates, `test/<class>/*` may be there and is read for final models
only; a class's images may lie in folders below it. The classes are the folders' names, sorted; hidden files are not
read. The data are named by what `train` and `val` hold: a test set may come later.

Every image becomes a square of the resolution: the largest square in its middle, resized. A set of up to 4 GiB of
pixels (training and validation, counted as colour) is decoded once, stays in memory and is flipped at random and
normalised by its own mean and standard deviation; a larger one is decoded on the way and augmented as ImageNet is
(`imagenet`). Orientation that a file states is not applied.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from PIL import Image
from rich.console import Console
from rich.progress import track

from regnet.design.recipe import ImageFolder, Recipe
from regnet.training import listing
from regnet.training.imagenet import Files, ImageNet
from regnet.training.images import Batch, Images, Source, data_set, no_test
from regnet.training.listing import Listing, Part, Pixels, in_turn

IN_MEMORY = 4 * 2**30  # bytes of pixels
SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
GREY = ("1", "L", "LA")  # Pillow's modes; those with 16 bits and more are not read
WIDE = ("I", "F")
MANY = 2000  # images whose decoding takes long enough to show
LAYOUT = "train/<class>/* and val/<class>/* expected, images of the same classes"
_DECODED = "image folder, version 1"  # another whenever the same files would give other pixels


@dataclass(frozen=True)
class Survey:
    """What a regime needs to know of its folder: `channels` is 1 where the first image of every class is grey."""

    classes: int
    channels: int
    validation_images: int


def survey(root: Path, resolution: int) -> Survey:
    """Counts a folder's classes and validation images and looks at one image a class. Raises as `source` does."""
    found = _listing("", root)
    part = found.parts["train"]
    firsts = {label: root / file for label, file in reversed(list(zip(part.labels, part.files, strict=True)))}
    grey = not _streamed(found, resolution) and all(_mode(path) in GREY for path in firsts.values())
    return Survey(len(found.classes), 1 if grey else 3, len(found.parts["validation"].files))


@cache
def source(name: str, folder: ImageFolder) -> Source:
    """The folder's training and validation images, in memory or as a stream; read once a process.

    Raises:
        FileNotFoundError: no such folder, or one without `train` or `val`.
        ValueError: a class without images or in one part only, or a file that is not an image; the message names it.
    """
    found, tests = _listing(name, Path(folder.path)), _tests(name, Path(folder.path))
    if _streamed(found, folder.resolution):
        return _stream(found, tests)
    train, validation = (_images(found, folder, title) for title in ("train", "validation"))
    read_test = partial(_images, tests, folder, "test") if tests else None
    return data_set(name, train, validation, read_test, len(found.classes))


@cache
def sha256(name: str, folder: ImageFolder) -> str:
    """Hexadecimal SHA-256 of the files' bytes, of a stream's names and sizes; decodes nothing. Raises as `source`."""
    found = _listing(name, Path(folder.path))
    return _stream(found, None).sha256 if _streamed(found, folder.resolution) else listing.sha256(found)


@dataclass(frozen=True, eq=False)
class Stream(ImageNet):
    """A `Source` of what it decodes on the way, as ImageNet's; `test` are its test images, if it has some."""

    name: str = ""
    test: Files | None = None

    def check(self, recipe: Recipe, *, test: bool = False) -> None:
        """Raises ValueError where the recipe and the folder differ, or test images are asked for that are none."""
        if recipe.num_classes != (found := len(self.classes)):
            said = f"recipe.num_classes is {recipe.num_classes}, but {self.name} has {found}"
            raise ValueError(f"{said}: set the recipe's num_classes")
        if recipe.validation_images > (found := len(self.validation)):
            said = f"validation_images is {recipe.validation_images}, but {self.name} has {found}"
            raise ValueError(f"{said}: set the recipe's validation_images")
        if test and self.test is None:
            raise ValueError(no_test(self.name))

    def held_out(self, recipe: Recipe, device: str, *, test: bool = False, **also: Any) -> Iterator[Batch]:
        """The validation images, evenly spaced ones where the recipe wants fewer, or all test images."""
        if not (test and self.test):
            return super().held_out(recipe, device, **also)
        tested = replace(self, validation=self.test)
        return super(Stream, tested).held_out(replace(recipe, validation_images=len(self.test)), device, **also)


def _stream(found: Listing, tests: Listing | None) -> Stream:
    train, validation = (_files(found.root, found.parts[title]) for title in ("train", "validation"))
    test = _files(tests.root, tests.parts["test"]) if tests else None
    return Stream(train, validation, found.classes, name=found.name, test=test)


def _files(root: Path, part: Part) -> Files:
    """The part sorted by class, so that evenly spaced images are of all classes."""
    labels, names = zip(*sorted(zip(part.labels, part.files, strict=True)), strict=True)
    return Files(root, np.array([os.fsencode(name) for name in names]), np.array(labels, np.int64))


def _streamed(found: Listing, resolution: int) -> bool:
    return sum(len(part.files) for part in found.parts.values()) * 3 * resolution**2 > IN_MEMORY


@cache
def _listing(name: str, root: Path) -> Listing:
    if not root.is_dir():
        moved = f"if the images of {name} were moved, give its TOML file again with the new path; else " if name else ""
        raise FileNotFoundError(f"no folder {root}: {moved}{LAYOUT}")
    train, validation = _class_files(root, "train"), _class_files(root, "val")
    _same_classes(root, train, validation, "val")
    if len(train) < 2:
        raise ValueError(f"{root / 'train'} has one class folder, at least two expected: {LAYOUT}")
    parts = {"train": in_turn([*train.values()]), "validation": in_turn([*validation.values()])}
    return Listing(name, root, tuple(train), parts)


@cache
def _tests(name: str, root: Path) -> Listing | None:
    if not (root / "test").is_dir():
        return None
    files = _class_files(root, "test")
    _same_classes(root, _listing(name, root).classes, files, "test")
    return Listing(name, root, tuple(files), {"test": in_turn([*files.values()])})


def _class_files(root: Path, part: str) -> dict[str, list[str]]:
    """Class -> its images relative to the root, both sorted."""
    folder = root / part
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is missing: {LAYOUT}")
    classes = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not classes:
        raise ValueError(f"{folder} has no class folders: {LAYOUT}")
    found = {name: sorted(_below(root, folder / name)) for name in classes}
    if empty := [name for name, files in found.items() if not files]:
        raise ValueError(f"{folder / empty[0]} has no images ({', '.join(SUFFIXES)})")
    return found


def _below(root: Path, folder: Path) -> Iterator[str]:
    seen = set()  # links may lead back
    for path, folders, files in os.walk(folder, followlinks=True, onerror=_raise):
        seen.add(os.path.realpath(path))
        folders[:] = [name for name in folders if name[0] != "." and os.path.realpath(f"{path}/{name}") not in seen]
        inside = Path(path).relative_to(root).as_posix()
        yield from (f"{inside}/{name}" for name in files if name.lower().endswith(SUFFIXES) and name[0] != ".")


def _raise(error: OSError) -> NoReturn:
    raise error


def _same_classes(root: Path, train: Collection[str], other: Collection[str], part: str) -> None:
    if differ := sorted(set(train) ^ set(other)):
        where = "train" if differ[0] in train else part
        counts = f"{len(train)} class folders in train and {len(other)} in {part}"
        raise ValueError(f"{root} has {counts}: {differ[0]!r} is in {where} only")


def _images(found: Listing, folder: ImageFolder, title: str) -> Images:
    side, channels = folder.resolution, folder.channels
    kind = f"{_DECODED}, {channels} of {side} x {side}"
    decode = partial(_squares, side=side, channels=channels, title=f"{found.name}, {title}")
    return listing.images(found, title, listing.sha256(found), (channels, side, side), decode, kind)


def _squares(paths: Iterable[Path], side: int, channels: int, title: str) -> Iterator[Pixels]:
    """The image of each file, uint8 of shape (channels, side, side)."""
    every = list(paths)
    with ThreadPoolExecutor() as pool:
        squares = pool.map(partial(square, side=side, channels=channels), every)
        bar = Console(stderr=True)
        yield from track(squares, f"decoding {title}", len(every), console=bar, disable=len(every) < MANY)


def square(path: Path, side: int, channels: int) -> Pixels:
    """The middle of a file's image, resized; raises ValueError, naming the file, where it cannot be read."""
    mode = "L" if channels == 1 else "RGB"
    try:
        with Image.open(path) as image:
            kind = image.mode
            image.draft(mode, (2 * side, 2 * side))  # JPEGs are decoded at no more pixels than are needed
            middle = image.convert(mode).crop(_middle(image.width, image.height))
            pixels = np.asarray(middle.resize((side, side), Image.Resampling.BILINEAR))
    except Exception as error:  # what a decoder raises says nothing but that the file is damaged
        raise ValueError(f"{path} cannot be read as an image ({error}): replace or remove it") from error
    if kind.startswith(WIDE):
        raise ValueError(f"{path} has more than 8 bits a channel (mode {kind}): save it with 8")
    return pixels.reshape(side, side, channels).transpose(2, 0, 1)


def _middle(width: int, height: int) -> tuple[int, int, int, int]:
    least = min(width, height)
    left, top = (width - least) // 2, (height - least) // 2
    return left, top, left + least, top + least


def _mode(path: Path) -> str:
    try:
        with Image.open(path) as image:
            return str(image.mode)
    except Exception as error:
        raise ValueError(f"{path} cannot be read as an image ({error}): replace or remove it") from error
