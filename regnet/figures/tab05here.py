"""Tables 5 and 6 here: every final model on the test images, read once after all choices were made."""

import pandas as pd

from regnet.analysis.printed import FEWEST_PAIRS
from regnet.figures.panels import numerals, rivals
from regnet.figures.panels.element import Table
from regnet.figures.panels.rivals import Finals
from regnet.figures.panels.style import FAMILIES
from regnet.sweeps.store import Runs

CHAPTER, NUMBER = "09-comparisons", "Tables 5 and 6, here"


def element(runs: Runs) -> Table:
    """One row a model, by budget."""
    finals = Finals(runs, tuple(FAMILIES))
    return rivals.table(
        finals,
        "Final models on fresh images",
        how=lambda frame: f"{finals.setting()} {finals.chosen()} {fresh(finals.trainings, frame)} {rivals.DIFFERENCE}",
        test=True,
    )


def fresh(trainings: pd.DataFrame, frame: pd.DataFrame) -> str:
    """What the test images are, and whether ranks hold on them: those by all validation images, as the claim has it."""
    gap = (frame["test_error"] - frame["error"]).mean()
    means = trainings.dropna(subset=["test_error"]).groupby("model", as_index=False)[["error", "test_error"]].mean()
    held = f"With {len(means)} models there is no rank correlation to give yet"
    if len(means) >= FEWEST_PAIRS:
        found = numerals.ranks(means, "error", "test_error")
        held = f"Kendall's tau between mean error on all validation images and mean test error over models: {found}"
    return (
        "The test images took no part in any choice and were read once, by these networks alone: the role that "
        "ImageNetV2 has in the paper. They come from the distribution of the training images, so they ask less than "
        f"ImageNetV2 does. Mean test error minus the mean validation error of the table: {gap:+.2f} points. {held}."
    )
