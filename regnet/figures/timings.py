"""Inference times of the published networks, device by device (arXiv:2003.13678, Figs 15 and 16, Tables 3 and 4)."""

import math

import pandas as pd

from regnet.analysis.rules.timing import BATCH
from regnet.figures.numbers import devices, timm
from regnet.figures.panels.element import Table
from regnet.sweeps.store import Runs

CHAPTER = "11-timings"
ABOUT = ["network", "px", "flops (GF)", "acts (M)"]


def element(runs: Runs) -> Table:
    """One row a published network, one column a device."""
    return Table(
        runs=runs,
        title=f"Inference time of {BATCH} images, in milliseconds",
        timed=True,
        make=lambda: numbers(runs),
        columns=lambda table: table.assign(**{name: table[name].map(milliseconds) for name in table.columns[4:]}),
        how=lambda _: caption(runs),
        seen=alt,
    )


def numbers(runs: Runs) -> pd.DataFrame:
    """Network, image size (px), flops (10^9), activations (10^6), then milliseconds on each device."""
    known = devices.networks()
    table = known[["name", "resolution", "gf", "acts"]].round({"gf": 2, "acts": 1}).set_axis(ABOUT, axis=1)
    times = {one.name: one.rows.set_index("model")["ms"] for one in devices.devices(runs, exact=True)}
    return table.assign(**times).reset_index(drop=True)


def milliseconds(ms: float) -> str:
    """Three significant digits and no power of ten; nothing where there is no time.

    >>> milliseconds(9.2417), milliseconds(24486.1), milliseconds(float("nan"))
    ('9.24', '24,486', '')
    """
    return "" if math.isnan(ms) else f"{ms:,.0f}" if ms >= 100 else f"{ms:.3g}"


def caption(runs: Runs) -> str:
    """Whose numbers, how they were taken, and what is missing."""
    theirs, names = devices.on_timm(exact=True), devices.networks()["name"]
    how, rows = "; ".join(f"{one.label}: {one.how}" for one in theirs), theirs[0].rows.set_index("model")
    ports = names[rows.index[rows["timed"].str.startswith(timm.PORT)]]
    return (
        f"V100: printed in {devices.paper().source} (one GPU, {BATCH} images). timm ({theirs[0].source}): from its "
        f"images a second at the largest batch that fitted, not compiled, at the published image sizes ({how}); "
        f"{', '.join(ports)} are ports of TensorFlow's networks, whose padding takes time of its own; "
        f"{', '.join(names.drop(rows.index))} is not among them. Precisions and batches differ between columns: "
        f"compare networks within a column. {devices.status(runs)} Flops and activations (of convolutions) are counted "
        "here."
    )


def alt(table: pd.DataFrame) -> str:
    """The span of times on each device."""
    spans = ", ".join(
        f"{name} {milliseconds(table[name].min())} to {milliseconds(table[name].max())} ms"
        for name in table.columns[len(ABOUT) :]
    )
    return f"Table of {len(table)} networks with their inference times on each device: {spans}."
