"""regnet.analysis.best_trends: against plain loops, and what its verdicts say where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from regnet.analysis import best_trends
from regnet.analysis.best_trends import (
    average,
    change,
    factor,
    grows,
    has_exponent,
    is_about,
    medians,
    resampled,
    slope,
    stays,
)
from regnet.analysis.bootstrap import best_range

AT = (0.5, 1, 2, 4)


def populations(rng: np.random.Generator, change: float, noise: float = 0.5, n: int = 50) -> best_trends.Pairs:
    """One population a value of AT; the best x is 8 at F and moves by `change` a doubling."""
    pairs = []
    for at in AT:
        x = rng.uniform(2, 14, n)
        pairs.append((x, (x - 8 - change * np.log2(at)) ** 2 + rng.normal(0, noise, n)))
    return pairs


def powers(exponent: float, n: int = 60) -> best_trends.Pairs:
    """The best x is proportional to that power of F."""
    rng = np.random.default_rng(0)
    pairs = []
    for at in AT:
        x = at**exponent * 2 ** rng.uniform(-1, 1, n)
        pairs.append((x, 30 + 5 * np.abs(np.log2(x / at**exponent)) + rng.normal(0, 0.1, n)))
    return pairs


def test_medians_are_those_of_footnote_4() -> None:
    pairs = populations(np.random.default_rng(1), 1.0)
    assert medians(pairs).tolist() == [best_range(x, errors).best for x, errors in pairs]


@pytest.mark.parametrize("n", [4, 30, 51])
def test_a_resample_is_half_the_networks_and_has_their_median(n: int) -> None:
    rng = np.random.default_rng(2)
    x, errors = rng.integers(1, 9, n).astype(float), rng.normal(30, 3, n)
    found = resampled([(x, errors)], resamples=200, seed=5)
    chosen = np.random.default_rng(5).integers(n, size=(200, n // 2))
    assert found[:, 0].tolist() == [best_range(x[drawn], errors[drawn]).best for drawn in chosen]


def test_networks_with_equal_errors_win_equally_often() -> None:
    x = np.repeat([1.0, 2.0], 20)
    found = resampled([(x, np.full(40, 25.0))], resamples=4000)[:, 0]
    assert set(found) == {1.0, 2.0}
    assert 0.45 < np.mean(found == 1.0) < 0.62  # the lower of two equally likely values is the median of an even split


def test_the_same_seed_gives_the_same_resamples() -> None:
    pairs = populations(np.random.default_rng(3), 0.0)
    assert (resampled(pairs, seed=1) == resampled(pairs, seed=1)).all()
    assert (resampled(pairs, seed=1) != resampled(pairs, seed=2)).any()


def test_slope_is_the_least_squares_line_against_doublings() -> None:
    values = np.random.default_rng(4).normal(size=(3, 4))
    expected = [np.polyfit(np.log2(AT), row, 1)[0] for row in values]
    assert slope(AT, values) == pytest.approx(expected)


def test_a_trend_is_told_as_change_as_factor_or_as_mean() -> None:
    moving = populations(np.random.default_rng(6), 3.0)
    for found, truth in ((change(AT, moving), 3.0), (factor(AT, powers(0.7)), 2**0.7), (average(moving), 9.5)):
        assert found.low < found.effect < found.high
        assert found.low < truth < found.high
    grown = grows(AT, powers(0.7))
    assert change(AT, moving).effect == pytest.approx(stays(AT, moving, 1.0).effect)
    assert np.log2(factor(AT, powers(0.7))[1:]) == pytest.approx([grown.low, grown.high])
    assert np.isnan(factor([1], moving[:1])).all()


@pytest.mark.parametrize(("exponent", "verdict"), [(0.7, "supported"), (-0.7, "contradicted"), (0.0, "inconclusive")])
def test_growth_is_seen_where_it_is(exponent: float, verdict: str) -> None:
    found = grows(AT, powers(exponent))
    assert found.verdict == verdict
    assert found.effect == pytest.approx(exponent, abs=0.25)
    assert found.p is not None
    assert (found.p < 0.05) == (verdict != "inconclusive")


@pytest.mark.parametrize(
    ("change", "margin", "verdict"), [(0.0, 2.0, "supported"), (3.0, 1.0, "contradicted"), (0.0, 0.1, "inconclusive")]
)
def test_a_stable_value_is_told_from_a_moving_one(change: float, margin: float, verdict: str) -> None:
    found = stays(AT, populations(np.random.default_rng(6), change), margin)
    assert found.verdict == verdict
    assert found.low <= found.effect <= found.high


@pytest.mark.parametrize(("value", "verdict"), [(8.0, "supported"), (4.0, "contradicted"), (9.0, "inconclusive")])
def test_the_mean_best_value_is_held_against_a_number(value: float, verdict: str) -> None:
    found = is_about(populations(np.random.default_rng(7), 0.0), value, 1.0)
    assert found.verdict == verdict
    assert found.effect == pytest.approx(8.0, abs=0.7)


@pytest.mark.parametrize(("exponent", "verdict"), [(0.5, "supported"), (1.2, "contradicted")])
def test_a_square_root_is_told_from_a_line(exponent: float, verdict: str) -> None:
    found = has_exponent(AT, powers(exponent), 0.5, 0.3)
    assert found.verdict == verdict
    assert found.effect == pytest.approx(exponent, abs=0.2)


def test_a_supported_equivalence_has_a_small_p() -> None:
    for seed in range(12):
        found = stays(AT, populations(np.random.default_rng(seed), 0.6), 1.2)
        assert found.p is not None
        inside = found.verdict == "supported"
        assert inside == (found.p < 0.05 and abs(found.effect) < 1.2) or abs(found.p - 0.05) < 0.003


def test_intervals_hold_the_truth_at_least_as_often_as_they_say() -> None:
    truth = [slope(AT, medians(populations(np.random.default_rng(1000 + i), 0.5, 4.0))) for i in range(400)]
    held = 0
    for seed in range(80):
        spread = slope(AT, resampled(populations(np.random.default_rng(seed), 0.5, 4.0), resamples=300, seed=seed))
        low, high = np.quantile(spread, [0.025, 0.975])
        held += low <= np.mean(truth) <= high
    assert held >= 0.95 * 80


def test_no_trend_is_rarely_called_one() -> None:
    rng = np.random.default_rng(9)
    called = 0
    for _ in range(40):
        pairs = [(2 ** rng.uniform(0, 4, 50), rng.normal(30, 2, 50)) for _ in AT]
        called += grows(AT, pairs).verdict != "inconclusive"
    assert called <= 2
