"""Small folders of images as users have them, for tests: real PNG and JPEG files, one colour a class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from regnet.training import image_folder

CLASSES = {"daisy": (220, 220, 90), "rose": (200, 40, 60), "tulip": (70, 60, 190)}
COUNTS = {"train": 20, "val": 6, "test": 4}
TOML = """\
name = "flowers"
data = "pictures"
resolution = 16
images = 96
batch = 16
n = 3
"""


def forget() -> None:
    """What a new process would not know."""
    for function in (image_folder.source, image_folder.sha256, image_folder._listing, image_folder._tests):
        function.cache_clear()


def write_folder(root: Path, *, side: int = 20, counts: dict[str, int] = COUNTS, grey: bool = False) -> Path:
    """`root`/<part>/<class>/<number>.png or .jpg: the class's colour with noise."""
    rng = np.random.default_rng(0)
    for part, count in counts.items():
        for name, colour in CLASSES.items():
            folder = root / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                pixels = np.clip(rng.normal(colour, 25, (side, side, 3)), 0, 255).astype(np.uint8)
                image = Image.fromarray(pixels).convert("L" if grey else "RGB")
                image.save(folder / f"{i:03}.{'png' if i % 2 else 'jpg'}")
    return root
