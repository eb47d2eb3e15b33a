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
from regnet.figures.numbers.published_models import Model
from regnet.figures.panels import zoo_profiles
from regnet.page import tables
from regnet.sweeps.store import Runs

TITLE = "torchvision's RegNets under the same names"
LEAST = 0.9  # share of the width that torchvision keeps


def half_up(w: int, g: int) -> int:
    """The multiple of g that torchvision makes of a width (b = 1).

    >>> half_up(392, 16), half_up(192, 56)
    (400, 224)
    """
    nearest = max(g, (2 * w + g) // (2 * g) * g)
    return nearest if nearest >= LEAST * w else nearest + g


def in_timm(model: Model) -> float:
    """Parameters (10^6) of timm's network of that name, which follows the paper's rounding."""
    rows = published.load("timm_infer_benchmarks")
    return float(rows.loc[rows["model"] == f"{model.family}_{round(10 * model.size):03d}", "param_count_M"].iloc[0])


def in_torchvision(model: Model) -> AnyNet:
    """The network of a RegNet's line by torchvision's rounding."""
    stages = []
    for stage, w in zip(model.net.stages, quantised(model), strict=True):
        g = min(model.g, w)
        stages.append(replace(stage, width=half_up(w, g), group_width=g))
    return replace(zoo.anynet(model.key), stages=tuple(stages))


def quantised(model: Model) -> tuple[int, ...]:
    """Widths of a RegNet's stages before group compatibility (Eq. 4)."""
    return tuple(np.unique(zoo_profiles.line(model).quantised()).tolist())


def data(runs: Runs) -> pd.DataFrame:
    """One row a RegNet that torchvision has: parameters and stage widths by either rounding, and torchvision's own."""
    del runs  # published networks: the same in every regime
    printed = published.load("torchvision_metadata").drop_duplicates("model").set_index("model")["num_params"]
    shared = [model for model in published_models.models("regnet") if their_name(model.name) in printed.index]
    rows = []
    for model in shared:
        net = in_torchvision(model)
        rows.append({
            "model": model.name, "g": model.g, "quantised": quantised(model), "widths": model.net.widths,
            "widths_half_up": net.widths, "params": model.counts.params, "params_half_up": complexity(net).params,
            "params_torchvision": int(printed[their_name(model.name)]), "params_timm_M": in_timm(model),
        })  # fmt: skip
    return pd.DataFrame(rows)


def their_name(name: str) -> str:
    """What torchvision calls a model of the paper.

    >>> their_name("RegNetX-1.6GF"), their_name("RegNetY-8.0GF")
    ('RegNet_X_1_6GF', 'RegNet_Y_8GF')
    """
    return name.replace("RegNet", "RegNet_").replace("-", "_").replace(".0GF", "GF").replace(".", "_")


def make(runs: Runs) -> pd.DataFrame:
    """The networks that differ."""
    every = data(runs)
    rows = every[every["params_torchvision"] != every["params"]]
    shown = pd.DataFrame({
        "model": rows["model"],
        "g": rows["g"],
        "quantised widths": [_listed(widths) for widths in rows["quantised"]],
        "paper's widths": [_listed(widths) for widths in rows["widths"]],
        "torchvision's widths": [_listed(widths) for widths in rows["widths_half_up"]],
        "params, counted": rows["params"],
        "torchvision": rows["params_torchvision"],
        "counted, half up": rows["params_half_up"],
        "timm (M)": rows["params_timm_M"],
    })  # fmt: skip
    return tables.sortable(shown.reset_index(drop=True))


def _listed(widths: tuple[int, ...]) -> str:
    return " ".join(map(str, widths))


def caption(runs: Runs) -> str:
    """How many networks torchvision shares with the paper, and how many its rounding explains."""
    every = data(runs)
    other = every[every["params_torchvision"] != every["params"]]
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


def alt(runs: Runs) -> str:
    """The table in words."""
    names = ", ".join(make(runs)["model"])
    return f"Table of the RegNets whose widths differ in torchvision: {names}."
