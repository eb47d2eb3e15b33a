"""regnet.analysis.printed: comparisons of printed numbers against scipy and against known truths."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from regnet.analysis.printed import better_printed, ratio, tau


@pytest.mark.parametrize("n", [2, 5, 30])
def test_printed_means_are_compared_by_welchs_test(n: int) -> None:
    found = better_printed(21.2, 0.06, 20.6, 0.18, n=n)
    known = stats.ttest_ind_from_stats(21.2, 0.06, n, 20.6, 0.18, n, equal_var=False)
    assert found.p == pytest.approx(known.pvalue, rel=1e-6)
    rng = np.random.default_rng(0)
    a, b = (stats.zscore(rng.standard_normal(n), ddof=1) for _ in range(2))
    interval = stats.ttest_ind(21.2 + 0.06 * a, 20.6 + 0.18 * b, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert (found.effect, found.n_a, found.n_b) == (pytest.approx(0.6), n, n)


def test_the_lower_mean_is_better() -> None:
    assert better_printed(21.7, 0.08, 23.2, 0.09).verdict == "supported"
    assert better_printed(23.2, 0.09, 21.7, 0.08).verdict == "contradicted"
    assert better_printed(20.7, 0.07, 20.7, 0.08).verdict == "inconclusive"


def test_what_rounding_can_hide_widens_the_interval_and_raises_p() -> None:
    exact, rounded = better_printed(20.3, 0.04, 20.4, 0.06), better_printed(20.3, 0.04, 20.4, 0.06, rounding=0.05)
    assert (exact.verdict, rounded.verdict) == ("supported", "inconclusive")
    assert (rounded.low, rounded.high) == pytest.approx((exact.low - 0.1, exact.high + 0.1))
    assert rounded.effect == exact.effect
    assert rounded.p == pytest.approx(1.0)


@pytest.mark.parametrize("difference", [0.1, 0.18, 0.2, 0.25, 0.6])
def test_p_and_interval_agree_whatever_the_rounding(difference: float) -> None:
    found = better_printed(20.0, 0.05, 20.0 + difference, 0.08, rounding=0.05)
    assert found.p is not None
    assert (found.p < 0.05) == (found.high < 0)


@pytest.mark.parametrize(
    "wrong", [{"n": 1}, {"sd_a": -0.1}, {"rounding": -0.05}, {"mean_b": float("nan")}, {"sd_b": float("inf")}]
)
def test_numbers_that_cannot_be_compared_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(wrong))} must be a"):
        better_printed(**({"mean_a": 20.0, "sd_a": 0.1, "mean_b": 21.0, "sd_b": 0.1} | wrong))  # type: ignore[arg-type]


def test_tau_is_kendalls_with_ties() -> None:
    rng = np.random.default_rng(1)
    x = rng.integers(0, 12, 25)
    y = x + rng.integers(0, 6, 25)
    found, known = tau(x, y), stats.kendalltau(x, y)
    assert (found.effect, found.p) == (known.statistic, known.pvalue)
    assert found.low < found.effect < found.high
    assert (found.n_a, found.n_b) == (25, 25)


def test_means_of_the_same_numbers_in_another_order_are_tied() -> None:
    x = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1, 1.0, 2.0, 3.0, 4.0]
    assert x[0] != x[1]
    assert tau(x, [2, 1, 3, 4, 5, 6]).effect == stats.kendalltau([0, 0, 1, 2, 3, 4], [2, 1, 3, 4, 5, 6]).statistic


@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.9])
def test_the_interval_of_tau_holds_the_true_one_in_about_95_of_100_samples(correlation: float) -> None:
    rng = np.random.default_rng(2)
    true = 2 / np.pi * np.arcsin(correlation)
    held = 0
    for _ in range(600):
        x, noise = rng.standard_normal((2, 20))
        found = tau(x, correlation * x + (1 - correlation**2) ** 0.5 * noise)
        held += found.low <= true <= found.high
    assert 0.92 <= held / 600 <= 0.98


def test_perfect_ranks_leave_room_for_doubt_that_shrinks_with_n() -> None:
    few, many = tau(range(8), range(8)), tau(range(40), range(40))
    assert (few.effect, many.effect) == pytest.approx((1.0, 1.0))
    assert 0 < few.low < many.low < 1.0
    assert few.high == many.high == 1.0
    turned = tau(range(8), range(8)[::-1])
    assert (turned.low, turned.high) == (-1.0, -few.low)
    assert (few.verdict, turned.verdict) == ("supported", "contradicted")


@pytest.mark.parametrize(
    ("x", "y"),
    [([1, 2, 3, 4], [1, 2, 3, 4]), (range(6), range(5)), (range(6), [1] * 6), (range(6), [1, 2, 3, 4, 5, np.nan])],
)
def test_ranks_that_say_nothing_are_refused(x: object, y: object) -> None:
    with pytest.raises(ValueError, match=r"five pairs|equal|finite"):
        tau(x, y)  # type: ignore[arg-type]


def test_a_ratio_spans_what_rounds_to_the_printed_numbers() -> None:
    found = ratio(504, 94, least=5, rounding=0.5)
    assert found.effect == 504 / 94
    assert (found.low, found.high) == (503.5 / 94.5, 504.5 / 93.5)
    assert found.p is None
    assert ratio(504, 113, least=5, rounding=0.5).verdict == "contradicted"
    assert ratio(470, 94, least=5, rounding=0.5).verdict == "inconclusive"
    assert ratio(504, 94).low == ratio(504, 94).high


@pytest.mark.parametrize(("a", "b", "rounding"), [(5, 0, 0), (5, 0.4, 0.5), (-1, 5, 0), (5, 5, -0.5)])
def test_a_ratio_to_nothing_is_refused(a: float, b: float, rounding: float) -> None:
    with pytest.raises(ValueError, match=r"positive|rounding must be"):
        ratio(a, b, rounding=rounding)
