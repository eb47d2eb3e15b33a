"""Printed errors on ImageNetV2 beside those on the validation images, and timm's of both (Tables 5 and 6)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from regnet import published
from regnet.figures.numbers import printed
from regnet.page import tables

STEM = "paper_table5_6_imagenetv2"
MEAN, SD = "imagenetv2_top1_error_pct_mean", "imagenetv2_top1_error_pct_std"
BEFORE = "imagenet_val_top1_error_pct_mean5"
KEYS = ["grouped_by", "group"]


def data(sources: Sequence[str]) -> pd.DataFrame:
    """The printed rows of those tables with the columns that `regnet.figures.numbers.printed` adds, and `above_before`.

    `above` compares errors on ImageNetV2, `above_before` those on the validation images (points).
    """
    table = published.load(STEM)
    frame = printed.grouped(table[table["source"].isin(sources)], KEYS, MEAN, SD)
    regnets = frame[frame["model"].str.startswith("RegNet")].set_index(KEYS)[BEFORE]
    theirs = pd.Series([regnets[key] for key in zip(*(frame[name] for name in KEYS), strict=True)])
    return frame.assign(above_before=(frame[BEFORE] - theirs).where(frame["above"].notna()).round(2))


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of the page."""
    shown = pd.DataFrame({
        "model": frame["model"],
        "equal": [by.removesuffix(" (pairs)") for by in frame["grouped_by"]],
        "group": frame["group"],
        "ImageNet error (%)": printed.filled(frame[BEFORE]),
        "V2 error (%)": printed.errors(frame[MEAN], frame[SD]),
        "ImageNet: above the RegNet (points)": [
            "" if pd.isna(gap) else f"{gap:+.1f}" for gap in frame["above_before"]
        ],
        "V2: above the RegNet (points)": printed.above(frame),
        **printed.weights(frame, v2=True),
        **printed.sizes(frame),
    })  # fmt: skip
    return tables.sortable(shown)


def caption(frame: pd.DataFrame, example: str) -> str:
    """What is shown, whether ranks hold and gaps shrink, and how near timm's numbers of `example` are."""
    rivals = frame.dropna(subset=["above"])
    ahead = rivals[rivals["above"] < 0]["model"].unique().tolist()
    row = frame[frame["model"] == example].iloc[0]
    own = frame[frame["timm_weights"].str.endswith(".pycls_in1k")].drop_duplicates("model")
    apart = (own["timm_v2_error"] - own[MEAN]).abs().mean()
    return (
        f"As printed in {' and '.join(dict.fromkeys(frame['source']))}: V2 is ImageNetV2, fresh images for the "
        f"networks of the tables before, mean ± sd. {printed.ABOVE} Mean distance between rival and RegNet: "
        f"{rivals['above_before'].abs().mean():.2f} points on ImageNet, {rivals['above'].abs().mean():.2f} on V2. "
        f"Below the RegNet on V2: {printed.listed(ahead, ', ')}. Kendall's tau between the two printed errors over "
        f"models: {printed.ranks(frame, BEFORE, MEAN)}. {printed.WEIGHTS} Its V2 is the matched-frequency variant; the "
        f"paper does not say which it read. Mean distance of timm's V2 errors from the paper's over these {len(own)} "
        f"RegNets: {apart:.2f} points. {example}: {row['timm_error']:.1f}% and {row['timm_v2_error']:.1f}% by timm, "
        f"{row[BEFORE]:.1f}% and {row[MEAN]:.1f}% by the paper."
    )


def alt(frame: pd.DataFrame) -> str:
    """The table in words."""
    models = frame.drop_duplicates("model").sort_values(MEAN)
    words = ", ".join(f"{m} {a:.1f}% and {b:.1f}%" for m, a, b in models[["model", BEFORE, MEAN]].to_numpy())
    return f"Table of {len(models)} models with printed errors on ImageNet and on ImageNetV2, best first: {words}."
