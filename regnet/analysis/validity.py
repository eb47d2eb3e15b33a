"""How far a short training ranks networks as a long one does: the chosen recipe of the calibration, with intervals.

The pooled correlation is the mean of the spaces', as the calibration's rule has it. Its interval puts the spaces' own
together (MOVER, Zou 2007): each end lies as far from the mean as the root of the summed squares of the weighted
distances. Averaging over training seeds makes a correlation a little more certain than these say. Here for a
calibration on one grid; `length_validity.py` has the same for one in stages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from regnet.analysis.calibration import RANKED, choose, summarise
from regnet.analysis.trends import rank_interval


@dataclass(frozen=True)
class Rank:
    """A rank correlation over n networks with its 95% interval."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """
        >>> str(Rank(0.301, -0.1, 0.62, 16))
        '0.30 (95%: -0.10 to 0.62)'
        """
        return f"{self.value:.2f} (95%: {self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True)
class Validity:
    """What the calibration found of the recipe in force, and how many candidates met its bar (`needed`).

    `judged` is the space whose correlation is held against the bar, empty where it is the pooled one.
    """

    pooled: Rank
    within: Mapping[str, Rank]
    needed: float
    met: int
    candidates: int
    images: int
    long_images: int
    judged: str = ""


def validity(frame: pd.DataFrame) -> Validity:
    """From the calibration's trainings, one row each (`calibration.summarise` has the columns).

    Raises:
        ValueError: no candidate with complete networks.
    """
    table = summarise(frame)
    measured = table[table["validation_images"] == table["validation_images"].max()] if len(table) else table
    chosen = choose(measured).dropna()
    names = [str(name).removeprefix("rank_") for name in chosen.index if str(name).startswith("rank_")]
    within = {name: _rank(float(chosen[f"rank_{name}"]), int(chosen[f"networks_{name}"])) for name in names}
    long = frame.loc[frame["role"] == "long", "images"]
    return Validity(
        pooled([*within.values()]), within, RANKED, int((measured["rank"] >= RANKED).sum()), len(measured),
        int(chosen["images"]), int(long.iloc[0]),
    )  # fmt: skip


def pooled(ranks: Sequence[Rank]) -> Rank:
    """The mean of correlations of separate groups, weighted by networks.

    >>> found = pooled([Rank(0.8, 0.6, 0.9, 8), Rank(0.0, -0.6, 0.6, 8)])
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2), found.n
    (0.4, 0.08, 0.7, 16)
    """
    n = sum(rank.n for rank in ranks)
    value = sum(rank.n * rank.value for rank in ranks) / n
    below = sum((rank.n / n * (rank.value - rank.low)) ** 2 for rank in ranks) ** 0.5
    above = sum((rank.n / n * (rank.high - rank.value)) ** 2 for rank in ranks) ** 0.5
    return Rank(value, value - below, value + above, n)


def _rank(value: float, n: int) -> Rank:
    return Rank(value, *(rank_interval(value, n) if n > 3 else (-1.0, 1.0)), n)
