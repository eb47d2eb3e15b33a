"""Figs 14, 19, 20, 21 and 22, complete, in part and with a single population."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from types import ModuleType

import matplotlib.text
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats
from sealed_runs import seal_population

from regnet import published
from regnet.analysis.bootstrap import best_range
from regnet.figures import fig14, fig19, fig20, fig21, fig22
from regnet.figures.panels import by_flops, rates, style
from regnet.page import page
from regnet.page.guide import guide
from regnet.sweeps.experiments import ELEMENTS
from regnet.sweeps.population import Population
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

N = 8
ELEMENT: dict[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module for module in (fig14, fig19, fig20, fig21, fig22)
}
EDFS: dict[str, ModuleType] = {"fig14": fig14, "fig19": fig19, "fig20": fig20}
RATES: dict[str, ModuleType] = {"fig21": fig21, "fig22": fig22}


def listed(element: str) -> list[str]:
    return [population.name for population in ELEMENTS[element]]


def sealed(root: Path, *populations: str, n: int = N) -> Runs:
    for name in populations:
        seal_population(root, name, n, regime="smoke")
    return open_runs("smoke", root / "runs")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    names = dict.fromkeys(name for element in ELEMENT for name in listed(element))
    return sealed(tmp_path_factory.mktemp("ablations"), *names)


@pytest.fixture(scope="module")
def pictures(runs: Runs) -> dict[str, Figure]:
    return {name: module.make(runs) for name, module in ELEMENT.items()}


def said(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


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


@pytest.mark.parametrize("name", ELEMENT)
def test_every_population_of_the_element_is_in_the_data_with_every_network(name: str, runs: Runs) -> None:
    rows = ELEMENT[name].data(runs)
    column = rows["population"].fillna(rows["series"]) if "population" in rows else rows["series"]
    assert set(column) == set(listed(name))
    assert set(rows["source"]) - {f"arXiv:2003.13678 Fig {int(name[3:])}"} == {"here, smoke"}


@pytest.mark.parametrize("name", ELEMENT)
def test_type_is_readable_and_nothing_leaves_the_page_or_overlaps(name: str, pictures: dict[str, Figure]) -> None:
    check_layout(pictures[name])


@pytest.mark.parametrize("name", ELEMENT)
def test_words_can_be_read_alone(name: str, runs: Runs) -> None:
    caption, alt = ELEMENT[name].caption(runs), ELEMENT[name].alt(runs)
    assert f"n = {N} a population" in caption
    assert "regime smoke" in caption
    assert f"arXiv:2003.13678 Fig {int(name[3:])}" in caption
    assert "nan" not in caption + alt
    assert len(alt) > 80


@pytest.mark.parametrize("name", ["fig19", "fig20", "fig21", "fig22"])
def test_a_figure_whose_numbers_were_not_found_says_so(name: str, runs: Runs) -> None:
    assert "were not found" in ELEMENT[name].caption(runs)


def test_figure_14_has_the_papers_numbers_panel_by_panel(runs: Runs) -> None:
    shown = fig14.curves(runs)
    least = {name: [curve.paper.least for curve in some if curve.paper] for name, some in shown.items()}
    assert least == {
        "bottleneck": [30.7, 30.5, 33.2],
        "resolution": [30.7, 31.2, 28.0, 28.2],
        "squeeze-and-excitation": [30.7, 29.8],
    }  # fmt: skip
    printed = published.load("paper_edf_legends").query("figure == 14")
    assert sum(map(len, least.values())) == len(printed)


@pytest.mark.parametrize("name", EDFS)
def test_curves_of_one_panel_differ_in_look_and_name(name: str, runs: Runs) -> None:
    for some in EDFS[name].curves(runs).values():
        assert all(one.look != other.look and one.name != other.name for one, other in combinations(some, 2))


def test_labels_say_flops_and_side_of_the_regime(pictures: dict[str, Figure]) -> None:
    words = said(pictures["fig14"])
    assert {"3 MF, r = 28", "3 MF, r ≤ 56", "6 MF, r = 28", "6 MF, r ≤ 56"} <= set(words)
    assert "stages, 12 MF" in said(pictures["fig19"])


def test_the_caption_of_enlarged_images_says_their_sides(runs: Runs) -> None:
    zoom = max(runs.frame(name)["drawn_zoom"].max() for name in listed("fig14") if "resolution" in name)
    assert f"at 28 to {round(28 * zoom)} px" in fig14.caption(runs)
    assert "at 28 px" in fig20.caption(runs)


def test_errors_by_flops_are_means_with_the_interval_of_student(runs: Runs) -> None:
    table = by_flops.table(runs, fig19.SERIES).set_index("population")
    assert set(table.index) == {name for name in listed("fig19") if "stage" not in name and "inverted" not in name}
    errors = runs.frame("regnetx_c-6mf-l2")["error"]
    row = table.loc["regnetx_c-6mf-l2"]
    low, high = stats.t.interval(0.95, N - 1, errors.mean(), errors.sem())
    assert row["mean_error"] == pytest.approx(errors.mean())
    assert (row["mean_error"] - row["half_interval"], row["mean_error"] + row["half_interval"]) == pytest.approx(
        (low, high)
    )
    assert (row["flops"], row["least_error"], row["n"]) == (6e6, errors.min(), N)


def test_error_against_flops_joins_each_space_in_the_order_of_its_windows(pictures: dict[str, Figure]) -> None:
    ax = next(ax for ax in pictures["fig19"].axes if ax.get_xlabel() == "flops F (MF)")
    ticks = [tick.get_text() for tick in ax.get_xticklabels()]
    assert ticks == ["1.5", "3", "6", "12"]
    drawn = [np.asarray(line.get_xdata(), float) for line in ax.lines if len(line.get_xdata()) > 1]
    assert drawn
    assert all((np.diff(x) > 0).all() for x in drawn)


@pytest.mark.parametrize("name", RATES)
def test_rates_have_footnote_4_ranges_of_each_population(name: str, runs: Runs) -> None:
    rows = RATES[name].data(runs)
    for population in listed(name):
        frame = runs.frame(population)
        lr, decay = frame["drawn_lr"], frame["drawn_weight_decay"]
        for column, x in zip(rates.COLUMNS, (lr, decay, lr * decay), strict=True):
            mine = rows[(rows["series"] == population) & rows["panel"].str.endswith(f": {column}")]
            span = mine.drop_duplicates(["panel", "statistic"]).groupby("statistic")["x"].first()
            assert tuple(span[["best low", "best", "best high"]]) == best_range(x, frame["error"])
            networks = mine[mine["statistic"] == "network"]
            assert set(networks["x"]) == set(x)


def test_a_panel_of_rates_marks_what_the_regime_trains_with(pictures: dict[str, Figure]) -> None:
    recipe = Population("regnetx_c", regime="smoke").recipe
    usual = dict(zip(rates.COLUMNS, (recipe.lr, recipe.weight_decay, recipe.lr * recipe.weight_decay), strict=True))
    axes = [ax for ax in pictures["fig21"].findobj(Axes) if ax.get_xlabel() in usual]
    assert len(axes) == 9
    for ax in axes:
        dotted = [line for line in ax.lines if line.get_linestyle() == ":" and line.get_color() == style.INK]
        assert [line.get_xdata()[0] for line in dotted] == [usual[ax.get_xlabel()]]
        assert ax.get_xscale() == "log"


def test_every_network_with_rates_of_its_own_says_them_on_hover(pictures: dict[str, Figure], runs: Runs) -> None:
    titles = [t for ax in pictures["fig21"].findobj(Axes) for c in ax.collections for t in getattr(c, "titles", [])]
    assert len(titles) == 3 * N * (1 + 3 + 3)
    row = runs.frame("regnetx_c-lrwd").iloc[0]
    assert titles[0].startswith(f"learning rate {rates.short(row['drawn_lr'])}, weight decay ")
    assert titles[0].endswith(f"error {row['error']:.1f}%")


def test_populations_of_one_row_differ_in_line_marker_and_shade() -> None:
    looks = rates.looks([population.name for population in fig21.ROWS[1].populations])
    for part in ("color", "linestyle", "marker"):
        assert len({look[part] for look in looks.values()}) == len(looks) == 3


def test_networks_that_hardly_train_do_not_press_the_others_together(tmp_path: Path) -> None:
    seal_population(tmp_path, "regnetx_c-lrwd", N, regime="smoke", mean=30.0)
    calm = fig21.make(open_runs("smoke", tmp_path / "runs"))
    seal_population(tmp_path / "wild", "regnetx_c-lrwd", N, regime="smoke", mean=6.0)
    wild = fig21.make(open_runs("smoke", tmp_path / "wild" / "runs"))
    scales = [
        {ax.get_yscale() for ax in figure.findobj(Axes) if ax.get_xlabel() in rates.COLUMNS} for figure in (calm, wild)
    ]
    assert scales == [{"linear"}, {"log"}]


PAIRS = (
    ("fig14", "regnetx_c-l2", "regnety_c-l2"),
    ("fig14", "regnetx_c-6mf-l2", "regnetx_c_resolution-6mf-l2"),
    ("fig19", "regnetx_c-12mf-l2", "regnetx_c_d20-12mf-l2"),
    ("fig19", "regnetx_c-12mf-l2", "regnetx_c_3stage-12mf-l2"),
    ("fig20", "regnety_c-12mf-l2", "regnety_c_silu-12mf-l2"),
    ("fig20", "regnety_c_depthwise-l2", "regnety_c_depthwise_silu-l2"),
    ("fig21", "regnetx_c-l2-lrwd", "regnetx_c-l5-lrwd"),
    ("fig22", "efficientnet-l2-lrwd", "efficientnet-6mf-l2-lrwd"),
)


@pytest.mark.parametrize(("name", "one", "other"), PAIRS)
def test_two_populations_to_compare_are_enough_for_a_figure(name: str, one: str, other: str, tmp_path: Path) -> None:
    runs, module = sealed(tmp_path, one, other, n=3), ELEMENT[name]
    figure = module.make(runs)
    assert isinstance(figure, Figure)
    check_layout(figure)
    assert "n = 3" in module.caption(runs)
    waits = set(listed(name)) != {one, other}
    assert ("Not trained yet" in module.caption(runs)) == ("Not trained yet" in module.alt(runs)) == waits
    rows = module.data(runs)
    rows = rows[rows["source"] == "here, smoke"]
    column = rows["population"].fillna(rows["series"]) if "population" in rows else rows["series"]
    assert set(column) == {one, other}


@pytest.mark.parametrize(("name", "population"), [(name, one) for name, one, _ in PAIRS if name != "fig22"])
def test_one_population_is_no_comparison(name: str, population: str, tmp_path: Path) -> None:
    runs = sealed(tmp_path, population, n=3)
    with pytest.raises(MissingPopulation, match="nothing to draw"):
        ELEMENT[name].make(runs)
    assert guide(name, runs, "what to look at") is None
    assert 'class="missing"' in page.element(name, runs).html


def test_a_guide_speaks_of_the_panels_that_are_drawn(tmp_path: Path) -> None:
    runs = sealed(tmp_path, "regnetx_c-12mf-l2", "regnetx_c_3stage-12mf-l2", n=3)
    parts = {"depth": "Left.", "stages": "Middle.", "bottleneck": "Right."}
    assert (found := guide("fig19", runs, parts)) is not None
    assert found._repr_markdown_() == "Middle."
    assert (whole := guide("fig19", runs, "All.")) is not None
    assert whole._repr_markdown_() == "All."
    with pytest.raises(ValueError, match="no element 'fig99'"):
        guide("fig99", runs, "All.")


def test_missing_panels_say_the_command(tmp_path: Path) -> None:
    runs = sealed(tmp_path, "regnetx_c-l2", "regnety_c-l2", "regnety_c_silu-l2")
    figures = {name: ELEMENT[name].make(runs) for name in ("fig14", "fig20")}
    waiting = {
        name: [" ".join(text.split()) for text in said(figure) if "regnet sweep" in text]
        for name, figure in figures.items()
    }
    assert len(waiting["fig14"]) == 2  # inverted bottleneck, resolution
    assert waiting["fig20"][0].startswith(
        "Not trained yet: regnety_c_depthwise-l2: 0 of 4 regnety_c_depthwise_silu-l2: 0 of 4 regnet sweep smoke "
        "regnety_c_depthwise-l2 regnety_c_depthwise_silu-l2 Estimated cost:"
    )
    for figure in figures.values():
        check_layout(figure)


def test_a_missing_row_of_rates_says_the_command(tmp_path: Path) -> None:
    runs = sealed(tmp_path, "regnetx_c-l2-lrwd", "regnetx_c-l5-lrwd")
    figure = fig21.make(runs)
    check_layout(figure)
    waiting = " ".join(" ".join(said(figure)).split())
    assert "regnetx_c-1.5mf-lrwd: 0 of 4" in waiting
    assert "regnet sweep smoke regnetx_c-1.5mf-lrwd regnetx_c-lrwd regnetx_c-6mf-lrwd" in waiting
    assert f"across training lengths, n = {N}" in waiting


@pytest.mark.parametrize("name", ELEMENT)
def test_without_any_population_the_page_has_its_notice(name: str, tmp_path: Path) -> None:
    (tmp_path / "runs" / "pocket").mkdir(parents=True)
    html = page.element(name, open_runs("pocket", tmp_path / "runs")).html
    assert 'class="missing"' in html
    assert f"regnet sweep pocket {ELEMENTS[name][0].name}" in html
