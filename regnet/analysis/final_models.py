"""Final models over their training seeds: mean errors, and how far each lies above the best of a family (sec. 5).

`trainings` has a row a model and seed: model, family, role ("best", "median", "shape"), matched, multiple (of F),
source, flops, params, acts, status, test_error, and the validation error that `recipe.reported` names (percent).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from regnet.analysis.compare import ALPHA, Comparison, Estimate, better
from regnet.design.recipe import reported

FAMILIES = {
    "regnetx": "RegNetX", "regnety": "RegNetY",
    "resnet": "ResNet", "resnext": "ResNeXt", "efficientnet": "EfficientNet",
}  # fmt: skip
KEPT = ["family", "role", "matched", "multiple", "source", "flops", "params", "acts"]


def interval(mean: float, sd: float, n: int) -> tuple[float, float]:
    """Two-sided 95% interval of a mean of n values; nan for one value.

    >>> [round(end, 3) for end in interval(21.7, 0.08, 5)]
    [21.601, 21.799]
    """
    return Estimate(mean, sd / n**0.5, n - 1).interval(1 - ALPHA)


def summary(trainings: pd.DataFrame) -> pd.DataFrame:
    """One row a model: its size, seeds, and mean, sd and 95% interval of its error; `test_error` over the same seeds.

    A single training has neither sd nor interval.
    """
    rows = []
    for name, part in trainings.groupby("model", sort=False):
        errors, tests, n = part[reported(part)], part["test_error"], len(part)
        low, high = interval(errors.mean(), errors.std(), n)
        rows.append({
            "model": name, **part.iloc[0][KEPT], "n": n, "diverged": int((part["status"] == "diverged").sum()),
            "error": errors.mean(), "sd": errors.std(), "low": low, "high": high,
            "test_error": tests.mean(), "test_sd": tests.std(),
        })  # fmt: skip
    return pd.DataFrame(rows)


def compared(trainings: pd.DataFrame, against: Sequence[str], *, test: bool = False) -> pd.DataFrame:
    """`summary`, and for each family of `against` above_<family>, its _low and _high (points).

    They are the mean error, or the test error, minus that of the family's best model at the same budget, with Welch's
    95% interval; nan for that model itself and where either has fewer than two trainings.
    """
    value, table = "test_error" if test else reported(trainings), summary(trainings)
    for family in against:
        found = [_above(trainings, model, family, value) for model in table["model"]]
        ends = [(gap.effect, gap.low, gap.high) if gap else (np.nan,) * 3 for gap in found]
        table[[f"above_{family}", f"above_{family}_low", f"above_{family}_high"]] = ends
    return table


def _above(trainings: pd.DataFrame, model: str, family: str, value: str) -> Comparison | None:
    mine = trainings[trainings["model"] == model]
    best = (trainings["family"] == family) & (trainings["role"] == "best")
    theirs = trainings[best & (trainings["multiple"] == mine["multiple"].iloc[0])]
    if model in set(theirs["model"]) or min(len(mine), len(theirs)) < 2:
        return None
    return better(mine[value], theirs[value])
