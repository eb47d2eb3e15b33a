"""Table 3: RegNetX against ResNe(X)t at equal activations and at equal flops, as printed (arXiv:2003.13678, sec. 5)."""

import pandas as pd

from regnet import published
from regnet.analysis.rules.printed import ERROR, HOURS, MS, SD
from regnet.figures.numbers import printed
from regnet.figures.panels import printed_tables
from regnet.figures.panels.element import Table
from regnet.figures.panels.numerals import filled, spans, under, with_sd
from regnet.sweeps.store import Runs

CHAPTER = "09-comparisons"
KEYS = ["grouped_by", "group"]


def element(runs: Runs) -> Table:
    """The printed rows of 3a, then of 3b, with counts, intervals and timm's measurements."""
    return Table(
        runs=runs,
        title="ResNe(X)t comparisons",
        make=lambda: printed.grouped(published.load("paper_table3_resnext"), KEYS),
        columns=columns,
        how=caption,
        seen=alt,
    )


def columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Those of the page."""
    return pd.DataFrame({
        "model": frame["model"],
        "equal\ngroup": under(frame["grouped_by"], frame["group"].astype(str)),
        "error (%)\nfirst reported": under(
            with_sd(frame[ERROR], frame[SD]), filled(frame["top1_error_pct_orig_reported"])
        ),
        "above the RegNet (points)\n95% interval": spans(frame, "above"),
        **printed_tables.sizes(frame),
        "infer (ms)": frame[MS],
        "train (hr)": filled(frame[HOURS]),
        **printed_tables.weights(frame),
    })  # fmt: skip


def caption(frame: pd.DataFrame) -> str:
    """How to read it, which cells differ from the counts, and whose weights timm measured."""
    return (
        f"As printed in {' and '.join(frame['source'].unique())} {printed_tables.SETTING}. First reported: by the "
        f"networks' own papers. {printed_tables.ABOVE} {printed_tables.counts(frame['model'])} Over all 36 models of "
        f"Figs 15 and 16 and Tables 3 and 4, pycls' table of 2023 differs from the paper in {printed.changed()} cells. "
        f"{printed_tables.WEIGHTS}"
    )


def alt(frame: pd.DataFrame) -> str:
    """The groups in words."""
    words = [
        f"equal {by}, group {number}: " + ", ".join(f"{m} {e:.1f}%" for m, e in part[["model", ERROR]].to_numpy())
        for (by, number), part in frame.groupby(KEYS, sort=False)
    ]
    return f"Table of {len(frame)} rows with printed sizes, times and errors; {'; '.join(words)}."
