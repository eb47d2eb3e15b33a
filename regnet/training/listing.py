"""The files of a data set that is kept in memory: which, in what order, the SHA-256 of their bytes, their pixels.

Digest and pixels are made once and kept (`cache`) until a name, size or time of a file changes.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import PIL
import torch

from regnet.training import cache
from regnet.training.images import Images

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """Files relative to the data set's folder, with `/`, and the number of each one's class, in the order of use."""

    files: tuple[str, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Listing:
    """The files of the data set `name`, which lies in `root`; `parts` are train, validation and perhaps test."""

    name: str
    root: Path
    classes: tuple[str, ...]
    parts: Mapping[str, Part]


def in_turn(of_class: Sequence[Sequence[str]]) -> Part:
    """The first two files of every class, then the next two of every class, ...

    So the first n are as balanced as the classes are, whatever n is, and so are the halves that every second one makes.

    >>> in_turn([["a1", "a2", "a3"], ["b1", "b2"]]).files
    ('a1', 'a2', 'b1', 'b2', 'a3')
    """
    places = sorted((i // 2, label, i) for label, files in enumerate(of_class) for i in range(len(files)))
    return Part(tuple(of_class[label][i] for _, label, i in places), tuple(label for _, label, _ in places))


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
    """SHA-256 over part, class, name, size and bytes of each file: part by part, each by class and name."""
    total = hashlib.sha256()
    for title, part in found.parts.items():
        for label, file in sorted(zip(part.labels, part.files, strict=True)):
            content = (found.root / file).read_bytes()
            total.update(
                os.fsencode(f"{title} {found.classes[label]} {file.rpartition('/')[2]} {len(content)}\n")
            )  # a name may be no text
            total.update(content)
    return total.hexdigest()


def images(
    found: Listing,
    title: str,
    digest: str,
    shape: tuple[int, int, int],
    decode: Callable[[Iterable[Path]], Iterable[Pixels]],
    version: str,
) -> Images:
    """A part's images: kept ones if they were decoded from the same bytes, in the same order, by the same decoder.

    decode: gives the pixels of each file, uint8 of `shape`. `version` changes whenever it would give other pixels.
    Kept pixels are mapped, not read: processes on one machine share their memory.
    """
    part = found.parts[title]
    made = (digest, title, *part.files, f"Pillow {PIL.__version__}", version)
    key = hashlib.sha256(os.fsencode("\n".join(made))).hexdigest()
    name, whole = f"{found.name}-{title}-{key[:32]}.npy", (len(part.files), *shape)
    pixels = _decoded_before(name, whole)
    if pixels is None:
        pixels = np.empty(whole, np.uint8)
        for i, one in enumerate(decode(found.root / file for file in part.files)):
            pixels[i] = one
        cache.keep(name, partial(_save, pixels))
    return Images(torch.from_numpy(pixels), torch.tensor(part.labels))


def _decoded_before(name: str, shape: tuple[int, ...]) -> Pixels | None:
    try:
        pixels: Pixels = np.load(cache.kept(name), mmap_mode="c")
    except (OSError, ValueError, EOFError, BadZipFile):
        return None
    fits = isinstance(pixels, np.ndarray) and pixels.shape == shape and pixels.dtype == np.uint8
    return np.asarray(pixels) if fits else None


def _save(pixels: Pixels, file: BinaryIO) -> None:
    np.save(file, pixels)


def _state(found: Listing) -> str:
    """SHA-256 of what the file system says of each file: it changes when a file does, on this machine."""
    total = hashlib.sha256(os.fsencode(f"{found.root}\n"))
    for title, part in found.parts.items():
        for label, file in zip(part.labels, part.files, strict=True):
            said = os.stat(found.root / file)  # noqa: PTH116 (25,000 of them)
            total.update(os.fsencode(f"{title} {label} {file} {said.st_size} {said.st_mtime_ns} {said.st_ctime_ns}\n"))
    return total.hexdigest()
