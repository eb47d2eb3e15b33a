"""Figure 9: RegNetX against AnyNetX_A and _E, its restrictions, and random search (arXiv:2003.13678, sec. 3.3)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from regnet.analysis.random_search import band, expected_best
from regnet.figures.numbers import paper
from regnet.figures.panels import captions, edfs, style
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

TITLE = "The RegNetX design space"
PANELS = {
    "spaces": ("anynetx_a", "anynetx_e", "regnetx"),
    "restrictions": ("regnetx", "regnetx_wm2", "regnetx_w0_wa"),
}
SEARCHED = ("anynetx_a", "regnetx")
ENOUGH = 32  # random networks that suffice to find a good one, by the paper's claim
BODY, SEARCH = 2.7, 2.7


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """EDF panel -> its populations."""
    return {name: edfs.curves(runs, 9, populations) for name, populations in PANELS.items()}


@style.theme()
def make(runs: Runs) -> Figure:
    """Two EDF panels; the best of m random networks here, and in the paper."""
    drawn = curves(runs)
    head = edfs.head_height(*drawn.values())
    fig = Figure(figsize=(style.WIDTH, head + BODY + SEARCH), layout="constrained")
    grid = fig.add_gridspec(2, 2, height_ratios=(head + BODY, SEARCH), wspace=0.06, hspace=0.06)
    for place, shown in enumerate(drawn.values()):
        edfs.panel(fig, grid[0, place], shown, head=head, body=BODY)
    ours, theirs = fig.add_subplot(grid[1, 0]), fig.add_subplot(grid[1, 1])
    for name in SEARCHED:
        curve = search(runs, name)
        ours.fill_between(curve["m"], curve["low"], curve["high"], color=style.colour(name), alpha=0.18, linewidth=0)
        ours.plot(curve["m"], curve["error"], color=style.colour(name), label=labels.label(name))
        points = digitised(name)
        theirs.plot(points["m"], points["error"], "o", color=style.colour(name), label=labels.label(name))
    for ax, title in (
        (ours, "here: line E[best of m], band one search"),
        (theirs, "paper: ImageNet, read off the image"),
    ):
        _sample_axis(ax, title)
    return fig


def _sample_axis(ax: Axes, title: str) -> None:
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.axvline(ENOUGH, color="#8a8a8a", linewidth=1.2, linestyle=":")
    ax.set(xlabel="sample size m (networks)", ylabel=style.ERROR)
    ax.set_title(title, fontsize=9.5, loc="left")
    ax.legend()


def search(runs: Runs, population: str) -> pd.DataFrame:
    """m = 1 ... n, the expected error of the best of m, and the 95% band of one search (percent)."""
    errors = runs.frame(population)["error"].to_numpy(np.float64)
    m = np.arange(1, len(errors) + 1)
    low, high = band(errors, m)
    return pd.DataFrame({"m": m, "error": expected_best(errors, m), "low": low, "high": high})


def digitised(population: str) -> pd.DataFrame:
    """The paper's centre line as read off its image: m, error (percent), source."""
    points = paper.digitised(9, "right")
    mine = points[points["series"] == labels.label(population)]
    return mine[["x", "y", "source"]].rename(columns={"x": "m", "y": "error"}).astype({"m": float})


def data(runs: Runs) -> pd.DataFrame:
    """Legends, EDFs, and the curves of random search, ours and the paper's."""
    tables = [edfs.rows(runs, name, drawn) for name, drawn in curves(runs).items()]
    for name in SEARCHED:
        about = {"panel": "random search", "series": name}
        tables.append(search(runs, name).assign(source=f"here, {runs.regime}", **about))
        points = digitised(name)
        tables.append(points.assign(source=points["source"] + ", read off the image", **about))
    return pd.concat(tables, ignore_index=True)


def caption(runs: Runs) -> str:
    """What is compared, on what, and how to read the band."""
    populations = list(dict.fromkeys(name for names in PANELS.values() for name in names))
    said = (
        f"Top: error EDFs; table: {captions.BRACKETS} Bottom left: the error of the best of m random networks, in "
        "closed form without replacement; the line is its expectation, the band holds 95% of single searches and is "
        f"not the uncertainty of the line. Dotted: m = {ENOUGH}. Bottom right: the paper's line, read off its image. "
        f"{captions.setting(runs, populations)} {captions.paper_setting(9)}"
    )
    return f"{said} {edfs.beyond(curves(runs))}".strip()


def alt(runs: Runs) -> str:
    """The picture in words."""
    words = []
    for name in SEARCHED:
        curve = search(runs, name)
        first, last = curve["error"].iloc[0], curve["error"].iloc[-1]
        words.append(f"{labels.label(name)} falls from {first:.1f}% at m = 1 to {last:.1f}% at m = {len(curve)}")
    return (
        f"Two panels of cumulative error curves above two of falling error against sample size. "
        f"{edfs.in_words(curves(runs))} Random search here: {'; '.join(words)}."
    )
