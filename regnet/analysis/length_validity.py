"""What a calibration in stages says of short trainings: which lengths are ranked, and how the chosen one ranks.

Ranks are told of a length once 24 networks of RegNetX are ranked by it, half of what the second stage trains: the few
that the search for rates leaves behind would choose by luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from regnet.analysis.calibration import RANKED
from regnet.analysis.length_choice import (
    DEAREST,
    JUDGED,
    LENGTH,
    best_rates,
    choose_length,
    found_rates,
    pairs,
    rank_table,
    rate_table,
)
from regnet.analysis.validity import Rank, Validity, pooled

FEWEST = 24  # networks of RegNetX


def told(frame: pd.DataFrame) -> pd.DataFrame:
    """`rank_table`'s rows of the lengths that rank enough networks, and `alike`; empty where there are none.

    `alike` is the share of pairs of RegNetX's networks that a length and the long training put in the same order,
    ties left out. `frame` is as for `rate_table`.
    """
    rates = found_rates(best_rates(rate_table(frame)))
    table = rank_table(frame, rates)
    if f"networks_{JUDGED}" not in table:
        return pd.DataFrame()
    enough = table[table[f"networks_{JUDGED}"] >= FEWEST].reset_index(drop=True)
    both = pairs(frame, rates)
    shares = {key: alike(part[part["space"] == JUDGED]) for key, part in both.groupby(LENGTH)}
    return enough.assign(alike=[shares[k, n] for k, n in zip(enough["classes"], enough["images"], strict=True)])


def alike(both: pd.DataFrame) -> float:
    """Share of pairs of networks in the same order by the columns error and error_long, ties left out.

    >>> alike(pd.DataFrame({"error": [1.0, 2.0, 3.0], "error_long": [10.0, 30.0, 20.0]}))
    0.6666666666666666
    """
    short, long = (np.sign(np.subtract.outer(x, x)) for x in (both["error"].to_numpy(), both["error_long"].to_numpy()))
    product = (short * long)[np.triu_indices(len(both), 1)]
    return float((product > 0).sum() / max(1, (product != 0).sum()))


def passing(ranks: pd.DataFrame) -> pd.Series[bool]:
    """Which of `told`'s lengths are cheap enough and reach the bar within RegNetX."""
    reached: pd.Series[bool] = ranks[f"rank_{JUDGED}"] >= RANKED
    return reached & (ranks["seconds"] <= DEAREST)


def rank_of(row: Mapping[Any, Any], space: str = "") -> Rank | None:
    """The correlation of a row of `told` within a space, or over all of them; None where it was not found."""
    end = f"_{space}" if space else ""
    value = row.get(f"rank{end}", np.nan)
    if np.isnan(value):
        return None
    return Rank(float(value), float(row[f"low{end}"]), float(row[f"high{end}"]), int(row[f"networks{end}"]))


def spaces_of(ranks: pd.DataFrame) -> list[str]:
    """The spaces within which networks are ranked."""
    return [str(name).removeprefix("rank_") for name in ranks.columns if str(name).startswith("rank_")]


def length_validity(frame: pd.DataFrame) -> Validity:
    """Of the length that the rule takes.

    Raises:
        ValueError: no length ranks enough networks.
    """
    ranks = told(frame)
    choice = choose_length(ranks)
    row = ranks[(ranks["classes"] == choice.classes) & (ranks["images"] == choice.images)].iloc[0].to_dict()
    within = {space: rank for space in spaces_of(ranks) if (rank := rank_of(row, space)) is not None}
    long = frame.loc[(frame["role"] == "long") & (frame["classes"] == choice.classes), "images"]
    return Validity(
        pooled([*within.values()]), within, RANKED, int(passing(ranks).sum()), len(ranks), choice.images,
        int(long.iloc[0]), JUDGED,
    )  # fmt: skip
