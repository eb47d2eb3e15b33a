"""The growth laws, the limits of space C that are fitted with them, and `regnet limits`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import typer
from sealed_runs import seal_population
from typer.testing import CliRunner

import regnet.commands.limits as command
from regnet.analysis import growth
from regnet.analysis.bootstrap import best_range
from regnet.evidence import limits
from regnet.sweeps.regimes import Limits, regimes
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

FLOPS = np.array([1.5e6, 3e6, 6e6, 12e6])
NAMES = ["regnetx-1.5mf-l2-s1", "regnetx-l2-s1", "regnetx-6mf-l2-s1", "regnetx-12mf-l2-s1"]
N = 4  # members that the smoke regime wants of each


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("limits")
    for name in NAMES:
        seal_population(root, name, N, regime="smoke")
    return root


@pytest.fixture(scope="module")
def runs(root: Path) -> Runs:
    return open_runs("smoke", root / "runs")


def test_the_activations_curve_is_the_least_squares_one() -> None:
    acts = np.array([70e3, 90e3, 150e3, 190e3])
    expected = np.linalg.lstsq(np.sqrt(FLOPS)[:, None], acts, rcond=None)[0].item()
    assert growth.SQRT.fit(FLOPS, acts) == pytest.approx([expected])


def test_the_parameters_line_is_the_least_squares_one() -> None:
    params = np.array([300e3, 420e3, 700e3, 1500e3])
    slope, intercept = np.polyfit(FLOPS, params, 1)
    assert growth.LINE.fit(FLOPS, params) == pytest.approx([intercept, slope])


def test_exact_laws_come_back_at_the_papers_size() -> None:
    flops = np.array([0.2e9, 0.4e9, 12.8e9])
    assert growth.SQRT.fit(flops, 205.5 * np.sqrt(flops)) == pytest.approx([205.5], rel=1e-9)
    assert growth.LINE.fit(flops, 3e6 + 5.5e-3 * flops) == pytest.approx([3e6, 5.5e-3], rel=1e-6)


def test_parameters_that_outgrow_flops_get_a_line_through_the_origin() -> None:
    params = np.array([100e3, 250e3, 700e3, 1800e3])
    assert np.polyfit(FLOPS, params, 1)[1] < 0
    p, q = growth.LINE.fit(FLOPS, params)
    assert p == 0
    assert q == pytest.approx(FLOPS @ params / (FLOPS @ FLOPS))


def test_parameters_that_fall_get_their_mean() -> None:
    params = [900e3, 800e3, 500e3, 400e3]
    assert growth.LINE.fit(FLOPS, params) == pytest.approx([np.mean(params), 0.0])


@pytest.mark.parametrize("law", [growth.LINE, growth.BOTH])
def test_no_other_coefficients_that_are_not_negative_fit_better(law: growth.Growth) -> None:
    rng = np.random.default_rng(1)
    f = np.array([1.5, 3.0, 6.0, 12.0])
    for values in rng.uniform(0, 10, (30, 4)):
        found = law.fit(f, values)
        least = ((law.at(f, found) - values) ** 2).sum()
        nearby = np.maximum(0, found + rng.normal(0, 0.3, (300, 2)))
        assert least <= ((law.at(f, nearby) - values) ** 2).sum(axis=1).min() + 1e-9


def test_many_fits_at_once_are_the_fits_one_by_one() -> None:
    values = np.random.default_rng(2).uniform(0, 10, (50, 4))
    together = growth.LINE.fit(FLOPS, values)
    assert together == pytest.approx(np.array([growth.LINE.fit(FLOPS, row) for row in values]))


def test_a_band_holds_the_curves_of_most_resamples() -> None:
    f = np.array([1.5, 3.0, 6.0, 12.0])
    resampled = np.sqrt(f) * np.random.default_rng(3).normal(10, 1, (2000, 1))
    low, high = growth.band(growth.SQRT, f, resampled, [4.0])
    assert low == pytest.approx([20 - 2 * 1.96], abs=0.3)
    assert high == pytest.approx([20 + 2 * 1.96], abs=0.3)


@pytest.mark.parametrize(
    ("flops", "values", "message"),
    [
        ([1e6], [1.0], "different flop regimes"),
        ([1e6, 1e6], [1.0, 2.0], "different flop regimes"),
        ([1e6, 2e6], [1.0], "one value a flop regime"),
        ([1e6, 2e6], [1.0, -2.0], "must not be negative"),
        ([1e6, 2e6], [1.0, float("nan")], "must not be negative or missing"),
    ],
)
def test_values_that_cannot_be_fitted_are_refused(flops: list[float], values: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        growth.LINE.fit(flops, values)


def test_limits_are_fitted_to_the_footnote_4_medians_of_the_seed_1_samples(runs: Runs) -> None:
    frames = [runs.frame(name) for name in NAMES]
    acts, params = ([best_range(frame[x], frame["error"]).best for frame in frames] for x in limits.MEASURES)
    found = limits.fitted(limits.whole(runs))
    assert [found.a] == pytest.approx(growth.SQRT.fit(FLOPS, acts), rel=0.005)
    assert [found.p, found.q] == pytest.approx(growth.LINE.fit(FLOPS, params), rel=0.005)


def test_only_the_members_that_the_regime_wants_count(tmp_path: Path) -> None:
    for name in NAMES:
        seal_population(tmp_path, name, N, regime="smoke")
    before = limits.fitted(limits.whole(open_runs("smoke", tmp_path / "runs")))
    for name in NAMES:
        seal_population(tmp_path, name, 2 * N, regime="smoke")
    after = open_runs("smoke", tmp_path / "runs")
    assert after.count(NAMES[0]) == 2 * N
    assert limits.fitted(limits.whole(after)) == before


def test_the_line_to_freeze_gives_the_same_limits() -> None:
    found = Limits(a=71.4, p=1.36e5, q=0.0987)
    assert eval(limits.line(found), {"Limits": Limits}) == found


def test_the_command_prints_the_medians_and_the_limits(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGNET_RUNS", str(root / "runs"))
    app = typer.Typer()
    app.command()(command.limits)
    result = CliRunner().invoke(app, ["smoke"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    runs = open_runs("smoke", root / "runs")
    assert f"this fit: {limits.line(limits.fitted(limits.whole(runs)))}" in result.output
    assert f"in force: {limits.line(regimes['smoke'].limits)}" in result.output
    for name in NAMES:
        frame = runs.frame(name)
        row = next(line for line in result.output.splitlines() if name in line)
        assert f"{best_range(frame['acts'], frame['error']).best:.4g}" in row


def test_a_sample_that_is_missing_or_too_small_is_named_with_what_makes_it(tmp_path: Path) -> None:
    seal_population(tmp_path, NAMES[0], N, regime="smoke")
    seal_population(tmp_path, NAMES[1], N - 1, regime="smoke")
    with pytest.raises(MissingPopulation) as caught:
        limits.whole(open_runs("smoke", tmp_path / "runs"))
    said = str(caught.value)
    assert f"{NAMES[1]} ({N - 1} of {N})" in said
    assert f"{NAMES[0]} " not in said
    assert f"regnet sweep smoke {' '.join(NAMES[1:])}" in said


def test_limits_that_are_not_frozen_are_told_from_those_that_changed() -> None:
    found = Limits(a=71.4, p=1.36e5, q=0.0987)
    assert f"limits={limits.line(found)}," in limits.verdict(found, None)
    assert limits.verdict(found, found).endswith("the same")
    changed = limits.verdict(found, Limits(a=70.0, p=1.36e5, q=0.0987))
    assert "this fit: Limits(a=71.4" in changed
    assert "in force: Limits(a=70," in changed
    assert "the same" not in changed
