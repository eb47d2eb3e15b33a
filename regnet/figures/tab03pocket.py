"""Table 3 here: RegNetX's best and median against ResNe(X)t shapes of equal flops and of equal activations."""

from __future__ import annotations

import pandas as pd

from regnet.figures.panels import rivals
from regnet.page import tables
from regnet.sweeps.store import Runs

TITLE = "ResNe(X)t shapes against RegNetX, final models"
FAMILIES = ("regnetx", "resnet", "resnext")


def make(runs: Runs) -> pd.DataFrame:
    """One row a model, by budget."""
    return tables.sortable(rivals.table(rivals.finals(runs, FAMILIES), ["regnetx"], runs.regime))


def data(runs: Runs) -> pd.DataFrame:
    """One row a model: sizes, seeds, errors with sd, and the difference to the best RegNetX with its interval."""
    return rivals.compared(rivals.finals(runs, FAMILIES), ["regnetx"])


def caption(runs: Runs) -> str:
    """What was trained, how chosen, and how to read the difference."""
    trainings = rivals.finals(runs, FAMILIES)
    return f"{rivals.setting(trainings, runs)} {rivals.CHOSEN} {rivals.DIFFERENCE}"


def alt(runs: Runs) -> str:
    """The table in words."""
    return rivals.in_words(rivals.finals(runs, FAMILIES))
