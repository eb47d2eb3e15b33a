"""Where the files of Tiny-ImageNet lie, and which of them are used."""

import os
from collections.abc import Sequence
from pathlib import Path

from regnet.training.listing import Listing, in_turn

FOLDER = "tiny-imagenet-200"
TRAIN, VALIDATION, TEST = 400, 100, 50  # files of each class
SUFFIX = ".JPEG"
FETCH = "fetch the official archive with: regnet data tiny-imagenet"
AGAIN = "unpack the official archive anew (regnet data tiny-imagenet fetches it)"


def find() -> Path:
    """The folder of the data set: `REGNET_DATA` or its `tiny-imagenet-200`.

    Raises:
        FileNotFoundError: not there; the message says how to have it.
    """
    given = os.environ.get("REGNET_DATA")
    if not given:
        raise FileNotFoundError(f"Tiny-ImageNet not found: set REGNET_DATA to a folder for data sets and {FETCH}")
    places = [Path(given).absolute(), Path(given).absolute() / FOLDER]
    for place in places:
        if (place / "wnids.txt").is_file():
            return place
    looked = " and ".join(str(place / "wnids.txt") for place in places)
    raise FileNotFoundError(f"Tiny-ImageNet not found (looked for {looked}): {FETCH}, or point REGNET_DATA at it")


def listing(root: Path, classes: int) -> Listing:
    """The files of the first classes in the order of use: two of each class, then the next two of each, ...

    Raises:
        FileNotFoundError: a class or a file is missing.
        ValueError: more classes than `wnids.txt` names, or another number of files than the archive has.
    """
    wnids = sorted(set(_text(root / "wnids.txt").split()))
    if len(wnids) < classes:
        raise ValueError(
            f"{root / 'wnids.txt'} names {len(wnids)} classes, tiny-imagenet-{classes} needs more: {AGAIN}"
        )
    chosen = wnids[:classes]
    training = [_training(root, wnid) for wnid in chosen]
    tests = _tests(root, chosen)
    parts = {
        "train": in_turn([names[:TRAIN] for names in training]),
        "validation": in_turn([names[TRAIN:] for names in training]),
        "test": in_turn(tests),
    }
    return Listing(f"tiny-imagenet-{classes}", root, tuple(chosen), parts)


def _training(root: Path, wnid: str) -> list[str]:
    """The class's training files, sorted by name, the last of which validate."""
    folder = f"train/{wnid}/images"
    names = sorted(_names(root / folder))
    if len(names) != TRAIN + VALIDATION:
        raise ValueError(f"{root / folder} has {len(names)} files *{SUFFIX}, {TRAIN + VALIDATION} expected: {AGAIN}")
    return [f"{folder}/{name}" for name in names]


def _tests(root: Path, classes: Sequence[str]) -> list[list[str]]:
    """The official validation files of each class, sorted by name."""
    table, folder = root / "val" / "val_annotations.txt", root / "val" / "images"
    if not table.is_file():
        raise FileNotFoundError(f"{table} is missing: {AGAIN}")
    there, found = set(_names(folder)), {wnid: list[str]() for wnid in classes}
    for line in _text(table).splitlines():
        name, _, rest = line.partition("\t")
        wnid = rest.partition("\t")[0]
        if wnid not in found:
            continue
        if name not in there:
            raise FileNotFoundError(f"{folder / name} is missing: {AGAIN}")
        found[wnid].append(f"val/images/{name}")
    for wnid, names in found.items():
        if len(names) != TEST:
            raise ValueError(f"{table} has {len(names)} files of class {wnid}, {TEST} expected: {AGAIN}")
    return [sorted(names) for names in found.values()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text ({error}): {AGAIN}") from None


def _names(folder: Path) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.endswith(SUFFIX)]  # noqa: PTH208 (names are enough)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(f"{folder} is missing: {AGAIN}") from None
