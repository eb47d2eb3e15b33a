"""Figure 2: AnyNetX_A's error EDF, and error against depth and against w_4 (arXiv:2003.13678, sec. 3.1)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from regnet.analysis.bootstrap import best_range
from regnet.figures.numbers import paper
from regnet.figures.panels import best, captions, edfs, outliers, style
from regnet.sweeps.store import Runs

TITLE = "Statistics of the AnyNetX design space"
SPACE = "anynetx_a"
# panel -> the paper's panel of read-off values
PANELS = {"depth d": "middle depth", "width w_4": "right w_4"}
HEAD, BODY = 1.0, 2.9


@style.theme()
def make(runs: Runs) -> Figure:
    """The EDF; error against depth; error against the width of the last stage."""
    frame, colour = runs.frame(SPACE), style.colour(SPACE)
    fig = Figure(figsize=(style.WIDTH, HEAD + BODY), layout="constrained")
    grid = fig.add_gridspec(1, 3, width_ratios=(1.2, 1, 1))
    edfs.panel(fig, grid[0], edfs.curves(runs, 2, [SPACE]), head=HEAD, body=BODY, left=-0.28)
    for place, (name, x) in enumerate(values(frame).items(), start=1):
        span = paper.best_span(2, PANELS[name])
        ax = best.panel(
            fig, grid[place], frame, x, colour=colour, head=HEAD, body=BODY, paper=span, log=2 * (place == 2)
        )
        ax.set_xlabel(("depth d (blocks)", "width w₄ (channels)")[place - 1])
    return fig


def values(frame: pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """Panel -> its x: blocks of the network, channels of the fourth stage (realised)."""
    depths = frame[["d1", "d2", "d3", "d4"]].to_numpy(np.float64)
    return {"depth d": depths.sum(axis=1), "width w_4": frame["w4"].to_numpy(np.float64)}


def data(runs: Runs) -> pd.DataFrame:
    """The EDF, and each network's d and w_4 with the best ranges, ours and the paper's."""
    frame = runs.frame(SPACE)
    tables = [edfs.rows(runs, "EDF", edfs.curves(runs, 2, [SPACE]))]
    for name, x in values(frame).items():
        theirs = paper.digitised(2, PANELS[name])["source"].iloc[0] + ", read off the image"
        tables.append(best.rows(name, frame, x, SPACE, runs.regime))
        tables.append(best.paper_rows(name, SPACE, paper.best_span(2, PANELS[name]), theirs))
    return pd.concat(tables, ignore_index=True)


def caption(runs: Runs) -> str:
    """What is measured, on what, and how to read it."""
    beyond = outliers.words({"every panel": [runs.frame(SPACE)["error"].to_numpy(np.float64)]})
    said = (
        "Two tools on AnyNetX_A. Left: the error EDF, the share of networks below each error, with "
        f"{captions.BRACKETS} Middle, right: error against depth and against the width of the fourth stage. "
        f"{captions.RANGE} In words above: best (range). {captions.setting(runs, [SPACE])} {captions.paper_setting(2)} "
        "Its ranges are read off the image (≈)."
    )
    return f"{said} {beyond}".strip()


def alt(runs: Runs) -> str:
    """The picture in words."""
    frame = runs.frame(SPACE)
    spans = [best.words(f"best {name}", best_range(x, frame["error"])) for name, x in values(frame).items()]
    return (
        f"Three panels of {len(frame)} AnyNetX_A networks: a rising cumulative curve of errors from "
        f"{frame['error'].min():.1f} to {frame['error'].max():.1f}%, and two scatter plots of error with a shaded "
        f"range of the best networks: {'; '.join(spans)}."
    )
