"""Figure 23, right: RegNets made of X, R, V and VR blocks (arXiv:2003.13678, App. D)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import captions, edf_grid, edfs, style
from regnet.figures.panels import waiting as panels
from regnet.figures.panels.edf_grid import Entry, Panel
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

TITLE = "RegNets of four block types"
# one space, one colour: the blocks differ in their lines
LINES = dict(zip(("regnetx", "regnetx_r", "regnetx_v", "regnetx_vr"), style.BROKEN, strict=True))
PANEL = Panel(
    "blocks",
    tuple(Entry(Population(name), labels.label(name), line=line) for name, line in LINES.items()),
    "RegNets, same flops and length",
)
WIDTH = 5.4  # inches


def make(runs: Runs) -> Figure:
    """One EDF panel."""
    return edf_grid.figure(runs, 23, [PANEL], across=1, body=2.9, width=WIDTH)


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """The panel's populations; empty where none is there."""
    return edf_grid.drawn(runs, 23, [PANEL])


def data(runs: Runs) -> pd.DataFrame:
    """Legends and EDFs."""
    return edf_grid.data(runs, 23, [PANEL])


def caption(runs: Runs) -> str:
    """What is compared, on what, and where the paper's numbers come from."""
    names = edf_grid.names(runs, [PANEL])
    said = (
        "Error EDFs of RegNets whose blocks are X; X without groups (R); a single 3x3 convolution (V); V with a "
        f"shortcut (VR). Table: {captions.BARE} {captions.setting(runs, edf_grid.members(curves(runs)))} "
        f"{captions.paper_setting(23)}"
    )
    return " ".join(filter(None, (said, edfs.beyond(curves(runs)), panels.words(runs, names))))


def alt(runs: Runs) -> str:
    """The picture in words."""
    said = f"Cumulative error curves. {edfs.in_words(curves(runs))}"
    return f"{said} {panels.words(runs, edf_grid.names(runs, [PANEL]))}".strip()
