"""The search for learning rates: mean error against rate, a panel a data set and length, the chosen rate marked.

Not a figure of the paper; runs/<regime>/calibration-<classes>.csv, made by `regnet calibrate --stage rates`.
"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from regnet.analysis.rate_gap import BROKEN, NARROW, WIDE, space_rates
from regnet.figures.panels import calibrated, style
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

TITLE = "A learning rate for each length"
MEAN = "mean of spaces"
MARK = "#C9761A"  # around the chosen rate
GREY = "#8a8a8a"  # spaces that are not named


@style.theme()
def make(runs: Runs) -> Figure:
    """One row a data set, one column a length; above each rate, how many trainings it broke.

    Raises:
        MissingPopulation: no network was trained at every rate.
    """
    table = data(runs)
    classes, lengths = sorted(set(table["classes"])), sorted(set(table["images"]))
    width = min(style.WIDTH, 1.4 + 2.3 * len(lengths))
    fig, axes = style.figure(len(lengths), 0.7 + 2.5 * len(classes), width=width, nrows=len(classes))
    places = [(k, n) for k in classes for n in lengths]
    for ax, (k, n) in zip(axes, places, strict=True):
        own = table[(table["classes"] == k) & (table["images"] == n)]
        if not len(own):
            ax.set_axis_off()
            ax.text(0, 1, f"{n:,} images:\nnot trained yet", va="top", fontsize=9, transform=ax.transAxes)
            continue
        _panel(ax, own, first=n == lengths[0])
    for row in range(len(classes)):
        _share(axes[row * len(lengths) : (row + 1) * len(lengths)])
    fig.legend(handles=_signs(), loc="outside upper left", ncols=5 if len(lengths) > 2 else 3, columnspacing=1.2)
    return fig


def _panel(ax: Axes, own: pd.DataFrame, *, first: bool) -> None:
    spaces, mean = own[own["space"] != MEAN], own[own["space"] == MEAN].sort_values("lr")
    ends = spaces.groupby("lr")["error"].agg(["min", "max"])
    ax.fill_between(ends.index, ends["min"], ends["max"], color=style.INK, alpha=0.1, linewidth=0)
    for space, part in spaces.groupby("space"):
        named = space in {WIDE, NARROW}
        colour = style.colour(str(space)) if named else GREY
        if named:
            ax.plot(part["lr"], part["error"], color=colour, linewidth=1.2)
        style.scatter(ax, part["lr"], part["error"], _titles(part), colour=colour, s=18 if named else 9)
    ax.plot(mean["lr"], mean["error"], color=style.INK)
    best = mean[mean["chosen"]]
    ax.scatter(best["lr"], best["error"], s=130, facecolors="none", edgecolors=MARK, linewidths=2, zorder=5)
    style.scatter(ax, mean["lr"], mean["error"], _titles(mean), colour=style.INK, s=22, zorder=6, alpha=1)
    for row in mean.to_dict("records"):
        if hurt := row["diverged"] + row["broken"]:
            ax.annotate(f"{hurt}", (row["lr"], 1), (0, 2), xycoords=ax.get_xaxis_transform(), size=9, ha="center",
                        textcoords="offset points")  # fmt: skip
    rate_axis(ax, sorted(set(mean["lr"])))
    ax.set_title(f"{mean['images'].iloc[0]:,} images", pad=16, fontsize=10)
    if first:
        ax.set_ylabel(f"{mean['classes'].iloc[0]} classes: {style.ERROR}")


def rate_axis(ax: Axes, rates: list[float]) -> None:
    """A logarithmic axis with a tick at each rate."""
    ax.set_xscale("log")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(rates, [f"{rate:g}".removeprefix("0") for rate in rates])
    ax.set_xlabel("learning rate")


def _share(axes: list[Axes]) -> None:
    """One error axis for the panels of a data set."""
    drawn = [ax for ax in axes if ax.axison]
    low, high = min(ax.get_ylim()[0] for ax in drawn), max(ax.get_ylim()[1] for ax in drawn)
    for ax in drawn:
        ax.set_ylim(low, high)


def _signs() -> list[Line2D | Patch]:
    named = [
        Line2D([], [], color=style.colour(space), marker="o", markersize=4, linewidth=1.2, label=labels.label(space))
        for space in (WIDE, NARROW)
    ]
    mean = Line2D([], [], color=style.INK, marker="o", markersize=4, label=MEAN)
    ring: dict[str, Any] = {
        "marker": "o",
        "markersize": 10,
        "markerfacecolor": "none",
        "markeredgewidth": 2,
        "linestyle": "",
    }
    mark = Line2D([], [], color=MARK, label="lowest mean", **ring)
    return [mean, mark, Patch(color=style.INK, alpha=0.1, linewidth=0, label="range of spaces"), *named]


def _titles(part: pd.DataFrame) -> list[str]:
    return [
        f"{row['space'] if row['space'] == MEAN else labels.label(row['space'])}, lr {row['lr']:g}: "
        f"{row['error']:.1f}%, {row['networks']} networks, {row['diverged']} diverged, {row['broken']} broken"
        for row in part.to_dict("records")
    ]


def data(runs: Runs) -> pd.DataFrame:
    """One row a data set, length, rate and space, and one for the mean of spaces, where `chosen` marks the lowest.

    Raises:
        MissingPopulation: no network was trained at every rate.
    """
    spaces, best = space_rates(calibrated.trainings(runs)), calibrated.chosen(runs)
    keys = ["classes", "images", "lr"]
    means = calibrated.rates(runs)[[*keys, "error", "networks"]].merge(
        spaces.groupby(keys, as_index=False)[["diverged", "broken"]].sum(), on=keys
    )
    lowest = set(best[keys].itertuples(index=False, name=None))
    means["chosen"] = [key in lowest for key in means[keys].itertuples(index=False, name=None)]
    whole = pd.concat([means.assign(space=MEAN), spaces.assign(chosen=False)], ignore_index=True)
    return whole[[*keys, "space", "error", "networks", "diverged", "broken", "chosen"]].sort_values(
        keys, kind="stable", ignore_index=True
    )


def caption(runs: Runs) -> str:
    """How to read the panels, the rate that each length takes, what was broken, what is missing."""
    table, best = calibrated.rates(runs), calibrated.chosen(runs)
    hurt = data(runs)
    hurt = hurt[hurt["space"] == MEAN]
    return (
        "Each length by each rate; a space's error is the mean over its networks trained at every rate, the line the "
        "mean of the spaces, each with equal weight; shaded, from the lowest to the highest space; grey, the spaces "
        f"that are not named. {_rates(best)} Numbers above the panels: trainings that diverged, counted with the error "
        f"of chance, or broke (error within {BROKEN:g} points of chance); {hurt['diverged'].sum()} diverged and "
        f"{hurt['broken'].sum()} broke of {_trainings(runs)}. {calibrated.setting(runs)} "
        f"{calibrated.lacking(runs, table, 'rates')}"
    ).strip()


def _trainings(runs: Runs) -> str:
    spaces = space_rates(calibrated.trainings(runs))
    return f"{int(spaces['networks'].sum()):,}"


def _rates(best: pd.DataFrame) -> str:
    """Which rate each length takes, and where the lowest lies at an end of the grid."""
    said = []
    for classes, part in best.groupby("classes"):
        each = [f"{row['lr']:g} for {row['images']:,}" for row in part.to_dict("records")]
        said.append(f"{calibrated.listed(each)} images of {classes} classes")
    ends = [
        f"{row['images']:,} images of {row['classes']} classes ({row['advice']})"
        for row in best.to_dict("records")
        if row["advice"]
    ]
    more = f" At an end of the grid, where the rule chooses nothing: {'; '.join(ends)}." if ends else ""
    return f"The lowest mean error is at a rate of {'; '.join(said)}.{more}"


def alt(runs: Runs) -> str:
    """The picture in words."""
    best = calibrated.chosen(runs)
    return f"{len(best)} panels of mean error against learning rate. {_rates(best)}"
