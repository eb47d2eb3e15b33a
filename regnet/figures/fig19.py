"""Figure 19: fixed depth, three stages and the inverted bottleneck at higher flops (arXiv:2003.13678, App. B).

- The paper's plots and their numbers were not found, only caption and text; the layout of the left panel is ours.
- The paper trains 100 epochs and tries the last two at 6.4GF; here L2, and the largest window of the book.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.panels import by_flops, captions, edf_grid, edfs, style
from regnet.figures.panels import waiting as panels
from regnet.figures.panels.by_flops import Series
from regnet.figures.panels.edf_grid import Entry, Panel
from regnet.sweeps.experiments import ELEMENTS, MULTIPLES
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

TITLE = "Fixed depth, fewer stages, inverted bottleneck"
BODY = 2.4


def _windows(space: str) -> tuple[Population, ...]:
    """The windows of flops at which the element has the space."""
    return tuple(population for population in ELEMENTS["fig19"] if population.space == space)


SERIES = (Series("any depth", _windows("regnetx_c")), Series("d = 20", _windows("regnetx_c_d20")))
_C = Population("regnetx_c", MULTIPLES[-1], 2)
PANELS = (
    Panel(
        "stages",
        (Entry(_C, label="4 stages"), Entry(Population("regnetx_c_3stage", MULTIPLES[-1], 2), label="3 stages")),
        "stages, {F}",
    ),
    Panel(
        "bottleneck",
        (Entry(_C, label="b = 1"), Entry(Population("regnetx_c_inverted", MULTIPLES[-1], 2), label="b ≤ 1")),
        "inverted bottleneck, {F}",
    ),
)


def names(runs: Runs) -> list[str]:
    """Every population of the figure, in the regime of the runs."""
    return list(dict.fromkeys([*by_flops.names(runs, SERIES), *edf_grid.names(runs, PANELS)]))


@style.theme()
def make(runs: Runs) -> Figure:
    """Error against flops; two EDF panels."""
    _require(runs)
    head = edf_grid.head_height(PANELS)
    fig = Figure(figsize=(style.WIDTH, head + BODY), layout="constrained")
    grid = fig.add_gridspec(1, 3, wspace=0.06)
    by_flops.draw(fig, grid[0], runs, SERIES, title="fixed depth", head=head, body=BODY, inches=2.4)
    for at, panel in enumerate(PANELS, start=1):
        edf_grid.draw(fig, grid[at], runs, 19, panel, head=head, across=3, body=BODY)
    return fig


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """EDF panel -> its populations, for the panels that can be drawn."""
    return edf_grid.drawn(runs, 19, PANELS)


def _require(runs: Runs) -> None:
    panels.require_any(runs, names(runs), curves(runs), by_flops.table(runs, SERIES))


def _members(runs: Runs) -> list[str]:
    """The populations that are drawn."""
    return list(dict.fromkeys([*by_flops.table(runs, SERIES)["population"], *edf_grid.members(curves(runs))]))


def data(runs: Runs) -> pd.DataFrame:
    """Errors by flops, then legends and EDFs of the panels that are drawn."""
    _require(runs)
    return pd.concat([by_flops.data(runs, "depth", SERIES), *edf_grid.tables(runs, curves(runs))], ignore_index=True)


def caption(runs: Runs) -> str:
    """What is compared, on what, and what is not known of the paper's."""
    said = (
        "Left: mean error with its 95% interval (filled), and least error (hollow), of the constrained space C with "
        "any depth and with d = 20, at each window of flops. Middle: error EDFs of C with four stages and with three. "
        f"Right: of C with b = 1 and with b from 1/8 to 1. Tables: {captions.BARE} "
        f"{captions.setting(runs, _members(runs))} Paper: the plots and numbers of "
        "arXiv:2003.13678 Fig 19 were not found; its text says 100 epochs, and 6.4GF for the last two."
    )
    return " ".join(filter(None, (said, edfs.beyond(curves(runs)), panels.words(runs, names(runs)))))


def alt(runs: Runs) -> str:
    """The picture in words."""
    parts = (
        "Error against flops, and two panels of cumulative error curves.",
        by_flops.in_words(runs, SERIES),
        edfs.in_words(curves(runs)),
        panels.words(runs, names(runs)),
    )
    return " ".join(filter(None, parts))
