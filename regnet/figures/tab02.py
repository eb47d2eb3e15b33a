"""Table 2: mobile networks of about 600 MF as printed, some counted again (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regnet import published
from regnet.figures.numbers import printed
from regnet.figures.numbers.published_models import prints_as
from regnet.page import tables
from regnet.sweeps.store import Runs

TITLE = "The mobile regime"
STEM = "paper_table2_mobile"


def make(runs: Runs) -> pd.DataFrame:
    """Printed flops, params and error; flops and params counted from the networks' definitions."""
    frame = data(runs)
    pairs = frame[["top1_error_pct", "top1_error_pct_std"]].to_numpy(np.float64)
    errors = [f"{error:.1f}" + ("" if np.isnan(sd) else f" ± {sd:.2f}") for error, sd in pairs]
    shown = pd.DataFrame({
        "model": frame["model"],
        "error (%)": errors,
        "training": [printed.unbroken(note) for note in frame["note"]],
        "flops (B)": printed.filled(frame["flops_G"], 2),
        "flops, counted": printed.filled(frame["flops_counted_G"], 3),
        "params (M)": printed.filled(frame["params_M"], 1),
        "params, counted": printed.filled(frame["params_counted_M"], 2),
        "counted from": frame["counted_from"],
    })  # fmt: skip
    return tables.sortable(shown)


def data(runs: Runs) -> pd.DataFrame:
    """One row a network that the paper prints: its printed columns, and flops (10^9) and params (10^6) counted."""
    del runs  # printed and counted: no population is needed
    rows = published.load(STEM).to_dict("records")
    return pd.DataFrame([row | counted(str(row["model"])) for row in rows])


def counted(model: str) -> dict[str, float | str]:
    """flops_counted_G, params_counted_M and counted_from: the network's definition here, or torchvision's."""
    ours = printed.counted(model)
    if not np.isnan(ours["flops_counted_G"]):
        del ours["acts_counted_M"]
        return ours | {"counted_from": "regnet"}
    table = published.load("torchvision_recounts")
    found = table[table["table2_model"] == model]
    if found.empty:
        return {"flops_counted_G": np.nan, "params_counted_M": np.nan, "counted_from": ""}
    row = found.iloc[0]
    return {
        "flops_counted_G": row["flops"] / 1e9,
        "params_counted_M": row["params"] / 1e6,
        "counted_from": f"torchvision {row['model']}",
    }


def caption(runs: Runs) -> str:
    """What is printed, what is counted, and where they differ."""
    frame = data(runs)
    rows = frame[frame["params_counted_M"].notna()].to_dict("records")
    other = [
        f"{row['model']} {row['params_M']:.1f} printed, {row['params_counted_M']:.1f} counted"
        for row in rows if row["params_M"] > 0 and not prints_as(row["params_counted_M"], row["params_M"])
    ]  # fmt: skip
    version = str(published.load("torchvision_recounts")["source"].iloc[0])
    return (
        f"As printed in {frame['source'].iloc[0]} (ImageNet; B, M = 10⁹, 10⁶): the RegNets' errors are means ± sd of "
        "five trainings of 100 epochs without enhancements; all others stand as their own papers report them, with "
        "other and longer trainings. Counted: multiply-adds and parameters from the networks' definitions; of the "
        f"others those that torchvision has, at the width whose flops are nearest to print ({version}). Parameters (M) "
        f"whose count is another number: {printed.listed(other)}."
    )


def alt(runs: Runs) -> str:
    """The table in words."""
    frame = data(runs).sort_values("top1_error_pct")
    order = ", ".join(f"{model} {error:.1f}%" for model, error in frame[["model", "top1_error_pct"]].to_numpy())
    return f"Table of {len(frame)} mobile networks by printed top-1 error, from the lowest: {order}."
