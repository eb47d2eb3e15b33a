"""regnet.analysis.bootstrap: footnote 4 against the simulation it stands for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regnet.analysis import best_range, best_weight, weights


def simulate(errors: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Index of the best network of each resampled quarter, tied ones drawn by lot."""
    rng = np.random.default_rng(seed)
    n = len(errors)
    drawn = rng.integers(0, n, (resamples, max(1, n // 4)))
    # a lot for each network and resample, below any difference between errors
    keys = errors[drawn] + 1e-9 * rng.random((resamples, n))[np.arange(resamples)[:, None], drawn]
    return drawn[np.arange(resamples), keys.argmin(axis=1)]


@pytest.mark.parametrize("tied", [False, True])
def test_weights_are_how_often_the_resampling_keeps_each_network(tied):
    errors = np.random.default_rng(3).normal(35, 4, 40)
    if tied:
        errors = np.round(errors)
    winners = simulate(errors, 10_000, seed=1)
    seen = np.bincount(winners, minlength=40) / 10_000
    expected = weights(errors)
    assert expected.sum() == pytest.approx(1)
    assert np.abs(seen - expected).max() < 4 * np.sqrt(0.25 * 0.75 / 10_000)
    assert expected.max() > 0.03  # something to see


def test_range_and_best_are_the_simulation_s_percentiles():
    rng = np.random.default_rng(4)
    x, errors = rng.integers(1, 64, 500), rng.normal(40, 4, 500)
    kept = x[simulate(errors, 10_000, seed=2)]
    low, best, high = best_range(x, errors)
    for level, value in ((0.025, low), (0.5, best), (0.975, high)):
        assert np.mean(kept < value) <= level + 0.015
        assert np.mean(kept <= value) >= level - 0.015


def test_rank_k_wins_with_the_stated_probability():
    n, m = 20, 5
    k = np.arange(1, n + 1)
    assert weights(np.arange(n)) == pytest.approx(((n - k + 1) / n) ** m - ((n - k) / n) ** m)


def test_tied_errors_share_equally():
    out = weights([10.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0])
    assert out[0] == out[1] == pytest.approx((1 - (6 / 8) ** 2) / 2)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8)), min_size=1, max_size=40), st.randoms())
@settings(max_examples=60, deadline=None)
def test_row_order_never_changes_the_range_and_its_values_occur(rows, random):
    shuffled = random.sample(rows, len(rows))
    x, errors = zip(*rows, strict=True)
    found = best_range(x, errors)
    assert found == best_range(*zip(*shuffled, strict=True))
    assert set(found) <= set(map(float, x))
    assert found.low <= found.best <= found.high


def test_range_says_where_the_best_fifteen_lie_whatever_n():
    for n in (100, 500, 5000):
        assert weights(np.arange(n))[:15].sum() == pytest.approx(0.98, abs=0.012)


def test_one_and_two_networks_have_a_range():
    assert best_range([7], [30.0]) == (7, 7, 7)
    assert best_range([7, 9], [30.0, 20.0]) == (7, 7, 9)


def test_x_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"one value for each of the 2 errors, got shape \(3,\)"):
        best_range([1, 2, 3], [1.0, 2.0])


def test_selected_networks_that_are_the_best_ones_outweigh_their_share():
    errors = np.random.default_rng(5).normal(30, 3, 100)
    best_half = errors < np.median(errors)
    found = best_weight(best_half, errors)
    assert found.effect == pytest.approx(weights(errors)[best_half].sum() - 0.5)
    assert found.verdict == "supported"
    assert 0 < found.low < found.effect
    assert best_weight(~best_half, errors).verdict == "contradicted"


def test_unrelated_selection_is_decided_in_about_one_case_of_twenty():
    rng = np.random.default_rng(6)
    verdicts = [
        best_weight(rng.random(60) < 0.5, rng.normal(size=60), permutations=400, seed=i).verdict for i in range(300)
    ]
    assert 0.02 <= np.mean([v != "inconclusive" for v in verdicts]) <= 0.09


def test_interval_excludes_zero_exactly_where_p_is_small():
    rng = np.random.default_rng(7)
    for shift in (0.0, 0.5, 1.0, 2.0, 3.0):
        selected = rng.random(80) < 0.6
        found = best_weight(selected, rng.normal(size=80) - shift * selected)
        assert (found.low > 0 or found.high < 0) == (found.p < 0.05)
    for seed in range(300):  # few permutations, so that some effects lie just at an end
        found = best_weight(rng.random(40) < 0.5, rng.normal(size=40), permutations=79, seed=seed)
        assert (found.low > 0 or found.high < 0) == (found.p < 0.05)
