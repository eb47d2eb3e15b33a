"""Table 3: RegNetX against ResNe(X)t at equal activations and at equal flops, as printed (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

import pandas as pd

from regnet import published
from regnet.figures.numbers import printed
from regnet.page import tables
from regnet.sweeps.store import Runs

TITLE = "ResNe(X)t comparisons"
STEM = "paper_table3_resnext"
MEAN, SD = "top1_error_pct_mean5", "top1_error_pct_std5"


def make(runs: Runs) -> pd.DataFrame:
    """The printed rows of 3a, then of 3b, with counts, intervals and timm's measurements."""
    frame = data(runs)
    shown = pd.DataFrame({
        "model": frame["model"],
        "equal": frame["grouped_by"],
        "group": frame["group"],
        "error (%)": printed.errors(frame[MEAN], frame[SD]),
        "above the RegNet (points)": printed.above(frame),
        "first reported (%)": printed.filled(frame["top1_error_pct_orig_reported"]),
        **printed.sizes(frame),
        "infer (ms)": frame["infer_ms_batch64_v100"],
        "train (hr)": printed.filled(frame["train_hr_100ep_8gpu"]),
        **printed.weights(frame),
    })  # fmt: skip
    return tables.sortable(shown)


def data(runs: Runs) -> pd.DataFrame:
    """One row a printed row, with the columns that `regnet.figures.numbers.printed` adds."""
    del runs  # printed and counted: no population is needed
    return printed.grouped(published.load(STEM), ["grouped_by", "group"], MEAN, SD)


def caption(runs: Runs) -> str:
    """How to read it, which cells differ from the counts, and whose weights timm measured."""
    frame = data(runs)
    return (
        f"As printed in {' and '.join(dict.fromkeys(frame['source']))} (ImageNet, 100 epochs, mean ± sd of five "
        "trainings; inference of 64 images on one V100, training on eight; B, M = 10⁹, 10⁶). First reported: by the "
        f"networks' own papers. {printed.ABOVE} Counted: from the networks, activations as outputs of convolutions. "
        f"{printed.differing(frame['model'])} Over all 36 models of Figs 15 and 16 and Tables 3 and 4, pycls' table of "
        f"2023 differs from the paper in {printed.changed()} cells. {printed.WEIGHTS}"
    )


def alt(runs: Runs) -> str:
    """The table in words."""
    frame = data(runs)
    words = [
        f"equal {by}, group {number}: " + ", ".join(f"{m} {e:.1f}%" for m, e in part[["model", MEAN]].to_numpy())
        for (by, number), part in frame.groupby(["grouped_by", "group"], sort=False)
    ]
    return f"Table of {len(frame)} rows with printed sizes, times and errors; {'; '.join(words)}."
