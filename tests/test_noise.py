"""Seed noise by how good a network is, and what a check on another machine allows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sealed_runs import seal_population

from regnet.sweeps import noise
from regnet.sweeps.check import _within_noise, check
from regnet.sweeps.engine import Local
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.population import Population
from regnet.sweeps.sheets import StoreConflict
from regnet.sweeps.store import open_runs
from regnet.training.data import sha256


def test_noise_of_the_committed_runs_is_that_of_their_repeated_trainings_and_grows_with_error() -> None:
    runs = open_runs("pocket", CHECKOUT / "runs")
    table, groups = noise.trainings(runs), noise.by_error(runs)
    counts = table["network_id"].value_counts()
    assert counts.min() > 1
    assert (groups["trainings"].sum(), groups["networks"].sum()) == (len(table), len(counts))
    pooled = table["error"] - table.groupby("network_id")["error"].transform("mean")
    degrees = groups["trainings"] - groups["networks"]
    assert (groups["sd"] ** 2 * degrees).sum() == pytest.approx((pooled**2).sum())
    assert groups["sd"].iloc[-1] > 2 * groups["sd"].iloc[0]
    assert noise.sd_at(groups, [0, 100]).tolist() == groups["sd"].iloc[[0, -1]].tolist()


def test_a_network_that_was_chosen_for_its_error_counts_only_by_its_repeats() -> None:
    runs = open_runs("pocket", CHECKOUT / "runs")
    repeats, table = runs.repeats("regnetx"), noise.trainings(runs)
    once = repeats[~repeats["network_id"].isin(runs.frame("regnetx_wm2")["network_id"])]["network_id"].iloc[0]
    own = sorted(table.loc[table["network_id"] == once, "error"])
    assert own == sorted(repeats.loc[repeats["network_id"] == once, "error"])


def test_another_machine_is_judged_by_noise_or_not_at_all(tmp_path: Path) -> None:
    """The sealed rows name another processor, so that the errors need not be equal."""
    seal_population(tmp_path, "regnetx", 4, regime="smoke", mean=60.0)
    runs = open_runs("smoke", tmp_path / "runs")
    assert noise.by_error(runs).empty
    with pytest.raises(StoreConflict, match=f"fashion-mnist-small's images is {'0' * 64} in the store"):
        check([Population("regnetx", regime="smoke")], runs, Local(workers=1), k=1)
    about = runs.folder / "regnetx.json"
    about.write_text(about.read_text().replace("0" * 64, sha256("fashion-mnist-small")))
    found = next(check([Population("regnetx", regime="smoke")], runs, Local(workers=1), k=1))
    assert not found.passed
    assert "fewer than 10 networks to know seed noise by" in found.why
    assert np.isfinite(found.members["again"]).all()


@pytest.mark.parametrize(("off", "passes"), [(0.2, True), (-0.2, True), (4.0, False), (-4.0, False)])
def test_elsewhere_the_mean_difference_must_lie_within_the_noise_of_such_networks(off: float, passes: bool) -> None:
    runs = open_runs("pocket", CHECKOUT / "runs")
    members = runs.frame("regnetx").head(4)
    table = pd.DataFrame({"index": members["index"], "sealed": members["error"], "again": members["error"] + off})
    found = _within_noise(Population("regnetx", "pocket"), table, runs, 1)
    assert found.passed == passes
    assert f"mean difference {off:+.2f} points" in found.why


def test_a_population_is_checked_by_the_noise_of_trainings_as_long_as_its_own() -> None:
    runs = open_runs("natural", CHECKOUT / "runs")
    twice = Population("regnetx_c", "natural", 4, length=2)
    members = runs.frame(twice).head(6)
    table = pd.DataFrame({"index": members["index"], "sealed": members["error"], "again": members["error"] - 0.6})
    own, once = (float(noise.sd_at(noise.by_error(runs, length), members["error"]).max()) for length in (2, 1))
    assert own > 1.3 * once  # the rule is of consequence
    found = _within_noise(twice, table, runs, 1)
    limit = float(found.why.split("at most ")[1].split()[0])
    assert limit == pytest.approx(1.96 * (2 / 6) ** 0.5 * own, abs=0.1)
    assert found.passed


def test_where_no_network_was_trained_so_long_twice_the_nearest_length_is_taken_and_named() -> None:
    runs = open_runs("natural", CHECKOUT / "runs")
    assert noise.by_error(runs, 5).empty
    length, groups = noise.near(runs, 5)
    assert length == 2
    pd.testing.assert_frame_equal(groups, noise.by_error(runs, 2))
    longest = Population("anynetx_e", "natural", length=5)
    members = runs.frame(longest).head(3)
    table = pd.DataFrame({"index": members["index"], "sealed": members["error"], "again": members["error"] + 0.1})
    assert _within_noise(longest, table, runs, 1).why.endswith("expected by the seed noise of length 2")


def test_where_members_draw_their_rates_those_of_like_rates_say_how_noisy_they_are() -> None:
    runs = open_runs("natural", CHECKOUT / "runs")
    drawn = Population.parse("efficientnet-l2-lrwd", "natural")
    members = runs.frame(drawn).sort_values("drawn_lr")
    gentle, wild = (members.head(20).tail(3), members.tail(20).head(3))
    why = []
    for some in (gentle, wild):
        table = pd.DataFrame({"index": some["index"], "sealed": some["error"], "again": some["error"] - 3.0})
        found = _within_noise(drawn, table, runs, 1)
        assert found.why.endswith("expected by members of like rates")
        why.append((found.passed, float(found.why.split("at most ")[1].split()[0])))
    (gentle_passes, low), (wild_passes, high) = why
    assert not gentle_passes
    assert wild_passes
    assert high > 2 * low
