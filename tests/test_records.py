"""The tables behind the figures: recipe, populations, machines, power, pilots, calibration; and the ledger's page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sealed_runs import seal_population

from regnet import figures, published
from regnet.analysis.adjusted import Members
from regnet.analysis.claims import CLAIMS
from regnet.evidence.judge import judgements
from regnet.evidence.untrained import untrained
from regnet.page import engine_records, records
from regnet.page.ledger import ledger
from regnet.page.page import element
from regnet.page.simulated import FILE, NAMES, simulated
from regnet.sweeps import labels
from regnet.sweeps.finals import wanted
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.regimes import regimes
from regnet.sweeps.store import Runs, open_runs

COMMITTED = CHECKOUT / "runs"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    root = tmp_path_factory.mktemp("records")
    for name in ("anynetx_a", "regnetx"):
        seal_population(root, name, 6, regime="smoke")
    return open_runs("smoke", root / "runs")


def test_the_recipe_stands_beside_the_papers_value_by_value() -> None:
    frame = records.recipe(open_runs("pocket", COMMITTED)).frame.set_index("setting")
    base = regimes["pocket"].base
    assert frame.loc["images seen", "pocket"] == f"{base.images:,}"
    assert frame.loc["mini-batch", "pocket"] == str(base.batch)
    assert frame.loc["learning rate", "the paper, section 3"].startswith("0.05")
    assert frame.loc["networks a population", "the paper, section 3"] == "500"


def test_populations_are_counted_with_their_errors(runs: Runs) -> None:
    frame = records.populations(runs).frame.set_index("population")
    assert list(frame.index) == ["anynetx_a", "regnetx"]
    errors = runs.frame("regnetx")["error"]
    assert frame.loc["regnetx", "networks\ndistinct"].startswith("6\n")
    assert frame.loc["regnetx", "mean (%)\nmedian"] == f"{errors.mean():.2f}\n{errors.median():.2f}"


def test_what_is_left_is_counted_a_figure_and_once_in_all(runs: Runs) -> None:
    frame = records.left(runs).frame.set_index("figure or table")
    assert "Figure 2" not in frame.index  # anynetx_a has its four
    assert frame.loc["Figure 5", "not trained yet"] == 2 * 4  # anynetx_b, anynetx_c
    assert frame.loc["Figure 5", "core-hours left"] > 0
    whole = figures.populations("smoke")
    assert frame.loc["Final models", "not trained yet"] == wanted("smoke")
    assert frame.loc["All, whole ones too", "not trained yet"] == 4 * (len(whole) - 2) + wanted("smoke")
    assert records.left(open_runs("pocket", runs.folder.parent)).frame["core-hours left"].isna().all()
    more = records.left(replace(runs, n=8)).frame.set_index("figure or table")  # six of eight are there
    assert more.loc["Figure 2", "not trained yet"] == 2
    assert more.loc["Figure 5", "not trained yet"] == 2 + 2 * 8


def test_machines_are_listed_once_each_with_their_rows(runs: Runs) -> None:
    frame = records.segments(runs).frame
    assert frame["rows"].sum() == 12
    assert frame["populations"].max() <= 2


def test_power_grows_with_the_number_of_networks() -> None:
    row = records.resolving_power(open_runs("natural", COMMITTED)).frame.iloc[0]
    chances = [float(row[f"equal, n = {n}"].rstrip("%")) for n in (60, 120)]
    assert chances == sorted(chances)


def test_the_smallest_difference_that_is_seen_is_seen_four_times_in_five() -> None:
    row = records.resolving_power(open_runs("natural", COMMITTED)).frame.iloc[0]
    sd, least = row["sd, adjusted (points)"], row["seen, n = 120 (points)"]
    rng = np.random.default_rng(0)
    a, b = rng.normal(0, sd, (2000, 120)), rng.normal(least, sd, (2000, 120))
    assert (stats.ttest_ind(a, b, axis=1, equal_var=False).pvalue < 0.05).mean() == pytest.approx(0.8, abs=0.03)


def test_where_means_are_adjusted_what_is_left_of_the_spread_counts() -> None:
    natural = open_runs("natural", COMMITTED)
    row = records.resolving_power(natural).frame.iloc[0]
    members = Members.of(natural.frame("anynetx_a"), untrained(natural.population("anynetx_a")))
    (judged,) = (j for j in judgements(natural) if j.claim.id == "fig05-shared-b")  # B against A, of 120 networks each
    assert row["sd, adjusted (points)"] < 0.8 * row["sd (points)"] == pytest.approx(0.8 * members.errors.std(ddof=1))
    assert float(row["equal, n = 120"].rstrip("%")) / 100 == pytest.approx(judged.power, abs=0.1)
    few = records.resolving_power(replace(natural, n=2)).frame
    assert len(few)
    assert few["sd, adjusted (points)"].notna().all()


def test_the_engines_are_compared_where_they_were_tried() -> None:
    natural, pocket = (open_runs(regime, COMMITTED) for regime in ("natural", "pocket"))
    for table in (engine_records.members, engine_records.networks):
        assert len(table(natural).frame)
        assert table(natural).frame.equals(table(pocket).frame)


def test_every_pilot_is_shown() -> None:
    shown = records.pilots().frame
    spaces = [labels.label(space) for space in published.load("pilots")["space"].unique()]
    assert shown[spaces].notna().to_numpy().sum() == len(published.load("pilots"))


def test_without_runs_the_tables_say_so(tmp_path: Path) -> None:
    empty = open_runs("smoke", tmp_path)
    for table in (records.segments(empty), records.resolving_power(empty), records.candidates(empty)):
        assert "Nothing is sealed yet" in table._repr_html_()
    assert "regnet calibrate smoke" in element("calibration", empty).html


def test_the_committed_calibration_chose_the_pocket_recipe() -> None:
    runs = open_runs("pocket", COMMITTED)
    calibration = figures.element("calibration", runs)
    base, chosen = regimes["pocket"].base, records.choose(calibration.data())
    assert (chosen["images"], chosen["batch"], chosen["lr"]) == (base.images, base.batch, base.lr)
    assert chosen["validation_images"] == base.validation_images
    assert f"batch {base.batch}, learning rate {base.lr:g}, {base.images:,} images" in calibration.caption()


def test_the_ledger_has_a_row_a_claim_that_leads_to_its_figure(runs: Runs) -> None:
    page = ledger(runs)._repr_html_()
    for claim in CLAIMS:
        assert f'id="{claim.id}"' in page
        assert f'#{claim.element}">' in page
    assert "margin of the no-difference rules 10 points" in page


def test_every_simulated_rule_has_its_line_and_its_cases_shares() -> None:
    every, frame = pd.read_csv(FILE), simulated().frame.set_index("rule")
    assert set(NAMES) == set(every["rule"])
    own = every[(every["rule"] == "better") & (every["verdict"] == "supported") & every["level"].isna()]
    assert frame.loc["Better", "cases"] == 2 * own["populations"].nunique()  # equal means, and the rows' difference
    worst = every.loc[(every["rule"] == "better") & every["level"].notna(), "share"].max()
    assert frame.loc["Better", "errs"].endswith(f" to {100 * worst:g}%")
    few, many = frame.loc["The best have", "decides, few\nnetworks":]
    assert (few.split("\n")[1], many.split("\n")[1]) == ("40", "100")
    shares = every[(every["rule"] == "best fifth's share") & every["level"].isna() & (every["n"] == 100)]["share"]
    assert many.split("\n")[0] == f"{100 * shares.min():g} to {100 * shares.max():g}%"


def test_two_instruction_sets_are_compared_pair_by_pair() -> None:
    pairs = pd.read_csv(engine_records.INSTRUCTIONS)
    frame = engine_records.instruction_sets().frame.set_index("population")
    assert frame["pairs"].sum() == len(pairs)
    few = pairs[pairs.groupby("population")["index"].transform("size") < engine_records.FEWEST_PAIRS]
    groups = {str(name): own for name, own in pairs.drop(few.index).groupby("population")}
    groups[f"{few['population'].nunique()} more"] = few
    assert len(frame) == len(groups)
    for name, own in groups.items():
        low, high = stats.ttest_rel(own["again_avx2"], own["sealed_avx512_bf16"]).confidence_interval(0.95)
        assert frame.loc[f"{name}\nnatural", "95% interval"] == f"{low:+.2f} to {high:+.2f}"
    runs = open_runs("natural", COMMITTED)
    for name, own in pairs.groupby("population"):
        sealed = runs.frame(str(name)).set_index("index").loc[own["index"], "error"]
        assert sealed.to_numpy() == pytest.approx(own["sealed_avx512_bf16"].to_numpy())
    assert not pairs.duplicated(["population", "index"]).any()
