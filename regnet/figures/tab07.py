"""Table 7: what training enhancements are worth for EfficientNet-B0, as printed (arXiv:2003.13678, App. C, Table 7)."""

from __future__ import annotations

import pandas as pd

from regnet import published
from regnet.page import tables
from regnet.sweeps.store import Runs

TITLE = "Training enhancements"
MODEL = "EfficientNet-B0"
STEM, ERROR = "paper_table7_effnet_b0_enhancements", "top1_error_pct"


def make(runs: Runs) -> pd.DataFrame:
    """The printed rows with the points that each step gains."""
    frame = data(runs)
    shown = pd.DataFrame({
        "training": frame["enhancement_per_caption"],
        "epochs": frame["epochs"],
        "enhancements ticked": frame["enhance_ticks"],
        "error (%)": [f"{error:.1f}" for error in frame[ERROR]],
        "from the row above (points)": [_signed(step) for step in frame["step"]],
        "from the first row (points)": [_signed(whole) for whole in frame["whole"]],
    })  # fmt: skip
    return tables.sortable(shown)


def _signed(points: float) -> str:
    return f"{points:+.1f}" if points < 0 or points > 0 else ""


def data(runs: Runs) -> pd.DataFrame:
    """One row a printed training; `step` and `whole` are the points from the row above and from the first."""
    del runs  # printed: no population is needed
    table = published.load(STEM)
    return table.assign(step=table[ERROR].diff().round(1), whole=(table[ERROR] - table[ERROR].iloc[0]).round(1))


def caption(runs: Runs) -> str:
    """The worth of the whole, and the number that does not fit Table 4."""
    frame = data(runs)
    first, last = frame.iloc[0], frame.iloc[-1]
    rows = published.load("paper_table4_efficientnet")
    mean, sd = rows[rows["model"] == MODEL][["top1_error_pct_mean5", "top1_error_pct_std5"]].to_numpy()[0]
    return (
        f"{MODEL} ({first['flops_G']:g} GF, {first['params_M']:g} M parameters) as printed in {first['source']} "
        f"(ImageNet). Differences are computed here: from {first['epochs']} epochs without enhancements to the "
        f"original training {-last['whole']:.1f} points. The first row, {first[ERROR]:.1f}% at {first['epochs']} "
        f"epochs, does not fit Table 4, which prints {mean:.1f} ± {sd:.2f}% for the same network and as many epochs; "
        "the text does not explain it."
    )


def alt(runs: Runs) -> str:
    """The table in words."""
    rows = data(runs)[["enhancement_per_caption", "epochs", ERROR]].to_numpy()
    words = "; ".join(f"{training}, {epochs} epochs: {error:.1f}%" for training, epochs, error in rows)
    return f"Table of {len(rows)} trainings of {MODEL} with printed errors: {words}."
