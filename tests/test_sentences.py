"""What stands beside a verdict: the legends' names, interval and margin, n and distinct networks, p and its level."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from regnet.analysis.claims import CLAIMS
from regnet.analysis.compare import better, no_difference, no_worse
from regnet.analysis.rules.evidence import POINTS, Part
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.figures.panels import captions
from regnet.page.ledger import ledger
from regnet.page.sentences import comparison, effect, p_words
from regnet.page.verdicts import badges, place
from regnet.sweeps import labels
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")
LOW, HIGH = [20.0, 21.0, 22.0, 23.0], [23.0, 25.0, 27.0, 29.0]


@pytest.fixture(scope="module")
def judged() -> dict[str, Judgement]:
    return {j.claim.id: j for j in judgements(POCKET)}


def test_the_interval_goes_the_way_of_the_word() -> None:
    better_one = comparison(Part("mean error", POINTS, better(LOW, HIGH), of=("regnetx", "anynetx_a")), "pocket")
    worse_one = comparison(Part("mean error", POINTS, better(HIGH, LOW), of=("anynetx_a", "regnetx")), "pocket")
    assert better_one.startswith("mean error: RegNetX is 4.50 points better than AnyNetX_A (95%: ")
    assert worse_one.startswith("mean error: AnyNetX_A is 4.50 points worse than RegNetX (95%: ")
    assert better_one.partition("(")[2] == worse_one.partition("(")[2]


def test_nothing_between_two_is_no_better() -> None:
    same = comparison(Part("printed error", POINTS, better(LOW, LOW), of=("RegNetX-8.0GF", "ResNeXt-101")), "pocket")
    assert same.startswith("printed error: RegNetX-8.0GF equals ResNeXt-101 (95%: -")


def test_a_setting_that_both_share_is_said_once_and_in_the_regime_s_flops() -> None:
    part = Part("mean error", POINTS, better(LOW, HIGH), of=("regnetx_c-6mf-l2", "regnetx-6mf-l2"))
    assert "at 6 MF RegNetX C is" in comparison(part, "pocket")
    assert "at 800 MF RegNetX C is" in comparison(part, "imagenet")


def test_margins_stand_beside_the_verdicts_that_have_one(judged: dict[str, Judgement]) -> None:
    assert "; margin 1.5 either way; n = 300" in effect(judged["fig05-shared-b"], "pocket")
    assert "; margin 1.5; n = 100" in effect(judged["fig09-wm2"], "pocket")
    assert "; 0.3 to 0.7 needed; n = 50" in effect(judged["fig12-acts"], "pocket")
    assert "; at least 5 needed" in effect(judged["timings-5x"], "pocket")
    assert "margin" not in effect(judged["fig09-mean"], "pocket")
    for rule in (no_difference, no_worse):
        assert rule(LOW, HIGH, 1.5).level == "90%"


def test_no_such_effect_names_the_half_that_it_lies_within_and_what_its_p_is_of() -> None:
    found = {j.claim.id: j for j in judgements(open_runs("natural", CHECKOUT / "runs"))}
    stages = found["fig10-stages"]
    assert stages.decides
    half = stages.decides.result.half
    assert half is not None
    assert -half < stages.decides.result.low < stages.decides.result.high < half
    assert f"within {half:.2f} either way, half of the paper's effect" in effect(stages, "natural")
    assert p_words(stages).startswith("p of an effect beyond half of the paper's ")


def test_a_claim_that_follows_others_shows_no_number_of_its_own() -> None:
    natural = open_runs("natural", CHECKOUT / "runs")
    gate = next(j for j in judgements(natural) if j.claim.gate and j.decides)
    assert (effect(gate, "natural"), p_words(gate)) == ("follows the figure's other claims", "")
    row = BeautifulSoup(ledger(natural)._repr_html_(), "html.parser").select_one(f"tr#{gate.claim.id} .found")
    assert not row.select("svg.interval")


def test_an_end_of_an_interval_that_is_nearly_zero_is_not_printed_as_zero() -> None:
    result = replace(better(LOW, HIGH), effect=0.04, low=0.002, high=0.07)
    assert comparison(Part("rho", "rho", result), "pocket") == "rho: +0.040 (95%: +0.002 to +0.070)"


def test_no_evidence_line_of_the_book_speaks_in_names_of_the_runs(judged: dict[str, Judgement]) -> None:
    names = {name for claim in CLAIMS for name in claim.populations}
    for j in judged.values():
        said = effect(j, "pocket").split()
        assert not names & {word.strip(",;:()") for word in said}, said


def test_every_tested_verdict_on_populations_says_n_and_every_p_its_level(judged: dict[str, Judgement]) -> None:
    for j in judged.values():
        assert ("n = " in effect(j, "pocket")) == bool(j.counts)
        assert p_words(j).endswith("level 0.05") == (j.p is not None)
    depthwise = effect(judged["fig14-depthwise"], "pocket")
    distinct = POCKET.frame("regnetx_c_depthwise-l2")["network_id"].nunique()
    assert depthwise.endswith(f"and {distinct} distinct networks)")


def test_captions_count_distinct_networks_too() -> None:
    frame = POCKET.frame("regnetx_wm2")
    said = captions.setting(POCKET, ["regnetx_wm2"])
    assert f"n = {len(frame)} ({frame['network_id'].nunique()} distinct networks)." in said
    several = captions.setting(POCKET, ["anynetx_a", "regnetx_wm2"])
    assert f"{labels.label('regnetx_wm2')}, {frame['network_id'].nunique()} distinct networks)" in several


def test_claims_about_single_networks_are_marked_in_chapter_and_ledger(judged: dict[str, Judgement]) -> None:
    page = BeautifulSoup(ledger(POCKET)._repr_html_(), "html.parser")
    marked = {row["id"] for row in page.select("tbody tr") if row.select("a.about")}
    assert marked == {name for name, j in judged.items() if j.claim.single}
    (item,) = BeautifulSoup(badges("fig06", POCKET), "html.parser").select("li")
    assert item.select_one("a.about")["href"] == "15-calibration.html#calibration"
    assert 'class="about"' not in badges("fig07", POCKET)
    assert place("natural") == "15-calibration.html#calibration_lengths"  # of a calibration in stages
