"""The front page's picture of the ledger, and the ledger's filter."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sealed_runs import seal_population

from regnet.analysis.claims import CLAIMS
from regnet.evidence.judge import judgements
from regnet.page.ledger import ledger
from regnet.page.summary import Summary, summary
from regnet.page.verdicts import SIGNS, badges
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    root = tmp_path_factory.mktemp("summary")
    for name in ("anynetx_a", "regnetx"):
        seal_population(root, name, 6, regime="smoke")
    return root / "runs", summary(open_runs("smoke", root / "runs"))


def test_every_claim_has_one_sign_that_leads_to_its_figure_and_says_its_sentence(made: tuple[Path, Summary]) -> None:
    signs = BeautifulSoup(made[1]._repr_html_(), "html.parser").select(".signs a")
    assert len(signs) == len(CLAIMS)
    for sign, claim in zip(signs, CLAIMS, strict=True):
        assert sign["href"].endswith(f"#{claim.element}")
        assert claim.sentence in sign["aria-label"]
        assert sign.text in SIGNS.values()


def test_one_bar_is_as_long_as_there_are_measured_claims_and_one_as_claims_from_print(
    made: tuple[Path, Summary],
) -> None:
    page = BeautifulSoup(made[1]._repr_html_(), "html.parser")
    measured = sum(claim.kind == "measured" for claim in CLAIMS)
    assert [sum(found.values()) for found in made[1].counts.values()] == [measured, len(CLAIMS) - measured]
    names = [name.text for name in page.select(".bar-name")]
    assert names == [f"{measured} claims measured here", f"{len(CLAIMS) - measured} claims computed from print"]
    lengths = [[int(part["style"].removeprefix("flex-grow:")) for part in bar("span")] for bar in page.select(".bar")]
    assert lengths == [list(found.values()) for found in made[1].counts.values()]


def test_the_ledger_s_filters_name_what_rows_have(made: tuple[Path, Summary]) -> None:
    page = BeautifulSoup(ledger(open_runs("smoke", made[0]))._repr_html_(), "html.parser")
    rows, found = page.select("tbody tr"), page.select("tbody .found")
    there = {
        "verdict": {one["data-verdict"] for one in found},
        "kind": {row["data-kind"] for row in rows},
        "regime": {one["data-regime"] for one in found if one.has_attr("data-regime")},
        "chapter": {row["data-chapter"] for row in rows},
    }
    for name, values in there.items():
        assert {option["value"] for option in page.select(f"select[name={name}] option")} == {"", *values}
    style = (Path(__file__).parents[1] / "book" / "_static" / "regnet.css").read_text()
    for kind in SIGNS:
        assert f".verdict-{kind.replace(' ', '-')} {{ color" in style


def test_a_rule_that_asks_more_than_the_paper_says_so_under_its_figure_and_is_counted_apart() -> None:
    runs = open_runs("natural", CHECKOUT / "runs")
    judged = [j for j in judgements(runs) if j.adjusted in ("contradicted", "no such effect")]
    asking = [j for j in judged if j.claim.more]
    assert {"fig18-large", "fig09-equal-best"} <= {j.claim.id for j in asking}
    said = BeautifulSoup(summary(runs)._repr_html_(), "html.parser").text
    assert f"Of the {len(judged)} with a verdict against them {len(asking)} ask more than the paper says" in said
    for j in asking:
        row = BeautifulSoup(badges(j.claim.element, runs), "html.parser")
        assert j.claim.more in row.text
    assert "than the paper says" not in Summary([j for j in judged if not j.claim.more], "natural")._repr_html_()
