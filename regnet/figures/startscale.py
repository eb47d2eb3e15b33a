"""What the start of residual branches does: X blocks from scale 0 and from 1 beside V blocks. Ours, not the paper's.

The last BN of a branch starts at 0 or at 1; a V block has no branch that could start at 0. Whether V blocks change the
order of the spaces, or only how deep a network still trains, is seen where X blocks start at 1.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import captions, edf_grid, edfs, style
from regnet.figures.panels import waiting as panels
from regnet.figures.panels.depth_ranks import draw, in_words, table
from regnet.figures.panels.edf_grid import Entry, Panel
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

TITLE = "What the start of branches does"
SPACES = {"anynetx_a": "AnyNetX_A", "anynetx_e": "AnyNetX_E", "regnetx": "RegNetX"}
BODY = 2.3
LOW = 2.6  # inches: the bottom row's
DOTTED_DASHES = (0, (6.0, 1.5, 1.0, 1.5, 1.0, 1.5))
NUMBERS = {"X, start 1": 9, "V": 10, "RegNets": 23}  # panel -> the paper's figure whose numbers stand beside it


def _x(name: str, title: str, *, scale1: bool) -> Panel:
    entries = (Entry(Population(space, scale1=scale1), series * scale1) for space, series in SPACES.items())
    return Panel(name, tuple(replace(entry, label=labels.LABELS[entry.population.space]) for entry in entries), title)


PANELS = (
    _x("X, start 0", "X blocks, start 0", scale1=False),
    _x("X, start 1", "X blocks, start 1", scale1=True),
    Panel(
        "V",
        tuple(Entry(Population(f"{space}_v"), series.replace("X", "V")) for space, series in SPACES.items()),
        "V blocks",
        "(V block)",
    ),
    Panel(
        "RegNets",
        (
            Entry(Population("regnetx"), label="X, start 0", line="-"),
            Entry(Population("regnetx", scale1=True), "RegNetX", "X, start 1", "--"),
            Entry(Population("regnetx_v"), "RegNetV", "V", ":"),
            Entry(Population("regnetx_vr"), label="VR, start 0", line="-."),
            Entry(Population("regnetx_vr", scale1=True), "RegNetVR", "VR, start 1", DOTTED_DASHES),
        ),
        "RegNets",
    ),
)


def shown(runs: Runs) -> tuple[Panel, ...]:
    """The panels of the runs' regime: where all branches start at 1, none that starts at 0."""
    if find_regime(runs.regime).base.final_gamma != 1:
        return PANELS
    kept = (replace(panel, entries=tuple(filter(_starts_at_1, panel.entries))) for panel in PANELS)
    return tuple(panel for panel in kept if panel.entries)


def _starts_at_1(entry: Entry) -> bool:
    return entry.population.scale1 or entry.population.space.endswith("_v")


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """EDF panel -> its populations, for the panels that can be drawn."""
    found: dict[str, list[edfs.Curve]] = {}
    for panel in shown(runs):
        found |= edf_grid.drawn(runs, NUMBERS.get(panel.name, 10), [panel])
    return found


def _found(runs: Runs) -> dict[str, list[edfs.Curve]]:
    found = curves(runs)
    panels.require_any(runs, edf_grid.names(runs, shown(runs)), found)
    return found


@style.theme()
def make(runs: Runs) -> Figure:
    """The order of the spaces in panels side by side; below, five RegNets, and how error goes with depth.

    Raises:
        MissingPopulation: no panel can be drawn.
    """
    ranks = table(_found(runs), runs)
    *orders, regnets = shown(runs)
    high, low = edf_grid.head_height(orders), edf_grid.head_height([regnets])
    fig = Figure(figsize=(style.WIDTH, high + BODY + low + LOW), layout="constrained")
    top, bottom = np.asarray(fig.subfigures(2, 1, height_ratios=(high + BODY, low + LOW), hspace=0.02))
    cells = top.add_gridspec(1, 3, wspace=0.06)
    for at, panel in enumerate(orders):
        edf_grid.draw(top, cells[at], runs, NUMBERS.get(panel.name, 10), panel, head=high, across=3, body=BODY)
    left, right = np.asarray(bottom.subfigures(1, 2, wspace=0.04))
    number, place = NUMBERS[regnets.name], left.add_gridspec(1, 1)[0]
    edf_grid.draw(left, place, runs, number, regnets, head=low, across=2, body=LOW)
    draw(right.subplots(), ranks)
    return fig


def data(runs: Runs) -> pd.DataFrame:
    """Legends and EDFs; then one row a population with the rank correlation of error with depth, its interval and n.

    Raises:
        MissingPopulation: no panel can be drawn.
    """
    found = _found(runs)
    return pd.concat([*edf_grid.tables(runs, found), table(found, runs)], ignore_index=True)


def caption(runs: Runs) -> str:
    """What is compared, on what, and which of the paper's numbers stand beside ours."""
    found, names = _found(runs), edf_grid.names(runs, shown(runs))
    gamma = find_regime(runs.regime).base.final_gamma
    usual = f"in regime {runs.regime} it is {gamma:g} unless said otherwise"
    said = (
        "Error EDFs. Start: the scale at which the last batch norm of each residual branch starts; "
        f"{usual}; V blocks have no branch. Top: the three spaces with blocks that start so, and with V blocks. Bottom "
        "left: RegNets. Bottom right: Spearman's rank correlation of error with depth, the blocks of a network, within "
        f"each population, with its 95% interval; above 0 deeper networks are worse. Tables: {captions.BARE} "
        f"{captions.setting(runs, edf_grid.members(found))} {captions.paper_setting(9, 23)} V blocks: its Fig 10. "
        "The authors' released code starts branches at 1."
    )
    return " ".join(filter(None, (said, edfs.beyond(found), panels.words(runs, names))))


def alt(runs: Runs) -> str:
    """The picture in words."""
    found = _found(runs)
    parts = (
        f"{len(found)} of {len(shown(runs))} panels of cumulative error curves drawn, and rank correlations.",
        edfs.in_words(found),
        in_words(table(found, runs)),
        panels.words(runs, edf_grid.names(runs, shown(runs))),
    )
    return " ".join(filter(None, parts))
