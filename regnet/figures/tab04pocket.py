"""Table 4 here: the best RegNetX and RegNetY against EfficientNet shapes of equal flops."""

from __future__ import annotations

import pandas as pd

from regnet.figures.panels import rivals
from regnet.page import tables
from regnet.sweeps.store import Runs

TITLE = "EfficientNet shapes against RegNets, final models"
FAMILIES = ("regnetx", "regnety", "efficientnet")
AGAINST = ("regnetx", "regnety")


def make(runs: Runs) -> pd.DataFrame:
    """One row a model, by budget."""
    return tables.sortable(rivals.table(rivals.finals(runs, FAMILIES), AGAINST, runs.regime))


def data(runs: Runs) -> pd.DataFrame:
    """One row a model: sizes, seeds, errors with sd, and the differences to the best RegNets with their intervals."""
    return rivals.compared(rivals.finals(runs, FAMILIES), AGAINST)


def caption(runs: Runs) -> str:
    """What was trained, how chosen, and how to read the differences."""
    trainings = rivals.finals(runs, FAMILIES)
    return (
        f"{rivals.setting(trainings, runs)} {rivals.CHOSEN} Learning rate and weight decay: "
        f"{_rates(trainings)}. {rivals.DIFFERENCE} RegNetY was trained at some budgets only."
    )


def _rates(trainings: pd.DataFrame) -> str:
    """Learning rate and weight decay of each family."""
    words = [
        f"{rivals.FAMILIES[str(name)].label} {_numbers(part['lr'])} and {_numbers(part['weight_decay'])}"
        for name, part in trainings.groupby("family", sort=False)
    ]
    return "; ".join(words)


def _numbers(values: pd.Series[float]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(set(values)))


def alt(runs: Runs) -> str:
    """The table in words."""
    return rivals.in_words(rivals.finals(runs, FAMILIES))
