"""regnet.analysis.adjusted, features, untrained and superiority: unbiased, narrower than Welch, intervals that hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from regnet.analysis import features
from regnet.analysis.adjusted import Members, by_network, difference, residuals
from regnet.analysis.compare import Estimate
from regnet.analysis.superiority import beats
from regnet.analysis.untrained import FILE, SEED, moments
from regnet.evidence.untrained import drawn, untrained
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.population import Population

FROZEN = "898b4259fbaf21ba9173b509403bcffb20230d3a544055f6c0ea95434c3b058e"
P = len(features.FEATURES)


def members(rng: np.random.Generator, n: int, *, shift: float = 0.0, noise: float = 1.0, share: float = 1.0) -> Members:
    """Errors that the features explain but for noise, around 30 + shift; the first share of networks is anyone's."""
    x = rng.normal(size=(n, P))
    slopes = np.linspace(-1, 1, P)
    errors = 30 + shift + share * (x @ slopes) + noise * rng.standard_t(4, n)
    ids = np.array([f"{value:012x}" for value in rng.integers(16**11, 16**12, n)])
    return Members(errors, x, ids, np.zeros(P), np.ones(P), 10_000)


def test_features_penalty_and_folds_are_the_frozen_ones() -> None:
    assert features.fingerprint() == features.FROZEN == FROZEN
    features.check_frozen()


def test_other_features_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "PENALTY", 0.2)
    with pytest.raises(RuntimeError, match="not the frozen ones"):
        features.check_frozen()


def test_a_population_s_rows_and_draws_have_the_same_features() -> None:
    frame = pd.read_csv(CHECKOUT / "runs/pocket/anynetx_a.csv")
    population = Population("anynetx_a", "pocket")
    own = moments(drawn(population, 300, seed=0))
    assert own.means == pytest.approx(features.of_frame(frame.head(300)).mean(axis=0))


@pytest.mark.parametrize("name", ["anynetx_a", "regnetx-6mf-l2", "anynetx_a_5stage"])
def test_kept_moments_are_those_of_the_draws(name: str) -> None:
    population = Population.parse(name, "pocket")
    kept, again = untrained(population), moments(drawn(population))
    assert (kept.draws, kept.distinct) == (again.draws, again.distinct)
    assert kept.means == pytest.approx(again.means, rel=1e-6)
    assert kept.sds == pytest.approx(again.sds, rel=1e-6)


def test_every_kept_row_is_of_the_frozen_features_and_enough_draws() -> None:
    rows = pd.read_csv(FILE)
    assert set(rows["features"]) == {FROZEN[:12]}
    assert set(rows["seed"]) == {SEED}
    assert rows["draws"].min() >= 3_000


def test_a_useless_predictor_costs_little_and_a_good_one_gains() -> None:
    rng = np.random.default_rng(0)
    ratio = {share: [] for share in (0.0, 1.0)}
    for _ in range(40):
        for share, found in ratio.items():
            a, b = (members(rng, 100, share=share) for _ in range(2))
            found.append(difference(a, b).error / Estimate.of(a.errors, b.errors).error)
    assert np.mean(ratio[0.0]) < 1.1
    assert np.mean(ratio[1.0]) < 0.6


def test_intervals_hold_the_true_difference() -> None:
    rng = np.random.default_rng(1)
    found = [difference(members(rng, 60, shift=-1), members(rng, 60, noise=2)) for _ in range(400)]
    ends = [one.interval(0.95) for one in found]
    assert np.mean([one.effect for one in found]) == pytest.approx(-1, abs=0.06)
    assert 0.925 <= np.mean([low <= -1 <= high for low, high in ends]) <= 0.975


def test_networks_in_both_populations_make_the_difference_more_certain() -> None:
    rng = np.random.default_rng(2)
    a, b = members(rng, 80), members(rng, 80)
    one = a.errors - a.errors.mean()
    assert by_network((a, b), [one, one]) == pytest.approx(2 * a.errors.var(ddof=1) / 80)
    assert by_network((a, a), [one, one]) == 0


def test_a_network_drawn_twice_counts_once() -> None:
    rng = np.random.default_rng(3)
    a = members(rng, 40)
    twice = Members(*(np.repeat(value, 2, axis=0) for value in (a.errors, a.x, a.networks)), a.known, a.spread, a.draws)
    one, two = (residuals((side,))[0][0] for side in (a, twice))
    assert two[::2] == pytest.approx(one)
    centred = a.errors - a.errors.mean()
    assert by_network((twice,), [np.repeat(centred, 2)]) == pytest.approx(by_network((a,), [centred]), rel=0.02)


def test_no_member_is_adjusted_by_a_fit_that_saw_its_network() -> None:
    rng = np.random.default_rng(4)
    a = members(rng, 50)
    changed = a.errors.copy()
    changed[7] += 100
    moved = Members(changed, a.x, a.networks, a.known, a.spread, a.draws)
    before, after = (residuals((side,))[1][0] for side in (a, moved))
    same_fold = a.folds == a.folds[7]
    assert (before[same_fold] == after[same_fold]).all()
    assert (before[~same_fold] != after[~same_fold]).any()


def test_the_share_of_better_pairs_counts_ties_half() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.integers(0, 9, 30).astype(float), rng.integers(1, 10, 40).astype(float)
    pairs = (a[:, None] < b).mean() + (a[:, None] == b).mean() / 2
    found = beats(a, b)
    assert found.effect == pytest.approx(pairs)
    assert beats(b, a).effect == pytest.approx(1 - pairs)
    assert (beats(b, a).low, beats(b, a).high) == pytest.approx((1 - found.high, 1 - found.low))


def test_its_p_is_near_brunner_and_munzel_s_and_its_interval_holds() -> None:
    rng = np.random.default_rng(6)
    truth = float(stats.norm.cdf(0.8 / np.hypot(1, 2)))
    held = []
    for _ in range(400):
        a, b = rng.normal(0, 1, 40), rng.normal(0.8, 2, 60)
        found = beats(a, b)
        held.append(found.low <= truth <= found.high)
    assert 0.925 <= np.mean(held) <= 0.975
    assert found.p == pytest.approx(stats.brunnermunzel(a, b).pvalue, abs=0.02)


def test_complete_separation_is_decided_of_enough_networks_and_equal_samples_are_not() -> None:
    few, six = np.arange(2.0), np.arange(6.0)
    assert beats(few, few + 10).verdict == "inconclusive"  # two pairs fall so by chance half of the time
    assert beats(six, six + 10).verdict == "supported"
    assert beats(six + 10, six).verdict == "contradicted"
    exact = stats.binomtest(6, 6, 0.5)
    found = beats(six, np.append(six + 10, 30.0))
    assert (found.low, found.high, found.p) == pytest.approx((*exact.proportion_ci(0.95), exact.pvalue))
    assert beats(np.ones(6), np.ones(6)).verdict == "inconclusive"
