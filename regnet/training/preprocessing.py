"""How images become what a checkpoint's network was trained to see.

Channels are in RGB order for every project: pycls' images are BGR, with its means and deviations in that order, which
is the same once the stem's weights are turned round (`weights`). Who resizes and crops how:

- pycls and this library: short side to 256/224 of the crop, bilinear between four pixels, as OpenCV does it
  (facebookresearch/pycls@5719de64, datasets/imagenet.py and TEST.IM_SIZE of its configurations);
- torchvision 0.29: what it states for the first weights of each network, with Pillow;
- timm 1.0 and Hugging Face transformers (its ConvNextImageProcessor): short side to 8/7 of the crop, bicubic, with
  Pillow; timm's networks beyond the paper, at 384 pixels, without a margin.

A file does not say which of a project's weights it holds, and newer ones want another margin or resolution: they are
arguments. torchvision's second weights resize to 232, timm's to its crop_pct.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from regnet import published
from regnet.design.names import TORCHVISION, canonical
from regnet.design.zoo import zoo
from regnet.training.photographs import MARGIN, MEAN, STD, centred, normalised

Interpolation = Literal["opencv", "bilinear", "bicubic"]
_BEYOND = 384  # pixels that SEER's and SWAG's fine-tuned weights are for


@dataclass(frozen=True)
class Preprocessing:
    """Short side resized to `short` pixels, then the middle `resolution` x `resolution`, then mean and deviation.

    "opencv" is bilinear between the four nearest pixels; "bilinear" and "bicubic" are Pillow's, which average where
    they shrink. `source` says whose rule it is.

    Raises:
        ValueError: sides that are not positive, a crop beyond the image, or another interpolation.
    """

    resolution: int
    short: int
    interpolation: Interpolation
    source: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.resolution <= self.short:
            raise ValueError(
                f"the short side must be at least the crop's, and that positive, got {self.short} and {self.resolution}"
            )
        if self.interpolation not in get_args(Interpolation):
            known = ", ".join(get_args(Interpolation))
            raise ValueError(f"interpolation must be one of {known}, got {self.interpolation!r}")

    def __call__(self, image: Image.Image) -> Tensor:
        """A network's input, float32 (3, resolution, resolution), of an RGB image."""
        if self.interpolation == "opencv":
            return normalised(centred(image, self.short, self.resolution))
        return normalised(_by_pillow(image, self.short, self.resolution, self.interpolation))

    def __str__(self) -> str:
        mean, std = (" ".join(map(str, values)) for values in (MEAN, STD))
        by = "OpenCV's bilinear" if self.interpolation == "opencv" else f"{self.interpolation}, Pillow"
        return (
            f"RGB, short side to {self.short} px ({by}), centre crop {self.resolution} px, mean {mean}, std {std}"
            + f" ({self.source})" * bool(self.source)
        )

    def at(self, resolution: int, short: int = 0, interpolation: str = "") -> "Preprocessing":
        """The same with other numbers; 0 and "" keep them, and the margin in proportion."""
        if not (resolution or short or interpolation):
            return self
        side = resolution or self.resolution
        margin = self.short if side == self.resolution else round(self.short * side / self.resolution)
        kind: Interpolation = interpolation or self.interpolation  # type: ignore[assignment]  # checked when made
        return replace(self, resolution=side, short=short or margin, interpolation=kind, source="as given")


def prescribed(project: str, name: str, resolution: int) -> Preprocessing:
    """A project's own way for a network, by the zoo's name of it; the library's own for a name that is not the zoo's.

    >>> prescribed("torchvision", "efficientnet-b1", 240).short, prescribed("timm", "regnetx-400mf", 224).short
    (256, 256)
    """
    if project == "torchvision" and (found := _in_torchvision(name)):
        return found
    if project in ("timm", "torchvision", "transformers"):
        if name in zoo.beyond and not name.endswith(TORCHVISION):
            return Preprocessing(_BEYOND, _BEYOND, "bicubic", f"{project}'s for 384 px")
        return Preprocessing(resolution, math.floor(resolution / 0.875), "bicubic", f"{project}'s default")
    pycls = published.load("pycls_model_zoo")
    row = pycls[pycls["model"].str.lower() == name]
    short = int(row["test_im_size"].item()) if len(row) else round(resolution * MARGIN)
    return Preprocessing(resolution, short, "opencv", "pycls'")


def _in_torchvision(name: str) -> Preprocessing | None:
    """What torchvision states for the first weights that it has of a network."""
    rows = published.load("torchvision_metadata")
    rows = rows[rows["model"].map(canonical) == name.removesuffix(TORCHVISION)]
    if not len(rows):
        return None
    row = rows.iloc[0]
    kind: Interpolation = "bicubic" if row["interpolation"] == "BICUBIC" else "bilinear"
    short = int(str(row["resize_size_px"]).split()[0])  # "256 (ImageClassification default)"
    return Preprocessing(int(row["crop_size_px"]), short, kind, f"torchvision's for {row['weights']}")


def _by_pillow(image: Image.Image, short: int, side: int, interpolation: str) -> Tensor:
    """The middle of a resized image, as torchvision's Resize and CenterCrop take it: float32 (3, side, side)."""
    least = min(image.size)
    width, height = (short if length == least else int(short * length / least) for length in image.size)
    kind = Image.Resampling.BICUBIC if interpolation == "bicubic" else Image.Resampling.BILINEAR
    left, top = round((width - side) / 2), round((height - side) / 2)
    crop = image.resize((width, height), kind).crop((left, top, left + side, top + side))
    return torch.from_numpy(np.array(crop, np.float32)).permute(2, 0, 1)
