"""Table 2: mobile networks of about 600 MF as printed, some counted again (arXiv:2003.13678, sec. 5)."""

import pandas as pd

from regnet import published
from regnet.figures.numbers import printed
from regnet.figures.numbers.published_models import prints_as
from regnet.figures.panels.element import Table
from regnet.figures.panels.numerals import filled, listed, unbroken, under, with_sd
from regnet.sweeps.store import Runs

CHAPTER = "09-comparisons"


def element(runs: Runs) -> Table:
    """Printed flops, params and error; flops and params counted from the networks' definitions."""
    return Table(runs=runs, title="The mobile regime", make=numbers, columns=columns, how=caption, seen=alt)


def numbers() -> pd.DataFrame:
    """One row a network that the paper prints: its printed columns, and flops (10^9) and params (10^6) counted."""
    rows = published.load("paper_table2_mobile").to_dict("records")
    return pd.DataFrame([row | counted(str(row["model"])) for row in rows])


def counted(model: str) -> dict[str, float | str]:
    """flops_counted_G, params_counted_M and counted_from: the network's definition here, or torchvision's."""
    ours = printed.counted(model)
    found = {name: ours[name] for name in ("flops_counted_G", "params_counted_M")}
    if model in printed.known():
        return found | {"counted_from": "regnet"}
    table = published.load("torchvision_recounts").set_index("table2_model")
    if model not in table.index:
        return found | {"counted_from": ""}
    row = table.loc[model]
    found = {"flops_counted_G": row["flops"] / 1e9, "params_counted_M": row["params"] / 1e6}
    return found | {"counted_from": f"torchvision {row['model']}"}


def columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Those of the page."""
    return pd.DataFrame({
        "model": frame["model"],
        "error (%)": with_sd(frame["top1_error_pct"], frame["top1_error_pct_std"]),
        "training": frame["note"].map(unbroken),
        "flops (B)\ncounted": under(filled(frame["flops_G"], 2), filled(frame["flops_counted_G"], 3)),
        "params (M)\ncounted": under(filled(frame["params_M"]), filled(frame["params_counted_M"], 2)),
        "counted from": frame["counted_from"],
    })  # fmt: skip


def caption(frame: pd.DataFrame) -> str:
    """What is printed, what is counted, and where they differ."""
    pairs = frame[["model", "params_M", "params_counted_M"]].dropna().to_numpy()
    other = [
        f"{model} {theirs:.1f} printed, {ours:.1f} counted"
        for model, theirs, ours in pairs if not prints_as(ours, theirs)
    ]  # fmt: skip
    version = str(published.load("torchvision_recounts")["source"].iloc[0])
    return (
        f"As printed in {frame['source'].iloc[0]} (ImageNet; B, M = 10⁹, 10⁶): the RegNets' errors are means ± sd of "
        "five trainings of 100 epochs without enhancements; all others stand as their own papers report them, with "
        "other and longer trainings. Counted: multiply-adds and parameters from the networks' definitions; of the "
        f"others those that torchvision has, at the width whose flops are nearest to print ({version}). Parameters (M) "
        f"whose count is another number: {listed(other)}."
    )


def alt(frame: pd.DataFrame) -> str:
    """The networks in words, the best first."""
    pairs = frame.sort_values("top1_error_pct")[["model", "top1_error_pct"]].to_numpy()
    order = ", ".join(f"{model} {error:.1f}%" for model, error in pairs)
    return f"Table of {len(frame)} mobile networks by printed top-1 error, from the lowest: {order}."
