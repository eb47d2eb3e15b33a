"""Calibration of L1: each candidate recipe's reliability and rank correlation, and short against long trainings.

Not a figure of the paper; runs/<regime>/calibration.csv, made by `regnet calibrate`.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from regnet.analysis.calibration import RANKED, RELIABLE, choose, summarise
from regnet.figures.panels import style
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

TITLE = "Choosing a cheap training"
MARKS = {64: "o", 128: "s"}  # batch size -> its sign; others get a diamond


def make(runs: Runs) -> Figure:
    """Left, every candidate with the two thresholds; right, the chosen one's errors against the long training's."""
    fig, (left, right) = style.figure(2, 3.9)
    _candidates(left, measured(runs))
    _against_long(right, runs)
    return fig


def data(runs: Runs) -> pd.DataFrame:
    """One row a candidate and number of validation images: cost, reliability, rank correlation.

    Raises:
        ValueError: no network has both its long training and every seed of a candidate.
    """
    frame: pd.DataFrame = summarise(runs.calibration())
    choose(frame)
    return frame


def measured(runs: Runs) -> pd.DataFrame:
    """The candidates at the number of validation images that was measured."""
    frame = data(runs)
    most: pd.DataFrame = frame[frame["validation_images"] == frame["validation_images"].max()]
    return most.reset_index(drop=True)


def caption(runs: Runs) -> str:
    """What is shown, on how many networks, and which candidate the rule takes."""
    chosen, frame = chosen_candidate(runs), runs.calibration()
    long = frame[frame["role"] == "long"].iloc[0]
    return (
        f"Left: each candidate by its reliability and its rank correlation with a training of {long['images']:,} "
        "images; dashed, the thresholds of the rule; beside each sign, the CPU seconds of one training. Right: the "
        "chosen candidate's errors (two trainings a network) against the long training's. "
        f"{chosen['networks']:.0f} networks drawn with a seed of their own, half of AnyNetX_A, half of RegNetX. "
        f"{_passing(measured(runs))} The rule takes {describe(chosen)}."
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    chosen = chosen_candidate(runs)
    return (
        f"Two scatter plots. {len(measured(runs))} candidates by reliability and rank correlation; the chosen one has "
        f"reliability {chosen['reliability']:.2f} and rank correlation {chosen['rank']:.2f}."
    )


def chosen_candidate(runs: Runs) -> pd.Series[float]:
    """The candidate that the rule takes, at the number of validation images that was measured."""
    return choose(measured(runs))


def _passing(frame: pd.DataFrame) -> str:
    both = int(((frame["reliability"] >= RELIABLE) & (frame["rank"] >= RANKED)).sum())
    return f"{both} of {len(frame)} candidates pass both thresholds."


def describe(candidate: pd.Series[float]) -> str:
    """A candidate in words."""
    return f"batch {candidate['batch']:.0f}, learning rate {candidate['lr']:g}, {candidate['images']:,.0f} images"


def _candidates(ax: Axes, frame: pd.DataFrame) -> None:
    rates = sorted(set(frame["lr"]))
    palette = ("#2F95CF", "#2A9D76", "#D9662A", "#6152E0")
    for row in frame.to_dict("records"):
        colour = palette[rates.index(row["lr"]) % len(palette)]
        title = f"{describe(pd.Series(row))}: mean error {row['mean_error']:.1f}%, {row['diverged']} diverged"
        marker = MARKS.get(int(row["batch"]), "D")
        style.scatter(ax, [row["rank"]], [row["reliability"]], [title], colour=colour, s=60, marker=marker)
        ax.annotate(
            f"{row['seconds']:.1f} s", (row["rank"], row["reliability"]), (6, 3), textcoords="offset points", size=9
        )
    for batch in sorted(set(frame["batch"])):
        ax.scatter([], [], color=style.INK, s=40, marker=MARKS.get(int(batch), "D"), label=f"batch {batch:.0f}")
    for rate in rates:
        ax.scatter([], [], color=palette[rates.index(rate) % len(palette)], s=40, marker="_", label=f"lr {rate:g}")
    ax.axhline(RELIABLE, linestyle="--", color=style.INK, linewidth=0.8)
    ax.axvline(RANKED, linestyle="--", color=style.INK, linewidth=0.8)
    ax.margins(0.15)
    ax.set(xlabel="rank correlation with the long training", ylabel="reliability")
    ax.legend(loc="best")


def _against_long(ax: Axes, runs: Runs) -> None:
    frame, chosen = runs.calibration(), chosen_candidate(runs)
    keys = ["space", "index"]
    long = frame[frame["role"] == "long"].set_index(keys)["error"]
    short = frame[frame["role"] == "candidate"]
    for name in ("images", "batch", "lr"):
        short = short[short[name] == chosen[name]]
    short = short[[key in long.index for key in zip(short["space"], short["index"], strict=True)]]
    for space, part in short.groupby("space"):
        x = long.reindex(pd.MultiIndex.from_frame(part[keys])).to_numpy()
        titles = [f"{labels.label(str(space))} network {index}" for index in part["index"]]
        style.scatter(ax, x, part["error"], titles, colour=style.colour(str(space)), s=22)
        ax.scatter([], [], color=style.colour(str(space)), s=22, label=labels.label(str(space)))
    ax.set(xlabel="error after the long training (%)", ylabel="error after the chosen training (%)")
    ax.legend(loc="best")
