"""X blocks that start at 0 and at 1 beside V blocks, on made-up populations and on pocket's rows."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import matplotlib.text
import pandas as pd
import pytest
from matplotlib.axes import Axes
from scipy import stats
from sealed_runs import seal_population

from regnet.figures import startscale
from regnet.figures.panels import style
from regnet.page import page
from regnet.page.box import populations
from regnet.sweeps import labels
from regnet.sweeps.experiments import ELEMENTS, named
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.status import declared
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

N = 8
POCKET = open_runs("pocket", CHECKOUT / "runs")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    root = tmp_path_factory.mktemp("startscale")
    for population in ELEMENTS["startscale"]:
        seal_population(root, population.name, N)
    return open_runs("pocket", root / "runs")


def ranks(runs: Runs) -> pd.DataFrame:
    rows = startscale.data(runs)
    return rows[rows["panel"] == "depth"].set_index("series")


def test_every_population_of_the_element_is_drawn_and_has_its_correlation(runs: Runs) -> None:
    listed = {population.name for population in ELEMENTS["startscale"]}
    assert {curve.population for some in startscale.curves(runs).values() for curve in some} == listed
    found = ranks(runs)
    assert set(found.index) == listed
    for name in found.index:
        frame = runs.frame(str(name))
        rho = stats.spearmanr(frame["d1"] + frame["d2"] + frame["d3"] + frame["d4"], frame["error"]).statistic
        assert found.loc[name, "spearman"] == pytest.approx(rho)
        assert found.loc[name, "low"] < rho < found.loc[name, "high"]
        assert found.loc[name, "n"] == N


def test_curves_of_a_panel_differ_and_keep_the_colours_of_their_spaces(runs: Runs) -> None:
    for some in startscale.curves(runs).values():
        assert all(one.look != other.look for one, other in combinations(some, 2))
        assert {curve.look["color"] for curve in some} == {style.colour(curve.population) for curve in some}


def test_the_papers_numbers_stand_beside_what_starts_at_1(runs: Runs) -> None:
    found = startscale.curves(runs)
    least = {name: [curve.paper.least if curve.paper else None for curve in some] for name, some in found.items()}
    assert least["X, start 0"] == [None, None, None]
    assert least["V"] == [47.0, 46.8, 46.0]
    assert [number is None for number in least["RegNets"]] == [True, False, False, True, False]
    assert None not in least["X, start 1"]


def test_the_picture_fits_the_page_and_is_readable(runs: Runs) -> None:
    figure = startscale.make(runs)
    figure.draw_without_rendering()
    assert figure.get_figwidth() <= style.WIDTH
    assert min(text.get_fontsize() for text in figure.findobj(matplotlib.text.Text)) >= 9
    for ax in figure.findobj(Axes):
        boxes = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text()}
        assert all(-1 <= box.x0 <= box.x1 <= figure.bbox.width + 1 for box in boxes.values())
        assert not [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]


def test_pocket_draws_what_it_has_and_says_what_waits() -> None:
    found = ranks(POCKET)
    if "regnetx-scale1" in POCKET.populations():
        pytest.skip("pocket has branches that start at 1")
    assert {"anynetx_a", "anynetx_e_v", "regnetx_vr"} <= set(found.index)
    assert (found.loc[["anynetx_a_v", "anynetx_e_v", "regnetx_v"], "low"] > 0).all()  # deeper V networks are worse
    caption = startscale.caption(POCKET)
    assert "in regime pocket it is 0 unless said otherwise" in caption
    assert "regnetx-scale1" in caption.split("Not trained yet:")[1]
    assert "3 of 4 panels" in startscale.alt(POCKET)
    assert "regnet sweep pocket" in page.element("startscale", POCKET).html


def test_where_all_branches_start_at_1_nothing_is_shown_or_listed_twice(tmp_path: Path) -> None:
    for name in ("anynetx_a", "anynetx_e", "regnetx", "regnetx_v", "regnetx_vr"):
        seal_population(tmp_path, name, N, regime="smoke")
    smoke = open_runs("smoke", tmp_path / "runs")
    assert [panel.name for panel in startscale.shown(smoke)] == ["X, start 1", "V", "RegNets"]
    assert set(ranks(smoke)["label"]) >= {"AnyNetX_A, start 1", "RegNetV", "RegNetVR, start 1"}
    startscale.make(smoke).draw_without_rendering()
    assert "in regime smoke it is 1" in startscale.caption(smoke)
    for listed in (declared("smoke"), named("smoke", element="startscale"), populations("startscale", smoke)):
        assert len(listed) == len(set(listed))


def test_without_populations_the_page_has_its_notice(tmp_path: Path) -> None:
    (tmp_path / "runs" / "pocket").mkdir(parents=True)
    empty = open_runs("pocket", tmp_path / "runs")
    with pytest.raises(MissingPopulation, match="nothing to draw"):
        startscale.make(empty)
    assert 'class="missing"' in page.element("startscale", empty).html


def test_legends_say_which_start_is_not_the_usual_one() -> None:
    assert labels.label("anynetx_a-scale1") == "AnyNetX_A, start 1"
    assert labels.label("regnetx_vr-scale1") == "RegNetVR, start 1"
