"""The tables of Figures 15 and 16: what the paper prints for a family, and what is counted here from the networks."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from regnet.figures.numbers import published_models
from regnet.figures.numbers.published_models import DIGITS, FAMILIES, Model
from regnet.figures.panels.element import Table
from regnet.sweeps.store import Runs

OTHER = "≠"  # marks what is not as printed


def table(runs: Runs, family: str) -> Table:
    """One row a network: the paper's columns as printed, then flops, parameters and activations counted here."""
    shown = published_models.models(family)
    ends = [f"{model.name} {model.paper['top1_error_pct_mean5']:.1f}%" for model in (shown[0], shown[-1])]
    return Table(
        runs=runs,
        title=f"Top {FAMILIES[family]} models, as printed and counted again",
        make=lambda: pd.DataFrame(map(_numbers, shown)),
        columns=lambda _: pd.DataFrame(map(_columns, shown)),
        how=lambda _: _caption(family, shown),
        seen=lambda _: (
            f"Table of {len(shown)} networks with cost, time and error, printed and counted: {', '.join(ends)}."
        ),
    )


def _numbers(model: Model) -> dict[Any, Any]:
    """The paper's and pycls' numbers, and the counts to the unit."""
    return {
        "model": model.name, **model.paper, "counted_flops": model.counts.flops, "counted_params": model.counts.params,
        "counted_acts": model.counts.conv_acts, "counted_acts_pycls_rule": model.counts.acts,
        "pycls_batch_size": model.batch_sizes()[1], "network_id": model.net.id,
    }  # fmt: skip


def _columns(model: Model) -> dict[str, Any]:
    row, cells, (printed, configured) = model.paper, model.cells(), model.batch_sizes()
    return {
        "model": model.name,
        **{
            f"{cell.quantity} ({cell.unit})\ncounted": f"{cell.printed:.{DIGITS}f}\n{cell.counted:.3f}"
            + f" {OTHER}" * cell.differs
            for cell in cells
        },
        "batch": f"{printed}" if printed == configured else f"{printed} {OTHER} {configured}",
        "infer (ms)": int(row["infer_ms_batch64_v100"]),
        "train (hr)": f"{row['train_hr_100ep_8gpu']:.1f}",
        "error (%)": f"{row['top1_error_pct_mean5']:.1f} ± {row['top1_error_pct_std5']:.2f}",
    }


def _caption(family: str, shown: Sequence[Model]) -> str:
    """Which columns are the paper's, and how many cells agree."""
    cells = [cell for model in shown for cell in model.cells()]
    same, wide = (sum(not cell.differs for cell in cells), sum(not cell.differs_wide for cell in cells))
    batches = {model.name: model.batch_sizes() for model in shown}
    other = "".join(
        f"{name}'s batch is {printed} in print, {configured} in pycls' configuration. "
        for name, (printed, configured) in batches.items() if printed != configured
    )  # fmt: skip
    return (
        f"{FAMILIES[family]} as printed in {shown[0].paper['source']} (ImageNet, 100 epochs; B, M = 10⁹, 10⁶; time of "
        "64 images and of training on 8 GPUs; mean of 5 runs ± standard deviation). Below a printed size: counted here "
        "from the network alone, activations as outputs of convolutions. Rounded to the printed digit, "
        f"{same} of {len(cells)} cells agree ({wide} where the logits count as activations too, as in pycls); {OTHER} "
        f"marks what does not. {other}Press a column's head to sort."
    )
