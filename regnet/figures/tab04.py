"""Table 4: RegNetY against EfficientNet, as printed, with factors of time (arXiv:2003.13678, sec. 5)."""

import pandas as pd

from regnet import published
from regnet.analysis.compare import Comparison
from regnet.analysis.printed import ratio
from regnet.analysis.rules.printed import ERROR, HOURS, MS, SD
from regnet.figures.numbers import printed
from regnet.figures.panels import printed_tables
from regnet.figures.panels.element import Table
from regnet.figures.panels.numerals import filled, spans, under, with_sd
from regnet.sweeps.store import Runs

CHAPTER = "09-comparisons"
TIMES = {"inference": (MS, 0.5), "training": (HOURS, 0.05)}  # column, rounding
SLOWEST, FASTER = "EfficientNet-B5", ("RegNetX-8.0GF", "RegNetY-8.0GF")  # the pairs behind "5x faster"
GPUS = 8


def element(runs: Runs) -> Table:
    """The printed pairs with counts, factors of time, intervals and timm's measurements."""
    return Table(runs=runs, title="EfficientNet comparisons", make=numbers, columns=columns, how=caption, seen=alt)


def numbers() -> pd.DataFrame:
    """One row a printed row: `printed.grouped`, and the pair's factors of time."""
    frame = printed.grouped(published.load("paper_table4_efficientnet"), ["pair"])
    regnets = frame[frame["above"].isna()].set_index("pair")
    return frame.assign(**{
        f"{name}_factor": frame[column] / frame["pair"].map(regnets[column]) for name, (column, _) in TIMES.items()
    })  # fmt: skip


def columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Those of the page."""
    return pd.DataFrame({
        "model": frame["model"],
        "pair": frame["pair"],
        "error (%)\nfirst reported": under(
            with_sd(frame[ERROR], frame[SD]), filled(frame["top1_error_pct_orig_reported"])
        ),
        "above the RegNet (points)\n95% interval": spans(frame, "above"),
        **printed_tables.sizes(frame),
        "batch": frame["batch_size"],
        "infer (ms)\ntimes RegNet's": under(frame[MS], filled(frame["inference_factor"])),
        "train (hr)\ntimes RegNet's": under(filled(frame[HOURS]), filled(frame["training_factor"])),
        **printed_tables.weights(frame),
    })  # fmt: skip


def speed(slow: str, fast: str, time: str) -> Comparison:
    """How many times longer one printed model takes than another, with what the rounding of print allows.

    >>> round(speed("EfficientNet-B5", "RegNetX-8.0GF", "inference").effect, 1)
    5.4
    """
    column, rounding = TIMES[time]
    table = published.load("paper_models").set_index("model")[column]
    return ratio(float(table[slow]), float(table[fast]), rounding=rounding)


def caption(frame: pd.DataFrame) -> str:
    """How to read it, the speed factor behind the paper's sentence, batches, and whose weights timm measured."""
    words = [
        f"{found.effect:.1f} ({found.low:.2f} to {found.high:.2f}) in {time} of {fast}"
        for fast in FASTER for time in TIMES for found in [speed(SLOWEST, fast, time)]
    ]  # fmt: skip
    return (
        f"As printed in {frame['source'].iloc[0]} {printed_tables.SETTING}. Each EfficientNet at its own image size. "
        f"First reported: by EfficientNet's paper. {printed_tables.ABOVE} Times of {SLOWEST} as multiples (range that "
        f"rounding allows): {'; '.join(words)}. {_schedules(frame)} {printed_tables.counts(frame['model'])} "
        f"{printed_tables.WEIGHTS}"
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


def alt(frame: pd.DataFrame) -> str:
    """The pairs in words."""
    words = [
        " against ".join(f"{m} {e:.1f}%" for m, e in part[["model", ERROR]].to_numpy())
        for _, part in frame.groupby("pair", sort=False)
    ]
    return f"Table of {len(words)} pairs with printed sizes, times and errors: {'; '.join(words)}."
