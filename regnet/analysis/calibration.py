"""What the calibration's trainings say of each candidate recipe, and the rule that chooses one.

The rule, fixed before any number was seen: among the candidates whose pooled reliability is at least 0.7 and whose
pooled rank correlation with the long training is at least 0.6, the one of the fewest CPU seconds; if there is none,
the one with the highest product of the two. No difference between design spaces enters. The recipe is chosen at the
number of validation images that was measured; then the fewest validation images are taken that cost at most 0.02 of
reliability (this second half was added once it was seen that fewer images can raise the product where a correlation is
negative).

- Reliability: the share of the variance of single trainings that lies between networks, one-way ICC(1). Pooled:
  sums of squares and degrees of freedom within each space are added.
- Rank correlation: Spearman, within a space, of one training's error with the long training's, averaged over seeds
  (a population has one training a network). Pooled: the spaces' mean, weighted by networks.
- Fewer validation images than were measured: their errors add 100^2 p (1 - p) (1/m - 1/N) to the variance of each
  training (a subset of m of N images, taken as independent over networks: on the cautious side); the reliability
  and, as for any added noise, the correlation shrink accordingly. An evaluated image costs a third of a trained one.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

RELIABLE = 0.7
RANKED = 0.6
LOSS = 0.02  # of reliability, for fewer validation images
EVALUATION_COST = 1 / 3  # of a validation image, in training images
CANDIDATE = ["images", "batch", "lr"]

Errors = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Variance:
    """One-way analysis of variance: sums of squares and degrees of freedom, `seeds` trainings a network."""

    between: float
    within: float
    between_df: int
    within_df: int
    seeds: int

    def __add__(self, other: Variance) -> Variance:
        return Variance(
            self.between + other.between, self.within + other.within,
            self.between_df + other.between_df, self.within_df + other.within_df, self.seeds,
        )  # fmt: skip

    @property
    def noise(self) -> float:
        """Variance between trainings of one network."""
        return self.within / self.within_df if self.within_df else np.nan

    @property
    def signal(self) -> float:
        """Variance between networks; negative where there is less than noise explains."""
        return (self.between / self.between_df - self.noise) / self.seeds if self.between_df else np.nan

    @property
    def total(self) -> float:
        """Variance of single trainings."""
        return max(self.signal, 0.0) + self.noise

    def reliability(self, extra: float = 0.0) -> float:
        """ICC(1), with `extra` variance added to each training; nan where all errors are equal."""
        whole = self.signal + self.noise + extra
        return self.signal / whole if whole else np.nan

    def shrink(self, extra: float) -> float:
        """What `extra` variance multiplies a correlation with; nan where all errors are equal."""
        whole = self.total + extra
        return float(np.sqrt(self.total / whole)) if whole else np.nan


def variance(errors: Errors) -> Variance:
    """The analysis of variance of errors of shape (networks, seeds).

    >>> variance(np.array([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]])).reliability()
    1.0
    """
    n, seeds = errors.shape
    means = errors.mean(axis=1)
    between = float(seeds * ((means - errors.mean()) ** 2).sum())
    within = float(((errors - means[:, None]) ** 2).sum())
    return Variance(between, within, n - 1, n * (seeds - 1), seeds)


def summarise(frame: pd.DataFrame, validation: Sequence[int] = (1000, 2000, 5000, 10_000)) -> pd.DataFrame:
    """One row a candidate and number of validation images.

    `frame` has one row a training with columns space, index, role ("candidate" or "long"), images, batch, lr,
    validation_images, seed, status, error, seconds. Networks that lack a seed or the long training are left out.
    The result has columns images, batch, lr, validation_images, networks, diverged, mean_error, sd (of single
    trainings, within spaces), seconds, reliability, rank, and reliability_<space>, rank_<space>, networks_<space>.
    """
    if not len(frame):
        return pd.DataFrame()
    measured = int(frame["validation_images"].max())
    sizes = [m for m in validation if m < measured] + [measured]
    long = frame[frame["role"] == "long"].set_index(["space", "index"])["error"]
    candidates = frame[frame["role"] == "candidate"].groupby(CANDIDATE)
    rows = [
        {**{name: trainings[name].iloc[0] for name in CANDIDATE}, **_row(trainings, long, m, measured)}
        for _, trainings in candidates
        for m in sizes
    ]
    complete = [row for row in rows if row["networks"]]
    return pd.DataFrame(complete)


def choose(summary: pd.DataFrame) -> pd.Series[float]:
    """The candidate that the rule above takes from `summarise`'s result.

    Raises:
        ValueError: no candidate has a complete network.
    """
    judged = summary.dropna(subset=["reliability", "rank"]) if len(summary) else summary
    if not len(judged):
        raise ValueError(
            "no candidate to choose from: train two networks of a space whose errors differ, twice by each and long"
        )
    measured = judged[judged["validation_images"] == judged["validation_images"].max()]
    best = _best(measured)
    same = judged[(judged[CANDIDATE] == best[CANDIDATE]).all(axis=1)]
    enough = same[same["reliability"] >= best["reliability"] - LOSS]
    return enough.iloc[int(np.argmin(enough["validation_images"].to_numpy()))]


def _best(measured: pd.DataFrame) -> pd.Series[float]:
    passed = measured[(measured["reliability"] >= RELIABLE) & (measured["rank"] >= RANKED)]
    if len(passed):
        return passed.iloc[int(np.argmin(passed["seconds"].to_numpy()))]
    return measured.iloc[int(np.argmax((measured["reliability"] * measured["rank"]).to_numpy()))]


def _row(trainings: pd.DataFrame, long: pd.Series[float], m: int, measured: int) -> dict[str, float]:
    """What the trainings of one candidate say, had they been validated on m of the measured images."""
    spaces = {str(name): _table(part, long) for name, part in trainings.groupby("space")}
    spaces = {name: table for name, table in spaces.items() if len(table[0]) > 1}
    networks = sum(len(errors) for errors, _ in spaces.values())
    if not networks:
        return {"networks": 0}
    p = float(trainings["error"].mean()) / 100
    extra = 1e4 * p * (1 - p) * (1 / m - 1 / measured)
    parts = {name: variance(errors) for name, (errors, _) in spaces.items()}
    pooled = reduce(operator.add, parts.values())
    ranks = {name: parts[name].shrink(extra) * _rank_correlation(*table) for name, table in spaces.items()}
    images = float(trainings["images"].iloc[0])
    return {
        "validation_images": m,
        "networks": networks,
        "diverged": int((trainings["status"] == "diverged").sum()),
        "mean_error": 100 * p,
        "sd": float(np.sqrt(pooled.total + extra)),
        "seconds": float(trainings["seconds"].mean())
        * (images + m * EVALUATION_COST) / (images + measured * EVALUATION_COST),
        "reliability": pooled.reliability(extra),
        "rank": sum(ranks[name] * len(spaces[name][0]) for name in spaces) / networks,
        **{f"reliability_{name}": v.reliability(extra) for name, v in parts.items()},
        **{f"rank_{name}": rank for name, rank in ranks.items()},
        **{f"networks_{name}": len(errors) for name, (errors, _) in spaces.items()},
    }  # fmt: skip


def _table(trainings: pd.DataFrame, long: pd.Series[float]) -> tuple[Errors, Errors]:
    """Errors (networks, seeds) of the networks with every seed and a long training, and the long errors (networks,)."""
    ranked = trainings.assign(trial=trainings.groupby(["space", "index"])["seed"].rank().astype(int))
    table = ranked.pivot_table(index=["space", "index"], columns="trial", values="error").dropna()
    table = table[table.index.isin(long.index)]
    return np.asarray(table, np.float64), np.asarray(long.reindex(table.index), np.float64)


def _rank_correlation(errors: Errors, long: Errors) -> float:
    """Spearman correlation of each seed's errors with the long training's, averaged over seeds; nan where all tie."""
    ranks, long_ranks = rankdata(errors, axis=0), rankdata(long)
    if np.ptp(long_ranks) == 0 or (np.ptp(ranks, axis=0) == 0).any():
        return float("nan")
    return float(np.mean([np.corrcoef(column, long_ranks)[0, 1] for column in ranks.T]))
