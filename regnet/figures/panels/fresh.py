"""Tables 5 and 6: printed errors on ImageNetV2 beside those on the validation images, and timm's of both."""

from collections.abc import Sequence
from functools import partial

import pandas as pd

from regnet import published
from regnet.analysis.rules.printed import V2
from regnet.figures.numbers import printed
from regnet.figures.panels import printed_tables
from regnet.figures.panels.element import Table
from regnet.figures.panels.numerals import filled, listed, ranks, spans, under, with_sd
from regnet.sweeps.store import Runs

STEM = "paper_table5_6_imagenetv2"
SD, BEFORE = "imagenetv2_top1_error_pct_std", "imagenet_val_top1_error_pct_mean5"
KEYS = ["grouped_by", "group"]


def table(runs: Runs, title: str, tables: Sequence[str], example: str) -> Table:
    """The rows of the paper's `tables` ("5a"); the errors of the model `example` are said beside timm's."""
    return Table(
        runs=runs,
        title=title,
        make=partial(_numbers, tables),
        columns=_columns,
        how=partial(_caption, example),
        seen=_alt,
    )


def _numbers(tables: Sequence[str]) -> pd.DataFrame:
    """`printed.grouped` of errors on V2 (`above`), and `above_before` of those on the validation images (points)."""
    table = published.load(STEM)
    frame = printed.grouped(table[table["source"].str.endswith(tuple(tables))], KEYS, V2, SD)
    regnets = frame[frame["above"].isna()].set_index(KEYS)[BEFORE].rename("regnet")
    gap = frame[BEFORE] - frame.join(regnets, on=KEYS)["regnet"]
    return frame.assign(above_before=gap.where(frame["above"].notna()).round(2))


def _columns(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        "model": frame["model"],
        "equal\ngroup": under(
            [by.removesuffix(" (pairs)") for by in frame["grouped_by"]], frame["group"].astype(str)
        ),
        "ImageNet error (%)\nabove the RegNet": under(
            filled(frame[BEFORE]), ["" if pd.isna(gap) else f"{gap:+.1f}" for gap in frame["above_before"]]
        ),
        "V2 error (%)\nby timm": under(with_sd(frame[V2], frame[SD]), filled(frame["timm_v2_error"])),
        "V2: above the RegNet (points)\n95% interval": spans(frame, "above"),
        **printed_tables.weights(frame),
        **printed_tables.sizes(frame),
    })  # fmt: skip


def _caption(example: str, frame: pd.DataFrame) -> str:
    """What is shown, whether ranks hold and gaps shrink, and how near timm's numbers of `example` are."""
    rivals = frame.dropna(subset=["above"])
    ahead = rivals[rivals["above"] < 0]["model"].unique().tolist()
    row = frame[frame["model"] == example].iloc[0]
    own = frame[frame["timm_weights"].str.endswith(".pycls_in1k")].drop_duplicates("model")
    apart = (own["timm_v2_error"] - own[V2]).abs().mean()
    return (
        f"As printed in {' and '.join(frame['source'].unique())}: V2 is ImageNetV2, fresh images for the "
        f"networks of the tables before, mean ± sd. {printed_tables.ABOVE} Mean distance between rival and RegNet: "
        f"{rivals['above_before'].abs().mean():.2f} points on ImageNet, {rivals['above'].abs().mean():.2f} on V2. "
        f"Below the RegNet on V2: {listed(ahead, ', ')}. Kendall's tau between the two printed errors over models: "
        f"{ranks(frame, BEFORE, V2)}. {printed_tables.WEIGHTS} Its V2 is the matched-frequency variant; the paper "
        f"does not say which it read. Mean distance of timm's V2 errors from the paper's over these {len(own)} "
        f"RegNets: {apart:.2f} points. {example}: {row['timm_error']:.1f}% and {row['timm_v2_error']:.1f}% by timm, "
        f"{row[BEFORE]:.1f}% and {row[V2]:.1f}% by the paper."
    )


def _alt(frame: pd.DataFrame) -> str:
    models = frame.drop_duplicates("model").sort_values(V2)
    words = ", ".join(f"{m} {a:.1f}% and {b:.1f}%" for m, a, b in models[["model", BEFORE, V2]].to_numpy())
    return f"Table of {len(models)} models with printed errors on ImageNet and on ImageNetV2, best first: {words}."
