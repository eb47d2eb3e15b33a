"""Inference times of the published networks, device by device (arXiv:2003.13678, Figs 15 and 16, Tables 3 and 4)."""

from __future__ import annotations

import math

import pandas as pd

from regnet.figures.numbers import devices
from regnet.figures.numbers.devices import IMAGES, Device
from regnet.figures.numbers.published_models import models
from regnet.page import tables
from regnet.sweeps.store import Runs

TITLE = f"Inference time of {IMAGES} images, in milliseconds"
ABOUT = ["network", "px", "flops (GF)", "acts (M)"]


def make(runs: Runs) -> pd.DataFrame:
    """One row a published network, one column a device."""
    table = data(runs)
    for name in table.columns[len(ABOUT) :]:
        table[name] = table[name].map(milliseconds)
    return tables.sortable(table)


def milliseconds(ms: float) -> str:
    """Three significant digits and no power of ten; nothing where there is no time.

    >>> milliseconds(9.2417), milliseconds(24486.1), milliseconds(float("nan"))
    ('9.24', '24,486', '')
    """
    return "" if math.isnan(ms) else f"{ms:,.0f}" if ms >= 100 else f"{ms:.3g}"


def data(runs: Runs) -> pd.DataFrame:
    """Network, image size (px), flops (10^9), activations (10^6), then milliseconds on each device."""
    rows = [(m.name, m.resolution, round(m.gf, 2), round(m.counts.conv_acts / 1e6, 1)) for m in models()]
    table = pd.DataFrame(rows, columns=ABOUT)
    keys = pd.Series([m.key for m in models()])
    for device in devices.devices(runs, exact=True):
        table[column(device)] = keys.map(device.rows.set_index("model")["ms"])
    return table


def column(device: Device) -> str:
    """What a device's column is called: whose numbers they are."""
    return f"{device.label} ({'here' if device.here else 'paper' if device.label == devices.V100 else 'timm'})"


def caption(runs: Runs) -> str:
    """Whose numbers, how they were taken, and what is missing."""
    theirs = devices.timm(exact=True)
    how = "; ".join(f"{device.label}: {device.how}" for device in theirs)
    ports = theirs[0].rows[theirs[0].rows["timed"].str.startswith("tf_")]["model"].map(devices.short)
    absent = [m.name for m in models() if m.key not in set(theirs[0].rows["model"])]
    return (
        f"V100: printed in {devices.paper().source} (one GPU, {IMAGES} images). timm ({theirs[0].source}): from its "
        f"images a second at the largest batch that fitted, not compiled, at the published image sizes ({how}); "
        f"{', '.join(ports)} are ports of TensorFlow's networks, whose padding takes time of its own; "
        f"{', '.join(absent)} is not among them. Precisions and batches differ between columns: compare networks "
        f"within a column. {devices.status(runs)}{devices.scaled(runs)} Flops and activations (of convolutions) are "
        "counted here."
    )


def alt(runs: Runs) -> str:
    """The table in words."""
    table = data(runs)
    spans = ", ".join(
        f"{name} {milliseconds(table[name].min())} to {milliseconds(table[name].max())} ms"
        for name in table.columns[len(ABOUT) :]
    )
    return f"Table of {len(table)} networks with their inference times on each device: {spans}."
