"""Every verdict of the book that is no "supported" is explained, and by words that belong to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from regnet.analysis.compare import AGAINST
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.page.readings import PRINT, reading, readings
from regnet.page.verdicts import badges
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs

READINGS = {**readings("pocket"), **readings(PRINT)}
POCKET = open_runs("pocket", CHECKOUT / "runs")


@pytest.fixture(scope="module")
def judged() -> dict[str, Judgement]:
    return {j.claim.id: j for j in judgements(POCKET)}


@pytest.mark.parametrize("regime", ["pocket", "natural"])
def test_each_contradicted_or_inconclusive_claim_is_explained(regime: str) -> None:
    unexplained = [
        j.claim.id
        for j in judgements(open_runs(regime, CHECKOUT / "runs"))
        if j.adjusted in (*AGAINST, "inconclusive") and not j.interim and not reading(j, regime)
    ]
    assert unexplained == [], "write in regnet/page/explained/ why they came out so"


@pytest.mark.parametrize("regime", ["pocket", "natural"])
def test_each_reading_is_of_a_claim_and_shown(regime: str) -> None:
    judged = {j.claim.id: j for j in judgements(open_runs(regime, CHECKOUT / "runs"))}
    every = {**readings(regime), **readings(PRINT)}
    assert set(every) <= set(judged)
    stale = [name for name, said in every.items() if (judged[name].adjusted, judged[name].n) != (said.verdict, said.n)]
    assert stale == [], "verdict or n have changed: read the populations again"
    assert all(reading(judged[name], regime).endswith(".") for name in every)


@pytest.mark.parametrize("name", READINGS)
def test_words_are_filled_with_the_judgement_s_numbers(name: str, judged: dict[str, Judgement]) -> None:
    words = reading(judged[name], "pocket")
    assert words.endswith(".")
    assert not set("{}") & set(words)


def test_another_verdict_or_regime_has_no_reading(judged: dict[str, Judgement]) -> None:
    found = judged["fig23-x-best"]
    assert f"{abs(found.effect):.2f} points" in reading(found, "pocket")
    assert reading(replace(found, adjusted="supported"), "pocket") == ""
    assert reading(replace(found, n=found.n + 1), "pocket") == ""
    assert reading(found, "imagenet") == ""
    printed = judged["tab03-flops"]
    assert reading(printed, "imagenet") == reading(printed, "pocket") != ""


def test_the_words_stand_under_the_figure() -> None:
    assert '<p class="reading">X is better than R and VR' in badges("fig23right", POCKET)
