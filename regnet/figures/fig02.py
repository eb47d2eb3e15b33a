"""Figure 2: AnyNetX_A's error EDF, and error against depth and against w_4 (arXiv:2003.13678, sec. 3.1)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.figures.panels import captions
from regnet.figures.panels.best import Best
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.sweeps.store import Runs

CHAPTER = "02-tools"


def element(runs: Runs) -> Picture:
    """The EDF; error against depth; error against the width of the last stage."""
    population = runs.population("anynetx_a")
    edf = Edfs(runs, "EDF", 2, [Entry(population)])
    depth = Best(runs, "depth d", population, _depth, "depth d (blocks)", 2, "middle depth")
    width = Best(runs, "width w_4", population, _last_width, "width w₄ (channels)", 2, "right w_4", log=2)
    return Picture(
        runs=runs,
        title="Statistics of the AnyNetX design space",
        rows=[Row([edf, depth, width], body=2.9, widths=(1.2, 1, 1))],
        how="Two tools on AnyNetX_A. Left: the error EDF, the share of networks below each error, with "
        f"{captions.BARE} Middle, right: error against depth and against the width of the fourth stage. "
        f"{captions.RANGE} In words above: best (range).",
        paper=f"{captions.paper_setting(2)} Its ranges are read off the image (≈).",
        seen=lambda: (
            f"Three panels of {len(depth.frame)} AnyNetX_A networks: a rising cumulative curve of errors from "
            f"{depth.frame['error'].min():.1f} to {depth.frame['error'].max():.1f}%, and two scatter plots of error "
            "with a shaded range of the best networks."
        ),
    )


def _depth(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    return frame[["d1", "d2", "d3", "d4"]].sum(axis=1).to_numpy(np.float64)


def _last_width(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    return frame["w4"].to_numpy(np.float64)
