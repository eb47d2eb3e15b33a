"""torchvision's RegNets beside the paper's: three have other widths, because torchvision rounds otherwise.

Both start from the same quantised line. The paper (App. D, pycls) takes the multiple of the group width nearest to
the width, half to even. torchvision 0.29.1 takes half up, and one step more where that leaves less than 9/10 of it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from regnet import published
from regnet.design.complexity import complexity
from regnet.design.networks import AnyNet
from regnet.design.zoo import zoo
from regnet.figures.numbers import published_models
from regnet.figures.numbers.published_models import Model, timm_name, torchvision_name
from regnet.figures.panels.element import Table
from regnet.sweeps.store import Runs

CHAPTER = "08-zoo"
LEAST = 0.9  # share of the width that torchvision keeps


def element(runs: Runs) -> Table:
    """The networks that differ; the same in every regime."""
    return Table(
        runs=runs, title="torchvision's RegNets under the same names", make=_numbers, columns=_columns, how=_caption,
        seen=lambda every: "Table of the RegNets whose widths differ in torchvision: "
        f"{', '.join(_other(every)['model'])}.",
    )  # fmt: skip


def half_up(w: int, g: int) -> int:
    """The multiple of g that torchvision makes of a width (b = 1).

    >>> half_up(392, 16), half_up(192, 56)
    (400, 224)
    """
    nearest = max(g, (2 * w + g) // (2 * g) * g)
    return nearest if nearest >= LEAST * w else nearest + g


def in_torchvision(model: Model) -> AnyNet:
    """The network of a RegNet's line by torchvision's rounding."""
    stages = []
    for stage, w in zip(model.net.stages, _quantised(model), strict=True):
        g = min(model.g, w)
        stages.append(replace(stage, width=half_up(w, g), group_width=g))
    return replace(zoo.anynet(model.key), stages=tuple(stages))


def _quantised(model: Model) -> tuple[int, ...]:
    """Widths of a RegNet's stages before group compatibility (Eq. 4)."""
    return tuple(np.unique(model.given.quantised()).tolist())


def _numbers() -> pd.DataFrame:
    """One row a RegNet that torchvision has: parameters and stage widths by either rounding, and torchvision's own.

    timm's networks, of which it gives 10^6 parameters, follow the paper's rounding.
    """
    theirs = published.load("torchvision_metadata").drop_duplicates("model").set_index("model")["num_params"]
    timm = published.load("timm_infer_benchmarks").drop_duplicates("model").set_index("model")["param_count_M"]
    rows = []
    for model in published_models.models("regnet"):
        if (name := torchvision_name(model.name)) not in theirs.index:
            continue
        net = in_torchvision(model)
        rows.append({
            "model": model.name, "g": model.g, "quantised": _quantised(model), "widths": model.net.widths,
            "widths_half_up": net.widths, "params": model.counts.params, "params_half_up": complexity(net).params,
            "params_torchvision": int(theirs[name]), "params_timm_M": float(timm[timm_name(model.name)]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _other(every: pd.DataFrame) -> pd.DataFrame:
    return every[every["params_torchvision"] != every["params"]]


def _columns(every: pd.DataFrame) -> pd.DataFrame:
    rows = _other(every)
    return pd.DataFrame({
        "model": rows["model"],
        "g": rows["g"],
        "quantised widths": rows["quantised"].map(_listed),
        "paper's widths": rows["widths"].map(_listed),
        "torchvision's widths": rows["widths_half_up"].map(_listed),
        "params, counted": rows["params"],
        "torchvision": rows["params_torchvision"],
        "counted, half up": rows["params_half_up"],
        "timm (M)": rows["params_timm_M"],
    })  # fmt: skip


def _listed(widths: tuple[int, ...]) -> str:
    return " ".join(map(str, widths))


def _caption(every: pd.DataFrame) -> str:
    """How many networks torchvision shares with the paper, and how many its rounding explains."""
    other = _other(every)
    timm = int((every["params_timm_M"] == (every["params"] / 1e6).round(2)).sum())
    explained = int((every["params_torchvision"] == every["params_half_up"]).sum())
    source = published.load("torchvision_metadata")["source"].iloc[0]
    return (
        f"Of {len(every)} RegNets that torchvision names like the paper's, {len(every) - len(other)} have the paper's "
        f"number of parameters; shown are the other {len(other)}. The paper rounds a width to the nearest multiple of "
        f"g, half to even; torchvision half up, and a step further up where less than {LEAST:.0%} of the width would "
        f"be left. Counted with that rounding, {explained} of {len(every)} have torchvision's number to the unit. "
        f"timm's numbers are the paper's in {timm} of {len(every)}. torchvision's weights of the {len(other)} do not "
        f"fit the paper's networks. Source: {source}, num_params."
    )
