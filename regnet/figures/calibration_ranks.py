"""How each length ranks networks: its errors against the long training's, a panel a data set and length.

Not a figure of the paper; runs/<regime>/calibration-<classes>.csv, made by `regnet calibrate --stage ranks`.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from regnet.analysis.length_choice import NETWORK, pairs
from regnet.analysis.length_validity import found_rates, rank_of, spaces_of
from regnet.analysis.validity import Rank
from regnet.figures.panels import calibrated, style
from regnet.page.validity import short
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

TITLE = "How each length ranks networks, against the long training"
MARKERS = ("o", "^")


@style.theme()
def make(runs: Runs) -> Figure:
    """One row a data set, one column a length; two spaces by colour and sign, their correlations in the title.

    Raises:
        MissingPopulation: no length ranks enough networks.
    """
    ranks, every = calibrated.ranks(runs), data(runs)
    classes, lengths = sorted(set(ranks["classes"])), sorted(set(ranks["images"]))
    width = min(style.WIDTH, 0.6 + 2.7 * len(lengths))
    fig, axes = style.figure(len(lengths), 0.5 + 3.2 * len(classes), width=width, nrows=len(classes))
    for ax, (k, n) in zip(axes, [(k, n) for k in classes for n in lengths], strict=True):
        row = ranks[(ranks["classes"] == k) & (ranks["images"] == n)]
        if not len(row):
            ax.set_axis_off()
            ax.text(0, 1, f"{n:,} images:\nnot trained yet", va="top", fontsize=9, transform=ax.transAxes)
            continue
        _panel(ax, every[(every["classes"] == k) & (every["images"] == n)])
        ax.set_title("\n".join(_title(row.iloc[0])), fontsize=9, loc="left")
        if n == lengths[0]:
            ax.set_ylabel(f"{k} classes: {style.ERROR}")
    signs = [
        axes[0].scatter([], [], color=style.colour(space), s=24, marker=marker, label=labels.label(space))
        for space, marker in zip(spaces_of(ranks), MARKERS, strict=False)
    ]
    fig.legend(handles=signs, loc="outside upper left", ncols=len(signs))
    return fig


def _panel(ax: Axes, own: pd.DataFrame) -> None:
    for (space, part), marker in zip(own.groupby("space"), MARKERS, strict=False):
        titles = [
            f"{labels.label(str(space))} network {row['index']}: {row['error']:.1f}% after {row['images']:,} images, "
            f"{row['error_long']:.1f}% after {row['images_long']:,}" + ", diverged" * (row["status"] == "diverged")
            for row in part.to_dict("records")
        ]
        style.scatter(ax, part["error_long"], part["error"], titles, colour=style.colour(str(space)), s=20,
                      marker=marker)  # fmt: skip
    ax.set_xlabel(f"error after {own['images_long'].iloc[0]:,} images (%)")


def _title(row: pd.Series[float]) -> list[str]:
    """The length, then each space's correlation with its interval."""
    found = within(row)
    return [
        f"{row['images']:,.0f} images, lr {row['lr']:g}",
        *(f"{labels.label(space)} {short(rank).replace('95%: ', '')}" for space, rank in found.items()),
    ]


def within(row: pd.Series[float]) -> dict[str, Rank]:
    """The correlations of a row of `length_validity.told`, by space."""
    cells = row.to_dict()
    every = {space: rank_of(cells, space) for space in spaces_of(row.to_frame().T)}
    return {space: rank for space, rank in every.items() if rank is not None}


def data(runs: Runs) -> pd.DataFrame:
    """One row a network and length: classes, images, lr, space, index, status, error; images_long, error_long.

    Raises:
        MissingPopulation: no length ranks enough networks.
    """
    ranks, frame = calibrated.ranks(runs), calibrated.trainings(runs)
    both = pairs(frame, found_rates(frame)).merge(ranks[["classes", "images"]], on=["classes", "images"])
    columns = ["classes", "images", "lr", *NETWORK, "status", "error", "images_long", "lr_long", "error_long"]
    return both[columns].sort_values(["classes", "images", *NETWORK], ignore_index=True)


def caption(runs: Runs) -> str:
    """What the panels and titles are, on how many networks, what is missing."""
    ranks = calibrated.ranks(runs)
    return (
        "Each sign is a network, trained once by the length and once by the long training, each at its own best rate "
        "and with seeds of their own. In the titles, rank correlation (Spearman) within each space with its 95% "
        f"interval. {networks(runs)} {calibrated.setting(runs)} {calibrated.lacking(runs, ranks, 'ranks')}"
    ).strip()


def networks(runs: Runs) -> str:
    """How many networks a space are ranked, and how many there are to be."""
    ranks, wanted = calibrated.ranks(runs), calibrated.search(runs).rank_networks
    have = [int(ranks[f"networks_{space}"].min()) for space in spaces_of(ranks)]
    if min(have) >= wanted:
        return f"{min(have)} networks a space."
    return f"So far {min(have)} of {wanted} networks a space ({calibrated.make(runs, 'ranks')})."


def alt(runs: Runs) -> str:
    """The picture in words."""
    ranks = calibrated.ranks(runs)
    said = [f"{row['classes']:.0f} classes, {'; '.join(_title(row))}" for _, row in ranks.iterrows()]
    return f"Scatter plots of errors after a short against errors after the long training. {'. '.join(said)}."
