"""The second set of rules: what each says where the truth is known, how many tests count, and which regime has it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from regnet import figures
from regnet.analysis import best_fifth
from regnet.analysis.claims import CLAIMS, Claim
from regnet.analysis.claims.second import SECOND
from regnet.analysis.compare import Comparison, Estimate, Verdict, holm, is_below, is_within, no_effect
from regnet.analysis.judgement import Judgement
from regnet.analysis.multiplicity import over_all, schemes, within_figures
from regnet.analysis.paper_effects import LEGENDS, expected, largest, printed, spread
from regnet.analysis.random_search import expected_best, suffices, suffices_share
from regnet.analysis.rule_sets import V1, V2, rules_of
from regnet.analysis.rules.adjusted_means import AdjustedChain, AdjustedNoWorse, AdjustedSame, margin
from regnet.analysis.rules.best import BestAre, BestGrow, BestShare
from regnet.analysis.rules.evidence import Evidence, Family
from regnet.analysis.rules.trends import Trend, column
from regnet.analysis.trends import falls_given
from regnet.analysis.untrained import Untrained
from regnet.evidence.judge import judgements
from regnet.evidence.untrained import untrained
from regnet.page.ledger import ledger
from regnet.page.post_hoc import post_hoc, second
from regnet.page.verdicts import SIGNS, badge
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import regimes
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")


def before(name: str) -> Untrained:
    return untrained(Population.parse(name, "pocket"))


def pocket(*names: str) -> Evidence:
    return Evidence({name: POCKET.frame(name) for name in names}, {}, 1.5, untrained=before)


def test_only_natural_is_judged_by_the_second_rules() -> None:
    assert rules_of("natural") is V2
    assert all(rules_of(name) is V1 for name in regimes if name != "natural")
    assert {claim.id for claim in V1.claims} == {claim.id for claim in CLAIMS}


def test_second_claims_are_the_paper_s_and_have_names_of_their_own() -> None:
    ids = [claim.id for claim in SECOND]
    assert len(set(ids)) == len(ids)
    split = {"fig23-x-r", "fig23-x-vr", "fig23-x-v"}
    assert set(ids) - split == {claim.id for claim in CLAIMS} - {"fig23-x-best"}
    for claim in SECOND:
        assert claim.rule.text
        figures.link(claim.element)
        shown = {population.name for population in figures.populations("pocket", claim.element, "startscale")}
        assert {*claim.populations} <= shown, claim.id  # claims about V read X and VR that start as V does
        assert (claim.n > 0) or not claim.populations


def test_rows_older_than_the_rules_are_judged_post_hoc_without_moving_a_verdict() -> None:
    published = judgements(POCKET)
    post_hoc = judgements(POCKET, V2)
    assert judgements(POCKET) == published
    assert {j.claim.id for j in post_hoc} == {claim.id for claim in SECOND}
    tested = [j for j in post_hoc if j.decides]
    assert len(tested) > 30
    assert all(j.low <= j.effect <= j.high for j in tested if j.low is not None and j.high is not None and j.effect)


def test_each_mean_has_welch_and_the_chance_to_be_better_beside_it() -> None:
    (part,) = AdjustedChain(("anynetx_a", "regnetx")).parts(pocket("anynetx_a", "regnetx"))
    assert part.result.verdict == "supported"
    welch, chance = part.beside
    assert welch.result.effect == pytest.approx(part.result.effect, abs=2)
    assert part.result.high - part.result.low < welch.result.high - welch.result.low
    assert 0.5 < chance.result.low < chance.result.effect < 1


def test_the_margin_is_a_quarter_of_the_reference_s_spread() -> None:
    (part,) = AdjustedNoWorse(("regnetx_wm2", "regnetx")).parts(pocket("regnetx_wm2", "regnetx"))
    sd = POCKET.frame("regnetx")["error"].std()
    assert part.result.claimed == (-np.inf, pytest.approx(sd / 4))
    with pytest.raises(LookupError, match="no margin"):
        margin(np.ones(5))


@pytest.mark.parametrize(
    ("effect", "error", "paper", "verdict"),
    [
        (0.0, 0.1, -1.0, "no such effect"), (0.0, 0.4, -1.0, "inconclusive"), (-0.3, 0.1, -1.0, "supported"),
        (0.3, 0.1, -1.0, "contradicted"), (0.0, 0.1, None, "inconclusive"), (0.0, 0.1, 1.0, "inconclusive"),
    ],
)  # fmt: skip
def test_no_such_effect_needs_the_interval_within_half_of_the_paper_s(
    effect: float, error: float, paper: float | None, verdict: Verdict
) -> None:
    estimate = Estimate(effect, error, 80.0)
    found = no_effect(is_below(estimate, 50, 50), estimate, paper)
    assert found.verdict == verdict
    assert found.p is not None
    assert (found.p < 0.05) == (verdict != "inconclusive")


def test_the_paper_s_effects_are_its_legends_and_scale_with_the_spread() -> None:
    for name in LEGENDS:
        assert printed(name) is not None, name
    rng = np.random.default_rng(0)
    errors = rng.normal(30, 2, 100)
    found = expected("regnety_c-l2", "regnetx_c-l2", errors)
    assert found == pytest.approx((31.3 - 32.6) * spread(errors) / ((32.6 - 30.7) / largest(100)))
    assert expected("regnety_c-l2", "regnetx_c-l2", 3 * errors) == pytest.approx(3 * found)
    assert np.mean([spread(rng.normal(0, 2, 50)) for _ in range(400)]) == pytest.approx(2, abs=0.1)
    assert expected("regnety_c_silu-l2", "regnety_c-l2", errors) is None


def test_the_best_fifth_s_share_is_counted_and_its_truth_found() -> None:
    rng = np.random.default_rng(1)
    errors = rng.normal(30, 2, 100)
    has = errors < 30
    found = best_fifth.excess(has, errors)
    assert found.effect == pytest.approx(1 - has.mean())
    assert found.verdict == "supported"
    assert best_fifth.excess(~has, errors).verdict == "contradicted"


def test_a_property_without_effect_is_rarely_found_among_the_best() -> None:
    rng = np.random.default_rng(2)
    found = [best_fifth.excess(rng.random(100) < 0.4, rng.normal(0, 1, 100), resamples=300) for _ in range(200)]
    assert np.mean([one.verdict != "inconclusive" for one in found]) <= 0.08


def populations(best: tuple[float, ...], lean: float = 1.0) -> tuple[Trend, Evidence]:
    """x log-uniform around the middle of a window that grows with F; error grows with the distance from the best x."""
    rng = np.random.default_rng(3)
    at = (0.5, 1.0, 2.0, 8.0)
    frames = {}
    for i, (f, value) in enumerate(zip(at, best, strict=True)):
        x = f**0.5 * 2 ** rng.uniform(2, 6, 100)
        error = 20 + lean * np.abs(np.log2(x / value)) + rng.normal(0, 0.3, 100)
        frames[f"p{i}"] = pd.DataFrame({"x": x, "error": error})
    return Trend(tuple(frames), at, "x", column("x")), Evidence(frames, {}, 1.5)


def test_growth_of_the_best_counts_only_beyond_that_of_all() -> None:
    trend, found = populations((4.0, 8.0, 16.0, 64.0))  # exponent 1 against the windows' half
    assert [part.result.verdict for part in BestGrow(trend).parts(found)] == ["supported", "supported"]
    trend, found = populations(tuple(16 * f**0.5 for f in (0.5, 1, 2, 8)))
    assert [part.result.verdict for part in BestGrow(trend).parts(found)] == ["supported", "inconclusive"]


def test_a_law_that_all_networks_follow_is_no_property_of_the_best() -> None:
    trend, found = populations((4.0, 8.0, 16.0, 64.0))
    law = BestAre(trend, "log slope", 1.0, 0.3)
    assert [part.result.verdict for part in law.parts(found)] == ["supported", "supported"]
    trend, found = populations(tuple(16 * f**0.5 for f in (0.5, 1, 2, 8)))
    half = BestAre(trend, "log slope", 0.5, 0.2)
    assert [part.result.verdict for part in half.parts(found)] == ["supported", "inconclusive"]


def test_a_share_is_not_asked_where_all_are_alike() -> None:
    rule = BestShare(("regnetx",), "anything", lambda frame: np.ones(len(frame), np.bool_))
    with pytest.raises(LookupError, match="alike in anything"):
        rule.parts(pocket("regnetx"))


def test_a_rank_correlation_that_another_variable_explains_vanishes() -> None:
    rng = np.random.default_rng(4)
    cause = rng.normal(size=300)
    x, errors = cause + rng.normal(0, 0.5, 300), -cause + rng.normal(0, 0.5, 300)
    assert falls_given(x, errors, rng.normal(size=300)).verdict == "supported"
    found = falls_given(x, errors, cause)
    assert found.verdict == "inconclusive"
    assert abs(found.effect) < 0.15


def test_the_gain_that_a_short_search_misses_is_a_share() -> None:
    rng = np.random.default_rng(5)
    errors = 20 + rng.gamma(1.0, 3.0, 500)
    found = suffices_share(errors, 32, 0.15, against=250)
    best = expected_best(errors, [1, 32, 250])
    assert found.effect == pytest.approx((best[1] - best[2]) / (best[0] - best[2]))
    assert found.verdict == "supported"
    assert suffices_share(10 * errors, 32, 0.15, against=250).effect == pytest.approx(found.effect)
    assert suffices(errors, 32, 1.0, against=250).effect == pytest.approx(best[1] - best[2])


def judged(name: str, element: str, p: float | None, family: Family = "difference", *, gate: bool = False) -> Judgement:
    rule = AdjustedChain(("a", "b")) if family == "difference" else AdjustedSame(("a", "b"))
    claim = Claim(name, "A.", "", element, rule, gate=gate)
    said: Verdict = "not tested here" if p is None else "supported"
    return Judgement(claim, said, said, p=p)


def test_holm_counts_the_declared_claims_of_a_figure() -> None:
    rows = [judged("a", "x", 0.02), judged("b", "x", 0.03), judged("c", "x", None), judged("d", "y", 0.04)]
    found = {j.claim.id: j for j in within_figures(rows)}
    assert found["a"].p_adjusted == pytest.approx(0.06)  # three are declared, one is not tested
    assert found["d"].p_adjusted == pytest.approx(0.04)  # alone in its figure
    assert [found[name].adjusted for name in "abcd"] == ["inconclusive", "inconclusive", "not tested here", "supported"]
    assert over_all(rows)[0].p_adjusted == pytest.approx(0.06)
    assert holm([0.02, 0.03], size=3) == pytest.approx([0.06, 0.06])


def test_later_claims_elsewhere_move_nothing() -> None:
    rows = [judged("a", "x", 0.02), judged("b", "x", 0.5)]
    more = [judged(f"later{i}", "y", 0.9) for i in range(20)]
    assert within_figures([*rows, *more])[:2] == within_figures(rows)
    assert over_all([*rows, *more])[0].p_adjusted != over_all(rows)[0].p_adjusted


def test_a_gate_follows_the_others_and_costs_nothing() -> None:
    rows = [judged("a", "x", 0.001), judged("b", "x", 0.002), judged("all", "x", 0.002, gate=True)]
    a, b, gate = within_figures(rows)
    assert (a.p_adjusted, b.p_adjusted) == (pytest.approx(0.002), pytest.approx(0.002))
    assert (gate.adjusted, gate.p_adjusted) == ("supported", b.p_adjusted)
    untested = within_figures([*rows, judged("c", "x", None)])
    assert untested[2].adjusted == "inconclusive"
    refuted = replace(rows[1], verdict="contradicted")
    assert within_figures([rows[0], refuted, rows[2]])[2].adjusted == "contradicted"


def test_other_ways_of_adjusting_are_shown_and_decide_nothing() -> None:
    rows = [judged("a", "x", 0.01), judged("b", "y", 0.03), judged("c", "z", 0.04), judged("d", "z", None)]
    found = schemes(rows)
    assert found["within figures"]["supported"] == 2  # c is one of two in its figure
    assert found["Holm over all"]["supported"] == 1
    assert found["Benjamini-Hochberg over all"]["supported"] == 3
    assert all(counts["not tested here"] == 1 for counts in found.values())


def test_what_the_second_rules_say_of_older_rows_is_folded_away_and_counted_apart() -> None:
    page = BeautifulSoup(ledger(POCKET, second(POCKET))._repr_html_(), "html.parser")
    folded = [line for line in page.select("details.rests div") if "post hoc" in line.text]
    ids = {claim.id for claim in SECOND if claim.kind == "measured"}
    assert {line.find_parent("tr")["id"] for line in folded} == ids & {claim.id for claim in CLAIMS}
    assert "within figures" in post_hoc(POCKET).text
    assert "own edition" in post_hoc(open_runs("natural", CHECKOUT / "runs")).text


def test_what_decides_nothing_is_folded_away_too() -> None:
    page = BeautifulSoup(ledger(open_runs("natural", CHECKOUT / "runs"))._repr_html_(), "html.parser")
    row = page.select_one("#fig07-w-increasing")
    assert "by Welch" in row.details.text
    assert "chance that a network of AnyNetX_D is better" in row.details.text
    assert "by Welch" not in row.select_one(".effect").text


def test_the_new_word_has_a_sign_and_a_badge() -> None:
    assert SIGNS["no such effect"]
    assert 'class="verdict verdict-no-such-effect"' in badge("no such effect")


def test_equivalence_of_an_estimate_is_two_one_sided_tests() -> None:
    found: Comparison = is_within(Estimate(0.1, 0.2, 60.0), 0.5, 40, 40)
    assert found.verdict == "supported"
    assert found.p is not None
    assert found.p < 0.05
