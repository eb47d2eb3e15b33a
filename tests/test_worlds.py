"""The worlds of benchmarks/, and the sizes of the second rules in them: false verdicts are as rare as levels say."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
import worlds

from regnet.analysis import best_fifth
from regnet.analysis.adjusted import difference
from regnet.analysis.compare import Estimate, is_at_most, is_below, no_effect
from regnet.analysis.features import FROZEN
from regnet.analysis.superiority import beats
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.population import Population
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")
REPEATS = 200
SLACK = 0.035  # two standard errors of a share of 0.05 in 200 simulations, and a little


@lru_cache(maxsize=4)
def world(name: str) -> worlds.World:
    population = Population(name, "pocket")
    return worlds.world(population.design, population.window, POCKET.frame(name), draws=1_500)


def test_a_world_is_as_wide_as_the_rows_it_is_made_from() -> None:
    for name in ("anynetx_a", "regnetx"):
        rows = POCKET.frame(name)["error"]
        assert world(name).mean == pytest.approx(rows.mean(), abs=0.15 * rows.std())
        assert world(name).sd == pytest.approx(rows.std(), rel=0.35)
        assert world(name).moved(50.0).mean == pytest.approx(50.0)


def test_a_world_lends_its_features_to_the_errors() -> None:
    one = world("anynetx_a")
    rng = np.random.default_rng(0)
    a, b = one.members(100, rng), one.members(100, rng)
    assert difference(a, b).error < Estimate.of(a.errors, b.errors).error


@pytest.mark.parametrize("name", ["anynetx_a", "regnetx"])
def test_one_population_twice_is_rarely_called_two(name: str) -> None:
    rng = np.random.default_rng(1)
    one = world(name)
    means, chances = [], []
    for _ in range(REPEATS):
        a, b = one.members(60, rng), one.members(60, rng)
        means.append(is_below(difference(a, b), 60, 60).verdict)
        chances.append(beats(a.errors, b.errors).verdict)
    for found in (means, chances):
        assert np.mean([verdict != "inconclusive" for verdict in found]) <= 0.05 + SLACK


def test_no_such_effect_and_no_worse_are_rarely_said_where_they_are_false() -> None:
    rng = np.random.default_rng(2)
    one, effect = world("regnetx"), -1.0
    half, beyond = one.moved(one.mean + effect / 2), one.moved(one.mean + one.sd / 4)
    said = {"none": 0, "no worse": 0}
    for _ in range(REPEATS):
        b = one.members(60, rng)
        found = difference(half.members(60, rng), b)
        said["none"] += no_effect(is_below(found, 60, 60), found, effect).verdict == "no such effect"
        worse = difference(beyond.members(60, rng), b, margin=0.25)
        said["no worse"] += is_at_most(worse, float(b.errors.std(ddof=1)) / 4, 60, 60).verdict == "supported"
    assert said["none"] <= REPEATS * (0.025 + SLACK)
    assert said["no worse"] <= REPEATS * (0.05 + SLACK)


def test_best_shares_of_a_property_that_errors_ignore_are_rarely_found() -> None:
    rng = np.random.default_rng(3)
    one = world("anynetx_a")
    found = 0
    for seed in range(REPEATS):
        at = one.chosen(60, rng)
        has = rng.random(60) < 0.3
        found += best_fifth.excess(has, one.errors[at], resamples=300, seed=seed).verdict != "inconclusive"
    assert found <= REPEATS * (0.05 + SLACK)


@pytest.mark.parametrize("name", ["regnet/analysis/rule_power.csv", "benchmarks/adjusted.csv"])
def test_the_committed_simulations_are_of_the_frozen_rules(name: str) -> None:
    table = pd.read_csv(CHECKOUT / name)
    assert set(table["features"]) == {FROZEN[:12]}
