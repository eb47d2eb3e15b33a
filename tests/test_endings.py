"""The ends of chapters: every claim of the chapter's figures once, under what became of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from regnet import figures
from regnet.evidence.judge import judgements
from regnet.page.endings import Ending, ending
from regnet.page.readings import readings
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")
PAGES = sorted({figures.chapter(j.claim.element) for j in judgements(POCKET)})


def shown(made: Ending) -> BeautifulSoup:
    return BeautifulSoup(made._repr_html_(), "html.parser")


@pytest.mark.parametrize("page", PAGES)
def test_each_tested_claim_of_a_chapter_stands_once_and_leads_to_the_ledger(page: str) -> None:
    tested = [j for j in judgements(POCKET) if figures.chapter(j.claim.element) == page and j.decides]
    links = [link["href"] for link in shown(ending(POCKET, page)).select("li a[href*='12-ledger']")]
    assert sorted(links) == sorted(f"12-ledger.html#{j.claim.id}" for j in tested)


def test_a_verdict_that_turns_moves_its_claim_and_takes_the_surprise_away() -> None:
    judged = [j for j in judgements(POCKET) if j.claim.id == "fig23-x-best"]
    against = shown(Ending(judged, "pocket")).text
    assert against.startswith("Did not hold")
    assert "What surprised us" in against
    held = shown(Ending([replace(j, adjusted="supported") for j in judged], "pocket")).text
    assert held.startswith("Held")
    assert "What surprised us" not in held


def test_what_is_not_tested_is_counted_with_its_figures() -> None:
    said = shown(ending(open_runs("smoke", CHECKOUT / "runs"), "04-regnet"))
    assert said.text.startswith("Not tested here 7 claims: Figure 8, Figure 9.")
    assert [link["href"] for link in said.select("a")] == ["#fig08", "#fig09"]


@pytest.mark.parametrize("regime", ["pocket", "natural", "print"])
def test_a_surprise_is_one_or_two_sentences(regime: str) -> None:
    said = [found.surprise for found in readings(regime).values() if found.surprise]
    assert said
    assert all(words.endswith(".") and len(words) < 200 for words in said)


def test_every_chapter_opens_with_a_question_and_those_with_claims_end_with_what_became_of_them() -> None:
    for path in sorted((CHECKOUT / "book").glob("*.ipynb")):
        cells = ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]
        heading, asked = cells[0].split("\n\n")[:2]
        assert heading.startswith("# "), path.name
        assert asked.startswith("{.question}\n"), path.name
        assert asked.endswith("?"), path.name
        if path.stem in PAGES:
            assert cells[-1] == f'ending(sealed, "{path.stem}")'
