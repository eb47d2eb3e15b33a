"""regnet.analysis.regret and the rule of Figs 21 and 22: known surfaces, one optimum, optima apart, too little data."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
import rate_worlds
import worlds

from regnet.analysis.claims import CLAIMS
from regnet.analysis.claims.second import SECOND
from regnet.analysis.regret import REACH, Surface, common, settings, terms
from regnet.analysis.rule_sets import V2
from regnet.analysis.rules.evidence import Evidence, NotTestable
from regnet.analysis.rules.regret import FEWEST, CommonRates
from regnet.evidence.judge import judgements
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.population import Population
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")
NAMES = ("one", "two", "three")
MIDDLE = (0.2, 5e-5)


def drawn(best: float, seed: int, *, middle: float = MIDDLE[0], n: int = 100, curvature: float = 0.6) -> pd.DataFrame:
    """RegNetX of `pocket` whose log error grows with the square of the decades between lr and 0.2 x 10^best."""
    rng = np.random.default_rng(seed)
    frame = POCKET.frame("regnetx").head(n).copy()
    factors = 10 ** rng.uniform(-1, 1, (2, n))
    frame["drawn_lr"], frame["drawn_weight_decay"] = middle * factors[0], MIDDLE[1] * factors[1]
    frame["error"] *= np.exp(curvature * (np.log10(frame["drawn_lr"] / MIDDLE[0]) - best) ** 2)
    return frame


def evidence(*frames: pd.DataFrame) -> Evidence:
    return Evidence(dict(zip(NAMES, frames, strict=False)), {}, 1.5)


def parabola(best: float, curvature: float, error: float = 0.0) -> Surface:
    """curvature (u - best)^2, in sd, with the same standard error of each slope."""
    slopes = np.array([-2 * curvature * best, 0.0, curvature, 0.0, 0.0])
    return Surface(slopes, error**2 * np.eye(5), 80.0, 1.0, error / 10)


def test_known_surfaces_have_their_known_regret() -> None:
    d = REACH / 2
    found = common([parabola(-d, 4.0), parabola(d, 4.0)], 0.25, 100)
    assert found.effect == pytest.approx(4 * d**2)  # half way between the two optima
    assert found.low == pytest.approx(found.effect)
    assert found.high == pytest.approx(found.effect)
    assert common([parabola(d, 4.0)] * 3, 0.25, 100).effect == pytest.approx(0.0)
    beyond = common([parabola(-REACH, 2.0), parabola(3 * REACH, 2.0)], 0.25, 100)
    u = np.linspace(-REACH, REACH, 9)
    wanted = np.maximum(2 * (u + REACH) ** 2, 2 * ((u - 3 * REACH) ** 2 - (2 * REACH) ** 2)).min()
    assert beyond.effect == pytest.approx(wanted)  # the own optimum is that within reach


@pytest.mark.parametrize(
    ("apart", "error", "verdict"),
    [(0.0, 0.05, "supported"), (0.0, 1.0, "inconclusive"), (REACH, 0.05, "contradicted"), (REACH, 3.0, "inconclusive")],
)
def test_the_verdict_is_that_of_the_limits_and_of_p(apart: float, error: float, verdict: str) -> None:
    found = common([parabola(-apart, 8.0, error), parabola(apart, 8.0, error)], 0.25, 60)
    assert found.verdict == verdict
    assert found.low <= found.effect <= found.high
    assert found.p is not None
    assert (found.p < 0.05) == (verdict != "inconclusive")
    assert (found.n_a, found.claimed) == (60, (-np.inf, 0.25))


def test_a_surface_is_found_from_members_and_broken_networks_do_not_move_it() -> None:
    rng = np.random.default_rng(0)
    n, slopes = 400, np.array([0.1, -0.05, 0.5, 0.1, 0.2])
    rates, x = rng.uniform(-1, 1, (n, 2)), rng.normal(size=(n, 20))
    logs = np.log(20) + terms(rates) @ slopes + rng.normal(0, 0.03, n)
    found = Surface.of(rates, np.exp(logs), x)
    error = np.diag(found.covariance) ** 0.5
    assert (np.abs(found.slopes - slopes) < 4 * error).all()
    assert found.sd == pytest.approx(0.03, rel=0.15)
    broken = np.where(rng.random(n) < 0.05, 90.0, np.exp(logs))
    again = Surface.of(rates, broken, x)
    assert np.abs(again.slopes - slopes).max() < 0.03
    assert again.sd == pytest.approx(0.03, rel=0.3)


def test_differences_from_itself_are_nothing() -> None:
    by, error = parabola(0.1, 3.0, 0.2).differences(settings(), 0.0)
    assert np.diag(by) == pytest.approx(0)
    assert np.diag(error) == pytest.approx(0)
    assert by == pytest.approx(-by.T)


def test_one_optimum_is_supported_and_optima_apart_are_contradicted() -> None:
    rule = CommonRates(NAMES)
    (part,) = rule.parts(evidence(*(drawn(0.1, seed) for seed in range(3))))
    assert part.result.verdict == "supported"
    (part,) = rule.parts(evidence(drawn(0.3, 0), drawn(0.1, 1), drawn(-0.3, 2)))
    assert part.result.verdict == "contradicted"
    assert part.result.low > 0.25


def test_rates_drawn_around_other_middles_are_compared_as_they_are() -> None:
    rule = CommonRates(NAMES[:2])
    (part,) = rule.parts(evidence(drawn(0.0, 0, middle=0.15), drawn(0.0, 1, middle=0.3)))
    assert part.result.verdict == "supported"
    with pytest.raises(NotTestable, match="do not reach around"):
        rule.parts(evidence(drawn(0.0, 0, middle=0.02), drawn(0.0, 1, middle=2.0)))


def test_too_little_is_not_tested() -> None:
    rule = CommonRates(NAMES[:2])
    with pytest.raises(NotTestable, match=f"needs {FEWEST}"):
        rule.parts(evidence(drawn(0.0, 0), drawn(0.0, 1, n=FEWEST - 1)))
    alike = drawn(0.0, 1).assign(error=30.0)
    with pytest.raises(NotTestable, match="two: networks at equal rates do not differ"):
        rule.parts(evidence(drawn(0.0, 0), alike))
    with pytest.raises(NotTestable, match="above 0"):
        rule.parts(evidence(drawn(0.0, 0), drawn(0.0, 1).assign(error=0.0)))


def test_the_claims_of_figures_21_and_22_are_judged_by_regret_on_the_same_populations() -> None:
    second = {claim.id: claim for claim in SECOND}
    first = {claim.id: claim for claim in CLAIMS}
    for name, sizes in (("fig21-flops", [100] * 3), ("fig21-lengths", [100, 60, 60]), ("fig22-stable", [60] * 2)):
        claim = second[name]
        assert isinstance(claim.rule, CommonRates)
        assert claim.populations == first[name].populations
        assert claim.sentence == first[name].sentence
        assert [claim.needed(population) for population in claim.populations] == sizes
        assert claim.rule.family == first[name].rule.family
    untested = {j.claim.id: j for j in judgements(POCKET, V2)}["fig21-flops"]
    assert untested.verdict == "not tested here"  # no population of pocket draws its rates


@lru_cache(maxsize=1)
def world() -> worlds.World:
    population = Population("regnetx", "pocket")
    return worlds.world(population.design, population.window, POCKET.frame("regnetx"), draws=1_500)


def test_regret_at_the_margin_is_rarely_called_small_or_large_and_one_optimum_mostly_is_found() -> None:
    ours = [world()] * 2
    said: dict[str, list[str]] = {}
    for gap in (0.0, 0.25):
        make = rate_worlds.lr_apart(ours, 0.1, sigmoid=True)
        made = rate_worlds.apart(make, gap) if gap else make(0.0)
        assert rate_worlds.regret(made) == pytest.approx(gap, abs=1e-6)
        rng = np.random.default_rng(1)
        said[f"{gap}"] = [rate_worlds.judged(made, (100, 100), 0.25, rng).verdict for _ in range(100)]
    assert np.mean([verdict == "supported" for verdict in said["0.0"]]) > 0.6
    assert np.mean([verdict == "contradicted" for verdict in said["0.0"]]) <= 0.02
    for verdict in ("supported", "contradicted"):
        assert np.mean([one == verdict for one in said["0.25"]]) <= 0.1
