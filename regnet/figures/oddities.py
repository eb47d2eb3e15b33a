"""Settings and errors of the published models on which the sources do not agree, each looked up in the numbers kept.

Sources: arXiv:2003.13678 (sec. 5, App. C, Tables 4, 7), pycls' configurations, timm's evaluations of pycls' weights.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from regnet import published
from regnet.figures.numbers.published_models import find, models, timm_name
from regnet.figures.panels.element import Table
from regnet.sweeps.store import Runs

CHAPTER = "08-zoo"
GPUS, WARMUP = 8, 5  # of training in sec. 5; epochs of warm-up that it states for all models


def element(runs: Runs) -> Table:
    """One row a disagreement: what is said, what is found, for which models; the same in every regime."""
    return Table(
        runs=runs,
        title="Settings and errors on which the sources do not agree",
        make=lambda: pd.DataFrame([_warmup(), _images_per_gpu(), _b0(), _evaluated_again()]),
        how=lambda rows: (
            f"{len(rows)} places where two sources, or two tables of the paper, say different things about the "
            "published models; every number is looked up in the files under regnet/published. None changes a network."
        ),
        seen=lambda rows: f"Table of disagreements between sources: {'; '.join(rows['what'])}.",
        sortable=False,
    )


def _warmup() -> dict[str, Any]:
    pycls = published.load("pycls_model_zoo")
    without = pycls[pycls["warmup_epochs"].astype(str).str.startswith("0")]
    families = ", ".join(dict.fromkeys(without["family"]))
    return {
        "subject": "configurations", "what": "warm-up", "the paper says": f"{WARMUP} epochs for every model (App. C)",
        "found": f"no warm-up in {len(without)} of {len(pycls)} configurations: {families}",
        "where": pycls["source"].iloc[0],
    }  # fmt: skip


def _images_per_gpu() -> dict[str, Any]:
    paper = published.load("paper_models")
    sizes = sorted((paper["batch_size"] // GPUS).unique().tolist(), reverse=True)
    first = int((paper["batch_size"] == paper["batch_size"].max()).sum())
    return {
        "subject": "all models", "what": "images per GPU", "the paper says": "fixed (App. C)",
        "found": f"{', '.join(map(str, sizes))} on {GPUS} GPUs; {sizes[0]} in {first} of {len(paper)} models",
        "where": "batch sizes of Figs 15, 16 and Table 4; of ResNe(X)t from pycls",
    }  # fmt: skip


def _b0() -> dict[str, Any]:
    enhanced = published.load("paper_table7_effnet_b0_enhancements")
    plain = enhanced[(enhanced["epochs"] == 100) & (enhanced["enhance_ticks"] == 0)].iloc[0]
    table4 = find("efficientnet-b0")
    mean, sd = table4.paper["top1_error_pct_mean5"], table4.paper["top1_error_pct_std5"]
    return {
        "subject": "EfficientNet-B0", "what": "error, 100 epochs, plain",
        "the paper says": f"{mean:.1f} ± {sd:.2f}% (Table 4)", "found": f"{plain['top1_error_pct']:.1f}%",
        "where": f"{plain['source']}; the difference is not explained",
    }  # fmt: skip


def _evaluated_again() -> dict[str, Any]:
    """timm's errors of pycls' released weights minus the paper's means, over the RegNets that both have."""
    paper = published.load("paper_table5_6_imagenetv2").drop_duplicates("model").set_index("model")
    timm = published.load("timm_imagenet_imagenetv2").set_index("model")
    rows = paper.loc[[model.name for model in models("regnet") if model.name in paper.index]]
    theirs = timm.loc[[f"{timm_name(name)}.pycls_in1k" for name in rows.index]]
    pairs = {
        "ImageNet": ("imagenet_top1_error_pct", "imagenet_val_top1_error_pct_mean5"),
        "ImageNetV2": ("imagenetv2_mf_top1_error_pct", "imagenetv2_top1_error_pct_mean"),
    }
    words = []
    for name, (ours, printed) in pairs.items():
        gaps = theirs[ours].to_numpy(float) - rows[printed].to_numpy(float)
        words.append(f"on {name} {gaps.min():+.2f} to {gaps.max():+.2f}")
    return {
        "subject": "RegNets", "what": "error (points)", "the paper says": f"Tables 5 and 6, {len(rows)} models",
        "found": f"the released weights, evaluated again: {', '.join(words)}",
        "where": f"{theirs['source'].iloc[0]} (bicubic resizing, one training, matched-frequency V2)",
    }  # fmt: skip
