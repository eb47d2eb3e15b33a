"""No verdict moves in silence: each has a row in the history, with its reason, and a line in the changelog."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sealed_runs import seal_population

from regnet import figures
from regnet.analysis.history import Move, editions, history, moves
from regnet.analysis.rule_sets import rules_of
from regnet.evidence.judge import judgements
from regnet.page.changes import counted, moved, trained
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs

REGIMES = ("natural", "pocket")
MOVES = [move for regime in REGIMES for move in moves(regime)]
POCKET = open_runs("pocket", CHECKOUT / "runs")


@pytest.mark.parametrize("regime", REGIMES)
def test_the_last_verdict_of_the_history_is_today_s(regime: str) -> None:
    judged = judgements(open_runs(regime, CHECKOUT / "runs"))
    today = {j.claim.id: j.adjusted for j in judged if not j.interim and j.adjusted != "not tested here"}
    latest = dict(history(regime).groupby("claim")["verdict"].last())
    assert latest == today, "a verdict moved or is new: add a row with its reason to regnet/analysis/history.csv"


def test_each_move_has_a_reason_and_goes_somewhere() -> None:
    for move in MOVES:
        assert move.before.verdict != move.after.verdict
        assert move.before.day <= move.after.day
        assert move.why.endswith("."), move


@pytest.mark.parametrize("regime", REGIMES)
def test_the_history_is_of_claims_that_the_regime_judges(regime: str) -> None:
    assert set(history(regime)["claim"]) <= {claim.id for claim in rules_of(regime).claims}


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.claim}-{move.after.verdict}")
def test_the_changelog_names_each_move(move: Move) -> None:
    lines = (CHECKOUT / "CHANGELOG.md").read_text()
    assert f"`{move.claim}`" in lines
    said = lines[lines.index(f"`{move.claim}`") :].partition("\n  - `")[0]
    assert move.before.verdict in said
    assert move.after.verdict in said


@pytest.mark.parametrize("regime", REGIMES)
def test_editions_end_at_today_s_verdicts_and_count_every_row_once(regime: str) -> None:
    found, kept = editions(regime), history(regime)
    assert found[-1].verdicts == Counter(dict(kept.groupby("claim")["verdict"].last()).values())
    assert sum(one.new for one in found) == kept["claim"].nunique()
    assert sum(one.moved for one in found) == len(moves(regime))
    assert [one.day for one in found] == sorted(one.day for one in found)


def test_the_page_shows_the_moves_newest_first() -> None:
    page = BeautifulSoup(moved(POCKET)._repr_html_(), "html.parser")
    rows = page.select("tbody tr")
    assert len(rows) == len(moves("pocket"))
    assert moves("pocket")[-1].why in rows[0].text
    timed = next(row for row in rows if "3.31 (3.28 to 3.40)" in row.text)
    assert [badge.text for badge in timed.select(".verdict")] == ["✗ contradicted", "✓ supported"]
    assert timed.select("a")[1]["href"] == "12-ledger.html#timings-5x"
    assert moved(open_runs("smoke", CHECKOUT / "runs"))._repr_html_() == "<p>No verdict of this regime has moved.</p>"


def test_the_page_counts_the_verdicts_after_each_change() -> None:
    rows = BeautifulSoup(counted(POCKET)._repr_html_(), "html.parser").select("tbody tr")
    assert len(rows) == len(editions("pocket"))
    newest = [cell.text for cell in rows[0].select("td")]
    assert sum(int(cell) for cell in newest[2:]) == history("pocket")["claim"].nunique()


def test_the_page_says_which_populations_came_and_grew_on_which_day(tmp_path: Path) -> None:
    rows = BeautifulSoup(trained(POCKET)._repr_html_(), "html.parser").select("tbody tr")
    assert [row.th.text for row in rows] == sorted((row.th.text for row in rows), reverse=True)
    ours = [row.select("td") for row in rows if row.td.text == "pocket"]
    there = [p for p in figures.populations("pocket") if POCKET.count(p)]
    assert sum(int(cells[1].text.replace(",", "")) for cells in ours) == sum(map(POCKET.count, there))
    seal_population(tmp_path, "anynetx_a", 4)
    (row,) = BeautifulSoup(trained(open_runs("pocket", tmp_path / "runs"))._repr_html_(), "html.parser").select(
        "tbody tr"
    )
    assert [cell.text for cell in row.select("td")][1:] == ["4", "AnyNetX_A: 4", ""]
