"""The published networks on every device they were timed on: the paper's V100, timm's GPUs, and devices timed here.

- Times are milliseconds for 64 images, inference. timm's are its images a second with mixed precision at the largest
  batch that fitted, taken from the newest file of each GPU, contiguous (NCHW) and not compiled.
- timm has EfficientNet-B2 to B5 at the published image sizes only as ports of TensorFlow's networks (tf_), whose
  asymmetric padding takes time. `exact` takes those; otherwise timm's own networks at the nearest image size, with the
  flops and activations of that size. timm's CPU rows are of single images, compiled: not comparable, left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from regnet import published
from regnet.design.zoo import zoo
from regnet.figures.numbers.published_models import find, models
from regnet.sweeps import timings
from regnet.sweeps.store import Runs

IMAGES = 64
COLUMNS = ["model", "family", "timed", "resolution", "gf", "acts", "ms"]
V100 = "V100"
COMMAND = "regnet time"
NOT_TIMED = f"No device is timed here yet ({COMMAND})."


@dataclass(frozen=True)
class Device:
    """Published networks timed on one device.

    `rows` has a zoo name, its family, what the source calls it, image size (px), 10^9 flops, 10^6 activations and ms.
    """

    label: str
    how: str
    source: str
    rows: pd.DataFrame
    gpu: bool = True

    @property
    def here(self) -> bool:
        """Whether it was timed with this project's code."""
        return self.source == "here"


def devices(runs: Runs, *, exact: bool = False) -> list[Device]:
    """The paper's device, timm's, then those timed here."""
    return [paper(), *timm(exact=exact), *timed_here(runs)]


def short(key: str) -> str:
    """A network's printed name.

    >>> short("regnetx-400mf")
    'RegNetX-400MF'
    """
    return _names()[key]


def paper() -> Device:
    """The times that the paper prints (Figs 15, 16, Tables 3, 4)."""
    rows = [
        (m.key, m.family, m.name, m.resolution, m.gf, m.counts.conv_acts / 1e6, float(m.paper["infer_ms_batch64_v100"]))
        for m in models()
    ]
    return Device(V100, f"{IMAGES} images", "arXiv:2003.13678", pd.DataFrame(rows, columns=COLUMNS))


@cache
def timm(*, exact: bool = False) -> tuple[Device, ...]:
    """One device a GPU of timm's tables, in the order of the files."""
    table = published.load("timm_infer_benchmarks")
    same = (table["precision"] == "amp") & (table["memory_format"] == "nchw") & ~table["compile_dynamo"]
    table = table[same].assign(model_key=table["model"].map(_key))
    found = []
    for hardware, part in table.groupby("hardware", sort=False):
        newest = part[part["pytorch_tag"] == max(part["pytorch_tag"], key=_version)]
        how = f"mixed precision, PyTorch {'.'.join(str(n) for n in _version(newest['pytorch_tag'].iloc[0]))}"
        label = str(hardware).removeprefix("NVIDIA ")
        found.append(Device(label, how, str(newest["source"].iloc[0]), _chosen(newest, exact)))
    return tuple(found)


def timed_here(runs: Runs) -> list[Device]:
    """Devices with published networks among the timings beside these runs, at the published resolutions."""
    found = []
    for _, part in _inference(runs).groupby(["device", "precision", "threads"], dropna=False):
        first = part.iloc[0]
        count = None if pd.isna(first["threads"]) else int(first["threads"])
        threads = f", {count} thread{'s' * (count != 1)}" if count else ""
        near = part.assign(distance=np.abs(np.log(part["batch"] / IMAGES))).sort_values("distance", kind="stable")
        rows = pd.DataFrame({
            "model": near["model"], "family": near["model"].map(_family), "timed": near["model"],
            "resolution": near["resolution"], "gf": near["flops"] / 1e9, "acts": near["model"].map(_conv_acts),
            "ms": near["ms_median"] * IMAGES / near["batch"],
        })  # fmt: skip
        label, how = f"{_brief(str(first['device']))}{threads}", f"{first['precision']}, {_days(part)}"
        found.append(Device(label, how, "here", _in_order(rows), gpu=not threads))
    return found


def status(runs: Runs) -> str:
    """Which devices are timed here, in a sentence; how to time one where there is none; that no GPU is, if so."""
    found = timed_here(runs)
    if not found:
        return NOT_TIMED
    parts = "; ".join(f"{d.label} ({d.how}, {len(d.rows)} networks)" for d in found)
    return f"Timed here: {parts}." + ("" if any(d.gpu for d in found) else " No GPU was timed here.")


def scaled(runs: Runs) -> str:
    """How many networks were timed here on a part of the batch, in a sentence; empty where none was."""
    mine = _inference(runs)
    part = mine[mine["images"] < mine["batch"]]
    if part.empty:
        return ""
    return (
        f" {len(part)} of {len(mine)} times here are of {int(part['images'].min())} images or more and scaled to "
        f"{IMAGES}: a first look, too short where a part of the batch stays in the caches."
    )


def _inference(runs: Runs) -> pd.DataFrame:
    """The rows of published networks that were timed forward, at their published resolutions, and fitted in memory."""
    table = timings.read(runs.folder.parent)
    mine = table[(table["population"] == "") & ~table["train"].astype(bool) & (table["status"] == "ok")]
    return mine[mine["resolution"] == mine["model"].map(_resolution)]


def _chosen(table: pd.DataFrame, exact: bool) -> pd.DataFrame:
    """One row a published network: at its image size, or timm's own network at the nearest."""
    table = table[table["model_key"] != ""]
    port, size = table["model"].str.startswith("tf_"), table["model_key"].map(_resolution)
    off = (table["img_size_px"] - size).abs()
    keep = off == 0 if exact else ~port & ((off == 0) | (table["model_key"].map(_family) == "efficientnet"))
    kept = table[keep].assign(off=off, port=port).sort_values(["off", "port"], kind="stable")
    rows = pd.DataFrame({
        "model": kept["model_key"], "family": kept["model_key"].map(_family), "timed": kept["model"],
        "resolution": kept["img_size_px"], "gf": kept["gmacs"], "acts": kept["macts_M"],
        "ms": kept["ms_per_64_images_derived"],
    })  # fmt: skip
    return _in_order(rows)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The first row of each published network, in the paper's order."""
    first = rows.drop_duplicates("model").set_index("model")
    return first.reindex([m.key for m in models() if m.key in first.index]).reset_index()[COLUMNS]


@cache
def _names() -> dict[str, str]:
    return {m.key: m.name for m in models()}


def _conv_acts(key: str) -> float:
    """Outputs of convolutions, 10^6 elements: what the paper and timm count."""
    return find(key).counts.conv_acts / 1e6


def _family(key: str) -> str:
    return key.partition("-")[0]


def _resolution(key: str) -> int:
    return zoo.resolution(key) if key in zoo else 0


def _key(name: str) -> str:
    """The zoo's name of a network of timm; empty where it is none of the paper's.

    >>> [_key(name) for name in ("regnetx_004", "regnety_120", "resnext50_32x4d", "tf_efficientnet_b5")]
    ['regnetx-400mf', 'regnety-12gf', 'resnext-50', 'efficientnet-b5']
    """
    if regnet := re.fullmatch(r"(regnet[xy])_(\d{3})", name):
        mf = 100 * int(regnet[2])
        size = f"{mf}mf" if mf < 1000 else f"{mf / 1000:.1f}gf" if mf < 10_000 else f"{mf // 1000}gf"
        key = f"{regnet[1]}-{size}"
    elif resnet := re.fullmatch(r"(resnet|resnext)(\d+)(_32x4d)?", name):
        key = f"{resnet[1]}-{resnet[2]}"
    else:
        key = name.removeprefix("tf_").replace("_", "-")
    return key if key in zoo else ""


def _version(tag: str) -> tuple[int, ...]:
    """PyTorch's version in timm's file names.

    >>> _version("pt113"), _version("pt240")
    ((1, 13), (2, 4, 0))
    """
    digits = tag.removeprefix("pt")
    return (1, int(digits[1:])) if digits[0] == "1" else (int(digits[0]), int(digits[1:-1]), int(digits[-1]))


def _brief(device: str) -> str:
    """A device's name without what adds nothing."""
    return re.sub(r"\s+", " ", re.sub(r"\((R|TM)\)|NVIDIA|CPU|@.*|\d+-Core Processor", "", device)).strip()


def _days(rows: pd.DataFrame) -> str:
    first, last = rows["date"].min(), rows["date"].max()
    return str(first) if first == last else f"{first} to {last}"
