"""Table 5: RegNetX against ResNe(X)t on ImageNetV2, as printed (arXiv:2003.13678, App. A, Table 5)."""

from __future__ import annotations

import pandas as pd

from regnet.figures.numbers import fresh
from regnet.sweeps.store import Runs

TITLE = "ResNe(X)t comparisons on ImageNetV2"
SOURCES = ("arXiv:2003.13678 Table 5a", "arXiv:2003.13678 Table 5b")


def make(runs: Runs) -> pd.DataFrame:
    """Printed errors on the validation images and on ImageNetV2, and timm's of both."""
    return fresh.table(data(runs))


def data(runs: Runs) -> pd.DataFrame:
    """One row a printed row: groups by activations first, then by flops."""
    del runs  # printed and counted: no population is needed
    return fresh.data(SOURCES)


def caption(runs: Runs) -> str:
    """What changes between the two sets of images."""
    return fresh.caption(data(runs), "RegNetX-3.2GF")


def alt(runs: Runs) -> str:
    """The table in words."""
    return fresh.alt(data(runs))
