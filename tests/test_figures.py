"""The figures of section 3, drawn from populations that the real store sealed; errors are chosen by the tests."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sealed_runs import seal_population

from regnet import figures, published
from regnet.analysis.bootstrap import best_range, weights
from regnet.analysis.linear_fit import fit_quantized_linear
from regnet.design.complexity import complexity
from regnet.design.spaces import spaces
from regnet.design.zoo import zoo
from regnet.figures import fig23
from regnet.figures.panels import captions, lines
from regnet.figures.panels.diagrams import BlockDiagram
from regnet.figures.panels.element import Element, Picture
from regnet.figures.panels.layers import network_layers
from regnet.figures.panels.panel import Cell
from regnet.figures.panels.profiles import Profiles
from regnet.sweeps.experiments import SECTION3
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

N = 6
POPULATIONS = {
    "fig01": ["anynetx_a", "anynetx_c", "regnetx"],
    "fig02": ["anynetx_a"],
    "fig05": ["anynetx_a", "anynetx_b", "anynetx_c"],
    "fig06": ["anynetx_c"],
    "fig07": ["anynetx_c", "anynetx_d", "anynetx_c_w_const", "anynetx_c_w_decreasing", "anynetx_e", "anynetx_d_d_const",
              "anynetx_d_d_decreasing"],
    "fig08": ["anynetx_e", "anynetx_c", "anynetx_d"],
    "fig09": ["anynetx_a", "anynetx_e", "regnetx", "regnetx_wm2", "regnetx_w0_wa"],
}  # fmt: skip
MEASURED = tuple(POPULATIONS)
DRAWN = (*MEASURED, "fig03", "fig04", "fig23")
EVERY = (*DRAWN, "tab01")
SMOKE = Runs("smoke", Path())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Member k of the p-th population has error 30 + p + (5 k mod N)."""
    root = tmp_path_factory.mktemp("sealed")
    for p, name in enumerate(SECTION3):
        seal_population(root, name, N, regime="smoke", errors=[30.0 + p + 5 * k % N for k in range(N)])
    return open_runs("smoke", root / "runs")


@cache
def of(name: str, runs: Runs) -> Element:
    return figures.element(name, runs)


@cache
def drawn(name: str, runs: Runs) -> Figure:
    fig = of(name, runs).drawn()
    assert isinstance(fig, Figure)
    return fig


def panels(name: str, runs: Runs) -> list[object]:
    found = of(name, runs)
    assert isinstance(found, Picture)
    return list(found.panels)


@pytest.mark.parametrize("name", MEASURED)
def test_captions_say_how_many_networks_of_which_regime(name: str, runs: Runs) -> None:
    caption = of(name, runs).caption()
    assert f"n = {N}" in caption
    assert "regime smoke" in caption
    assert "arXiv:2003.13678" in caption


@pytest.mark.parametrize("name", MEASURED)
def test_data_marks_every_measured_row_as_ours_or_the_papers(name: str, runs: Runs) -> None:
    sources = set(of(name, runs).data()["source"].dropna())
    assert "here, smoke" in sources
    assert any(source.startswith("arXiv:2003.13678") for source in sources)


@pytest.mark.parametrize("name", EVERY)
def test_figures_ask_for_their_populations_before_anything_is_read(name: str) -> None:
    assert [population.name for population in of(name, SMOKE).populations] == POPULATIONS.get(name, [])


def test_a_missing_population_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingPopulation, match="anynetx_a"):
        figures.element("fig02", Runs("smoke", tmp_path)).drawn()


def test_diverged_networks_are_counted_in_the_caption(tmp_path: Path) -> None:
    seal_population(tmp_path, "anynetx_a", 3, regime="smoke", errors=[90.0, 41.0, 42.0])
    found = figures.element("fig02", open_runs("smoke", tmp_path / "runs"))
    assert "Diverged, counted with the error of chance: 1 of AnyNetX_A." in found.caption()
    assert found.data()["error"].max() == 90.0


def test_edf_is_strict_and_left_continuous(tmp_path: Path) -> None:
    errors = [40.0, 50.0, 50.0, 60.0]
    seal_population(tmp_path, "anynetx_a", 4, regime="smoke", errors=errors)
    found = open_runs("smoke", tmp_path / "runs")
    rows = of("fig02", found).data().query("panel == 'EDF'").dropna(subset=["share"])
    assert rows["error"].tolist() == errors
    assert rows["share"].tolist() == [0.0, 0.25, 0.25, 0.75]
    curve = next(line for ax in drawn("fig02", found).axes for line in ax.lines if "cumulative" in ax.get_ylabel())
    x, y = curve.get_data()
    at = {float(e): float(np.interp(e, x, y)) for e in (39.9, 45.0, 55.0)}
    assert at == {39.9: 0.0, 45.0: 0.25, 55.0: 0.75}
    assert y[-1] == 1.0
    assert x[-1] > 60.0


def test_edf_legends_are_the_populations_and_the_papers_printed_numbers(runs: Runs) -> None:
    legends = of("fig07", runs).data().dropna(subset=["least_error"])
    printed = published.load("paper_edf_legends").query("figure == 7")
    theirs = legends[legends["source"] == "arXiv:2003.13678 Fig 7"]
    assert sorted(theirs["least_error"]) == sorted(printed["min_error_pct"])
    assert sorted(theirs["mean_error"]) == sorted(printed["mean_error_pct"])
    ours = legends[legends["source"] == "here, smoke"].drop_duplicates("series").set_index("series")
    for name in ours.index:
        errors = runs.frame(str(name))["error"]
        assert ours.loc[name, ["n", "least_error", "mean_error"]].tolist() == [N, errors.min(), errors.mean()]


def test_figure_1_takes_its_errors_from_both_figures_that_print_them(runs: Runs) -> None:
    legends = of("fig01", runs).data().dropna(subset=["least_error"])
    theirs = legends[legends["source"] != "here, smoke"].set_index("series")["source"]
    five, nine = "arXiv:2003.13678 Fig 5", "arXiv:2003.13678 Fig 9"
    assert theirs.to_dict() == {"anynetx_a": five, "anynetx_c": five, "regnetx": nine}
    assert f"{five} and {nine} (ImageNet" in of("fig01", runs).caption()


def test_sizes_in_figure_1_are_those_of_the_spaces(runs: Runs) -> None:
    sets: pd.DataFrame = of("fig01", runs).data().dropna(subset=["size"]).set_index("series")
    assert sets["size"].to_dict() == {name: spaces[name].size("printed") for name in POPULATIONS["fig01"]}


def test_best_ranges_are_those_of_footnote_4(runs: Runs) -> None:
    frame = runs.frame("anynetx_a")
    rows = of("fig02", runs).data().query("panel == 'depth d' and source == 'here, smoke'").set_index("statistic")
    depth = frame[["d1", "d2", "d3", "d4"]].sum(axis=1)
    assert tuple(rows.loc[["best low", "best", "best high"], "x"]) == best_range(depth, frame["error"])
    assert rows.loc["network", "x"].tolist() == depth.tolist()


def test_hover_titles_name_the_network(runs: Runs) -> None:
    titles = [t for ax in drawn("fig02", runs).axes for c in ax.collections for t in getattr(c, "titles", [])]
    row = runs.frame("anynetx_a").iloc[0]
    assert len(titles) == 2 * N
    assert titles[0].startswith(f"d {row['d1']} {row['d2']} {row['d3']} {row['d4']}, w {row['w1']} ")
    assert titles[0].endswith(f"{row['flops'] / 1e6:.2f} MF, error {row['error']:.1f}%")


def test_winning_weight_stands_beside_the_base_rate_of_each_b(runs: Runs) -> None:
    shares = of("fig05", runs).data().query("panel == 'b' and series == 'anynetx_c'").set_index("x")
    frame = runs.frame("anynetx_c")
    for b, rows in frame.assign(weight=weights(frame["error"])).groupby("b1"):
        assert shares.loc[b, "base_rate"] == pytest.approx(len(rows) / N)
        assert shares.loc[b, "winning_weight"] == pytest.approx(rows["weight"].sum())
    assert shares["winning_weight"].sum() == pytest.approx(1.0)


def test_figure_6_shows_the_three_best_and_worst_and_the_papers_six(runs: Runs) -> None:
    rows = of("fig06", runs).data()
    ranked = runs.frame("anynetx_c").sort_values("error")
    best = rows[rows["panel"] == "best here"].drop_duplicates("network")
    worst = rows[rows["panel"] == "worst here"].drop_duplicates("network")
    assert best["network"].tolist() == [f"member {i}" for i in ranked["index"].head(3)]
    assert worst["error"].tolist() == ranked["error"].tail(3).tolist()
    theirs = rows[rows["source"].str.startswith("arXiv")].drop_duplicates("network")
    assert theirs["error"].tolist() == [38.9, 39.7, 40.4, 72.0, 65.7, 65.0]
    first = rows[rows["network"] == best["network"].iloc[0]]
    depths = ranked.iloc[0][["d1", "d2", "d3", "d4"]].astype(int)
    assert first["width"].tolist() == np.repeat(ranked.iloc[0][["w1", "w2", "w3", "w4"]], depths).tolist()


def test_profiles_of_figure_6_lie_on_common_axes(runs: Runs) -> None:
    axes = drawn("fig06", runs).axes
    assert len(axes) == 12
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in axes}) == 1


def test_an_axis_is_as_long_as_its_deepest_network(runs: Runs) -> None:
    shown = Profiles(runs, "all", population=runs.population("anynetx_c"), blocks=2)
    fig = Figure()
    shown.draw(Cell(fig, fig.add_gridspec(1, 1)[0], 0, 2, 8))
    assert fig.axes[0].get_xlim()[1] == runs.frame("anynetx_c")[["d1", "d2", "d3", "d4"]].sum(axis=1).max()


def test_figure_6_counts_the_networks_whose_widths_never_fall(runs: Runs) -> None:
    ranked = runs.frame("anynetx_c").sort_values(["error", "index"])
    widths = ranked[["w1", "w2", "w3", "w4"]].to_numpy(float)
    rises = (np.diff(widths, axis=1) >= 0).all(axis=1)
    said = f"in {rises[:3].sum()} of the 3 best networks here and in {rises[-3:].sum()} of the 3 worst"
    for words in (of("fig06", runs).caption(), of("fig06", runs).alt()):
        assert said in words
        assert "in 3 of its 3 good ones and in 0 of its 3 bad ones" in words


def test_figure_8_gives_the_line_through_the_origin_and_each_e_fit(runs: Runs) -> None:
    rows = of("fig08", runs).data()
    best = rows[(rows["panel"] == "best") & (rows["source"] == "here, smoke")]
    blocks = best.dropna(subset=["width"])
    j, w = blocks["block"].to_numpy(float) + 1, blocks["width"].to_numpy(float)
    assert best["slope"].dropna().item() == pytest.approx(np.linalg.lstsq(j[:, None], w, rcond=None)[0].item())
    assert rows.loc[rows["source"].str.startswith("arXiv"), "slope"].dropna().item() == 48
    groups = rows[rows["panel"] == "e_fit by group"]
    assert groups["series"].value_counts().to_dict() == {
        "RegNetX, published": 12, "RegNetY, published": 12, "ResNet, published": 3,
        "Fig 6 good, paper": 3, "Fig 6 bad, paper": 3,
    }  # fmt: skip
    expected = fit_quantized_linear(zoo["regnetx-400mf"].widths_per_block).error
    assert groups.set_index("network").loc["regnetx-400mf", "x"] == pytest.approx(expected)


def test_figure_8_draws_the_papers_printed_fits_and_the_best_ones_found_here(runs: Runs) -> None:
    fits = of("fig08", runs).data().dropna(subset=["e_fit"])
    theirs = fits[fits["source"].str.startswith("arXiv")]
    assert theirs[["w_a", "w_0", "w_m"]].to_numpy().tolist() == [[30, 80, 1.9], [61, 48, 2.2]]
    row = runs.frame("anynetx_e").sort_values(["error", "index"]).iloc[0]
    widths = np.repeat(row[["w1", "w2", "w3", "w4"]].to_numpy(float), row[["d1", "d2", "d3", "d4"]].to_numpy(int))
    found = fit_quantized_linear(widths)
    assert fits[["w_a", "w_0", "w_m", "e_fit"]].iloc[0].tolist() == [found.w_a, found.w_0, found.w_m, found.error]


def test_a_network_on_a_quantised_line_can_be_drawn_on_a_logarithmic_axis(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = lines.Group("exact", "here", "#000000", ["one", "two"], np.array([0.0, 0.1]))
    monkeypatch.setattr(lines, "published_groups", lambda: [exact])
    fig = Figure()
    lines.Strips(SMOKE, "strips", ()).draw(Cell(fig, fig.add_gridspec(1, 1)[0], 0, 2, 8))
    fig.draw_without_rendering()
    assert fig.axes[0].collections[0].get_offsets()[:, 0].tolist() == [lines.FLOOR, 0.1]


def test_random_search_runs_from_the_mean_to_the_least_error(runs: Runs) -> None:
    rows = of("fig09", runs).data().query("panel == 'random search' and series == 'regnetx'")
    errors, curve = runs.frame("regnetx")["error"], rows[rows["source"] == "here, smoke"]
    pairs = [min(pair) for pair in combinations(errors, 2)]
    assert curve["m"].tolist() == list(range(1, N + 1))
    assert curve["error"].iloc[[0, 1, -1]].tolist() == pytest.approx([errors.mean(), np.mean(pairs), errors.min()])
    assert (curve["low"] <= curve["error"]).all()
    theirs = rows[rows["source"].str.startswith("arXiv")]
    assert theirs["m"].tolist() == [2.0**k for k in range(9)]


def test_table_1_counts_exactly() -> None:
    table = of("tab01", SMOKE).data().set_index("space")
    assert table["dims"].tolist() == [16, 13, 10, 10, 10, 6]
    printed = published.load("paper_table1_design_spaces").set_index("design_space")["total_computed"].astype(float)
    assert table["formula, exactly"].astype(float).tolist() == printed[table.index].tolist()
    assert table.loc["AnyNetX_E", "counted with ties"] == 817_446_539_520
    assert table.loc["AnyNetX_E", "counted, strict order"] == 349_483_680_000
    for total, exact in zip(table["total (paper)"], table["formula, exactly"], strict=True):
        assert f"{exact:.1e}" == f"{float(total):.1e}"


@pytest.mark.parametrize("model", ["regnetx-400mf", "regnety-800mf", "resnet-50", "resnext-101"])
def test_diagram_layers_of_published_networks_have_their_flops(model: str) -> None:
    assert sum(layer.flops for _, layer in network_layers(zoo[model], 224, 1000)) == complexity(zoo[model]).flops


@pytest.mark.parametrize("name", ["X", "R", "V", "VR", "Y"])
def test_diagram_layers_of_every_block_have_the_flops_counted_for_it(name: str) -> None:
    net = fig23.networks()[name]
    assert sum(layer.flops for _, layer in network_layers(net, 224, 1000)) == complexity(net).flops


def test_blocks_have_the_shortcuts_of_the_paper() -> None:
    def layers(name: str) -> dict[str, list[tuple[str, str, int]]]:
        blocks = [panel for panel in panels(name, SMOKE) if isinstance(panel, BlockDiagram)]
        return {block.name: [(layer.path, layer.kind, layer.stride) for layer in block.layers] for block in blocks}

    adds = {name: sum(kind == "add" for _, kind, _ in found) for name, found in layers("fig23").items()}
    assert adds == {"X": 1, "R": 1, "V": 0, "VR": 1, "Y": 1}
    side = {name: [rest for path, *rest in found if path == "shortcut"] for name, found in layers("fig04").items()}
    assert side == {"stride 1": [], "stride 2": [["conv", 2], ["bn", 1]]}


def test_paper_setting_names_figure_flops_and_epochs() -> None:
    assert re.search(r"Fig 9 \(ImageNet, 400MF, 10 epochs\)", captions.paper_setting(9))
