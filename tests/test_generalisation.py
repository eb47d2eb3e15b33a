"""Fig 10 and Fig 23 right, complete, in part and with a single population; panels that wait for theirs."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import matplotlib.text
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sealed_runs import seal_population

from regnet import published
from regnet.figures import fig10, fig23right
from regnet.figures.panels import captions, edf_grid, style
from regnet.figures.panels import waiting as panels
from regnet.page import page
from regnet.sweeps import labels
from regnet.sweeps.experiments import ELEMENTS
from regnet.sweeps.sheets import DamagedSheet
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

N = 8
ELEMENT = {"fig10": fig10, "fig23right": fig23right}


def sealed(root: Path, *populations: str, n: int = N) -> Runs:
    for name in populations:
        seal_population(root, name, n, regime="smoke")
    return open_runs("smoke", root / "runs")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    names = {population.name for element in ELEMENT for population in ELEMENTS[element]}
    return sealed(tmp_path_factory.mktemp("generalisation"), *sorted(names))


def said(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


def curves(figure: Figure) -> list[Axes]:
    return [ax for ax in figure.axes if ax.get_ylabel() == "cumulative probability"]


@pytest.mark.parametrize("name", ELEMENT)
def test_every_panel_is_drawn_from_the_populations_that_the_element_lists(name: str, runs: Runs) -> None:
    module = ELEMENT[name]
    shown = module.curves(runs)
    drawn = {curve.population for some in shown.values() for curve in some}
    assert drawn == {population.name for population in ELEMENTS[name]}
    assert len(curves(module.make(runs))) == len(shown)
    assert all(curve.errors.tolist() == runs.frame(curve.population)["error"].tolist()
               for some in shown.values() for curve in some)  # fmt: skip


@pytest.mark.parametrize(("name", "figure"), [("fig10", 10), ("fig23right", 23)])
def test_each_number_that_the_paper_prints_stands_beside_its_population(name: str, figure: int, runs: Runs) -> None:
    rows = ELEMENT[name].data(runs)
    theirs = rows[rows["source"] == f"arXiv:2003.13678 Fig {figure}"]
    printed = published.load("paper_edf_legends").query(f"figure == {figure}")
    assert sorted(theirs["least_error"]) == sorted(printed["min_error_pct"])
    assert sorted(theirs["mean_error"]) == sorted(printed["mean_error_pct"])


def test_the_panels_of_figure_10_have_the_papers_numbers_for_that_panel(runs: Runs) -> None:
    least = {name: [curve.paper.least for curve in some if curve.paper] for name, some in fig10.curves(runs).items()}
    assert least == {
        "more flops": [35.8, 35.1, 34.6], "longer training": [30.0, 30.0, 29.4], "five stages": [40.4, 38.4, 37.9],
        "R block": [42.9, 42.0, 41.9], "V block": [47.0, 46.8, 46.0], "VR block": [48.1, 47.4, 46.6],
    }  # fmt: skip


def test_legends_of_ours_are_the_least_and_mean_errors(runs: Runs) -> None:
    rows = fig10.data(runs).dropna(subset=["n"]).set_index("series")
    for name in rows.index:
        errors = runs.frame(str(name))["error"]
        assert rows.loc[name, ["n", "least_error", "mean_error"]].tolist() == [N, errors.min(), errors.mean()]


@pytest.mark.parametrize("name", ELEMENT)
def test_curves_of_one_panel_differ_in_colour_or_line(name: str, runs: Runs) -> None:
    for some in ELEMENT[name].curves(runs).values():
        assert all(one.look != other.look for one, other in combinations(some, 2))
        assert {curve.look["color"] for curve in some} == {style.colour(curve.population) for curve in some}


@pytest.mark.parametrize("name", ELEMENT)
def test_type_is_readable_and_nothing_leaves_the_page_or_overlaps(name: str, runs: Runs) -> None:
    figure = ELEMENT[name].make(runs)
    check_layout(figure)


def check_layout(figure: Figure) -> None:
    figure.draw_without_rendering()
    assert figure.get_figwidth() <= style.WIDTH
    assert min(text.get_fontsize() for text in figure.findobj(matplotlib.text.Text)) >= 9
    for ax in figure.findobj(Axes):
        boxes = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text()}
        for words, box in boxes.items():
            assert -1 <= box.x0 <= box.x1 <= figure.bbox.width + 1, words
            assert -1 <= box.y0 <= box.y1 <= figure.bbox.height + 1, words
        assert not [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]


def test_the_caption_says_both_windows_and_both_lengths(runs: Runs) -> None:
    caption = fig10.caption(runs)
    assert "networks of 2.7 to 3 or 5.4 to 6 MF, each trained on 384 or 1,920 images" in caption
    assert f"n = {N} a population" in caption
    assert "Fig 10 (ImageNet, 400MF or 800MF, 10 or 50 epochs)" in caption
    assert "Not trained yet" not in caption
    assert "nan" not in caption + fig10.alt(runs)


def test_the_caption_of_populations_alike_says_one_window_and_one_length(runs: Runs) -> None:
    said = captions.setting(runs, ["regnetx", "regnetx_r"])
    assert "networks of 2.7 to 3 MF, each trained on 384 images" in said


def test_the_alternative_text_gives_the_order_of_each_panel(runs: Runs) -> None:
    alt = fig10.alt(runs)
    means = {name: runs.frame(f"{name}_vr")["error"].mean() for name in ("anynetx_a", "anynetx_e", "regnetx")}
    best = min(means, key=lambda name: means[name])
    assert f"VR block, mean error from the best: {labels.label(f'{best}_vr')} {means[best]:.1f}%" in alt


def test_a_missing_panel_says_which_populations_how_many_and_the_command(tmp_path: Path) -> None:
    runs = sealed(tmp_path, "anynetx_a-6mf", "anynetx_e-6mf", "regnetx-6mf")
    figure = fig10.make(runs)
    assert len(curves(figure)) == 1
    waiting = next(text for text in said(figure) if "anynetx_a_r:" in text)
    assert "anynetx_e_r: 0 of 4" in waiting
    assert "regnet sweep smoke anynetx_a_r" in " ".join(waiting.split())
    assert "Estimated cost:" in waiting
    check_layout(figure)
    caption = fig10.caption(runs)
    assert "Not trained yet: anynetx_a_5stage" not in caption  # the panels' order: the longer training comes first
    assert "Not trained yet: anynetx_a-l5" in caption
    assert "trained on 384 images" in caption
    assert set(fig10.data(runs)["panel"]) == {"more flops"}


@pytest.mark.parametrize("population", ["anynetx_a-6mf", "regnetx-l5", "anynetx_e_v", "regnetx_5stage"])
def test_a_single_population_is_no_comparison(population: str, tmp_path: Path) -> None:
    with pytest.raises(MissingPopulation, match="nothing to draw"):
        fig10.make(sealed(tmp_path, population))


@pytest.mark.parametrize(
    ("population", "other"),
    [("anynetx_a-6mf", "regnetx-6mf"), ("regnetx-l5", "anynetx_a-l5"), ("anynetx_e_v", "regnetx_v")],
)
def test_two_populations_are_enough_for_a_figure(population: str, other: str, tmp_path: Path) -> None:
    runs = sealed(tmp_path, population, other)
    figure = fig10.make(runs)
    assert len(curves(figure)) == 1
    assert said(figure).count("0 of 4") == 1  # the row of its panel's third
    assert f"n = {N}" in fig10.caption(runs)
    assert "1 of six panels" in fig10.alt(runs)
    legend = fig10.data(runs).dropna(subset=["n"])
    assert dict(zip(legend["series"], legend["n"], strict=True))[population] == N


def test_a_panel_of_some_of_its_populations_says_what_n_it_has(tmp_path: Path) -> None:
    sealed(tmp_path, "regnetx", n=12)
    runs = sealed(tmp_path, "regnetx_r", n=5)
    assert "n = 5 to 12" in said(fig23right.make(runs))
    assert "n = 12 (RegNetX), 5 (RegNetR)" in fig23right.caption(runs)
    assert "regnetx_v, regnetx_vr (0 of 4)" in fig23right.caption(runs)


def test_a_population_of_one_network_is_not_drawn(tmp_path: Path) -> None:
    runs = sealed(tmp_path, "regnetx_vr", n=1)
    with pytest.raises(MissingPopulation, match=r"regnetx_vr \(1 of 4\)"):
        fig23right.make(runs)


@pytest.mark.parametrize("name", ELEMENT)
def test_without_any_population_the_page_has_its_notice(name: str, tmp_path: Path) -> None:
    (tmp_path / "runs" / "pocket").mkdir(parents=True)
    element = page.element(name, open_runs("pocket", tmp_path / "runs"))
    assert 'class="missing"' in element.html
    assert "regnet sweep pocket" in element.html


def test_asking_for_more_members_than_there_are_is_missing(runs: Runs) -> None:
    asked = Runs(runs.regime, runs.folder, n=N + 1)
    assert panels.present(asked, ["regnetx", "regnetx_r"]) == []
    assert panels.words(asked, ["regnetx"]) == f"Not trained yet: regnetx ({N} of {N + 1})."
    with pytest.raises(MissingPopulation, match=rf"regnet sweep smoke regnetx -n {N + 1}"):
        panels.require(asked, ["regnetx"])


def test_a_damaged_population_is_an_error_and_not_a_missing_panel(tmp_path: Path) -> None:
    runs = sealed(tmp_path, "regnetx_r", "regnetx_v")
    csv = runs.folder / "regnetx_r.csv"
    csv.write_text(csv.read_text().replace("ok", "ok ", 1))
    with pytest.raises(DamagedSheet, match="regnetx_r"):
        fig23right.make(runs)


def test_labels_and_names_follow_the_regime() -> None:
    imagenet = Runs("imagenet", Path())
    assert edf_grid.names(imagenet, fig10.PANELS)[0] == "anynetx_a-800mf"
    assert panels.state(imagenet, "regnetx_vr") == "0 of 500"


def test_edfs_are_drawn_from_zero_to_one(runs: Runs) -> None:
    for ax in curves(fig23right.make(runs)):
        for line in ax.lines:
            y = np.asarray(line.get_ydata(), float)
            assert (y[0], y[-1]) == (0.0, 1.0)
            assert (np.diff(y) >= 0).all()
