"""Seed noise: how far apart trainings of one network with different seeds end, by how good the network is.

Two kinds of networks are trained more than once: members drawn again by chance, and those whose training was repeated
with new seeds. Of the latter only the repetitions count: the training that made them the best was a lucky one.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)  # of the networks' mean errors: where one group ends and the next begins
FEWEST = 10  # networks to know seed noise by
NEAR = 5  # pairs of members next to each other in rate, on each side of one


def trainings(runs: Runs, length: int = 1) -> pd.DataFrame:
    """Trainings of networks that were trained more than once for that length: network_id, error (percent)."""
    found = []
    for name in runs.populations():
        frame, population = runs.frame(name), Population.parse(name, runs.regime)
        if {"drawn_zoom", "drawn_lr"} & set(frame.columns) or (population.rate, population.scale1) != (1, False):
            continue  # trained otherwise than the rest
        repeats = runs.repeats(name)
        found.append(repeats[repeats["length"] == length])
        if population.length == length:
            found.append(frame[~frame["network_id"].isin(repeats["network_id"])])
    if not found:
        return pd.DataFrame({"network_id": np.array([], str), "error": np.array([], float)})
    every = pd.concat([frame[["network_id", "seed", "error"]] for frame in found]).drop_duplicates(
        ["network_id", "seed"]
    )
    often = every.groupby("network_id")["error"].transform("size") > 1
    return every.loc[often, ["network_id", "error"]].reset_index(drop=True)


def lengths(runs: Runs) -> list[int]:
    """The lengths of training for which a population or a repetition is there, the shortest first."""
    found = set()
    for name in runs.populations():
        found |= {Population.parse(name, runs.regime).length, *runs.repeats(name)["length"]}
    return sorted(map(int, found))


def near(runs: Runs, length: int) -> tuple[int, pd.DataFrame]:
    """`by_error` of the nearest length, and that length: longer trainings of one network end elsewhere than short ones.

    Of two equally near the shorter. Empty where no length has ten networks that were trained more than once.
    """
    for one in sorted(lengths(runs), key=lambda other: (abs(np.log(other / length)), other)):
        if len(groups := by_error(runs, one)):
            return one, groups
    return length, by_error(runs, length)


def by_error(runs: Runs, length: int = 1) -> pd.DataFrame:
    """One row a group of networks of like mean error: `low`, `high` (percent), networks, trainings, `sd` (points).

    The sd is pooled within networks. Empty where fewer than ten networks were trained more than once.
    """
    table = trainings(runs, length)
    groups = table.groupby("network_id")["error"]
    table = table.assign(mean=groups.transform("mean"))
    means = groups.mean()
    if len(means) < FEWEST:
        return pd.DataFrame(columns=["low", "high", "networks", "trainings", "sd"], dtype=float)
    edges = np.unique(means.quantile(QUANTILES))
    rows = []
    for low, high in pairwise(edges):
        own = table[(table["mean"] >= low) & ((table["mean"] < high) | (high == edges[-1]))]
        networks = own["network_id"].nunique()
        sd = float(np.sqrt(((own["error"] - own["mean"]) ** 2).sum() / (len(own) - networks)))
        rows.append({"low": low, "high": high, "networks": networks, "trainings": len(own), "sd": sd})
    return pd.DataFrame(rows)


def at_rates(frame: pd.DataFrame, members: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Seed noise (points) of members, by index, of a population in which each draws its learning rate.

    None is trained twice at one rate, and at high rates trainings end far further apart than those of `by_error`. What
    stands for it is by how much members next to each other in rate differ, over the ten pairs about each: the root of
    half the mean square. They differ in weight decay, too, and some in their networks, so it is rather too much.

    >>> frame = pd.DataFrame({"index": [0, 1, 2], "drawn_lr": [0.1, 0.4, 0.2], "error": [50.0, 56.0, 52.0]})
    >>> at_rates(frame, [2]).round(2).tolist()  # differences of 2 and 4
    [2.24]
    """
    order = frame.sort_values("drawn_lr", ignore_index=True)
    squares = np.diff(order["error"]) ** 2 / 2
    places = order.reset_index().set_index("index")["level_0"].loc[np.asarray(members)]
    return np.sqrt([squares[max(0, place - NEAR) : place + NEAR].mean() for place in places])


def sd_at(groups: pd.DataFrame, errors: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Seed noise (points) of networks with these errors: that of their group, outside of all groups the nearest's.

    >>> groups = pd.DataFrame({"low": [20.0, 22.0], "high": [22.0, 30.0], "sd": [0.7, 2.0]})
    >>> sd_at(groups, [19.0, 21.0, 22.0, 50.0]).tolist()
    [0.7, 0.7, 2.0, 2.0]
    """
    at = np.searchsorted(groups["low"].to_numpy()[1:], np.asarray(errors, np.float64), side="right")
    return groups["sd"].to_numpy(np.float64)[at]
