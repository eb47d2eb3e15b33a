"""Calibration: the trainings that are asked for, and what they say."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from regnet import figures
from regnet.analysis.calibration import choose, summarise, variance
from regnet.sweeps.calibration import SEED, Grid, calibrate, default_grid, tasks, trainings
from regnet.sweeps.engine import Local
from regnet.sweeps.experiments import named
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.sealing import seal
from regnet.sweeps.sheet_names import sheet_of
from regnet.sweeps.store import MissingPopulation, open_runs


def frame(
    *, signal: float, noise: float, networks: int = 400, seed: int = 0, offset: float = 0.0, images: int = 6400
) -> pd.DataFrame:
    """Trainings of two spaces whose networks differ by `signal` (sd) and whose seeds by `noise` (sd)."""
    rng = np.random.default_rng(seed)
    rows = []
    for space, level in (("anynetx_a", 30.0), ("regnetx", 30.0 + offset)):
        quality = rng.normal(0, signal, networks)
        for index, q in enumerate(quality):
            about = {
                "space": space,
                "index": index,
                "batch": 64,
                "lr": 0.1,
                "validation_images": 10_000,
                "status": "ok",
            }
            for s in (1, 2):
                error = level + q + rng.normal(0, noise)
                rows.append(about | {"role": "candidate", "images": images, "seed": s, "error": error, "seconds": 8.0})
            rows.append(about | {"role": "long", "images": 100_000, "seed": 3, "error": 10 + q, "seconds": 100.0})
    return pd.DataFrame(rows)


def at(summary: pd.DataFrame, validation_images: int) -> "pd.Series[float]":
    return summary[summary["validation_images"] == validation_images].iloc[0]


def test_reliability_is_the_share_of_variance_between_networks() -> None:
    row = at(summarise(frame(signal=2.0, noise=1.0)), 10_000)
    assert row["reliability"] == pytest.approx(4 / 5, abs=0.03)
    assert row["reliability_regnetx"] == pytest.approx(4 / 5, abs=0.05)
    assert row["sd"] == pytest.approx(np.sqrt(5), rel=0.05)


def test_errors_that_are_all_equal_choose_nothing() -> None:
    same = summarise(frame(signal=2.0, noise=1.0, networks=4).assign(error=0.0))
    assert same["reliability"].isna().all()
    with pytest.raises(ValueError, match="whose errors differ"):
        choose(same)


def test_the_analysis_of_variance_of_a_hand_case() -> None:
    found = variance(np.array([[1.0, 3.0], [5.0, 7.0], [9.0, 11.0]]))
    assert (found.between, found.within, found.between_df, found.within_df) == (64.0, 6.0, 2, 3)
    assert found.reliability() == pytest.approx((32 - 2) / (32 + 2))


def test_differences_between_spaces_play_no_part() -> None:
    near, far = (at(summarise(frame(signal=1.0, noise=1.0, offset=o)), 10_000) for o in (0.0, 25.0))
    for name in ("reliability", "rank", "sd"):
        assert near[name] == pytest.approx(far[name])


def test_rank_correlation_is_with_the_long_training_within_a_space() -> None:
    row = at(summarise(frame(signal=2.0, noise=1.0)), 10_000)
    rho = 2 / np.sqrt(5)  # Pearson's, of bivariate normals
    assert row["rank"] == pytest.approx(6 / np.pi * np.arcsin(rho / 2), abs=0.03)
    assert at(summarise(frame(signal=2.0, noise=0.0, networks=5)), 10_000)["rank"] == pytest.approx(1.0)


def test_fewer_validation_images_add_the_noise_of_counting_and_cost_less() -> None:
    summary = summarise(frame(signal=2.0, noise=1.0))
    full, few = at(summary, 10_000), at(summary, 1000)
    extra = 1e4 * 0.3 * 0.7 * (1 / 1000 - 1 / 10_000)
    assert few["reliability"] == pytest.approx(4 / (5 + extra), abs=0.03)
    assert few["rank"] < full["rank"]
    assert few["seconds"] / full["seconds"] == pytest.approx((6400 + 1000 / 3) / (6400 + 10_000 / 3))


def test_a_network_without_its_second_seed_or_its_long_training_is_left_out() -> None:
    full = frame(signal=2.0, noise=1.0, networks=6)
    last = full["index"] == 5
    partial = full[~(last & (full["seed"] == 2)) & ~((full["index"] == 4) & (full["role"] == "long"))]
    assert at(summarise(partial), 10_000)["networks"] == 8
    assert len(summarise(full[full["index"] == 0])) == 0


def test_the_cheapest_candidate_that_passes_both_bars_is_chosen() -> None:
    candidates = pd.DataFrame({
        "images": [1, 2, 3, 4], "batch": 64, "lr": 0.1, "validation_images": 10_000,
        "seconds": [5.0, 9.0, 20.0, 1.0],
        "reliability": [0.69, 0.71, 0.95, 0.99],
        "rank": [0.99, 0.61, 0.95, 0.59],
    })  # fmt: skip
    assert choose(candidates)["seconds"] == 9.0
    assert choose(candidates.drop(index=[1, 2]))["seconds"] == 5.0  # none passes: highest product
    with pytest.raises(ValueError, match="no candidate"):
        choose(pd.DataFrame())


def test_the_fewest_validation_images_are_taken_that_keep_the_reliability() -> None:
    candidates = pd.DataFrame({
        "images": 6400, "batch": [64, 64, 64, 128], "lr": 0.1, "validation_images": [10_000, 5000, 1000, 1000],
        "seconds": 5.0,
        "reliability": [0.80, 0.79, 0.77, 0.80],
        "rank": [-0.3, -0.2, -0.1, 0.9],  # fewer images bring a negative correlation nearer to zero
    })  # fmt: skip
    assert choose(candidates)["validation_images"] == 5000


def test_the_grid_trains_each_network_by_everything_before_the_next_network() -> None:
    found = tasks("pocket", default_grid("pocket"))
    a_network = 1 + 2 * 3 * 2
    assert len(found) == 16 * a_network
    assert {task.network.id for task in found[:a_network]} == {found[0].network.id}
    assert [found[i * a_network].cells["space"] for i in range(4)] == ["anynetx_a", "regnetx"] * 2
    assert [task.cells["role"] for task in found].count("long") == 16
    assert found[0].recipe.images == 100_000
    assert all(task.recipe.warmup_images == task.recipe.images // 10 for task in found)
    assert len(
        {tuple(task.cells[k] for k in ("space", "index", "images", "batch", "lr", "seed")) for task in found}
    ) == len(found)
    assert SEED not in {population.seed for population in named("pocket")}


def test_a_calibration_goes_on_where_it_stopped_and_seals_one_row_a_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    one, two = ((Grid(images, (16,), (0.1,), networks=2, long_images=64, long_batch=16, validation_images=64))
                for images in ((32,), (32, 48)))  # fmt: skip
    assert calibrate("smoke", one, Local(workers=1)).counts == {"ok": 6, "diverged": 0, "failed": 0}
    assert calibrate("smoke", one, Local(workers=1)).done == 0
    assert calibrate("smoke", two, Local(workers=1)).done == 4
    seal(sheet_of("calibration", "smoke"))
    found = trainings("smoke")
    assert found["role"].value_counts().to_dict() == {"candidate": 8, "long": 2}
    assert found["lr"].tolist() == [0.1] * 10


def test_a_regime_with_given_settings_is_not_calibrated() -> None:
    with pytest.raises(ValueError, match="imagenet is not calibrated"):
        default_grid("imagenet")
    with pytest.raises(ValueError, match="multiple of 2, got 3"):
        Grid(networks=3)


def test_the_figure_shows_every_candidate_and_what_the_rule_takes() -> None:
    pocket = open_runs("pocket", CHECKOUT / "runs")
    shown, base = figures.element("calibration", pocket), find_regime("pocket").base
    pd.testing.assert_frame_equal(shown.data(), summarise(pocket.calibration()))
    assert f"The rule takes batch {base.batch}, learning rate {base.lr:g}, {base.images:,} images." in shown.caption()
    assert "0 of 6 candidates pass both thresholds" in shown.caption()
    assert "reliability 0.81 and rank correlation 0.30" in shown.alt()
    figure = shown.drawn()
    left, right = figure.axes
    assert [text.get_text()[-2:] for text in left.texts] == [" s"] * 6
    assert sum(len(points.get_offsets()) for points in right.collections) == 2 * 16
    assert len(figure.legends[0].get_texts()) == 2 + 3


def test_without_a_calibration_the_figure_names_the_command(tmp_path: Path) -> None:
    empty = figures.element("calibration", open_runs("pocket", tmp_path))
    assert empty.populations == []
    for read in (empty.drawn, empty.data, empty.caption, empty.alt):
        with pytest.raises(MissingPopulation, match="regnet calibrate pocket"):
            read()
