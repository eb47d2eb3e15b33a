"""A photograph as a network takes it: cropped, flipped and with PCA noise in training, else the middle of it.

Training: a crop of 8 to 100% of the area with sides 3:4 to 4:3, resized; flipped at random; PCA noise of AlexNet with
std 0.1; mean and standard deviation of each channel. Else: short side resized to 256/224 of the resolution, centre crop
(the authors' code, facebookresearch/pycls: datasets/imagenet.py, transforms.py of March 2020; the paper does not say).

Deviations from pycls:
- Pillow decodes, not OpenCV: channels are in RGB order, the orientation that a few files state is not applied;
- a crop may touch the right and lower edge (numpy's `randint` left the last position out).
"""

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # red, green, blue, of pixels from 0 to 1
# of the covariance of ImageNet's colours, from 0 to 1; columns are the vectors (AlexNet, sec. 4.1)
EIGENVALUES = np.array([0.2175, 0.0188, 0.0045])
EIGENVECTORS = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
LIGHTING = 0.1  # standard deviation, in eigenvalues
AREA, ASPECT, TRIES = (0.08, 1.0), (3 / 4, 4 / 3), 10
MARGIN = 256 / 224  # short side of an image to judge, in sides of its crop

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels


def read(path: Path) -> Image.Image:
    """The image of a file, RGB; raises ValueError, naming it, where it cannot be decoded."""
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except Exception as error:  # besides OSError: zlib.error, struct.error, EOFError, ..., by the format
        raise ValueError(f"{path} cannot be read: {error}; put the original file in its place") from error


def augmented(image: Image.Image, resolution: int, rng: np.random.Generator) -> Tensor:
    """A random crop, flipped at random, with PCA noise; normalised float32 (3, r, r)."""
    box = random_box(image.width, image.height, rng)
    side = resolution
    pixels = centred(image, side, side) if box is None else resized(image.crop(box), side, side)
    pixels = pixels.flip(-1) if rng.random() < 0.5 else pixels
    noise = EIGENVECTORS @ (rng.normal(0, LIGHTING, 3) * EIGENVALUES)
    return normalised(pixels, noise)


def random_box(width: int, height: int, rng: np.random.Generator) -> Box | None:
    """A random crop's place: area and aspect uniform, turned by half of the draws; None where ten do not fit."""
    for _ in range(TRIES):
        area, aspect = rng.uniform(*AREA) * width * height, rng.uniform(*ASPECT)
        w, h = max(1, round(math.sqrt(area * aspect))), max(1, round(math.sqrt(area / aspect)))
        if rng.random() < 0.5:
            w, h = h, w
        if w <= width and h <= height:
            left, top = int(rng.integers(width - w + 1)), int(rng.integers(height - h + 1))
            return left, top, left + w, top + h
    return None


def centred(image: Image.Image, short: int, side: int) -> Tensor:
    """The middle of an image whose short side is resized to `short`: float32 (3, side, side), 0 to 255."""
    least = min(image.size)
    width, height = (short if length == least else length * short // least for length in image.size)
    pixels = resized(image, width, height)
    left, top = math.ceil((width - side) / 2), math.ceil((height - side) / 2)
    return pixels[:, top : top + side, left : left + side]


def resized(image: Image.Image, width: int, height: int) -> Tensor:
    """Float32 (3, height, width), 0 to 255: bilinear between the four nearest pixels, as OpenCV does it."""
    pixels = torch.from_numpy(np.array(image, np.float32)).permute(2, 0, 1)[None]
    return F.interpolate(pixels, size=(height, width), mode="bilinear", antialias=False)[0]


def normalised(pixels: Tensor, noise: npt.ArrayLike = 0.0) -> Tensor:
    """(pixels / 255 + noise - mean) / std by the channel, in one multiplication and one addition."""
    scale = 1 / (255 * torch.tensor(STD))
    shift = torch.as_tensor((np.asarray(noise) - MEAN) / STD, dtype=torch.float32)
    return torch.addcmul(shift[:, None, None], pixels, scale[:, None, None])
