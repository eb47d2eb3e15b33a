"""Two regimes side by side: what two verdicts on a claim come to, and which claims stand there."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from sealed_runs import seal_population

from regnet.analysis.claims import CLAIMS
from regnet.analysis.compare import Verdict
from regnet.analysis.verdicts import Judgement
from regnet.page.ledger import ledger
from regnet.page.replication import outcome, replicated, replication
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("supported", "supported", "holds in both"),
        ("supported", "inconclusive", "holds in one, open in the other"),
        ("supported", "contradicted", "opposite verdicts"),
        ("no such effect", "supported", "opposite verdicts"),
        ("contradicted", "no such effect", "against it in both"),
        ("inconclusive", "contradicted", "against it in one, open in the other"),
        ("inconclusive", "inconclusive", "open in both"),
    ],
)
def test_two_verdicts_come_to_one_word_whichever_comes_first(one: Verdict, other: Verdict, says: str) -> None:
    found = Judgement(CLAIMS[0], one, one)
    another = replace(found, verdict=other, adjusted=other)
    assert outcome(found, another) == outcome(another, found) == says


def test_claims_that_trained_networks_test_in_both_regimes_are_counted_and_lead_to_the_ledger() -> None:
    found = replication(POCKET)
    assert all(first.counts and second.counts for first, second in found.pairs)
    assert sum(found.counts.values()) == len(found.pairs) > 10
    assert str(found).startswith(f"{len(found.pairs)} claims are tested in both natural and pocket: ")
    links = BeautifulSoup(found._repr_html_(), "html.parser").select("a")
    assert {unquote(link["href"]): link.text for link in links} == {f"?outcome={w}#claims": w for w in found.counts}
    assert "{ref}`Claim by claim <does-it-replicate>`" in replicated(POCKET).text


def test_the_ledger_s_rows_come_out_as_the_sentence_counts_them() -> None:
    rows = BeautifulSoup(ledger(POCKET)._repr_html_(), "html.parser").select("tbody tr")
    shown = Counter(row["data-outcome"] for row in rows if row.has_attr("data-outcome"))
    assert shown == replication(POCKET).counts
    both = [row for row in rows if row.has_attr("data-outcome")]
    assert all([one["data-regime"] for one in row.select(".found")] == ["pocket", "natural"] for row in both)


def test_without_one_of_the_regimes_nothing_is_compared(tmp_path: Path) -> None:
    seal_population(tmp_path, "anynetx_a", 4)
    found = replication(open_runs("pocket", tmp_path / "runs"))
    assert "No claim is tested in both" in found._repr_html_()
