"""How each length ranks networks: its errors against the long training's, a panel a data set and length.

Not a figure of the paper; runs/<regime>/calibration-<classes>.csv, made by `regnet calibrate --stage ranks`.
"""

from dataclasses import dataclass

import pandas as pd
from matplotlib.lines import Line2D

from regnet.analysis.length_choice import LENGTH, NETWORK, pairs
from regnet.analysis.length_validity import rank_of
from regnet.figures.panels import style
from regnet.figures.panels.calibrated import InStages, OfLength
from regnet.figures.panels.element import Picture
from regnet.figures.panels.panel import Cell
from regnet.sweeps import labels
from regnet.sweeps.calibration import SPACES
from regnet.sweeps.store import Runs

CHAPTER = "15-calibration"
NUMBER = "Ranks"
MARKERS = dict(zip(SPACES, ("o", "^"), strict=True))
COLUMNS = [*LENGTH, "lr", *NETWORK, "status", "error", "images_long", "lr_long", "error_long"]


def element(runs: Runs) -> Picture:
    """A row a data set, a column a length."""
    found = InStages(runs)

    def table() -> pd.DataFrame:
        both = pairs(found.trainings, found.rates).merge(found.ranks, on=[*LENGTH, "lr"], suffixes=("", "_mean"))
        return both.sort_values([*LENGTH, *NETWORK])

    return Picture(
        runs=runs,
        title="How each length ranks networks, against the long training",
        calibration="ranks",
        rows=lambda: found.by_length(Ranked, table(), body=3.2),
        legend=[
            Line2D([], [], color=style.colour(space), marker=marker, linestyle="", label=labels.label(space))
            for space, marker in MARKERS.items()
        ],
        how=lambda: (
            "Each sign is a network, trained once by the length and once by the long training, each at its own best "
            "rate and with seeds of their own. In the titles, rank correlation (Spearman) within each space with its "
            f"95% interval. {found.networks()}"
        ),
        setting=lambda: found.setting(found.ranks, "ranks"),
        seen="Scatter plots of errors after a short against errors after the long training.",
    )


@dataclass(frozen=True)
class Ranked(OfLength):
    """Two spaces' networks by colour and sign, their correlations in the title."""

    @property
    def lines(self) -> list[str]:
        """The length, then each space's correlation with its interval."""
        first = self.own.iloc[0].to_dict()
        said = [f"{labels.label(space)} {rank}" for space in SPACES if (rank := rank_of(first, space))]
        return [f"{self.images:,} images, lr {first['lr']:g}", *(words.replace("95%: ", "") for words in said)]

    def draw(self, cell: Cell) -> None:
        ax = cell.ax()
        for space, part in self.own.groupby("space"):
            titles = [
                f"{labels.label(str(space))} network {row['index']}: {row['error']:.1f}% after {row['images']:,} "
                f"images, {row['error_long']:.1f}% after {row['images_long']:,}"
                + ", diverged"
                * (row["status"] == "diverged")
                for row in part.to_dict("records")
            ]
            marker, colour = MARKERS[str(space)], style.colour(str(space))
            style.scatter(ax, part["error_long"], part["error"], titles, colour=colour, marker=marker, s=20)
        ax.set(xlabel=f"error after {self.own['images_long'].iloc[0]:,} images (%)", ylabel=style.ERROR)
        ax.set_title("\n".join(self.lines), fontsize=9, loc="left")

    def rows(self) -> pd.DataFrame:
        return self.own[COLUMNS]

    def words(self) -> str:
        return f"{self.name}, {'; '.join(self.lines)}."
