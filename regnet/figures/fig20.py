"""Figure 20: SiLU (Swish) against ReLU in RegNetY (arXiv:2003.13678, App. B).

- The paper's numbers were not found, only caption and text. Its windows are 400MF and 6.4GF, 16x apart; here 4x.
- L2 stands for its training length, which the text does not give.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import by_flops, captions, edf_grid, edfs, style
from regnet.figures.panels import waiting as panels
from regnet.figures.panels.by_flops import Series
from regnet.figures.panels.edf_grid import Entry, Panel
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

TITLE = "SiLU and ReLU"
BODY = 2.4
MULTIPLES = (1, 4)  # of F


def _at(space: str) -> tuple[Population, ...]:
    return tuple(Population(space, multiple, 2) for multiple in MULTIPLES)


RELU, SILU = _at("regnety_c"), _at("regnety_c_silu")
SERIES = (Series("ReLU", RELU), Series("SiLU", SILU))
FLOPS = Panel(
    "flops",
    tuple(
        Entry(population, label=f"{name}, {{F}}", line=line)
        for small, line in ((0, "-"), (1, "--"))
        for name, population in (("ReLU", RELU[small]), ("SiLU", SILU[small]))
    ),
    "RegNetY",
)
DEPTHWISE = Panel(
    "depthwise",
    (
        Entry(Population("regnety_c_depthwise", length=2), label="ReLU", line="-"),
        Entry(Population("regnety_c_depthwise_silu", length=2), label="SiLU", line="--"),
    ),
    "RegNetY with g = 1, {F}",
)
PANELS = (FLOPS, DEPTHWISE)


def names(runs: Runs) -> list[str]:
    """Every population of the figure, in the regime of the runs."""
    return edf_grid.names(runs, PANELS)


@style.theme()
def make(runs: Runs) -> Figure:
    """An EDF panel, error against flops, an EDF panel."""
    _require(runs)
    head = edf_grid.head_height(PANELS)
    fig = Figure(figsize=(style.WIDTH, head + BODY), layout="constrained")
    grid = fig.add_gridspec(1, 3, wspace=0.06)
    for at, panel in ((0, FLOPS), (2, DEPTHWISE)):
        edf_grid.draw(fig, grid[at], runs, 20, panel, head=head, across=3, body=BODY)
    by_flops.draw(fig, grid[1], runs, SERIES, title="RegNetY by flops", head=head, body=BODY, inches=2.4)
    return fig


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """EDF panel -> its populations, for the panels that can be drawn."""
    return edf_grid.drawn(runs, 20, PANELS)


def _require(runs: Runs) -> None:
    panels.require_any(runs, names(runs), curves(runs), by_flops.table(runs, SERIES))


def _members(runs: Runs) -> list[str]:
    """The populations that are drawn."""
    return list(dict.fromkeys([*by_flops.table(runs, SERIES)["population"], *edf_grid.members(curves(runs))]))


def data(runs: Runs) -> pd.DataFrame:
    """Legends and EDFs of the panels that are drawn, then errors by flops."""
    _require(runs)
    return pd.concat([*edf_grid.tables(runs, curves(runs)), by_flops.data(runs, "by flops", SERIES)], ignore_index=True)


def caption(runs: Runs) -> str:
    """What is compared, on what, and what is not known of the paper's."""
    said = (
        "Left: error EDFs of the constrained RegNetY with ReLU and with SiLU (Swish) at two windows of flops (solid, "
        "dashed). Middle: their mean error with its 95% interval (filled), and least error (hollow). Right: error EDFs "
        f"with g = 1, depthwise convolution. Tables: {captions.BARE} "
        f"{captions.setting(runs, _members(runs))} Paper: the numbers of arXiv:2003.13678 Fig 20 "
        "were not found; its text names 400MF and 6.4GF."
    )
    return " ".join(filter(None, (said, edfs.beyond(curves(runs)), panels.words(runs, names(runs)))))


def alt(runs: Runs) -> str:
    """The picture in words."""
    parts = (
        "Two panels of cumulative error curves, and error against flops between them.",
        edfs.in_words(curves(runs)),
        by_flops.in_words(runs, SERIES),
        panels.words(runs, names(runs)),
    )
    return " ".join(filter(None, parts))
