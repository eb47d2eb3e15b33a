"""Times of the members of populations: which device's are shown, and the members with their times.

A row of the timings that `regnet time --population` makes is one member on one device. As in the claims about time,
inference in fp32 on batches of 64 at the regime's resolution counts, and a member need not be trained to be timed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from regnet.analysis.rules.timing import BATCH
from regnet.figures.panels import trends
from regnet.sweeps import timings
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

LABEL = f"ms for {BATCH} images"  # the axis label of a time


@dataclass(frozen=True)
class Timed:
    """Members timed on one device, and those of them that are trained.

    `rows`: population, index, network_id, flops, acts, ms (milliseconds for `BATCH` images). `frames`: the trained
    members of each population with a column ms.
    """

    rows: pd.DataFrame
    frames: trends.Frames
    device: str = ""


def members(runs: Runs, populations: Sequence[Population], found: trends.Frames) -> Timed:
    """The members of the populations on the device that has most of them; `found` are the trained ones."""
    table = timings.read(runs.folder.parent)
    names = [population.name for population in populations]
    own = (table["regime"] == runs.regime) & table["population"].isin(names) & (table["status"] == "ok")
    whole = (table["batch"] == BATCH) & (table["images"] == BATCH)
    how = whole & (table["precision"] == "fp32") & ~table["train"].astype(bool)
    usual = table["resolution"] == find_regime(runs.regime).resolution
    mine = table[own & how & usual].rename(columns={"ms_median": "ms"}).astype({"index": "Int64"})
    if mine.empty:
        return Timed(mine, {})
    chosen = max((part for _, part in mine.groupby(["device", "threads"], dropna=False)), key=len)
    device, threads = chosen.iloc[0][["device", "threads"]]
    cores = "" if pd.isna(threads) else f", {threads} thread{'s' * (int(threads) != 1)}"
    rows = chosen[["population", "index", "network_id", "flops", "acts", "ms"]].astype({"index": "int64"})
    frames = {population: _joined(frame, population, rows) for population, frame in found.items()}
    kept = {population: frame for population, frame in frames.items() if len(frame)}
    return Timed(rows.reset_index(drop=True), kept, f"{device}{cores}")


def _joined(frame: pd.DataFrame, population: Population, rows: pd.DataFrame) -> pd.DataFrame:
    mine = rows[rows["population"] == population.name][["index", "network_id", "ms"]]
    return frame.merge(mine, on=["index", "network_id"], validate="one_to_one")


def titles(rows: pd.DataFrame) -> list[str]:
    """What a timed member says on hover."""
    return [
        f"{row['population']}, member {row['index']}: {row['flops'] / 1e6:.2f} MF, {row['acts'] / 1e3:.0f} k "
        f"activations, {row['ms']:.3g} ms"
        for row in rows.to_dict("records")
    ]


def command(runs: Runs, population: Population) -> str:
    """What times the members of a population."""
    return f"regnet time --population {runs.regime}/{population.name}"


def lacking(ax: Axes, runs: Runs, population: Population) -> None:
    """Writes in an axes that nothing is timed, and the command."""
    ax.set_axis_off()
    said = "Not timed yet:\n" + command(runs, population).replace("--population ", "--population\n")
    ax.text(0, 0.9, said, ha="left", va="top", fontsize=9, linespacing=1.4, transform=ax.transAxes)
