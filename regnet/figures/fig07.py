"""Figure 7: increasing widths (C to D) and increasing depths (D to E) against constant and decreasing ones."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import captions, edfs
from regnet.sweeps.store import Runs

TITLE = "Increasing widths and depths"
PANELS = {
    "widths": ("anynetx_c", "anynetx_d", "anynetx_c_w_const", "anynetx_c_w_decreasing"),
    "depths": ("anynetx_d", "anynetx_e", "anynetx_d_d_const", "anynetx_d_d_decreasing"),
}


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """Panel -> its populations."""
    return {name: edfs.curves(runs, 7, populations) for name, populations in PANELS.items()}


def make(runs: Runs) -> Figure:
    """Two EDF panels."""
    return edfs.figure(list(curves(runs).values()))


def data(runs: Runs) -> pd.DataFrame:
    """Legends and EDFs of both panels."""
    return pd.concat([edfs.rows(runs, name, drawn) for name, drawn in curves(runs).items()], ignore_index=True)


def caption(runs: Runs) -> str:
    """What is compared, on what, and where the paper's numbers come from."""
    populations = list(dict.fromkeys(name for names in PANELS.values() for name in names))
    said = (
        "Error EDFs. Left: AnyNetX_C and its networks whose widths do not decrease (AnyNetX_D), stay equal, or do not "
        "increase from stage to stage. Right: the same for the depths of AnyNetX_D; non-decreasing ones are "
        f"AnyNetX_E. Table: {captions.BRACKETS} {captions.setting(runs, populations)} {captions.paper_setting(7)}"
    )
    return f"{said} {edfs.beyond(curves(runs))}".strip()


def alt(runs: Runs) -> str:
    """The picture in words."""
    return "Two panels of cumulative error curves. " + edfs.in_words(curves(runs))
