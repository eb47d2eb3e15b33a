"""Figure 16: the widths of the paper's top RegNetY networks, block by block (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import zoo_profiles
from regnet.sweeps.store import Runs

TITLE = "Top RegNetY models"
FAMILY = "regnety"


def make(runs: Runs) -> Figure:
    """Twelve width profiles on common axes."""
    del runs  # published networks: the same in every regime
    return zoo_profiles.figure(FAMILY)


def data(runs: Runs) -> pd.DataFrame:
    """One row a block of each network."""
    del runs
    return zoo_profiles.data(FAMILY)


def caption(runs: Runs) -> str:
    """What is drawn, and the paper's sentences counted."""
    del runs
    return zoo_profiles.caption(FAMILY)


def alt(runs: Runs) -> str:
    """The picture in words."""
    del runs
    return zoo_profiles.alt(FAMILY)
