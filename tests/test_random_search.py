"""regnet.analysis.random_search: Fig 9 right."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from scipy import stats

from regnet.analysis import band, expected_best
from regnet.analysis.random_search import coefficients, suffices


def test_equals_the_mean_over_all_subsets():
    errors = [31.0, 28.5, 40.0, 28.5, 35.0, 33.0]
    for m in range(1, 7):
        subsets = [min(s) for s in combinations(errors, m)]
        assert expected_best(errors, m) == pytest.approx(np.mean(subsets))


def test_one_draw_is_the_mean_and_all_draws_are_the_best():
    errors = np.random.default_rng(0).normal(40, 4, 500)
    curve = expected_best(errors, [1, 2, 4, 8, 256, 500])
    assert curve[0] == pytest.approx(errors.mean())
    assert curve[-1] == pytest.approx(errors.min())
    assert (np.diff(curve) < 0).all()


def test_band_holds_ranks_with_the_stated_probability():
    n = 60
    for m in (1, 3, 20, 60):
        low, high = band(np.arange(1, n + 1), m)
        for tail, k in ((0.025, int(low)), (0.975, int(high))):
            reach = [1 - comb(n - r, m) / comb(n, m) for r in (k - 1, k)]
            assert reach[0] < tail <= reach[1]


def test_band_is_where_single_searches_end():
    rng = np.random.default_rng(1)
    errors = rng.normal(40, 4, 100)
    low, high = band(errors, 8)
    ends = np.array([rng.choice(errors, 8, replace=False).min() for _ in range(5000)])
    assert 0.94 <= np.mean((low <= ends) & (ends <= high)) <= 0.985
    assert low < expected_best(errors, 8) < high


def test_probabilities_are_exact_for_large_populations():
    rows = coefficients(5000, [1, 32, 2500, 5000])
    assert rows.sum(axis=1) == pytest.approx(1, abs=1e-9)
    assert rows[1, 0] == pytest.approx(32 / 5000)


@pytest.mark.parametrize("m", [0, 4, [1, 9]])
def test_more_draws_than_networks_are_refused(m):
    with pytest.raises(ValueError, match=r"m must be a whole number"):
        expected_best([1.0, 2.0, 3.0], m)


def test_the_interval_of_the_gap_is_the_jackknifes():
    errors = np.random.default_rng(3).gamma(2, 2, 80)
    found = suffices(errors, 8, 1.0, against=40)

    def gap(kept):
        return float(expected_best(kept, 8) - expected_best(kept, 40))

    left_out = np.array([gap(np.delete(errors, i)) for i in range(80)])
    se = np.sqrt(79 / 80 * ((left_out - left_out.mean()) ** 2).sum())
    assert found.effect == pytest.approx(gap(errors))
    assert found.high - found.effect == pytest.approx(stats.t.ppf(0.95, 79) * se)
    assert found.effect - found.low == pytest.approx(found.high - found.effect)


def test_thirty_two_suffice_where_errors_are_close_and_not_where_the_best_are_rare():
    rng = np.random.default_rng(2)
    close = suffices(rng.normal(30, 0.5, 400), 32, 1.0, against=200)
    rare = suffices(np.r_[rng.normal(50, 1, 390), rng.normal(20, 1, 10)], 32, 1.0, against=200)
    assert close.verdict == "supported"
    assert 0 < close.low < close.effect < close.high < 1
    assert rare.verdict == "contradicted"
    assert rare.low > 1
