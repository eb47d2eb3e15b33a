"""The paper's Tables 3-6 beside what is counted here and what timm measured with released weights.

Columns added to a printed table: `flops_counted_G`, `params_counted_M`, `acts_counted_M` (outputs of convolutions);
`above`, `above_low`, `above_high`, the error minus that of the group's RegNet (points, Welch's 95% interval);
`timm_weights`, `timm_error`, `timm_v2_error` (percent).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from regnet import published
from regnet.analysis.compare import Comparison
from regnet.analysis.printed import better_printed, tau
from regnet.figures.numbers import published_models

ROUNDING = 0.05  # errors are printed to 0.1
DASH = "–"
# timm has the paper's own weights for the RegNets alone; for the others the plainest training it lists
OTHER_WEIGHTS = {
    "ResNet-50": "resnet50.tv_in1k",
    "ResNet-101": "resnet101.tv_in1k",
    "ResNet-152": "resnet152.tv_in1k",
    "ResNeXt-50": "resnext50_32x4d.tv_in1k",
    "ResNeXt-101": "resnext101_32x4d.gluon_in1k",
    **{f"EfficientNet-B{k}": f"tf_efficientnet_b{k}.in1k" for k in range(6)},
}
ABOVE = (
    "Above the RegNet: error minus that of the group's RegNet, computed here from the printed means and sd (Welch's "
    "95% interval, widened by what rounding can hide)."
)
WEIGHTS = (
    "timm: .pycls_in1k are the paper's own released weights, evaluated again; every other name is another training "
    "of the same architecture, not the paper's (.tv torchvision's, .gluon Gluon's, tf_ EfficientNet's authors')."
)

Row = dict[str, Any]


def grouped(table: pd.DataFrame, keys: Sequence[str], mean: str, sd: str) -> pd.DataFrame:
    """The printed rows with the added columns; `keys` name the columns that make a group, `mean` and `sd` the error's.

    Raises:
        StopIteration: a group without a RegNet.
    """
    rows = []
    for _, part in table.groupby(list(keys), sort=False):
        group: list[Row] = part.to_dict("records")  # type: ignore[assignment]
        regnet = next(row for row in group if row["model"].startswith("RegNet"))
        rows += [row | counted(row["model"]) | _above(row, regnet, mean, sd) | timm(row["model"]) for row in group]
    return pd.DataFrame(rows)


def counted(model: str) -> Row:
    """Flops (10^9), params and acts (10^6) of a printed model, counted from the network; nan where there is none."""
    known = {known.name: known for known in published_models.models()}
    cells = known[model].cells() if model in known else []
    found = {cell.quantity: cell.counted for cell in cells}
    units = published_models.UNITS
    return {f"{name}_counted_{unit}": found.get(name, np.nan) for name, (unit, _) in units.items()}


def timm_name(model: str) -> str:
    """What timm calls a printed model with the weights shown; empty where it has none.

    >>> timm_name("RegNetX-3.2GF"), timm_name("RegNetY-600MF"), timm_name("ResNeXt-152")
    ('regnetx_032.pycls_in1k', 'regnety_006.pycls_in1k', '')
    """
    family, _, size = model.lower().partition("-")
    if not family.startswith("regnet"):
        return OTHER_WEIGHTS.get(model, "")
    tenths = float(size[:-2]) * (10 if size.endswith("gf") else 0.01)
    return f"{family}_{round(tenths):03d}.pycls_in1k"


def timm(model: str) -> Row:
    """timm's name of the weights, and their error on ImageNet and on ImageNetV2 (matched frequency)."""
    table = published.load("timm_imagenet_imagenetv2").set_index("model")
    name = timm_name(model)
    errors = [table[column].get(name, np.nan) for column in ("imagenet_top1_error_pct", "imagenetv2_mf_top1_error_pct")]
    return {"timm_weights": name, "timm_error": errors[0], "timm_v2_error": errors[1]}


def difference(row: Row, regnet: Row, mean: str, sd: str) -> Comparison:
    """A printed error minus another (points): Welch over five runs a side, rounding included."""
    return better_printed(row[mean], row[sd], regnet[mean], regnet[sd], rounding=ROUNDING)


def _above(row: Row, regnet: Row, mean: str, sd: str) -> Row:
    if row["model"] == regnet["model"]:
        return {"above": np.nan, "above_low": np.nan, "above_high": np.nan}
    found = difference(row, regnet, mean, sd)
    return {"above": round(found.effect, 2), "above_low": found.low, "above_high": found.high}


def sizes(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Columns of the page: flops, params and acts as printed, each followed by the count."""
    columns = {}
    for name, (unit, _) in published_models.UNITS.items():
        label = f"{name} ({'B' if name == 'flops' else unit})"
        columns[label] = filled(frame[f"{name}_{unit}"])
        columns[f"{name}, counted"] = filled(frame[f"{name}_counted_{unit}"], 2)
    return columns


def errors(mean: Iterable[float], sd: Iterable[float]) -> list[str]:
    """Printed means with their standard deviations.

    >>> errors([23.2], [0.09])
    ['23.2 ± 0.09']
    """
    return [f"{m:.1f} ± {s:.2f}" for m, s in zip(mean, sd, strict=True)]


def above(frame: pd.DataFrame) -> list[str]:
    """The difference to the group's RegNet in words; nothing in the RegNet's own row."""
    triples = frame[["above", "above_low", "above_high"]].to_numpy(np.float64)
    return [unbroken(span(*triple)) if np.isfinite(triple).all() else "" for triple in triples]


def weights(frame: pd.DataFrame, *, v2: bool = False) -> dict[str, list[str]]:
    """timm's columns of the page."""
    columns = {"timm: error (%)": filled(frame["timm_error"])}
    if v2:
        columns["timm: V2 error (%)"] = filled(frame["timm_v2_error"])
    return columns | {"timm: weights": frame["timm_weights"].tolist()}


def span(effect: float, low: float, high: float) -> str:
    """An effect with its interval.

    >>> span(1.5, 1.284, 1.716)
    '+1.50 (+1.28 to +1.72)'
    """
    return f"{effect:+.2f} ({low:+.2f} to {high:+.2f})"


def unbroken(words: str) -> str:
    """The words on one line of a cell."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def filled(values: Iterable[float], digits: int = 1) -> list[str]:
    """Numbers with so many decimals; an empty cell for a missing one.

    >>> filled([22.0, float("nan")])
    ['22.0', '']
    """
    return ["" if np.isnan(value) else f"{value:.{digits}f}" for value in values]


def differing(names: Iterable[str]) -> str:
    """The cells of these models whose count, rounded as printed, is another number, and those not counted."""
    known = {model.name: model for model in published_models.models()}
    names = list(dict.fromkeys(names))
    words = [
        f"{name} {cell.quantity} {cell.printed:.1f} printed, {cell.counted:.1f} counted"
        for name in names if name in known for cell in known[name].cells() if cell.differs
    ]  # fmt: skip
    lacking = [name for name in names if name not in known]
    return (
        f"Cells where the rounded count is another number: {listed(words)}."
        + f" Not counted here: {listed(lacking, ', ')}." * bool(lacking)
    )


def changed() -> int:
    """In how many cells of the 36 models pycls' table of 2023 differs from the paper: sizes and batches."""
    paper, pycls = (published.load(stem).set_index("model") for stem in ("paper_models", "pycls_model_zoo"))
    pairs = {"flops_G": "zoo_md_flops_B", "params_M": "zoo_md_params_M", "acts_M": "zoo_md_acts_M"}
    pairs["batch_size"] = "zoo_md_batch"
    theirs = pycls.reindex(paper.index)
    return sum(int((paper[a].astype(float) != theirs[b].astype(float)).sum()) for a, b in pairs.items())


def ranks(frame: pd.DataFrame, x: str, y: str) -> str:
    """Kendall's tau between two columns over distinct models, in words.

    >>> ranks(pd.DataFrame({"model": list("abcdef"), "x": range(6), "y": range(6)}), "x", "y")
    '1.00 (95% CI 0.65 to 1.00, n = 6)'
    """
    models = frame.drop_duplicates("model").dropna(subset=[x, y])
    found = tau(models[x], models[y])
    return f"{found.effect:.2f} (95% CI {found.low:.2f} to {found.high:.2f}, n = {found.n_a})"


def listed(words: Sequence[str], between: str = "; ") -> str:
    """The items, or that there are none."""
    return between.join(words) if words else "none"
