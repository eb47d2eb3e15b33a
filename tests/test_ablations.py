"""Figs 14, 19, 20, 21 and 22, complete, in part and with a single population."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from layout import check_layout, said
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats
from sealed_runs import seal_population

from regnet import figures, published
from regnet.analysis.bootstrap import best_range
from regnet.evidence.rates import best_rates
from regnet.figures.panels import rates, style
from regnet.figures.panels.by_flops import ByFlops
from regnet.figures.panels.edfs import Edfs
from regnet.figures.panels.element import Picture
from regnet.figures.panels.rates import Rates
from regnet.page import page
from regnet.page.guide import guide
from regnet.sweeps.population import Population
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

N = 8
ELEMENTS = {
    "fig14": "regnetx_c-l2 regnetx_c-6mf-l2 regnetx_c_resolution-l2 regnetx_c_resolution-6mf-l2 regnetx_c_inverted-l2 "
    "regnetx_c_depthwise-l2 regnety_c-l2",
    "fig19": "regnetx_c-1.5mf-l2 regnetx_c-l2 regnetx_c-6mf-l2 regnetx_c-12mf-l2 regnetx_c_d20-6mf-l2 "
    "regnetx_c_d20-12mf-l2 regnetx_c_3stage-12mf-l2 regnetx_c_inverted-12mf-l2",
    "fig20": "regnety_c-l2 regnety_c-12mf-l2 regnety_c_silu-l2 regnety_c_silu-12mf-l2 regnety_c_depthwise-l2 "
    "regnety_c_depthwise_silu-l2",
    "fig21": "regnetx_c-1.5mf-lrwd regnetx_c-lrwd regnetx_c-6mf-lrwd regnetx_c-l2-lrwd regnetx_c-l5-lrwd",
    "fig22": "efficientnet-l2-lrwd efficientnet-6mf-l2-lrwd",
}
EDFS = ("fig14", "fig19", "fig20")
RATES = ("fig21", "fig22")


def sealed(root: Path, *populations: str, n: int = N) -> Runs:
    for name in populations:
        seal_population(root, name, n, regime="smoke")
    return open_runs("smoke", root / "runs")


def picture(name: str, runs: Runs) -> Picture:
    found = figures.element(name, runs)
    assert isinstance(found, Picture)
    return found


def populations(found: Picture) -> set[str]:
    """Those with rows of ours in the data."""
    rows = found.data()
    rows = rows[rows["source"] == "here, smoke"]
    return set(rows["population"].fillna(rows["series"]) if "population" in rows else rows["series"])


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    names = dict.fromkeys(" ".join(ELEMENTS.values()).split())
    return sealed(tmp_path_factory.mktemp("ablations"), *names)


@pytest.fixture(scope="module")
def found(runs: Runs) -> dict[str, Picture]:
    return {name: picture(name, runs) for name in ELEMENTS}


@pytest.fixture(scope="module")
def drawn(found: dict[str, Picture]) -> dict[str, Figure]:
    return {name: one.drawn() for name, one in found.items()}


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_asks_for_its_populations_draws_them_all_and_can_be_read_alone(
    name: str, found: dict[str, Picture]
) -> None:
    one, figure = found[name], f"arXiv:2003.13678 Fig {int(name[3:])}"
    assert {population.name for population in one.populations} == set(ELEMENTS[name].split()) == populations(one)
    assert set(one.data()["source"]) - {figure} == {"here, smoke"}
    assert f"n = {N} a population" in one.caption()
    assert "regime smoke" in one.caption()
    assert figure in one.caption()
    assert ("were not found" in one.caption()) == (name != "fig14")
    assert "Not trained yet" not in one.caption() + one.alt()
    assert "nan" not in one.caption() + one.alt()
    assert len(one.alt()) > 80


def test_figure_14_has_the_papers_numbers_panel_by_panel(found: dict[str, Picture]) -> None:
    panels = [panel for panel in found["fig14"].panels if isinstance(panel, Edfs)]
    least = {panel.name: [curve.paper.least for curve in panel.curves if curve.paper] for panel in panels}
    assert least == {
        "bottleneck": [30.7, 30.5, 33.2],
        "resolution": [30.7, 31.2, 28.0, 28.2],
        "squeeze-and-excitation": [30.7, 29.8],
    }  # fmt: skip
    assert sum(map(len, least.values())) == len(published.load("paper_edf_legends").query("figure == 14"))


@pytest.mark.parametrize("name", EDFS)
def test_curves_of_one_panel_differ_in_look_and_name(name: str, found: dict[str, Picture]) -> None:
    for panel in found[name].panels:
        pairs = combinations(panel.curves, 2) if isinstance(panel, Edfs) else ()
        assert all(one.look != other.look and one.label != other.label for one, other in pairs)


def test_labels_say_flops_and_side_of_the_regime(drawn: dict[str, Figure]) -> None:
    assert {"3 MF, r = 28", "3 MF, r ≤ 56", "6 MF, r = 28", "6 MF, r ≤ 56"} <= set(said(drawn["fig14"]))
    assert "stages, 12 MF" in said(drawn["fig19"])


def test_the_caption_of_enlarged_images_says_their_sides(runs: Runs, found: dict[str, Picture]) -> None:
    zoom = max(runs.frame(name)["drawn_zoom"].max() for name in ELEMENTS["fig14"].split() if "resolution" in name)
    assert f"at 28 to {round(28 * zoom)} px" in found["fig14"].caption()
    assert "at 28 px" in found["fig20"].caption()


def test_errors_by_flops_are_means_with_the_interval_of_student(runs: Runs, found: dict[str, Picture]) -> None:
    panel = found["fig19"].panels[0]
    assert isinstance(panel, ByFlops)
    table = panel.table.set_index("population")
    assert len(table) == 6
    errors, row = runs.frame("regnetx_c-6mf-l2")["error"], table.loc["regnetx_c-6mf-l2"]
    assert (row["low"], row["high"]) == pytest.approx(stats.t.interval(0.95, N - 1, errors.mean(), errors.sem()))
    assert row[["mean", "flops", "least", "n"]].tolist() == [pytest.approx(errors.mean()), 6e6, errors.min(), N]


def test_error_against_flops_joins_each_space_in_the_order_of_its_windows(drawn: dict[str, Figure]) -> None:
    ax = next(ax for ax in drawn["fig19"].axes if ax.get_xlabel() == "F / F_ref")
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0.5", "1", "2", "4"]
    lines = [np.asarray(line.get_xdata(), float) for line in ax.lines]
    assert sorted(map(len, lines)) == [2, 2, 4, 4]
    assert all((np.diff(x) > 0).all() for x in lines)


@pytest.mark.parametrize("name", RATES)
def test_rates_have_footnote_4_ranges_of_each_population(name: str, runs: Runs, found: dict[str, Picture]) -> None:
    rows = found[name].data()
    for population in ELEMENTS[name].split():
        frame = runs.frame(population)
        lr, decay = frame["drawn_lr"], frame["drawn_weight_decay"]
        for column, x in zip(rates.COLUMNS, (lr, decay, lr * decay), strict=True):
            mine = rows[(rows["series"] == population) & rows["panel"].str.endswith(f": {column}")]
            span = mine.drop_duplicates(["panel", "statistic"]).groupby("statistic")["x"].first()
            assert tuple(span[["best low", "best", "best high"]]) == best_range(x, frame["error"])
            assert set(mine.loc[mine["statistic"] == "network", "x"]) == set(x)


def test_efficientnets_rates_are_geometric_means_of_figure_22s_best_values(
    runs: Runs, found: dict[str, Picture]
) -> None:
    rows, rates_of = found["fig22"].data(), best_rates(runs)
    for column, value in zip(rates.COLUMNS, rates_of, strict=False):
        best = rows.loc[(rows["panel"] == f"across flops: {column}") & (rows["statistic"] == "best"), "x"]
        assert len(best) == 2
        assert value == pytest.approx(stats.gmean(best), rel=0.005)


def test_a_panel_of_rates_marks_what_the_regime_trains_with(drawn: dict[str, Figure]) -> None:
    recipe = Population("regnetx_c", "smoke").recipe
    usual = dict(zip(rates.COLUMNS, (recipe.lr, recipe.weight_decay, recipe.lr * recipe.weight_decay), strict=True))
    axes = [ax for ax in drawn["fig21"].findobj(Axes) if ax.get_xlabel() in usual]
    assert len(axes) == 9
    for ax in axes:
        dotted = [line for line in ax.lines if line.get_linestyle() == ":" and line.get_color() == style.INK]
        assert [line.get_xdata()[0] for line in dotted] == [usual[ax.get_xlabel()]]
        assert ax.get_xscale() == "log"


def test_every_network_with_rates_of_its_own_says_them_on_hover(drawn: dict[str, Figure], runs: Runs) -> None:
    titles = [t for ax in drawn["fig21"].findobj(Axes) for c in ax.collections for t in getattr(c, "titles", [])]
    assert len(titles) == 3 * N * (1 + 3 + 3)
    row = runs.frame("regnetx_c-lrwd").iloc[0]
    assert titles[0].startswith(f"learning rate {rates.short(row['drawn_lr'])}, weight decay ")
    assert titles[0].endswith(f"error {row['error']:.1f}%")


def test_populations_of_one_row_differ_in_line_marker_and_shade(found: dict[str, Picture]) -> None:
    panel = found["fig21"].panels[1]
    assert isinstance(panel, Rates)
    for part in ("color", "linestyle", "marker"):
        assert len({look[part] for look in panel.looks.values()}) == len(panel.looks) == 3


@pytest.mark.parametrize(("mean", "scale"), [(30.0, "linear"), (6.0, "log")])
def test_networks_that_hardly_train_do_not_press_the_others_together(mean: float, scale: str, tmp_path: Path) -> None:
    seal_population(tmp_path, "regnetx_c-lrwd", N, regime="smoke", mean=mean)
    figure = picture("fig21", open_runs("smoke", tmp_path / "runs")).drawn()
    assert {ax.get_yscale() for ax in figure.findobj(Axes) if ax.get_xlabel() in rates.COLUMNS} == {scale}


PAIRS = (
    ("fig14", "regnetx_c-l2", "regnety_c-l2"),
    ("fig14", "regnetx_c-6mf-l2", "regnetx_c_resolution-6mf-l2"),
    ("fig19", "regnetx_c-12mf-l2", "regnetx_c_d20-12mf-l2"),
    ("fig19", "regnetx_c-12mf-l2", "regnetx_c_3stage-12mf-l2"),
    ("fig20", "regnety_c-12mf-l2", "regnety_c_silu-12mf-l2"),
    ("fig20", "regnety_c_depthwise-l2", "regnety_c_depthwise_silu-l2"),
    ("fig21", "regnetx_c-l2-lrwd", "regnetx_c-l5-lrwd"),
)


@pytest.mark.parametrize(("name", "one", "other"), PAIRS)
def test_two_populations_to_compare_are_enough_for_a_figure_and_one_is_not(
    name: str, one: str, other: str, tmp_path: Path
) -> None:
    runs = sealed(tmp_path, one, n=3)
    with pytest.raises(MissingPopulation, match="nothing to draw"):
        picture(name, runs).drawn()
    assert guide(name, runs, "what to look at") is None
    assert 'class="missing"' in page.element(name, runs).html
    two = picture(name, sealed(tmp_path, other, n=3))
    check_layout(two.drawn())
    assert populations(two) == {one, other}
    for words in (two.caption(), two.alt()):
        assert "Not trained yet" in words
    assert "n = 3" in two.caption()


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
    runs = sealed(
        tmp_path, "regnetx_c-l2", "regnety_c-l2", "regnety_c_silu-l2", "regnetx_c-l2-lrwd", "regnetx_c-l5-lrwd"
    )
    drawn = {name: picture(name, runs).drawn() for name in ("fig14", "fig20", "fig21")}
    waiting = {
        name: [" ".join(text.split()) for text in said(figure) if "regnet sweep" in text]
        for name, figure in drawn.items()
    }
    assert len(waiting["fig14"]) == 2  # inverted bottleneck, resolution
    assert waiting["fig20"][0].startswith(
        "Not trained yet: Y, g = 1 (2 × as long): 0 of 4 Y, g = 1, SiLU (2 × as long): 0 of 4 regnet sweep smoke "
        "regnety_c_depthwise-l2 regnety_c_depthwise_silu-l2 Estimated cost:"
    )
    assert "RegNetX C (1.5 MF, rates drawn): 0 of 4" in " ".join(waiting["fig21"])
    assert "regnet sweep smoke regnetx_c-1.5mf-lrwd regnetx_c-lrwd regnetx_c-6mf-lrwd" in " ".join(waiting["fig21"])
    assert f"across training lengths, n = {N}" in said(drawn["fig21"])
    for figure in drawn.values():
        check_layout(figure)


@pytest.mark.parametrize("name", ELEMENTS)
def test_without_any_population_the_page_has_its_notice(name: str, tmp_path: Path) -> None:
    (tmp_path / "runs" / "pocket").mkdir(parents=True)
    html = page.element(name, open_runs("pocket", tmp_path / "runs")).html
    assert 'class="missing"' in html
    assert f"regnet sweep pocket {picture(name, open_runs('pocket')).populations[0].name}" in html
