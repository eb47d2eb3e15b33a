"""Table 6: RegNetY against EfficientNet on ImageNetV2, as printed (arXiv:2003.13678, App. A, Table 6)."""

from __future__ import annotations

import pandas as pd

from regnet.figures.numbers import fresh
from regnet.sweeps.store import Runs

TITLE = "EfficientNet comparisons on ImageNetV2"
SOURCES = ("arXiv:2003.13678 Table 6",)


def make(runs: Runs) -> pd.DataFrame:
    """Printed errors on the validation images and on ImageNetV2, and timm's of both."""
    return fresh.table(data(runs))


def data(runs: Runs) -> pd.DataFrame:
    """One row a printed row; a pair's EfficientNet stands above its RegNetY."""
    del runs  # printed and counted: no population is needed
    return fresh.data(SOURCES)


def caption(runs: Runs) -> str:
    """What changes between the two sets of images."""
    return fresh.caption(data(runs), "RegNetY-4.0GF")


def alt(runs: Runs) -> str:
    """The table in words."""
    return fresh.alt(data(runs))
