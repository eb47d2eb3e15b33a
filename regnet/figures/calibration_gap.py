"""The gap between AnyNetX_A and RegNetX by learning rate: a panel a data set, pocket's Fashion-MNIST beside it.

Not a figure of the paper; drawn from the trainings that search for rates, and from pocket's calibration where that lies
in the same folder.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from regnet.analysis.calibration import choose, summarise
from regnet.analysis.rate_gap import BROKEN, NARROW, WIDE, change_table, gap_table
from regnet.figures.calibration_rates import rate_axis
from regnet.figures.panels import calibrated, style
from regnet.figures.panels.captions import DATA
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

TITLE = "The gap between AnyNetX_A and RegNetX by learning rate"
COLOURS = ("#2F95CF", "#2A9D76", "#D9662A", "#6152E0", "#C8243C", "#6E7892")  # of lengths, in this order
MARKERS = ("o", "s", "^", "D", "v", "P")
BODY, HEAD, ROW = 3.0, 0.25, 0.25  # inches: a panel, the heading of the counts below it, a row of them
ROOM = 2.0  # points of error at least, above and below the gaps
BESIDE = 1.3  # times the rate, on either side
DODGE = 0.045  # natural logarithms of the rate between two lengths' signs


@style.theme()
def make(runs: Runs) -> Figure:
    """The gap of each length with its 95% interval; where a rate hurts networks, also without these and their counts.

    Raises:
        MissingPopulation: no length has two networks of each space trained at every rate.
    """
    table = data(runs)
    sets = list(dict.fromkeys(table["data"]))
    rows = int(table.groupby("data")["images"].nunique().max()) if _any_hurt(table) else 0
    heights = [BODY, HEAD + ROW * rows] if rows else [BODY]
    fig = Figure(figsize=(style.WIDTH, 1.0 + sum(heights)), layout="constrained")
    axes = fig.subplots(len(heights), len(sets), squeeze=False, sharex="col", gridspec_kw={"height_ratios": heights})
    lengths = sorted(set(table["images"]))
    looks = dict(zip(lengths, zip(COLOURS, MARKERS, strict=True), strict=False))
    for column, name in zip(axes.T, sets, strict=True):
        own = table[table["data"] == name]
        _gaps(column[0], own, looks)
        column[0].set_title(name, fontsize=10)
        for below in column[1:]:
            _hurt(below, own, rows)
    axes[0, 0].set_ylabel("AnyNetX_A − RegNetX (points of error)")
    signs = [Line2D([], [], color=c, marker=m, markersize=5, label=f"{n:,} images") for n, (c, m) in looks.items()]
    if rows:
        signs.append(Line2D([], [], color=style.INK, linestyle=":", label="without networks that a rate hurts"))
    fig.legend(handles=signs, loc="outside upper left", ncols=3)
    return fig


def _any_hurt(table: pd.DataFrame) -> bool:
    return bool(
        table[[f"{how}_{space}" for how in ("diverged", "broken") for space in (WIDE, NARROW)]].to_numpy().any()
    )


def _gaps(ax: Axes, own: pd.DataFrame, looks: dict[int, tuple[str, str]]) -> None:
    lengths = sorted(set(own["images"]))
    for place, images in enumerate(lengths):
        part, (colour, marker) = own[own["images"] == images].sort_values("lr"), looks[images]
        x = part["lr"] * np.exp(DODGE * (place - (len(lengths) - 1) / 2))
        ax.vlines(x, part["low"], part["high"], color=colour, linewidth=1, alpha=0.5)
        ax.plot(x, part["gap"], color=colour)
        if (part["sound_gap"] - part["gap"]).abs().max() > 0:
            ax.plot(x, part["sound_gap"], color=colour, linestyle=":")
        style.scatter(ax, x, part["gap"], _titles(part), colour=colour, marker=marker, s=30, alpha=1)
    ax.axhline(0, color=style.INK, linewidth=0.8)
    rate_axis(ax, sorted(set(own["lr"])))
    ax.set_xlim(own["lr"].min() / BESIDE, own["lr"].max() * BESIDE)
    low, high = min(0.0, own["gap"].min()), max(0.0, own["gap"].max())
    room = max(ROOM, (high - low) / 2)
    ax.set_ylim(low - room, high + room)
    ax.tick_params(labelbottom=True)


def _hurt(ax: Axes, own: pd.DataFrame, rows: int) -> None:
    """A row a length, of as many as any panel has: trainings of each space that are hurt at each rate."""
    lengths = sorted(set(own["images"]))
    for row in own.to_dict("records"):
        a, b = (row[f"diverged_{space}"] + row[f"broken_{space}"] for space in (WIDE, NARROW))
        ax.text(row["lr"], lengths.index(row["images"]), f"{a} | {b}", ha="center", va="center", fontsize=9)
    ax.set_yticks(range(len(lengths)), [f"{n:,}" for n in lengths], fontsize=9)
    ax.set_ylim(rows - 0.4, -0.6)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labelbottom=False)
    ax.set_title("hurt trainings: A | RegNetX", fontsize=9, loc="left")


def _titles(part: pd.DataFrame) -> list[str]:
    return [
        f"{row['images']:,} images, lr {row['lr']:g}: {gap_words(row)}; {row['wide']} networks of AnyNetX_A, "
        f"{row['narrow']} of RegNetX"
        for row in part.to_dict("records")
    ]


def gap_words(row: Mapping[Any, Any]) -> str:
    """
    >>> gap_words({"gap": 3.98, "low": 1.04, "high": 6.93})
    '4.0 points (95%: 1.0 to 6.9)'
    """
    return f"{row['gap']:.1f} points (95%: {row['low']:.1f} to {row['high']:.1f})"


def data(runs: Runs) -> pd.DataFrame:
    """`rate_gap.gap_table` with the name of each data set in `data`, that of the calibration on one grid first.

    Raises:
        MissingPopulation: no length has two networks of each space trained at every rate.
    """
    tables = [gap_table(frame).assign(data=name) for name, frame in sets(runs).items()]
    table = pd.concat(tables, ignore_index=True)
    if not len(gap_table(calibrated.trainings(runs))):
        raise MissingPopulation(
            f"no length of regime {runs.regime} has two networks of AnyNetX_A and of RegNetX trained at every rate; "
            f"make it: {calibrated.make(runs)}"
        )
    return table


def sets(runs: Runs) -> dict[str, pd.DataFrame]:
    """Name of a data set -> its trainings.

    Raises:
        MissingPopulation: the regime is not calibrated in stages, or nothing is sealed.
    """
    kept = calibrated.trainings(runs)
    own = {calibrated.data_set(runs, k): kept[kept["classes"] == k] for k in sorted(set(kept["classes"]))}
    return {**beside(calibrated.on_grid(runs)), **own}


def beside(runs: Runs) -> dict[str, pd.DataFrame]:
    """The same of a calibration on one grid, at the batch that it chose; empty where it is not sealed."""
    try:
        frame = runs.calibration()
        batch = choose(summarise(frame))["batch"]
    except (MissingPopulation, ValueError):
        return {}
    base = find_regime(runs.regime).base
    tried = frame[(frame["role"] == "candidate") & (frame["batch"] == batch)]
    return {DATA[base.data]: tried.assign(classes=base.num_classes)}


def caption(runs: Runs) -> str:
    """How to read the panels, what the gap does from the lowest to the highest rate, what is missing."""
    grid = calibrated.on_grid(runs)
    more = "".join(f" {name}: regime {grid.regime}, at the batch that it chose." for name in beside(grid))
    said = (
        "Mean error of AnyNetX_A's networks less that of RegNetX's, with 95% intervals (Welch; cut where they leave a "
        f"panel), over networks trained at every rate. {_hurt_words(data(runs))} {' '.join(changes(runs))} A change "
        "sets each network against itself, so the spread of networks is not in its interval. "
        f"{calibrated.setting(runs)}{more} "
    )
    return (said + calibrated.lacking(runs, gap_table(calibrated.trainings(runs)), "rates")).strip()


def _hurt_words(table: pd.DataFrame) -> str:
    hurt = f"diverged, or ended within {BROKEN:g} points of chance"
    if not _any_hurt(table):
        return f"No training of the two spaces {hurt}."
    return (
        f"Dotted, where it differs: without the networks that any rate of that length hurts, so that they {hurt}; "
        "below, by length, how many trainings of each space are hurt."
    )


def changes(runs: Runs) -> list[str]:
    """A sentence a data set: what each length's gap does from its lowest to its highest rate."""
    tables = {name: change_table(frame) for name, frame in sets(runs).items()}
    return [
        f"From lr {table['first'].min():g} to {table['last'].max():g} on {name} the gap changes by "
        f"{', '.join(map(_change, table.to_dict('records')))}."
        for name, table in tables.items()
        if len(table)
    ]


def _change(row: Mapping[Any, Any]) -> str:
    """
    >>> _change({"images": 6400, "change": -4.18, "low": -9.0, "high": 0.61, "sound_change": 0.3})
    '-4.2 points after 6,400 images (95%: -9.0 to 0.6; +0.3 without networks that a rate hurts)'
    """
    differs = abs(row["sound_change"] - row["change"]) > 0.05
    sound = f"; {row['sound_change']:+.1f} without networks that a rate hurts" if differs else ""
    ends = f"{row['low']:.1f} to {row['high']:.1f}"
    return f"{row['change']:+.1f} points after {row['images']:,} images (95%: {ends}{sound})"


def alt(runs: Runs) -> str:
    """The picture in words."""
    return f"Lines of the gap between AnyNetX_A and RegNetX against learning rate. {' '.join(changes(runs))}"
