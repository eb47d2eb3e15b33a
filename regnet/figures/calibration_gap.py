"""The gap between AnyNetX_A and RegNetX by learning rate: a panel a data set, pocket's Fashion-MNIST beside it.

Not a figure of the paper; drawn from the trainings that search for rates, and from pocket's calibration where that lies
in the same folder.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from regnet.analysis.calibration import choose, summarise
from regnet.analysis.rate_gap import BROKEN, NARROW, WIDE, gap_table
from regnet.figures import calibrated, style
from regnet.figures.calibration_rates import rate_axis
from regnet.figures.captions import DATA
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

TITLE = "The gap between AnyNetX_A and RegNetX by learning rate"
COLOUR = "#6152E0"  # of the gaps; lengths are shades of it
MARKERS = ("o", "s", "^", "D", "v")
DODGE = 0.045  # natural logarithms of the rate between two lengths' signs
EACH = tuple(f"{what}_{space}" for space in (WIDE, NARROW) for what in ("diverged", "broken"))


@style.theme()
def make(runs: Runs) -> Figure:
    """Above, the gap of each length with its 95% interval, and without hurt networks; below, how many are hurt.

    Raises:
        MissingPopulation: no length has networks of both spaces trained at every rate.
    """
    table = data(runs)
    sets = list(dict.fromkeys(table["data"]))
    fig = Figure(figsize=(style.WIDTH, 5.2), layout="constrained")
    ratios = [3.0, 0.25 + 0.25 * max(table.groupby("data")["images"].nunique())]
    axes = fig.subplots(2, len(sets), squeeze=False, sharex="col", gridspec_kw={"height_ratios": ratios})
    lengths = sorted(set(table["images"]))
    looks = dict(zip(lengths, zip(style.shades(COLOUR, len(lengths)), MARKERS, strict=False), strict=False))
    for (above, below), name in zip(axes.T, sets, strict=True):
        own = table[table["data"] == name]
        _gaps(above, own, looks)
        _hurt(below, own)
        above.set_title(name, fontsize=10)
    axes[0, 0].set_ylabel("AnyNetX_A − RegNetX (points of error)")
    signs = [Line2D([], [], color=c, marker=m, markersize=5, label=f"{n:,} images") for n, (c, m) in looks.items()]
    signs.append(Line2D([], [], color=style.INK, linestyle=":", label="without networks that a rate hurts"))
    fig.legend(handles=signs, loc="outside upper left", ncols=3)
    return fig


def _gaps(ax: Axes, own: pd.DataFrame, looks: dict[int, tuple[str, str]]) -> None:
    lengths = sorted(set(own["images"]))
    for place, images in enumerate(lengths):
        part, (colour, marker) = own[own["images"] == images].sort_values("lr"), looks[images]
        x = part["lr"] * np.exp(DODGE * (place - (len(lengths) - 1) / 2))
        ends = part[["low", "high"]].where(np.isfinite(part[["low", "high"]]))
        ax.vlines(x, ends["low"], ends["high"], color=colour, linewidth=1, alpha=0.5)
        ax.plot(x, part["gap"], color=colour)
        if (part["sound_gap"] - part["gap"]).abs().max() > 0:
            ax.plot(x, part["sound_gap"], color=colour, linestyle=":")
        style.scatter(ax, x, part["gap"], _titles(part), colour=colour, marker=marker, s=30, alpha=1)
    ax.axhline(0, color=style.INK, linewidth=0.8)
    ax.tick_params(labelbottom=True)


def _hurt(ax: Axes, own: pd.DataFrame) -> None:
    """A row a length: trainings diverged or broken at each rate, of AnyNetX_A and of RegNetX."""
    lengths, rates = sorted(set(own["images"])), sorted(set(own["lr"]))
    for row in own.to_dict("records"):
        a, b = (row[f"diverged_{space}"] + row[f"broken_{space}"] for space in (WIDE, NARROW))
        ax.text(row["lr"], lengths.index(row["images"]), f"{a} | {b}", ha="center", va="center", fontsize=9)
    ax.set_yticks(range(len(lengths)), [f"{n:,}" for n in lengths], fontsize=9)
    ax.set_ylim(len(lengths) - 0.4, -0.6)
    ax.grid(visible=False)
    rate_axis(ax, rates)
    ax.margins(x=0.14)
    ax.set_title("diverged or broken, A | RegNetX", fontsize=9, loc="left")


def _titles(part: pd.DataFrame) -> list[str]:
    return [
        f"{row['images']:,} images, lr {row['lr']:g}: {gap_words(row)}; {row['wide']} networks of AnyNetX_A, "
        f"{row['narrow']} of RegNetX"
        for row in part.to_dict("records")
    ]


def gap_words(row: dict[str, float]) -> str:
    """
    >>> gap_words({"gap": 3.98, "low": 1.04, "high": 6.93})
    '4.0 points (95%: 1.0 to 6.9)'
    """
    return f"{row['gap']:.1f} points (95%: {row['low']:.1f} to {row['high']:.1f})"


def data(runs: Runs) -> pd.DataFrame:
    """`rate_gap.gap_table` with the name of each data set in `data`, Fashion-MNIST first where it is there.

    Raises:
        MissingPopulation: no length has networks of both spaces trained at every rate.
    """
    table = gap_table(calibrated.trainings(runs))
    if not len(table):
        raise MissingPopulation(
            f"no length of regime {runs.regime} has networks of AnyNetX_A and RegNetX trained at every rate; "
            f"make it: {calibrated.make(runs)}"
        )
    named = table.assign(data=[calibrated.data_set(runs, k) for k in table["classes"]])
    beside = grid_gaps(calibrated.on_grid(runs))
    return pd.concat([beside, named], ignore_index=True)


def grid_gaps(runs: Runs) -> pd.DataFrame:
    """The same of a calibration on one grid, at the batch that it chose; empty where it is not sealed."""
    try:
        frame = runs.calibration()
        batch = choose(summarise(frame))["batch"]
    except (MissingPopulation, ValueError):
        return pd.DataFrame()
    base = find_regime(runs.regime).base
    tried = frame[(frame["role"] == "candidate") & (frame["batch"] == batch)]
    return gap_table(tried.assign(classes=base.num_classes)).assign(data=DATA[base.data])


def caption(runs: Runs) -> str:
    """How to read the panels, what the gap does from the lowest to the highest rate, what is missing."""
    table = data(runs)
    beside = calibrated.on_grid(runs)
    more = f" {DATA[find_regime(beside.regime).base.data]}: regime {beside.regime}, at the batch that it chose." * bool(
        len(grid_gaps(beside))
    )
    return (
        "Mean error of AnyNetX_A's networks less that of RegNetX's, with 95% intervals (Welch), over networks trained "
        "at every rate. Dotted, where it differs: without the networks that any rate of that length made diverge or "
        f"broke (error within {BROKEN:g} points of chance); below, how many trainings of each space those are. "
        f"{' '.join(changes(table))} {calibrated.setting(runs)}{more} {_missing(runs)}"
    ).strip()


def _missing(runs: Runs) -> str:
    return calibrated.lacking(runs, gap_table(calibrated.trainings(runs)), "rates")


def changes(table: pd.DataFrame) -> list[str]:
    """A sentence a data set: each length's gap at its lowest and highest rate, and without hurt networks."""
    return [f"{name}: {'; '.join(_change(own) for own in _lengths(part))}." for name, part in
            table.groupby("data", sort=False)]  # fmt: skip


def _lengths(part: pd.DataFrame) -> Sequence[pd.DataFrame]:
    return [own.sort_values("lr") for _, own in part.groupby("images")]


def _change(own: pd.DataFrame) -> str:
    first, last = own.iloc[0], own.iloc[-1]
    hurt = int(own[list(EACH)].to_numpy().sum())
    sound = f", {last['sound_gap']:.1f} without {hurt} hurt trainings' networks"
    more = sound if hurt and np.isfinite(last["sound_gap"]) else ""
    return (
        f"after {first['images']:,} images {first['gap']:.1f} points at lr {first['lr']:g}, "
        f"{last['gap']:.1f} at lr {last['lr']:g}{more}"
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    return f"Lines of the gap between AnyNetX_A and RegNetX against learning rate. {' '.join(changes(data(runs)))}"
