"""X blocks that start at 0 and at 1 beside V blocks, on made-up populations and on pocket's rows."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from layout import check_layout
from scipy import stats
from sealed_runs import seal_population

from regnet import figures
from regnet.figures.panels import style
from regnet.figures.panels.edfs import Curve, Edfs
from regnet.figures.panels.element import Picture
from regnet.page import page
from regnet.sweeps import labels
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

N = 8
POCKET = open_runs("pocket", CHECKOUT / "runs")
SPACES = ("anynetx_a", "anynetx_e", "regnetx")
POPULATIONS = [f"{space}{suffix}" for suffix in ("", "-scale1", "_v") for space in SPACES]
POPULATIONS += ["regnetx_vr", "regnetx_vr-scale1"]
POPULATIONS += [f"regnetx{end}" for end in ("-0.25lr", "-0.25lr-scale1", "_v-0.25lr", "_vr-0.25lr-scale1")]


def picture(runs: Runs) -> Picture:
    found = figures.element("startscale", runs)
    assert isinstance(found, Picture)
    return found


def curves(found: Picture) -> dict[str, list[Curve]]:
    return {panel.name: panel.curves for panel in found.panels if isinstance(panel, Edfs)}


def ranks(found: Picture) -> pd.DataFrame:
    rows = found.data()
    return rows[rows["panel"] == "depth"].set_index("series")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    root = tmp_path_factory.mktemp("startscale")
    for name in POPULATIONS:
        seal_population(root, name, N)
    return open_runs("pocket", root / "runs")


@pytest.fixture(scope="module")
def found(runs: Runs) -> Picture:
    return picture(runs)


def test_every_population_of_the_element_is_drawn_and_has_its_correlation(runs: Runs, found: Picture) -> None:
    assert {population.name for population in found.populations} == set(POPULATIONS)
    assert {curve.population for some in curves(found).values() for curve in some} == set(POPULATIONS)
    rows = ranks(found)
    assert sorted(rows.index) == sorted(POPULATIONS)
    for name in rows.index:
        frame = runs.frame(str(name))
        rho = stats.spearmanr(frame["d1"] + frame["d2"] + frame["d3"] + frame["d4"], frame["error"]).statistic
        assert rows.loc[name, "spearman"] == pytest.approx(rho)
        assert rows.loc[name, "low"] < rho < rows.loc[name, "high"]
        assert rows.loc[name, "n"] == N


def test_curves_of_a_panel_differ_and_keep_the_colours_of_their_spaces(found: Picture) -> None:
    for some in curves(found).values():
        assert all(one.look != other.look for one, other in combinations(some, 2))
        assert {curve.look["color"] for curve in some} == {style.colour(curve.population) for curve in some}


def test_the_papers_numbers_stand_beside_what_starts_at_1(found: Picture) -> None:
    least = {
        name: [curve.paper.least if curve.paper else None for curve in some] for name, some in curves(found).items()
    }
    assert least["X, start 0"] == [None, None, None]
    assert least["V"] == [47.0, 46.8, 46.0]
    assert [number is None for number in least["RegNets"]] == [True, False, False, True, False]
    assert None not in least["X, start 1"]
    assert set(least["gentler"]) == {None}  # the paper has one rate


def test_the_rows_of_correlations_are_called_as_in_the_data(found: Picture) -> None:
    figure = found.drawn()
    labels_of = [tick.get_text() for tick in figure.axes[-1].get_yticklabels() if tick.get_visible()]
    assert labels_of == ranks(found)["label"].tolist()
    assert {"AnyNetX_A, start 1", "RegNetX, start 1, 0.25 × the rate", "RegNetV, 0.25 × the rate"} <= set(labels_of)


def test_pocket_draws_what_it_has_and_says_what_waits() -> None:
    if "regnetx-scale1" in POCKET.populations():
        pytest.skip("pocket has branches that start at 1")
    found = picture(POCKET)
    rows, caption = ranks(found), found.caption()
    assert {"anynetx_a", "anynetx_e_v", "regnetx_vr"} <= set(rows.index)
    assert (rows.loc[["anynetx_a_v", "anynetx_e_v", "regnetx_v"], "low"] > 0).all()  # deeper V networks are worse
    assert "in regime pocket it is 0 unless said otherwise" in caption
    assert "RegNetX, start 1" in caption.split("Not trained yet:")[1]
    assert "4 of 6 panels" in found.alt()
    assert "regnet sweep pocket" in page.element("startscale", POCKET).html


def test_where_all_branches_start_at_1_nothing_is_shown_or_listed_twice(tmp_path: Path) -> None:
    for name in ("anynetx_a", "anynetx_e", "regnetx", "regnetx_v", "regnetx_vr"):
        seal_population(tmp_path, name, N, regime="smoke")
    found = picture(open_runs("smoke", tmp_path / "runs"))
    assert list(curves(found)) == ["X, start 1", "V", "RegNets"]
    assert sorted(ranks(found)["label"]) == [
        "AnyNetX_A, start 1", "AnyNetX_E, start 1", "RegNetV", "RegNetVR, start 1", "RegNetX, start 1",
    ]  # fmt: skip
    check_layout(found.drawn())
    assert "in regime smoke it is 1" in found.caption()
    assert len(found.populations) == len({population.name for population in found.populations}) == 7


def test_without_populations_the_page_has_its_notice(tmp_path: Path) -> None:
    (tmp_path / "runs" / "pocket").mkdir(parents=True)
    empty = open_runs("pocket", tmp_path / "runs")
    with pytest.raises(MissingPopulation, match="nothing to draw"):
        picture(empty).drawn()
    assert 'class="missing"' in page.element("startscale", empty).html


def test_legends_say_which_start_is_not_the_usual_one() -> None:
    assert labels.label("anynetx_a-scale1") == "AnyNetX_A, start 1"
    assert labels.label("regnetx_vr-scale1") == "RegNetVR, start 1"
