"""Fig 10 and Fig 23 right, complete, in part and with a single population; panels that wait for theirs."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from layout import check_layout, said
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sealed_runs import seal_population

from regnet import figures, published
from regnet.figures.panels import captions, style
from regnet.figures.panels.edfs import Edfs
from regnet.figures.panels.element import Picture
from regnet.page import page
from regnet.sweeps import labels
from regnet.sweeps.sheets import DamagedSheet
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

N = 8
COMPARED = ("anynetx_a", "anynetx_e", "regnetx")
ELEMENTS = {
    "fig10": [f"{name}{suffix}" for suffix in ("-6mf", "-l5", "_5stage", "_r", "_v", "_vr") for name in COMPARED],
    "fig23right": ["regnetx", "regnetx_r", "regnetx_v", "regnetx_vr"],
}


def sealed(root: Path, *populations: str, n: int = N) -> Runs:
    for name in populations:
        seal_population(root, name, n, regime="smoke")
    return open_runs("smoke", root / "runs")


def picture(name: str, runs: Runs) -> Picture:
    found = figures.element(name, runs)
    assert isinstance(found, Picture)
    return found


def edfs(found: Picture) -> list[Edfs]:
    return [panel for panel in found.panels if isinstance(panel, Edfs)]


def axes(figure: Figure) -> list[Axes]:
    return [ax for ax in figure.axes if ax.get_ylabel() == "cumulative probability"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    names = {name for some in ELEMENTS.values() for name in some}
    return sealed(tmp_path_factory.mktemp("generalisation"), *sorted(names))


@pytest.fixture(scope="module")
def found(runs: Runs) -> dict[str, Picture]:
    return {name: picture(name, runs) for name in ELEMENTS}


@pytest.fixture(scope="module")
def drawn(found: dict[str, Picture]) -> dict[str, Figure]:
    return {name: one.drawn() for name, one in found.items()}


@pytest.mark.parametrize("name", ELEMENTS)
def test_every_population_is_drawn_with_every_network(
    name: str, runs: Runs, found: dict[str, Picture], drawn: dict[str, Figure]
) -> None:
    curves = [curve for panel in edfs(found[name]) for curve in panel.curves]
    assert {curve.population for curve in curves} == {p.name for p in found[name].populations} == set(ELEMENTS[name])
    assert all(curve.errors.tolist() == runs.frame(curve.population)["error"].tolist() for curve in curves)
    assert len(axes(drawn[name])) == len(found[name].panels)


@pytest.mark.parametrize("name", ELEMENTS)
def test_each_number_that_the_paper_prints_stands_beside_its_population(name: str, found: dict[str, Picture]) -> None:
    rows, figure = found[name].data(), int(name[3:5])
    theirs = rows[rows["source"] == f"arXiv:2003.13678 Fig {figure}"]
    printed = published.load("paper_edf_legends").query(f"figure == {figure}")
    assert sorted(theirs["least_error"]) == sorted(printed["min_error_pct"])
    assert sorted(theirs["mean_error"]) == sorted(printed["mean_error_pct"])


def test_the_panels_of_figure_10_have_the_papers_numbers_for_that_panel(found: dict[str, Picture]) -> None:
    least = {panel.name: [c.paper.least for c in panel.curves if c.paper] for panel in edfs(found["fig10"])}
    assert least == {
        "more flops": [35.8, 35.1, 34.6], "longer training": [30.0, 30.0, 29.4], "five stages": [40.4, 38.4, 37.9],
        "R block": [42.9, 42.0, 41.9], "V block": [47.0, 46.8, 46.0], "VR block": [48.1, 47.4, 46.6],
    }  # fmt: skip


def test_legends_of_ours_are_the_least_and_mean_errors(runs: Runs, found: dict[str, Picture]) -> None:
    rows = found["fig10"].data().dropna(subset=["n"]).set_index("series")
    assert set(rows.index) == set(ELEMENTS["fig10"])
    for name in rows.index:
        errors = runs.frame(str(name))["error"]
        assert rows.loc[name, ["n", "least_error", "mean_error"]].tolist() == [N, errors.min(), errors.mean()]


@pytest.mark.parametrize("name", ELEMENTS)
def test_curves_of_one_panel_differ_in_colour_or_line(name: str, found: dict[str, Picture]) -> None:
    for panel in edfs(found[name]):
        assert all(one.look != other.look for one, other in combinations(panel.curves, 2))
        assert {c.look["color"] for c in panel.curves} == {style.colour(c.population) for c in panel.curves}


def test_the_caption_says_both_windows_and_both_lengths(found: dict[str, Picture]) -> None:
    caption = found["fig10"].caption()
    assert "networks of 2.7 to 3 or 5.4 to 6 MF, each trained on 384 or 1,920 images" in caption
    assert f"n = {N} a population" in caption
    assert "Fig 10 (ImageNet, 400MF or 800MF, 10 or 50 epochs)" in caption
    assert "Not trained yet" not in caption
    assert "nan" not in caption + found["fig10"].alt()


def test_the_caption_of_populations_alike_says_one_window_and_one_length(runs: Runs) -> None:
    assert "networks of 2.7 to 3 MF, each trained on 384 images" in captions.setting(runs, ["regnetx", "regnetx_r"])


def test_the_alternative_text_gives_the_order_of_each_panel(runs: Runs, found: dict[str, Picture]) -> None:
    means = {name: runs.frame(f"{name}_vr")["error"].mean() for name in COMPARED}
    best = min(means, key=lambda name: means[name])
    said = f"VR block, mean error from the best: {labels.label(f'{best}_vr')} {means[best]:.1f}%"
    assert said in found["fig10"].alt()


def test_a_missing_panel_says_which_populations_how_many_and_the_command(tmp_path: Path) -> None:
    found = picture("fig10", sealed(tmp_path, "anynetx_a-6mf", "anynetx_e-6mf", "regnetx-6mf", "anynetx_e_vr"))
    figure, caption = found.drawn(), found.caption()
    assert len(axes(figure)) == 1
    waiting = next(text for text in said(figure) if "AnyNetR_A:" in text)
    assert "AnyNetR_E: 0 of 4" in waiting
    assert "regnet sweep smoke anynetx_a_r" in " ".join(waiting.split())
    assert "Estimated cost:" in waiting
    check_layout(figure)
    assert "Not trained yet: AnyNetX_A (5 × as long)" in caption  # the panels' order: the longer training comes first
    assert "AnyNetVR_E" not in caption  # it is trained, and waits for one to compare with
    assert "trained on 384 images" in caption
    assert set(found.data()["panel"]) == {"more flops"}


@pytest.mark.parametrize(
    ("population", "other"),
    [("anynetx_a-6mf", "regnetx-6mf"), ("regnetx-l5", "anynetx_a-l5"), ("anynetx_e_v", "regnetx_v")],
)
def test_one_population_is_no_comparison_and_two_are_enough_for_a_figure(
    population: str, other: str, tmp_path: Path
) -> None:
    with pytest.raises(MissingPopulation, match="nothing to draw"):
        picture("fig10", sealed(tmp_path, population)).drawn()
    found = picture("fig10", sealed(tmp_path, other))
    figure, legend = found.drawn(), found.data().dropna(subset=["n"])
    assert len(axes(figure)) == 1
    assert said(figure).count("0 of 4") == 1  # the row of its panel's third
    assert f"n = {N}" in found.caption()
    assert "1 of 6 panels" in found.alt()
    assert dict(zip(legend["series"], legend["n"], strict=True)) == {population: N, other: N}


def test_a_panel_of_some_of_its_populations_says_what_n_it_has(tmp_path: Path) -> None:
    sealed(tmp_path, "regnetx", n=12)
    found = picture("fig23right", sealed(tmp_path, "regnetx_r", n=5))
    assert "n = 5 to 12" in said(found.drawn())
    assert "n = 12 (RegNetX), 5 (RegNetR)" in found.caption()
    assert "Not trained yet: RegNetV; RegNetVR: 0 of 4 each." in found.caption()


def test_a_population_of_one_network_is_not_drawn(tmp_path: Path) -> None:
    with pytest.raises(MissingPopulation, match=r"4 of 4 populations lack members"):
        picture("fig23right", sealed(tmp_path, "regnetx_vr", n=1)).drawn()


@pytest.mark.parametrize("name", ELEMENTS)
def test_without_any_population_the_page_has_its_notice(name: str, tmp_path: Path) -> None:
    (tmp_path / "runs" / "pocket").mkdir(parents=True)
    html = page.element(name, open_runs("pocket", tmp_path / "runs")).html
    assert 'class="missing"' in html
    assert "regnet sweep pocket" in html


def test_asking_for_more_members_than_there_are_is_missing(runs: Runs) -> None:
    asked = Runs(runs.regime, runs.folder, n=N + 1)
    with pytest.raises(MissingPopulation, match=rf" {N} of {N + 1}.* regnetx_vr .*-n {N + 1}"):
        picture("fig23right", asked).drawn()


def test_a_damaged_population_is_an_error_and_not_a_missing_panel(tmp_path: Path) -> None:
    runs = sealed(tmp_path, "regnetx_r", "regnetx_v")
    csv = runs.folder / "regnetx_r.csv"
    csv.write_text(csv.read_text().replace("ok", "ok ", 1))
    with pytest.raises(DamagedSheet, match="regnetx_r"):
        picture("fig23right", runs).drawn()


def test_names_and_wanted_numbers_follow_the_regime() -> None:
    found = picture("fig10", Runs("imagenet", Path()))
    assert found.populations[0].name == "anynetx_a-800mf"
    assert "RegNetVR: 0 of 500 each" in found.missing()


def test_edfs_are_drawn_from_zero_to_one(drawn: dict[str, Figure]) -> None:
    for ax in axes(drawn["fig23right"]):
        for line in ax.lines:
            y = np.asarray(line.get_ydata(), float)
            assert (y[0], y[-1]) == (0.0, 1.0)
            assert (np.diff(y) >= 0).all()
