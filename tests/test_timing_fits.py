"""Correlations of time and Fig 12's curves: hand cases, simulation against closed form, units, refusals."""

import numpy as np
import pytest
from scipy import stats

from regnet import published
from regnet.analysis.timing_fits import LAWS, Law, fit, fits, pearson, predicts_better

F = np.geomspace(0.2, 32, 40)


def population(n: int, *, noise: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Flops, activations and a time that goes with activations."""
    rng = np.random.default_rng(seed)
    acts = rng.uniform(2, 15, n)
    flops = acts + rng.normal(0, 6, n)
    return flops, acts, 4 * acts + rng.normal(0, noise, n)


def test_pearson_is_scipys() -> None:
    flops, acts, ms = population(30, noise=5)
    assert pearson(flops, ms) == pytest.approx(stats.pearsonr(flops, ms).statistic)
    assert pearson(acts, -2 * acts + 7) == pytest.approx(-1)


def test_what_predicts_better_is_found_and_the_other_way_round_contradicted() -> None:
    flops, acts, ms = population(100, noise=5)
    found, turned = predicts_better(acts, flops, ms), predicts_better(flops, acts, ms)
    assert found.effect == pytest.approx(pearson(acts, ms) - pearson(flops, ms))
    assert found.low < found.effect < found.high
    assert (found.verdict, turned.verdict) == ("supported", "contradicted")
    assert found.p is not None
    assert found.p < 0.001
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    assert (found.n_a, found.n_b) == (100, 100)


def test_equally_good_predictors_are_inconclusive() -> None:
    rng = np.random.default_rng(3)
    ms = rng.normal(size=60)
    a, b = ms + rng.normal(size=60), ms + rng.normal(size=60)
    found = predicts_better(a, b, ms)
    assert found.verdict == "inconclusive"
    assert found.p is not None
    assert found.p > 0.05


def test_the_interval_is_that_of_a_bootstrap_done_row_by_row() -> None:
    flops, acts, ms = population(40, noise=20)
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, 40, (4000, 40))
    plain = [pearson(acts[i], ms[i]) - pearson(flops[i], ms[i]) for i in drawn]
    found = predicts_better(acts, flops, ms)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(plain, [0.025, 0.975])), abs=0.03)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    flops, acts, ms = population(200_000, noise=20)
    truth = pearson(acts, ms) - pearson(flops, ms)
    held = 0
    for seed in range(200):
        flops, acts, ms = population(100, noise=20, seed=seed)
        found = predicts_better(acts, flops, ms, resamples=500)
        held += found.low <= truth <= found.high
    assert held / 200 == pytest.approx(0.95, abs=0.05)


@pytest.mark.parametrize(
    ("law", "coefficients", "y"),
    [
        ("sqrt", (6.5,), 6.5 * np.sqrt(F)),
        ("line", (-3.0, 5.5), 5.5 * F - 3),  # a negative coefficient is kept
        ("sqrt+line", (24.0, 6.0), 24 * np.sqrt(F) + 6 * F),
    ],
)
def test_each_law_of_figure_12_is_recovered(law: Law, coefficients: tuple[float, ...], y: np.ndarray) -> None:
    curve = fit(law, F, y)
    assert curve.coefficients == pytest.approx(coefficients)
    assert curve.at(F) == pytest.approx(y)
    assert curve.r2 == pytest.approx(1)
    assert curve.n == len(F)


def test_the_fit_is_numpys_least_squares_and_its_errors_those_of_linear_regression() -> None:
    y = 3 + 5.5 * F + np.random.default_rng(0).normal(0, 4, len(F))
    curve, line = fit("line", F, y), stats.linregress(F, y)
    assert curve.coefficients == pytest.approx((line.intercept, line.slope))
    assert np.sqrt(np.diag(curve.covariance)) == pytest.approx([line.intercept_stderr, line.stderr])
    assert curve.r2 == pytest.approx(line.rvalue**2)


def test_the_unit_of_flops_changes_coefficients_and_nothing_else() -> None:
    y = 24 * np.sqrt(F) + 6 * F + np.random.default_rng(0).normal(0, 3, len(F))
    for law in LAWS:
        large, small = fit(law, F, y), fit(law, 1e9 * F, y)
        assert small.at(1e9 * F) == pytest.approx(large.at(F))
        assert small.r2 == pytest.approx(large.r2)
        assert small.band(1e9 * F)[0] == pytest.approx(large.band(F)[0])


def test_the_band_holds_the_curve_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    truth, held = 24 * np.sqrt(F) + 6 * F, np.zeros(len(F))
    for _ in range(400):
        low, high = fit("sqrt+line", F, truth + rng.normal(0, 10, len(F))).band(F)
        held += (low <= truth) & (truth <= high)
    assert held.mean() / 400 == pytest.approx(0.95, abs=0.02)


def test_the_sum_fits_the_papers_own_regnetx_times_best() -> None:
    table = published.load("paper_models")
    mine = table[table["model"].str.startswith("RegNetX")]
    found = fits(mine["flops_G"], mine["infer_ms_batch64_v100"])
    assert list(found) == list(LAWS)
    assert max(found, key=lambda law: found[law].r2) == "sqrt+line"
    assert found["sqrt+line"].r2 > 0.99


@pytest.mark.parametrize(
    ("f", "y", "message"),
    [
        ([1, 2, 3], [1, 2, 3], "at least 4"),
        ([1, 2, 3, 4], [1, 2, 3], "rows of one length"),
        ([1, 2, 3, float("nan")], [1, 2, 3, 4], "1 are missing"),
        ([0, 1, 2, 3], [1, 2, 3, 4], "flops must be positive"),
        ([1, 2, 3, 4], [5, 5, 5, 5], "values that differ"),
    ],
)
def test_impossible_data_are_refused(f: list[float], y: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit("line", f, y)


def test_an_unknown_law_is_refused() -> None:
    with pytest.raises(ValueError, match="law must be one of"):
        fit("cube", [1, 2, 3, 4], [1, 2, 3, 4])  # type: ignore[arg-type]
