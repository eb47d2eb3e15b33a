"""The table of Figure 15: the top RegNetX networks as printed, beside the recount (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

import pandas as pd

from regnet.figures.panels import zoo_tables
from regnet.sweeps.store import Runs

TITLE = "Top RegNetX models, as printed and counted again"
FAMILY = "regnetx"


def make(runs: Runs) -> pd.DataFrame:
    """The paper's columns, then what is counted here; sortable on the page."""
    del runs  # published networks: the same in every regime
    return zoo_tables.make(FAMILY)


def data(runs: Runs) -> pd.DataFrame:
    """One row a network, counts to the unit."""
    del runs
    return zoo_tables.data(FAMILY)


def caption(runs: Runs) -> str:
    """Which columns are the paper's, and how many cells agree."""
    del runs
    return zoo_tables.caption(FAMILY)


def alt(runs: Runs) -> str:
    """The table in words."""
    del runs
    return zoo_tables.alt(FAMILY)
