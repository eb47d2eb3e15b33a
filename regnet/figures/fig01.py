"""Figure 1: refining a design space improves its error distribution (arXiv:2003.13678, Fig 1), with real EDFs."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.colors import to_rgba
from matplotlib.patches import Ellipse

from regnet.design.spaces import spaces
from regnet.figures.panels import captions, style
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

CHAPTER = "02-tools"
# From the widest space to the most refined: the figure that prints its errors; width, height, where its name stands.
STEPS = {
    "anynetx_a": (5, 1.0, 1.0, 0.77),
    "anynetx_c": (5, 0.76, 0.7, 0.23),
    "regnetx": (9, 0.52, 0.4, -0.4),
}


@dataclass(frozen=True)
class Sets(Panel):
    """One ellipse a space, the refined inside the wider, tangent at the bottom."""

    def draw(self, cell: Cell) -> None:
        ax = cell.ax()
        ax.set_axis_off()
        ax.set(xlim=(-1.04, 1.04), ylim=(-1.04, 1.04))
        for name, (_, width, height, at) in STEPS.items():
            colour, space = style.colour(name), spaces[name]
            centre = (0.0, -1.0 + height + 0.06 * (1 - height))
            ax.add_patch(Ellipse(centre, 2 * width, 2 * height, facecolor=to_rgba(colour, 0.16), edgecolor=colour))
            ax.text(0.0, at, labels.label(name), ha="center", va="center", fontsize=10.5, fontweight="bold")
            size = f"{space.dims} dimensions\n{captions.power(space.size('printed'))} settings"
            ax.text(0.0, at - 0.2, size, ha="center", va="center", fontsize=9.5, linespacing=1.25)

    def rows(self) -> pd.DataFrame:
        return pd.DataFrame(
            {"panel": self.name, "series": name, "dims": spaces[name].dims, "size": spaces[name].size("printed")}
            for name in STEPS
        )

    def words(self) -> str:
        return "Left, three nested ellipses: AnyNetX_A holds AnyNetX_C, which holds RegNetX."


def element(runs: Runs) -> Picture:
    """Nested sets with their sizes; EDFs of the same three spaces."""
    entries = [Entry(runs.population(name), figure=figure) for name, (figure, *_) in STEPS.items()]
    return Picture(
        runs=runs,
        title="Design space design",
        rows=[Row([Sets(runs, "sets"), Edfs(runs, "EDF", 5, entries)], body=3.0)],
        how="Left: a design space is refined step by step, from AnyNetX_A through AnyNetX_C to RegNetX; sizes as Table "
        "1 of the paper counts them, areas not to scale. Right: error EDFs of the same three spaces; table: "
        f"{captions.BARE}",
        paper=captions.paper_setting(5, 9),
        seen="Nested sets beside cumulative error curves.",
    )
