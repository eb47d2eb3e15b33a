"""What a learning rate does to spaces: each space's mean error, and the gap between AnyNetX_A and RegNetX.

Networks that a rate breaks are counted apart. A training is broken where its numbers stayed finite and its error is
within 2 points of chance; it is diverged where they did not, and then has the error of chance. Only networks that were
trained at every rate count, as in `length_choice.rate_table`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from regnet.analysis.compare import Estimate
from regnet.analysis.length_choice import LENGTH, NETWORK, complete
from regnet.design.recipe import chance

BROKEN = 2.0  # points below chance at most
WIDE, NARROW = "anynetx_a", "regnetx"  # the gap is the first's mean error less the second's
LEVEL = 0.95


def broken(frame: pd.DataFrame) -> pd.Series[bool]:
    """Whether each training learned next to nothing although it did not diverge (columns classes, status, error)."""
    near: pd.Series[bool] = frame["error"] >= frame["classes"].map(chance) - BROKEN
    return near & (frame["status"] != "diverged")


def space_rates(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a data set, length, rate and space: classes, images, lr, space, error, networks, diverged, broken.

    `frame` has one row a training, as for `rate_table`; `error` is the mean in percent over the space's `networks`,
    the last two count trainings.
    """
    keys = [*LENGTH, "lr", "space"]
    parts = [_judged(trainings) for _, trainings in frame.groupby(LENGTH)] if len(frame) else []
    if not parts:
        return pd.DataFrame()
    grouped = pd.concat(parts).groupby(keys)
    table = grouped.agg(
        error=("error", "mean"), networks=("index", "nunique"), diverged=("diverged", "sum"), broken=("broken", "sum")
    )
    return table.reset_index()


@dataclass(frozen=True)
class Gap:
    """AnyNetX_A's mean error less RegNetX's in points, with its 95% interval (Welch), over so many networks of each."""

    value: float
    low: float
    high: float
    wide: int
    narrow: int


def gap_table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a data set, length and rate: the gap of all networks and of sound ones, what is hurt.

    Columns classes, images, lr; gap, low, high, wide, narrow (networks of each space); the same after `sound_`, over
    the networks that no rate of the length diverges or breaks; diverged_<space>, broken_<space> (trainings). Empty
    where no length has two networks of each space. `frame` is as for `rate_table`; several seeds of a network count as
    their mean.
    """
    rows = []
    for (classes, images), trainings in frame.groupby(LENGTH) if len(frame) else ():
        judged = _judged(trainings[trainings["space"].isin((WIDE, NARROW))])
        sound = judged[~_networks(judged).isin(_networks(_hurt(judged)))]
        for lr, part in judged.groupby("lr"):
            row: dict[str, Any] = {"classes": classes, "images": images, "lr": lr}
            row |= _cells(_gap(part)) | _cells(_gap(sound[sound["lr"] == lr]), "sound_")
            for space in (WIDE, NARROW):
                own = part[part["space"] == space]
                row |= {f"{what}_{space}": int(own[what].sum()) for what in ("diverged", "broken")}
            rows.append(row)
    table = pd.DataFrame(rows)
    return table.dropna(subset=["gap"]).reset_index(drop=True) if len(table) else table


def change_table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a data set and length: how the gap changes from its lowest to its highest rate.

    Columns classes, images, first, last (rates), change, low, high (points, 95%, Welch), wide, narrow, and
    sound_change without the networks that any rate of the length diverges or breaks. Each network is set against
    itself, so that networks' spread does not count. `frame` is as for `gap_table`.
    """
    rows = []
    for (classes, images), trainings in frame.groupby(LENGTH) if len(frame) else ():
        judged = _judged(trainings[trainings["space"].isin((WIDE, NARROW))])
        if not len(judged):
            continue
        first, last = float(judged["lr"].min()), float(judged["lr"].max())
        errors = judged.pivot_table(index=NETWORK, columns="lr", values="error")
        steps = (errors[last] - errors[first]).rename("error").reset_index()
        cells, sound = _cells(_gap(steps)), _cells(_gap(steps[~_networks(steps).isin(_networks(_hurt(judged)))]))
        row = {"classes": classes, "images": images, "first": first, "last": last, "change": cells.pop("gap")}
        rows.append(row | cells | {"sound_change": sound["gap"]})
    table = pd.DataFrame(rows)
    return table.dropna(subset=["change"]).reset_index(drop=True) if len(table) else table


def _judged(trainings: pd.DataFrame) -> pd.DataFrame:
    """One length's trainings of networks trained at every rate, with what happened to each."""
    judged = complete(trainings)
    return judged.assign(diverged=judged["status"] == "diverged", broken=broken(judged))


def _hurt(judged: pd.DataFrame) -> pd.DataFrame:
    return judged[judged["diverged"] | judged["broken"]]


def _networks(trainings: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(trainings[NETWORK])


def _gap(part: pd.DataFrame) -> Gap | None:
    """The gap of one rate; None where a space has fewer than two networks."""
    errors = part.groupby(NETWORK)["error"].mean()
    a, b = (errors[errors.index.get_level_values("space") == space].to_numpy() for space in (WIDE, NARROW))
    if min(len(a), len(b)) < 2:
        return None
    value = float(a.mean() - b.mean())
    return Gap(value, *Estimate.of(a, b).interval(LEVEL), len(a), len(b))


def _cells(gap: Gap | None, start: str = "") -> dict[str, float]:
    g = gap or Gap(np.nan, np.nan, np.nan, 0, 0)
    cells = {"gap": g.value, "low": g.low, "high": g.high, "wide": g.wide, "narrow": g.narrow}
    return {f"{start}{name}": value for name, value in cells.items()}
