"""The published networks on every device they were timed on: the paper's V100, timm's GPUs, and devices timed here.

- Times are milliseconds for 64 images, inference. timm's are its images a second with mixed precision at the largest
  batch that fitted, taken from the newest file of each GPU, contiguous (NCHW) and not compiled.
- timm has EfficientNet-B2 to B5 at the published image sizes only as ports of TensorFlow's networks (tf_), whose
  asymmetric padding takes time. `exact` takes those; otherwise timm's own networks at the nearest image size, with the
  flops and activations of that size. timm's CPU rows are of single images, compiled: not comparable, left out.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from regnet import published
from regnet.analysis.rules.printed import MS
from regnet.analysis.rules.timing import BATCH, on_threads
from regnet.figures.numbers import timm
from regnet.figures.numbers.published_models import models
from regnet.sweeps import timings
from regnet.sweeps.store import Runs

COLUMNS = ["model", "family", "timed", "resolution", "gf", "acts", "ms"]


@dataclass(frozen=True)
class Device:
    """Published networks timed on one device.

    `rows` has a zoo name, its family, what the source calls it, image size (px), 10^9 flops, 10^6 activations and ms.
    """

    label: str
    how: str
    source: str
    rows: pd.DataFrame
    whose: str  # "paper", "timm" or "here"

    @property
    def name(self) -> str:
        """The device and whose numbers they are."""
        return f"{self.label} ({self.whose})"


def devices(runs: Runs, *, exact: bool = False) -> list[Device]:
    """The paper's device, timm's, then those timed here."""
    return [paper(), *on_timm(exact=exact), *timed_here(runs)]


@cache
def networks() -> pd.DataFrame:
    """The published networks by the zoo's names, in the paper's order: columns name and most of COLUMNS."""
    rows = [(m.key, m.name, m.family, m.name, m.resolution, m.gf, m.counts.conv_acts / 1e6, float(m.paper[MS]))
            for m in models()]  # fmt: skip
    return pd.DataFrame(rows, columns=["model", "name", *COLUMNS[1:]]).set_index("model")


def paper() -> Device:
    """The times that the paper prints (Figs 15, 16, Tables 3, 4)."""
    return Device("V100", f"{BATCH} images", "arXiv:2003.13678", networks().reset_index()[COLUMNS], "paper")


@cache
def on_timm(*, exact: bool = False) -> tuple[Device, ...]:
    """One device a GPU of timm's tables, in the order of the files."""
    table = published.load("timm_infer_benchmarks")
    same = (table["precision"] == "amp") & (table["memory_format"] == "nchw") & ~table["compile_dynamo"]
    table = table[same].assign(key=table["model"].map(timm.keys())).dropna(subset="key")
    found = []
    for hardware, part in table.groupby("hardware", sort=False):
        newest = part[part["pytorch_tag"] == max(part["pytorch_tag"], key=_version)]
        how = f"mixed precision, PyTorch {'.'.join(map(str, _version(newest['pytorch_tag'].iloc[0])))}"
        label = str(hardware).removeprefix("NVIDIA ")
        found.append(Device(label, how, str(newest["source"].iloc[0]), _chosen(newest, exact), "timm"))
    return tuple(found)


def timed_here(runs: Runs) -> list[Device]:
    """Devices with published networks among the timings beside these runs, at the published resolutions."""
    found = []
    rows = _inference(runs).sort_values("precision", ascending=False, kind="stable")  # fp32 first
    for _, part in rows.groupby(["device", "precision", "threads"], dropna=False, sort=False):
        first, known = part.iloc[0], networks().loc[part["model"]].set_index(part.index)
        rows = known[["family", "resolution", "acts"]].assign(
            model=part["model"], timed=part["model"], gf=part["flops"] / 1e9,
            ms=part["ms_median"] * BATCH / part["batch"], off=np.abs(np.log(part["batch"] / BATCH)),
        )  # fmt: skip
        label = on_threads(short_name(first["device"]), first["threads"])
        label += f", {first['precision']}" * (first["precision"] != "fp32")
        days = " to ".join(sorted({part["date"].min(), part["date"].max()}))
        found.append(Device(label, f"{first['precision']}, {days}", "here", _first(rows, ["off"]), "here"))
    return found


def status(runs: Runs) -> str:
    """Which devices are timed here and how much of it is scaled, in sentences; how to time one where there is none."""
    found, mine = timed_here(runs), _inference(runs)
    if not found:
        return "No device is timed here yet (regnet time)."
    parts = "; ".join(f"{d.label} ({d.how}, {len(d.rows)} networks)" for d in found)
    said = f"Timed here: {parts}." + " No GPU was timed here." * bool(mine["threads"].notna().all())
    part = mine[mine["images"] < mine["batch"]]
    if part.empty:
        return said
    return (
        f"{said} {len(part)} of {len(mine)} times here are of {int(part['images'].min())} images or more and scaled to "
        f"{BATCH}: a first look, too short where a part of the batch stays in the caches."
    )


def _inference(runs: Runs) -> pd.DataFrame:
    """The rows of published networks that were timed forward, at their published resolutions, and fitted in memory."""
    table = timings.read(runs.folder.parent)
    mine = table[(table["population"] == "") & ~table["train"].astype(bool) & (table["status"] == "ok")]
    return mine[mine["resolution"] == mine["model"].map(networks()["resolution"])]


def _chosen(table: pd.DataFrame, exact: bool) -> pd.DataFrame:
    """One row a published network: at its image size, or timm's own network at the nearest."""
    known = networks().loc[table["key"]].set_index(table.index)
    port, off = table["model"].str.startswith(timm.PORT), (table["img_size_px"] - known["resolution"]).abs()
    keep = off == 0 if exact else ~port & ((off == 0) | (known["family"] == "efficientnet"))
    rows = known[["family"]].assign(
        model=table["key"], timed=table["model"], resolution=table["img_size_px"], gf=table["gmacs"],
        acts=table["macts_M"], ms=table["ms_per_64_images_derived"], off=off, port=port,
    )  # fmt: skip
    return _first(rows[keep], ["off", "port"])


def _first(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The first row of each published network when sorted so, in the paper's order."""
    first = rows.sort_values(by, kind="stable").drop_duplicates("model").set_index("model")
    return first.reindex(networks().index.intersection(first.index, sort=False)).reset_index()[COLUMNS]


def _version(tag: str) -> tuple[int, ...]:
    """PyTorch's version in timm's file names.

    >>> _version("pt113"), _version("pt240")
    ((1, 13), (2, 4, 0))
    """
    digits = tag.removeprefix("pt")
    return (1, int(digits[1:])) if digits[0] == "1" else (int(digits[0]), int(digits[1:-1]), int(digits[-1]))


def short_name(device: str) -> str:
    """A device's name without what adds nothing.

    >>> short_name("NVIDIA H100 80GB HBM3"), short_name("Intel(R) Xeon(R) CPU @ 2.20GHz")
    ('H100', 'Intel Xeon')
    """
    bare = re.sub(r"\((R|TM)\)|NVIDIA|CPU|@.*|\d+-Core Processor|\b\d+ ?GB\b|\bHBM\w*", "", device)
    return re.sub(r"\s+", " ", bare).strip()
