"""Table 7: what training enhancements are worth for EfficientNet-B0, as printed (arXiv:2003.13678, App. C)."""

import pandas as pd

from regnet import published
from regnet.analysis.rules.printed import ERROR, SD
from regnet.figures.panels.element import Table
from regnet.sweeps.store import Runs

CHAPTER = "09-comparisons"
MODEL = "EfficientNet-B0"


def element(runs: Runs) -> Table:
    """The printed rows with the points that each step gains."""
    return Table(runs=runs, title="Training enhancements", make=numbers, columns=columns, how=caption, seen=alt)


def numbers() -> pd.DataFrame:
    """One row a printed training; `step` and `whole` are the points from the row above and from the first."""
    table = published.load("paper_table7_effnet_b0_enhancements")
    error = table["top1_error_pct"]
    return table.assign(step=error.diff().round(1), whole=(error - error.iloc[0]).round(1))


def columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Those of the page."""
    return pd.DataFrame({
        "training": frame["enhancement_per_caption"],
        "epochs": frame["epochs"],
        "enhancements ticked": frame["enhance_ticks"],
        "error (%)": [f"{error:.1f}" for error in frame["top1_error_pct"]],
        "from the row above (points)": [f"{step:+.1f}" if abs(step) > 0 else "" for step in frame["step"]],
        "from the first row (points)": [f"{whole:+.1f}" if abs(whole) > 0 else "" for whole in frame["whole"]],
    })  # fmt: skip


def caption(frame: pd.DataFrame) -> str:
    """The worth of the whole, and the number that does not fit Table 4."""
    first, last = frame.iloc[0], frame.iloc[-1]
    rows = published.load("paper_table4_efficientnet").set_index("model")
    mean, sd = rows.loc[MODEL, [ERROR, SD]]
    return (
        f"{MODEL} ({first['flops_G']:g} GF, {first['params_M']:g} M parameters) as printed in {first['source']} "
        f"(ImageNet). Differences are computed here: from {first['epochs']} epochs without enhancements to the "
        f"original training {-last['whole']:.1f} points. The first row, {first['top1_error_pct']:.1f}% at "
        f"{first['epochs']} epochs, does not fit Table 4, which prints {mean:.1f} ± {sd:.2f}% for the same network and "
        "as many epochs; the text does not explain it."
    )


def alt(frame: pd.DataFrame) -> str:
    """The trainings in words."""
    rows = frame[["enhancement_per_caption", "epochs", "top1_error_pct"]].to_numpy()
    words = "; ".join(f"{training}, {epochs} epochs: {error:.1f}%" for training, epochs, error in rows)
    return f"Table of {len(rows)} trainings of {MODEL} with printed errors: {words}."
