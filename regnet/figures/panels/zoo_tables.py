"""The tables of Figures 15 and 16: what the paper prints for a family, and what is counted here from the networks."""

from __future__ import annotations

import pandas as pd

from regnet.figures.numbers import published_models
from regnet.figures.numbers.published_models import DIGITS, FAMILIES, Model
from regnet.page import tables

OTHER = "≠"  # marks what is not as printed


def make(family: str) -> pd.DataFrame:
    """The paper's columns as printed, then flops, parameters and activations counted here."""
    rows = []
    for model in published_models.models(family):
        row, cells = model.paper, model.cells()
        rows.append({
            "model": model.name,
            **{f"{cell.quantity} ({cell.unit})": f"{cell.printed:.{DIGITS}f}" for cell in cells},
            "batch": _batch(model),
            "infer (ms)": int(row["infer_ms_batch64_v100"]),
            "train (hr)": f"{row['train_hr_100ep_8gpu']:.1f}",
            "error (%)": f"{row['top1_error_pct_mean5']:.1f} ± {row['top1_error_pct_std5']:.2f}",
            **{f"{cell.quantity}, counted": f"{cell.counted:.3f}" + f" {OTHER}" * cell.differs for cell in cells},
        })  # fmt: skip
    return tables.sortable(pd.DataFrame(rows))


def _batch(model: Model) -> str:
    printed, configured = model.batch_sizes()
    return f"{printed}" if printed == configured else f"{printed} {OTHER} {configured}"


def data(family: str) -> pd.DataFrame:
    """One row a network: the paper's and pycls' numbers, and the counts to the unit."""
    rows = [
        {**model.paper, "counted_flops": model.counts.flops, "counted_params": model.counts.params,
         "counted_acts": model.counts.conv_acts, "counted_acts_pycls_rule": model.counts.acts,
         "pycls_batch_size": model.batch_sizes()[1], "network_id": model.net.id}
        for model in published_models.models(family)
    ]  # fmt: skip
    named = pd.DataFrame(rows)
    named.insert(0, "model", [model.name for model in published_models.models(family)])
    return named


def caption(family: str) -> str:
    """Which columns are the paper's, and how many cells agree."""
    shown = published_models.models(family)
    cells = [cell for model in shown for cell in model.cells()]
    same, wide = (sum(not cell.differs for cell in cells), sum(not cell.differs_wide for cell in cells))
    source = shown[0].paper["source"]
    return (
        f"Up to the error: {FAMILIES[family]} as printed in {source} (ImageNet, 100 epochs; B, M = 10⁹, 10⁶; time of "
        "64 images and of training on 8 GPUs; mean of 5 runs ± standard deviation). After it: counted here from the "
        f"network alone, activations as outputs of convolutions. Rounded to the printed digit, {same} of {len(cells)} "
        f"cells agree ({wide} where the logits count as activations too, as in pycls); {OTHER} marks what does not. "
        f"{_batches(family)}"
        "Press a column's head to sort."
    )


def _batches(family: str) -> str:
    words = []
    for model in published_models.models(family):
        printed, configured = model.batch_sizes()
        if printed != configured:
            words.append(f"{model.name}'s batch is {printed} in print, {configured} in pycls' configuration. ")
    return "".join(words)


def alt(family: str) -> str:
    """The table in words."""
    shown = published_models.models(family)
    ends = [f"{model.name} {model.paper['top1_error_pct_mean5']:.1f}%" for model in (shown[0], shown[-1])]
    return f"Table of {len(shown)} networks with cost, time and error, printed and counted: {', '.join(ends)}."
