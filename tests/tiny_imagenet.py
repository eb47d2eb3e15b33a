"""A small folder in the layout of Tiny-ImageNet's archive, of random images."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

WNIDS = ("n01443537", "n01629819", "n01641577")


def write(parent: Path, wnids: tuple[str, ...] = WNIDS) -> Path:
    """`tiny-imagenet-200` with 500 training and 50 validation files a class; returns it.

    A class's images are of one brightness, higher by the class, so that they can be told apart and learned.
    """
    root = parent / "tiny-imagenet-200"
    (root / "val" / "images").mkdir(parents=True)
    (root / "wnids.txt").write_text(
        "".join(f"{wnid}\n" for wnid in reversed(wnids)), encoding="utf-8"
    )  # the official order is no order
    lines, rng = [], np.random.default_rng(0)
    for label, wnid in enumerate(wnids):
        folder = root / "train" / wnid / "images"
        folder.mkdir(parents=True)
        for i in range(500):
            (folder / f"{wnid}_{i}.JPEG").write_bytes(jpeg(image(rng, label)))
        for i in range(50):
            name = f"val_{50 * label + i}.JPEG"
            (root / "val" / "images" / name).write_bytes(jpeg(image(rng, label)))
            lines.append(f"{name}\t{wnid}\t0\t32\t44\t62\n")
    rng.shuffle(lines)
    (root / "val" / "val_annotations.txt").write_text("".join(lines), encoding="utf-8")
    return root


def image(rng: np.random.Generator, label: int) -> npt.NDArray[np.uint8]:
    """Noise of 64 x 64 pixels in three channels, brighter the higher the label."""
    coarse = rng.integers(60 * label, 60 * label + 90, (4, 4, 3), dtype=np.uint8)
    return coarse.repeat(16, axis=0).repeat(16, axis=1)


def jpeg(pixels: npt.NDArray[np.uint8]) -> bytes:
    """A JPEG file of pixels (h, w, 3) or, grey, (h, w)."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()
