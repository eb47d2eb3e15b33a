"""Where the files of Tiny-ImageNet lie, which of them are used, and the SHA-256 of their bytes."""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from regnet.training import cache

FOLDER = "tiny-imagenet-200"
TRAIN, VALIDATION, TEST = 400, 100, 50  # files of each class
SUFFIX = ".JPEG"
FETCH = "fetch the official archive with: regnet data tiny-imagenet"
AGAIN = "unpack the official archive anew (regnet data tiny-imagenet fetches it)"


@dataclass(frozen=True)
class Part:
    """Files relative to the data set's folder, with `/`, and the number of each one's class, in the order of use."""

    files: tuple[str, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Listing:
    """The files of the first classes; `classes` are their wnids, `parts` are train, validation and test."""

    root: Path
    classes: tuple[str, ...]
    parts: Mapping[str, Part]

    @property
    def name(self) -> str:
        """What a recipe calls it."""
        return f"tiny-imagenet-{len(self.classes)}"


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
    wnids = sorted(set((root / "wnids.txt").read_text(encoding="utf-8").split()))
    if len(wnids) < classes:
        raise ValueError(
            f"{root / 'wnids.txt'} names {len(wnids)} classes, tiny-imagenet-{classes} needs more: {AGAIN}"
        )
    chosen = wnids[:classes]
    training = [_training(root, wnid) for wnid in chosen]
    tests = _tests(root, chosen)
    parts = {
        "train": _in_turn([names[:TRAIN] for names in training]),
        "validation": _in_turn([names[TRAIN:] for names in training]),
        "test": _in_turn(tests),
    }
    return Listing(root, tuple(chosen), parts)


def sha256(found: Listing) -> str:
    """Hexadecimal SHA-256 of the files used, the same wherever they lie; kept until a name, size or time changes."""
    name = f"{found.name}-{_state(found)[:32]}.sha256"
    try:
        said = cache.kept(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        said = ""
    if re.fullmatch(r"[0-9a-f]{64}", said):
        return said
    digest = digest_of(found)
    cache.keep(name, lambda file: file.write(digest.encode()))
    return digest


def digest_of(found: Listing) -> str:
    """SHA-256 over part, wnid, name, size and bytes of each file: train, validation, test, each by class and name."""
    total = hashlib.sha256()
    for title, part in found.parts.items():
        for label, file in sorted(zip(part.labels, part.files, strict=True)):
            content = (found.root / file).read_bytes()
            total.update(f"{title} {found.classes[label]} {file.rpartition('/')[2]} {len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()


def _state(found: Listing) -> str:
    """SHA-256 of what the file system says of each file: it changes when a file does, on this machine."""
    total = hashlib.sha256(f"{found.root}\n".encode())
    for title, part in found.parts.items():
        for label, file in zip(part.labels, part.files, strict=True):
            said = os.stat(found.root / file)  # noqa: PTH116 (25,000 of them)
            total.update(f"{title} {label} {file} {said.st_size} {said.st_mtime_ns} {said.st_ctime_ns}\n".encode())
    return total.hexdigest()


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
    for line in table.read_text(encoding="utf-8").splitlines():
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


def _names(folder: Path) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.endswith(SUFFIX)]  # noqa: PTH208 (names are enough)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(f"{folder} is missing: {AGAIN}") from None


def _in_turn(of_class: Sequence[Sequence[str]]) -> Part:
    """The first two files of every class, then the next two of every class, ..."""
    pairs = [zip(files[::2], files[1::2], strict=True) for files in of_class]
    rounds = zip(*pairs, strict=True)
    chosen = [(file, label) for found in rounds for label, pair in enumerate(found) for file in pair]
    return Part(tuple(file for file, _ in chosen), tuple(label for _, label in chosen))
