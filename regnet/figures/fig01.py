"""Figure 1: refining a design space improves its error distribution (arXiv:2003.13678, Fig 1), with real EDFs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from regnet.design.spaces import spaces
from regnet.figures.numbers.paper import legend
from regnet.figures.panels import captions, edfs, style
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

TITLE = "Design space design"
# The three spaces from the widest to the most refined, and the figure of the paper that prints their errors.
STEPS = {"anynetx_a": 5, "anynetx_c": 5, "regnetx": 9}
ELLIPSES = ((1.0, 1.0, 0.77), (0.76, 0.7, 0.23), (0.52, 0.4, -0.4))  # width, height, where the name stands
BODY = 3.0


def curves(runs: Runs) -> list[edfs.Curve]:
    """The three populations with the paper's printed errors."""
    return [
        edfs.Curve(name, runs.frame(name)["error"].to_numpy(np.float64), legend(figure, name))
        for name, figure in STEPS.items()
    ]


@style.theme()
def make(runs: Runs) -> Figure:
    """Nested sets with their sizes; EDFs of the same three spaces."""
    drawn = curves(runs)
    head = edfs.head_height(drawn)
    fig = Figure(figsize=(style.WIDTH, head + BODY), layout="constrained")
    grid = fig.add_gridspec(1, 2, wspace=0.06)
    _sets(fig.add_subplot(grid[0]))
    edfs.panel(fig, grid[1], drawn, head=head, body=BODY)
    return fig


def _sets(ax: Axes) -> None:
    """One ellipse a space, the refined inside the wider, tangent at the bottom."""
    ax.set_axis_off()
    ax.set(xlim=(-1.04, 1.04), ylim=(-1.04, 1.04))
    for name, (width, height, at) in zip(STEPS, ELLIPSES, strict=True):
        colour = style.colour(name)
        centre = (0.0, -1.0 + height + 0.06 * (1 - height))
        ax.add_patch(Ellipse(centre, 2 * width, 2 * height, facecolor=to_rgba(colour, 0.16), edgecolor=colour))
        ax.text(0.0, at, labels.label(name), ha="center", va="center", fontsize=10.5, fontweight="bold")
        size = f"{spaces[name].dims} dimensions\n{captions.power(spaces[name].size('printed'))} settings"
        ax.text(0.0, at - 0.2, size, ha="center", va="center", fontsize=9.5, linespacing=1.25)


def data(runs: Runs) -> pd.DataFrame:
    """Dimensions and size of each space, and its EDF."""
    sets = [{"panel": "sets", "series": n, "dims": spaces[n].dims, "size": spaces[n].size("printed")} for n in STEPS]
    return pd.concat([pd.DataFrame(sets), edfs.rows(runs, "EDF", curves(runs))], ignore_index=True)


def caption(runs: Runs) -> str:
    """What the sets mean, what is measured."""
    said = (
        "Left: a design space is refined step by step, from AnyNetX_A through AnyNetX_C to RegNetX; sizes as Table 1 "
        "of the paper counts them, areas not to scale. Right: error EDFs of the same three spaces; table: "
        f"{captions.BRACKETS} {captions.setting(runs, list(STEPS))} "
        f"{captions.paper_setting(*sorted(set(STEPS.values())))}"
    )
    return f"{said} {edfs.beyond({'EDF': curves(runs)})}".strip()


def alt(runs: Runs) -> str:
    """The picture in words."""
    return (
        "Left, three nested ellipses: AnyNetX_A holds AnyNetX_C, which holds RegNetX. Right, cumulative error curves. "
        + edfs.in_words({"EDFs": curves(runs)})
    )
