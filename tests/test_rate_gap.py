"""The gap between two spaces by rate, and what counts as broken, on made-up trainings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from regnet.analysis.rate_gap import broken, change_table, gap_table, space_rates

RATES = (0.1, 0.2)
A, X = (
    [60.0, 62.0, 67.0],
    [55.0, 56.0, 57.0],
)  # errors at the low rate; the high one is better for each


def frame() -> pd.DataFrame:
    rows = []
    for space, errors, gains in (("anynetx_a", A, (1, 2, 3)), ("regnetx", X, (1, 1.5, 0.5))):
        for index, (error, gain) in enumerate(zip(errors, gains, strict=True)):
            for lr, e in zip(RATES, (error, error - gain), strict=True):
                rows.append({"space": space, "index": index, "role": "candidate", "classes": 20, "images": 6400,
                             "lr": lr, "seed": 1, "status": "ok", "error": e, "seconds": 2.0})  # fmt: skip
    return pd.DataFrame(rows)


def hurt(index: int, status: str, error: float) -> pd.DataFrame:
    table = frame()
    one = (table["space"] == "anynetx_a") & (table["index"] == index) & (table["lr"] == 0.2)
    table.loc[one, ["status", "error"]] = [status, error]
    return table


def test_the_gap_is_welch_s_difference_of_means() -> None:
    table = gap_table(frame())
    expected = ttest_ind(A, X, equal_var=False).confidence_interval()
    low = table.iloc[0]
    assert (low["lr"], low["gap"]) == (0.1, np.mean(A) - np.mean(X))
    assert (low["low"], low["high"]) == pytest.approx((expected.low, expected.high))
    assert (low["wide"], low["narrow"]) == (3, 3)
    assert table["sound_gap"].tolist() == table["gap"].tolist()


def test_a_change_sets_each_network_against_itself() -> None:
    row = change_table(frame()).iloc[0]
    expected = ttest_ind([-1, -2, -3], [-1, -1.5, -0.5], equal_var=False).confidence_interval()
    assert (row["first"], row["last"], row["change"]) == (0.1, 0.2, pytest.approx(-1.0))
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(("status", "error", "what"), [("ok", 93.5, "broken"), ("diverged", 0.0, "diverged")])
def test_hurt_networks_are_counted_and_left_out_of_the_sound_gap_at_every_rate(
    status: str, error: float, what: str
) -> None:
    table = gap_table(hurt(2, status, error)).set_index("lr")
    assert table.loc[0.2, f"{what}_anynetx_a"] == 1
    counts = table[[f"{kind}_{space}" for kind in ("broken", "diverged") for space in ("anynetx_a", "regnetx")]]
    assert counts.to_numpy().sum() == 1
    assert table["sound_wide"].tolist() == [2, 2]
    assert table.loc[0.1, "sound_gap"] == np.mean(A[:2]) - np.mean(X)
    full = 95.0 if what == "diverged" else error  # a diverged training has the error of chance
    assert table.loc[0.2, "gap"] == pytest.approx(np.mean([59, 60, full]) - np.mean(X) + 1)
    change = change_table(hurt(2, status, error)).iloc[0]
    assert change["sound_change"] == pytest.approx(-0.5)


def test_broken_is_within_two_points_of_chance_and_not_diverged() -> None:
    table = pd.DataFrame({"classes": 50, "status": ["ok", "ok", "diverged"], "error": [95.9, 96.0, 98.0]})
    assert broken(table).tolist() == [False, True, False]


def test_spaces_have_the_means_of_networks_trained_at_every_rate() -> None:
    late = frame().iloc[[0]].assign(index=9, error=1.0)
    table = space_rates(pd.concat([frame(), late], ignore_index=True)).set_index(["space", "lr"])
    assert table.loc[("anynetx_a", 0.1), "error"] == np.mean(A)
    assert table.loc[("anynetx_a", 0.1), "networks"] == 3


def test_too_little_gives_empty_tables() -> None:
    assert not len(space_rates(pd.DataFrame()))
    assert not len(gap_table(pd.DataFrame()))
    alone = frame()
    assert not len(gap_table(alone[alone["space"] == "regnetx"]))
    assert not len(change_table(alone[alone["index"] == 0]))
