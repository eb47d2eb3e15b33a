"""The paper's Tables 3-6 beside what is counted here and what timm measured with released weights.

Columns added to a printed table: `flops_counted_G`, `params_counted_M`, `acts_counted_M` (outputs of convolutions);
`above`, `above_low`, `above_high`, the error minus that of the group's RegNet (points, Welch's 95% interval);
`timm_weights`, `timm_error`, `timm_v2_error` (percent).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from regnet import published
from regnet.analysis.printed import better_printed
from regnet.analysis.rules.printed import ERROR, ROUNDING, SD
from regnet.figures.numbers import timm
from regnet.figures.numbers.published_models import UNITS, Model, models

Row = dict[str, Any]


def grouped(table: pd.DataFrame, keys: Sequence[str], mean: str = ERROR, sd: str = SD) -> pd.DataFrame:
    """The printed rows with the added columns; `keys` name the columns that make a group, `mean` and `sd` the error's.

    Raises:
        StopIteration: a group without a RegNet.
    """
    rows = []
    for _, part in table.groupby(list(keys), sort=False):
        group: list[Row] = part.to_dict("records")  # type: ignore[assignment]
        regnet = next(row for row in group if row["model"].startswith("RegNet"))
        rows += [row | counted(row["model"]) | _above(row, regnet, mean, sd) | _timm(row["model"]) for row in group]
    return pd.DataFrame(rows)


def known() -> dict[str, Model]:
    """The networks by printed name."""
    return {model.name: model for model in models()}


def counted(name: str) -> Row:
    """Flops (10^9), params and acts (10^6) of a printed name, counted from the network; nan where there is none."""
    cells = known()[name].cells() if name in known() else []
    found = {cell.quantity: cell.counted for cell in cells}
    return {f"{quantity}_counted_{unit}": found.get(quantity, np.nan) for quantity, (unit, _) in UNITS.items()}


def _timm(name: str) -> Row:
    """timm's name of the weights, and their error on ImageNet and on ImageNetV2 (matched frequency)."""
    table, weights = published.load("timm_imagenet_imagenetv2").set_index("model"), timm.weights(known()[name])
    errors = (table[f"{images}_top1_error_pct"].get(weights, np.nan) for images in ("imagenet", "imagenetv2_mf"))
    return dict(zip(("timm_weights", "timm_error", "timm_v2_error"), (weights, *errors), strict=True))


def _above(row: Row, regnet: Row, mean: str, sd: str) -> Row:
    if row["model"] == regnet["model"]:
        return {"above": np.nan, "above_low": np.nan, "above_high": np.nan}
    found = better_printed(row[mean], row[sd], regnet[mean], regnet[sd], rounding=ROUNDING)
    return {"above": round(found.effect, 2), "above_low": found.low, "above_high": found.high}


def changed() -> int:
    """In how many cells of the 36 models pycls' table of 2023 differs from the paper: sizes and batches."""
    paper, pycls = (published.load(stem).set_index("model") for stem in ("paper_models", "pycls_model_zoo"))
    pairs = {"flops_G": "zoo_md_flops_B", "params_M": "zoo_md_params_M", "acts_M": "zoo_md_acts_M"}
    pairs["batch_size"] = "zoo_md_batch"
    theirs = pycls.reindex(paper.index)
    return sum(int((paper[a].astype(float) != theirs[b].astype(float)).sum()) for a, b in pairs.items())
