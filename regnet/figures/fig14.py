"""Figure 14: inverted bottleneck, depthwise convolution, larger input and SE, tried on C (arXiv:2003.13678, sec. 4).

- L2 stands for the paper's 25 epochs, which are 2.5 times its section 3's.
- Enlarged images are interpolated, since Fashion-MNIST has no larger originals; ImageNet's are.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import captions, edf_grid, edfs
from regnet.figures.panels import waiting as panels
from regnet.figures.panels.edf_grid import Entry, Panel
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

TITLE = "Alternate design choices"


def _sides(multiple: float, flops: str, line: str) -> tuple[Entry, Entry]:
    """The space at the usual side and at up to twice that, at one window of flops."""
    return (
        Entry(Population("regnetx_c", multiple, 2), f"{flops} r=224", "{F}, r = {r}", line),
        Entry(Population("regnetx_c_resolution", multiple, 2), f"{flops} r<=448", "{F}, r ≤ {r2}", line),
    )


PANELS = (
    Panel(
        "bottleneck",
        (
            Entry(Population("regnetx_c", length=2), "b=1, g<=32", "b = 1"),
            Entry(Population("regnetx_c_inverted", length=2), "b<=1, g<=32", "b ≤ 1"),
            Entry(Population("regnetx_c_depthwise", length=2), "b<=1, g=1", "b ≤ 1, g = 1"),
        ),
        "inverted bottleneck",
        "left",
    ),
    Panel("resolution", (*_sides(1, "400MF", "-"), *_sides(2, "800MF", "--")), "input of r x r pixels", "middle"),
    Panel(
        "squeeze-and-excitation",
        (
            Entry(Population("regnetx_c", length=2), "RegNetX", "RegNetX"),
            Entry(Population("regnety_c", length=2), "RegNetY", "RegNetY"),
        ),
        place="right",
    ),
)


def make(runs: Runs) -> Figure:
    """Three EDF panels."""
    return edf_grid.figure(runs, 14, PANELS, body=2.4)


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """Panel -> its populations, for the panels that can be drawn."""
    return edf_grid.drawn(runs, 14, PANELS)


def data(runs: Runs) -> pd.DataFrame:
    """Legends and EDFs of the panels that are drawn."""
    return edf_grid.data(runs, 14, PANELS)


def caption(runs: Runs) -> str:
    """What is compared, on what, and where the paper's numbers come from."""
    names = edf_grid.names(runs, PANELS)
    said = (
        "Error EDFs. Left: the constrained space C (b = 1); with b from 1/8 to 1, that is with blocks up to eight "
        "times as wide inside; the same with g = 1, depthwise convolution. Middle: C, and C on images of up to twice "
        "the side, drawn with the network, at equal flops and at two windows of flops (solid, dashed); the larger "
        "images are the same ones, interpolated. Right: C without and with squeeze-and-excitation. Tables: "
        f"{captions.BARE} {captions.setting(runs, edf_grid.members(curves(runs)))} {captions.paper_setting(14)}"
    )
    return " ".join(filter(None, (said, edfs.beyond(curves(runs)), panels.words(runs, names))))


def alt(runs: Runs) -> str:
    """The picture in words."""
    found = curves(runs)
    said = f"{len(found)} of three panels drawn, each with cumulative error curves. {edfs.in_words(found)}"
    return f"{said} {panels.words(runs, edf_grid.names(runs, PANELS))}".strip()
