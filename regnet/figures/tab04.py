"""Table 4: RegNetY against EfficientNet, as printed, with factors of time (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

import pandas as pd

from regnet import published
from regnet.analysis.compare import Comparison
from regnet.analysis.printed import ratio
from regnet.figures.numbers import printed
from regnet.page import tables
from regnet.sweeps.store import Runs

TITLE = "EfficientNet comparisons"
STEM = "paper_table4_efficientnet"
MEAN, SD = "top1_error_pct_mean5", "top1_error_pct_std5"
TIMES = {"inference": ("infer_ms_batch64_v100", 0.5), "training": ("train_hr_100ep_8gpu", 0.05)}  # column, rounding
SLOWEST, FASTER = "EfficientNet-B5", ("RegNetX-8.0GF", "RegNetY-8.0GF")  # the pairs behind "5x faster"
GPUS = 8


def make(runs: Runs) -> pd.DataFrame:
    """The printed pairs with counts, factors of time, intervals and timm's measurements."""
    frame = data(runs)
    shown = pd.DataFrame({
        "model": frame["model"],
        "pair": frame["pair"],
        "error (%)": printed.errors(frame[MEAN], frame[SD]),
        "above the RegNet (points)": printed.above(frame),
        "first reported (%)": printed.filled(frame["top1_error_pct_orig_reported"]),
        **printed.sizes(frame),
        "batch": frame["batch_size"],
        "infer (ms)": frame["infer_ms_batch64_v100"],
        "infer, times RegNet's": printed.filled(frame["inference_factor"]),
        "train (hr)": printed.filled(frame["train_hr_100ep_8gpu"]),
        "train, times RegNet's": printed.filled(frame["training_factor"]),
        **printed.weights(frame),
    })  # fmt: skip
    return tables.sortable(shown)


def data(runs: Runs) -> pd.DataFrame:
    """One row a printed row, with the columns that `regnet.figures.numbers.printed` adds and the pair's factors of time."""
    del runs  # printed and counted: no population is needed
    frame = printed.grouped(published.load(STEM), ["pair"], MEAN, SD)
    for name, (column, _) in TIMES.items():
        regnets = frame[frame["model"].str.startswith("RegNet")].set_index("pair")[column]
        frame[f"{name}_factor"] = frame[column] / frame["pair"].map(regnets)
    return frame


def speed(slow: str, fast: str, time: str) -> Comparison:
    """How many times longer one printed model takes than another, with what the rounding of print allows.

    >>> round(speed("EfficientNet-B5", "RegNetX-8.0GF", "inference").effect, 1)
    5.4
    """
    column, rounding = TIMES[time]
    table = published.load("paper_models").set_index("model")[column]
    return ratio(float(table[slow]), float(table[fast]), rounding=rounding)


def caption(runs: Runs) -> str:
    """How to read it, the speed factor behind the paper's sentence, batches, and whose weights timm measured."""
    frame = data(runs)
    words = [
        f"{found.effect:.1f} ({found.low:.2f} to {found.high:.2f}) in {time} of {fast}"
        for fast in FASTER for time in TIMES for found in [speed(SLOWEST, fast, time)]
    ]  # fmt: skip
    return (
        f"As printed in {frame['source'].iloc[0]} (ImageNet, 100 epochs, mean ± sd of five trainings; inference of 64 "
        "images on one V100, training on eight; B, M = 10⁹, 10⁶). Each EfficientNet at its own image size. First "
        f"reported: by EfficientNet's paper. {printed.ABOVE} Times of {SLOWEST} as multiples (range that rounding "
        f"allows): {'; '.join(words)}. {_schedules(frame)} Counted: from the networks, activations as outputs of "
        f"convolutions. {printed.differing(frame['model'])} {printed.WEIGHTS}"
    )


def _schedules(frame: pd.DataFrame) -> str:
    """Where the printed batches and pycls' configurations are not what the text says of all trainings."""
    shares = sorted({int(batch) // GPUS for batch in frame["batch_size"]}, reverse=True)
    pycls = published.load("pycls_model_zoo")
    epochs = pycls["warmup_epochs"].str.split().str[0].astype(int)
    families = pycls["family"].groupby(epochs).unique()
    warm = "; ".join(f"{n} for {', '.join(names)}" for n, names in families.iloc[::-1].items())
    return (
        f"The text has one number of images a GPU; the batches printed make it {', '.join(map(str, shares))} on "
        f"{GPUS}. The text has one warm-up; pycls' configurations have these epochs of it: {warm}."
    )


def alt(runs: Runs) -> str:
    """The table in words."""
    words = [
        " against ".join(f"{m} {e:.1f}%" for m, e in part[["model", MEAN]].to_numpy())
        for _, part in data(runs).groupby("pair", sort=False)
    ]
    return f"Table of {len(words)} pairs with printed sizes, times and errors: {'; '.join(words)}."
