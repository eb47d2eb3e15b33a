"""No verdict moves in silence: each has a row in the history, with its reason, and a line in the changelog."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from regnet.analysis.claims import CLAIMS
from regnet.analysis.history import Move, history, moves
from regnet.evidence.judge import judgements
from regnet.page.moves import moved
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs

POCKET = open_runs("pocket", CHECKOUT / "runs")


def test_the_last_verdict_of_the_history_is_today_s() -> None:
    today = {j.claim.id: j.adjusted for j in judgements(POCKET) if not j.interim and j.adjusted != "not tested here"}
    latest = dict(history().groupby("claim")["verdict"].last())
    assert latest == today, "a verdict moved or is new: add a row with its reason to regnet/analysis/history.csv"


def test_each_move_has_a_reason_and_goes_somewhere() -> None:
    for move in moves():
        assert move.before.verdict != move.after.verdict
        assert move.before.day <= move.after.day
        assert move.why.endswith("."), move
    assert set(history()["claim"]) <= {claim.id for claim in CLAIMS}


@pytest.mark.parametrize("move", moves(), ids=lambda move: f"{move.claim}-{move.after.verdict}")
def test_the_changelog_names_each_move(move: Move) -> None:
    lines = (CHECKOUT / "CHANGELOG.md").read_text()
    assert f"`{move.claim}`" in lines
    said = lines[lines.index(f"`{move.claim}`") :].partition("\n  - `")[0]
    assert move.before.verdict in said
    assert move.after.verdict in said


def test_the_ledger_s_table_shows_them() -> None:
    page = BeautifulSoup(moved(POCKET)._repr_html_(), "html.parser")
    rows = page.select("tbody tr")
    assert len(rows) == len(moves())
    timed = next(row for row in rows if "timed here" in row.text)
    assert [badge.text for badge in timed.select(".verdict")] == ["✗ contradicted", "✓ supported"]
    assert "3.31 (3.28 to 3.40)" in timed.text
    assert moved(open_runs("smoke", CHECKOUT / "runs"))._repr_html_() == "<p>No verdict of this regime has moved.</p>"
