"""regnet.analysis.compare, quantiles and trends: the verdict rules against scipy and against known truths."""

import numpy as np
import pytest
from scipy import stats

from regnet.analysis import better, holm, no_difference, no_worse, power
from regnet.analysis.quantiles import better_at
from regnet.analysis.trends import falls


def sample(mean: float, sd: float, n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, sd, n)


def test_better_is_welchs_test():
    a, b = sample(28, 2, 60, 0), sample(29, 5, 90, 1)
    found, known = better(a, b), stats.ttest_ind(a, b, equal_var=False)
    interval = known.confidence_interval(0.95)
    assert found.effect == pytest.approx(a.mean() - b.mean())
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.p == pytest.approx(known.pvalue)
    assert (found.n_a, found.n_b) == (60, 90)


def test_lower_mean_error_is_better():
    good, bad = sample(27, 2, 100, 2), sample(31, 4, 100, 3)
    assert better(good, bad).verdict == "supported"
    assert better(bad, good).verdict == "contradicted"
    assert better(good, good).verdict == "inconclusive"
    assert better(good, good).p == 1


def test_no_difference_p_is_that_of_two_one_sided_tests():
    a, b = sample(30, 3, 80, 4), sample(30.3, 2, 70, 5)
    found = no_difference(a, b, margin=1.5)
    low = stats.ttest_ind(a + 1.5, b, equal_var=False, alternative="greater").pvalue
    high = stats.ttest_ind(a - 1.5, b, equal_var=False, alternative="less").pvalue
    interval = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.90)
    assert found.p == pytest.approx(max(low, high))
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize(
    ("shift", "expected"), [(0, "supported"), (1.5, "inconclusive"), (4, "contradicted"), (-4, "contradicted")]
)
def test_no_difference_needs_the_whole_interval(shift, expected):
    a = sample(30, 2, 100, 6)
    found = no_difference(a + shift, a, margin=1.5)
    assert found.verdict == expected
    assert (found.p < 0.05) == (expected != "inconclusive")


@pytest.mark.parametrize(
    ("shift", "expected"), [(-6, "supported"), (0, "supported"), (1.5, "inconclusive"), (4, "contradicted")]
)
def test_no_worse_looks_at_one_side(shift, expected):
    a = sample(30, 2, 100, 7)
    assert no_worse(a + shift, a, margin=1.5).verdict == expected


def test_samples_without_spread_are_judged_by_their_means():
    assert better([1.0, 1.0], [2.0, 2.0]).verdict == "supported"
    assert no_difference([2.0, 2.0], [2.0, 2.0], margin=1.0).p == 0
    assert no_difference([9.0, 9.0], [2.0, 2.0], margin=1.0).verdict == "contradicted"


def test_power_is_the_share_of_supported_verdicts_under_equal_means():
    rng = np.random.default_rng(8)
    seen = [no_difference(rng.normal(0, 5, 100), rng.normal(0, 4, 100), 1.5).verdict for _ in range(1500)]
    assert power(1.5, 5, 4, 100, 100) == pytest.approx(np.mean([v == "supported" for v in seen]), abs=0.04)
    assert power(0.1, 5, 4, 100, 100) == 0
    assert power(1.5, 5, 4, 500, 500) > power(1.5, 5, 4, 100, 100)


def test_a_margin_must_be_positive():
    for rule in (no_difference, no_worse):
        with pytest.raises(ValueError, match=r"margin must be a number above 0, got 0"):
            rule([1.0, 2.0], [1.0, 2.0], 0)


def test_one_value_a_side_is_refused():
    with pytest.raises(ValueError, match="at least 2 values a side, got 1 and 2"):
        better([1.0], [1.0, 2.0])


def test_holm_steps_down_and_keeps_the_order_given():
    assert holm([0.04, 0.001, 0.03, 0.9]) == pytest.approx([0.09, 0.004, 0.09, 0.9])
    assert holm([0.5, 0.6]) == [1.0, 1.0]
    assert holm([]) == []


def test_quantile_interval_is_the_bootstraps():
    rng = np.random.default_rng(9)
    a, b = rng.normal(28, 3, 60), rng.normal(31, 5, 80)
    found = better_at(a, b, 0.25)
    drawn = [np.sort(rng.choice(s, (20_000, len(s))), axis=1)[:, round(len(s) / 4) - 1] for s in (a, b)]
    seen = drawn[0] - drawn[1]
    assert found.effect == np.sort(a)[14] - np.sort(b)[19]
    for level, value in ((0.025, found.low), (0.975, found.high)):
        assert np.mean(seen <= value) == pytest.approx(level, abs=0.01)
    assert found.p == pytest.approx(2 * np.mean(seen >= 0), abs=0.01)


def test_quantiles_see_what_the_mean_hides():
    spread = sample(0, 1, 400, 10)
    wide, narrow = 30 + 6 * (spread - spread.mean()), 30 + (spread - spread.mean())
    assert better(narrow, wide).verdict == "inconclusive"
    assert better_at(narrow, wide, 0.9).verdict == "supported"
    assert better_at(narrow, wide, 0.1).verdict == "contradicted"


def test_share_outside_the_unit_interval_is_refused():
    with pytest.raises(ValueError, match="share must be a number above 0 and below 1, got 1"):
        better_at([1.0], [2.0], 1)


def test_falling_error_is_a_negative_rank_correlation():
    x = np.arange(100.0)
    found = falls(x, 50 - 0.05 * x + sample(0, 2, 100, 12))
    assert found.verdict == "supported"
    assert found.low < found.effect < found.high < 0
    assert falls(-x, -x).verdict == "contradicted"
    assert falls(x, sample(0, 1, 100, 13)).verdict == "inconclusive"


def test_rank_interval_covers_the_true_value():
    rng = np.random.default_rng(14)
    truth = 6 / np.pi * np.arcsin(-0.5 / 2)  # Spearman of a normal pair with correlation -0.5
    pairs = rng.multivariate_normal([0, 0], [[1, -0.5], [-0.5, 1]], (400, 60))
    found = [falls(p[:, 0], p[:, 1]) for p in pairs]
    assert 0.92 <= np.mean([f.low <= truth <= f.high for f in found]) <= 0.98


def test_equal_values_cannot_be_ranked():
    with pytest.raises(ValueError, match="values that differ"):
        falls([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0])
