"""The front page's first screen: its words belong to the verdicts of their claims, its numbers to their judgements."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from regnet import figures
from regnet.analysis.compare import Verdict
from regnet.analysis.rule_sets import V1, V2
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.page.front import FINDINGS, SHOWN, WAYS, done, front, surprising, told
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")


@pytest.fixture(scope="module")
def judged() -> dict[str, Judgement]:
    return {j.claim.id: j for j in judgements(POCKET)}


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    return BeautifulSoup(front(POCKET)._repr_html_(), "html.parser")


def as_if(judged: dict[str, Judgement], verdict: Verdict, *claims: str) -> dict[str, Judgement]:
    return judged | {claim: replace(judged[claim], adjusted=verdict) for claim in claims}


def stronger(j: Judgement, by: float) -> Judgement:
    """The judgement with all its effects multiplied."""
    parts = tuple(
        replace(part, result=replace(part.result, effect=by * part.result.effect, low=by * part.result.low))
        for part in j.parts
    )
    return replace(j, parts=parts, decides=parts[j.parts.index(j.decides)])


def test_the_first_screen_has_a_picture_three_findings_a_surprise_a_caveat_and_three_ways(page: BeautifulSoup) -> None:
    assert len(page.select(".found li")) == SHOWN
    assert page.select_one("figure svg[role=img]")["aria-label"]
    assert [p.strong.text for p in page.select(".surprise, .caveat")] == ["A surprise.", "A caveat."]
    assert [link.text for link in page.select("nav a")] == list(WAYS)


def test_every_finding_leads_to_the_element_that_shows_it(page: BeautifulSoup) -> None:
    shown = {figures.link(name) for name in figures.names()}
    assert all(link["href"] in shown for link in page.select(".found li a, .surprise a, figcaption a"))


def test_each_finding_rests_on_claims_of_both_sets_of_rules() -> None:
    for rules in (V1, V2):
        assert {claim for finding in FINDINGS for claim in finding.claims} <= {claim.id for claim in rules.claims}


def test_another_verdict_has_other_words_or_none(judged: dict[str, Judgement]) -> None:
    first = told(FINDINGS, judged, "pocket")[0][0]
    assert first.startswith("Designing the space pays: over the first 100 networks of each, on average ")
    against = told(FINDINGS, as_if(judged, "contradicted", "fig09-mean"), "pocket")[0][0]
    assert against.startswith("Designing the space does not pay here")
    open_ = told(FINDINGS, as_if(judged, "inconclusive", "fig09-mean"), "pocket")
    assert first not in [said for said, _ in open_]
    assert len(open_) == len(told(FINDINGS, judged, "pocket")) - 1


def test_a_finding_on_two_claims_needs_both_and_an_interim_one_says_nothing(judged: dict[str, Judgement]) -> None:
    simpler = next(finding for finding in FINDINGS if finding.claims == ("fig05-shared-b", "fig05-shared-g"))
    assert simpler.said(judged, "pocket")
    for claim in simpler.claims:
        assert simpler.said(as_if(judged, "inconclusive", claim), "pocket") == ""
        assert simpler.said(judged | {claim: replace(judged[claim], interim=True)}, "pocket") == ""


def test_numbers_are_those_of_the_judgements(judged: dict[str, Judgement]) -> None:
    speed = next(finding for finding in FINDINGS if finding.claims == ("timings-5x", "tab04-speed"))
    judged = as_if(judged, "supported", "timings-5x")
    twice = judged | {"timings-5x": stronger(judged["timings-5x"], 2.0)}
    effect = judged["timings-5x"].effect or 0.0
    assert f"{effect:.1f} times as fast" in speed.said(judged, "pocket")
    assert f"{2 * effect:.1f} times as fast" in speed.said(twice, "pocket")
    assert f"{judged['tab04-speed'].effect:.1f} times in the paper's numbers" in speed.said(twice, "pocket")


def test_a_factor_that_one_device_does_not_reach_is_told_with_that_device(judged: dict[str, Judgement]) -> None:
    (slower,) = (said for said, name in told(FINDINGS, judged, "pocket") if name == "timings")
    parts = judged["timings-5x"].parts
    assert [part.result.verdict for part in parts] == ["supported", "contradicted"]
    assert f"{parts[1].result.effect:.1f} (H100) times as fast" in slower


def test_what_did_not_hold_surprises_before_what_is_open_and_a_verdict_that_turns_no_more(
    judged: dict[str, Judgement],
) -> None:
    assert judged["fig23-x-best"].adjusted == "contradicted"
    assert surprising(judged.values(), "pocket")[1] == "fig23right"
    turned = as_if(judged, "supported", "fig23-x-best")
    assert surprising(turned.values(), "pocket")[1] != "fig23right"
    assert surprising([judged["fig09-mean"]], "pocket") == ("", "")


def test_what_was_done_counts_the_networks_that_are_sealed(judged: dict[str, Judgement]) -> None:
    frames = [POCKET.frame(p) for p in figures.populations("pocket") if POCKET.count(p)]
    rows = pd.concat(frames)
    said = done(POCKET, judged.values())
    assert f"We drew {rows['network_id'].nunique():,} different networks" in said
    assert f"trained them {len(rows):,} times" in said
    assert done(open_runs("smoke", CHECKOUT / "runs"), ()) == "No network of regime smoke is trained yet."
