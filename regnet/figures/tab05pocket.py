"""Tables 5 and 6 here: every final model on the test images, read once after all choices were made."""

from __future__ import annotations

import pandas as pd

from regnet.analysis.printed import FEWEST_PAIRS
from regnet.figures.numbers import printed
from regnet.figures.panels import rivals
from regnet.page import tables
from regnet.sweeps.store import Runs

TITLE = "Final models on fresh images"
FAMILIES = tuple(rivals.FAMILIES)


def make(runs: Runs) -> pd.DataFrame:
    """One row a model, by budget."""
    return tables.sortable(rivals.table(rivals.finals(runs, FAMILIES), ["regnetx"], runs.regime, test=True))


def data(runs: Runs) -> pd.DataFrame:
    """One row a model: errors on both sets of images, and the difference to the best RegNetX on the test images."""
    return rivals.compared(rivals.finals(runs, FAMILIES), ["regnetx"], "test_error")


def caption(runs: Runs) -> str:
    """What the test images are, and whether ranks hold on them."""
    trainings = rivals.finals(runs, FAMILIES)
    summary = rivals.summary(trainings).dropna(subset=["test_error"])
    held = (
        f"Kendall's tau between mean validation and mean test error over models: "
        f"{printed.ranks(summary, 'error', 'test_error')}"
        if len(summary) >= FEWEST_PAIRS
        else f"with {len(summary)} models there is no rank correlation to give yet"
    )
    gap = (summary["test_error"] - summary["error"]).mean()
    return (
        f"{rivals.setting(trainings, runs)} The test images took no part in any choice and were read once, by these "
        "networks alone: the role that ImageNetV2 has in the paper. They come from the distribution of the training "
        f"images, so they ask less than ImageNetV2 does. Mean test error minus mean validation error: {gap:+.2f} "
        f"points. {held[0].upper()}{held[1:]}. {rivals.DIFFERENCE}"
    )


def alt(runs: Runs) -> str:
    """The table in words."""
    return rivals.in_words(rivals.finals(runs, FAMILIES), "test_error")
