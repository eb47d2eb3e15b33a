"""Figure 10: AnyNetX_A, AnyNetX_E and RegNetX at other flops, lengths, stages and blocks (arXiv:2003.13678, sec. 3.4).

- The paper has 800MF where its section 3 has 400MF: 2F here. Its 50 epochs are five times section 3's: L5 here.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import captions, edf_grid, edfs
from regnet.figures.panels import waiting as panels
from regnet.figures.panels.edf_grid import Entry, Panel
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

TITLE = "The design spaces in other settings"
SPACES = {"anynetx_a": "AnyNetX_A", "anynetx_e": "AnyNetX_E", "regnetx": "RegNetX"}


def _setting(name: str, title: str, place: str, *, multiple: float = 1, length: int = 1, suffix: str = "") -> Panel:
    entries = (
        Entry(Population(f"{space}{suffix}", multiple, length), series, series) for space, series in SPACES.items()
    )
    return Panel(name, tuple(entries), title, place)


def _block(block: str) -> Panel:
    entries = (
        Entry(Population(f"{space}_{block.lower()}"), series.replace("X", block)) for space, series in SPACES.items()
    )
    return Panel(f"{block} block", tuple(entries), place=f"({block} block)")


PANELS = (
    _setting("more flops", "flops {F} (paper: 800 MF)", "flops=800M", multiple=2),
    _setting("longer training", "5 times as long (paper: 50 epochs)", "epochs=50", length=5),
    _setting("five stages", "5 stages", "stages=5", suffix="_5stage"),
    *(_block(block) for block in ("R", "V", "VR")),
)


def make(runs: Runs) -> Figure:
    """Six EDF panels."""
    return edf_grid.figure(runs, 10, PANELS)


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """Panel -> its populations, for the panels that can be drawn."""
    return edf_grid.drawn(runs, 10, PANELS)


def data(runs: Runs) -> pd.DataFrame:
    """Legends and EDFs of the panels that are drawn."""
    return edf_grid.data(runs, 10, PANELS)


def caption(runs: Runs) -> str:
    """What is compared, on what, and where the paper's numbers come from."""
    names = edf_grid.names(runs, PANELS)
    said = (
        "Error EDFs of AnyNetX_A, AnyNetX_E and RegNetX where one thing at a time is not as in section 3. Top: twice "
        "the flops, five times the training length, five stages in place of four. Bottom: blocks R, V and VR in place "
        f"of X, which the names say. Tables: {captions.BARE} {captions.setting(runs, edf_grid.members(curves(runs)))} "
        f"{captions.paper_setting(10)}"
    )
    return " ".join(filter(None, (said, edfs.beyond(curves(runs)), panels.words(runs, names))))


def alt(runs: Runs) -> str:
    """The picture in words."""
    found = curves(runs)
    said = f"{len(found)} of six panels drawn, each with cumulative error curves. {edfs.in_words(found)}"
    return f"{said} {panels.words(runs, edf_grid.names(runs, PANELS))}".strip()
