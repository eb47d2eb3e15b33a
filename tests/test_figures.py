"""The figures of section 3, drawn from populations that the real store sealed; errors are chosen by the tests."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from regnet import published
from regnet.analysis.bootstrap import best_range, weights
from regnet.analysis.linear_fit import fit_quantized_linear
from regnet.design.complexity import complexity
from regnet.design.networks import AnyNet
from regnet.design.spaces import spaces
from regnet.design.zoo import zoo
from regnet.figures import fig01, fig02, fig04, fig05, fig06, fig07, fig08, fig09, fig23, tab01
from regnet.figures.panels import captions, style
from regnet.figures.panels.layers import network_layers
from regnet.sweeps.experiments import ELEMENTS, SECTION3
from regnet.sweeps.population import Population
from regnet.sweeps.store import Journal, MissingPopulation, Runs, population_sheet, seal
from regnet.sweeps.sweep import member_tasks

N = 6
MEASURED = ("fig01", "fig02", "fig05", "fig06", "fig07", "fig08", "fig09")
DRAWN = (*MEASURED, "fig03", "fig04", "fig23")
EVERY = (*DRAWN, "tab01")
SEGMENT = {
    "commit": "",
    "dirty": None,
    "device": "test",
    "precision": "bf16",
    "threads": 1,
    "python": "",
    "packages": {},
}


def sealed(folder: Path, populations: tuple[Population, ...], error: Callable[[str, int], float], n: int = N) -> Runs:
    """The first n members of each population in the smoke regime, sealed with the errors given."""
    for population in (p.at("smoke") for p in populations):
        sheet = population_sheet(population, work=folder / "work", runs=folder / "runs")
        recipe = population.recipe
        header = {
            "name": population.name, "recipe": asdict(recipe), "recipe_hash": recipe.hash, "data_sha256": "0" * 64,
            "segment": SEGMENT,
        }  # fmt: skip
        with Journal(sheet.journal, header) as journal:
            for task in member_tasks(population, n):
                e = error(population.name, task.turn)
                status = "diverged" if e == 90.0 else "ok"
                journal.append(task.cells | {"status": status, "error": e, "seconds": 1.0})
        seal(sheet)
    return Runs("smoke", folder / "runs" / "smoke")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Member k of the p-th population has error 30 + p + (5 k mod N)."""
    names = [population.name for population in SECTION3]
    return sealed(tmp_path_factory.mktemp("sealed"), SECTION3, lambda name, k: 30.0 + names.index(name) + 5 * k % N)


def module(name: str) -> ModuleType:
    return importlib.import_module(f"regnet.figures.{name}")


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_draws_within_the_page_in_readable_type(name: str, runs: Runs) -> None:
    fig = module(name).make(runs)
    assert isinstance(fig, Figure)
    fig.draw_without_rendering()
    assert fig.get_figwidth() <= style.WIDTH
    assert min(text.get_fontsize() for text in fig.findobj(Text)) >= 9
    whole = fig.get_tightbbox()  # inches
    assert whole.x0 >= -0.02
    assert whole.y0 >= -0.02
    for ax in fig.findobj(Axes):
        boxes = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text()}
        for words, box in boxes.items():
            assert -1 <= box.x0 <= box.x1 <= fig.bbox.width + 1, words
            assert -1 <= box.y0 <= box.y1 <= fig.bbox.height + 1, words
        crossed = [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]
        assert not crossed


@pytest.mark.parametrize("name", EVERY)
def test_words_can_be_read_alone(name: str, runs: Runs) -> None:
    piece = module(name)
    assert piece.TITLE
    assert len(piece.alt(runs)) >= 20
    assert "nan" not in f"{piece.caption(runs)} {piece.alt(runs)}"


@pytest.mark.parametrize("name", MEASURED)
def test_captions_say_how_many_networks_of_which_regime(name: str, runs: Runs) -> None:
    caption = module(name).caption(runs)
    assert f"n = {N}" in caption
    assert "regime smoke" in caption
    assert "arXiv:2003.13678" in caption


@pytest.mark.parametrize("name", EVERY)
def test_data_is_a_table_and_marks_every_measured_row_as_ours_or_the_papers(name: str, runs: Runs) -> None:
    table = module(name).data(runs)
    assert len(table)
    if name in MEASURED:
        sources = set(table["source"].dropna())
        assert "here, smoke" in sources
        assert any(source.startswith("arXiv:2003.13678") for source in sources)


def test_figures_use_the_populations_that_their_element_lists() -> None:
    listed = {name: {population.name for population in ELEMENTS[name]} for name in EVERY}
    used = {
        "fig01": set(fig01.STEPS),
        "fig02": {fig02.SPACE},
        "fig05": {name for names in fig05.PANELS.values() for name in names} | set(fig05.SHARED),
        "fig06": {fig06.SPACE},
        "fig07": {name for names in fig07.PANELS.values() for name in names},
        "fig08": set(fig08.SPACES),
        "fig09": {name for names in fig09.PANELS.values() for name in names} | set(fig09.SEARCHED),
    }
    assert {name: used.get(name, set()) for name in EVERY} == listed


def test_a_missing_population_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingPopulation, match="anynetx_a"):
        fig02.make(Runs("smoke", tmp_path))


def test_diverged_networks_are_counted_in_the_caption(tmp_path: Path) -> None:
    found = sealed(tmp_path, ELEMENTS["fig02"], lambda _, k: 90.0 if k == 0 else 40.0 + k)
    assert "Diverged, counted with the error of chance: 1 of AnyNetX_A." in fig02.caption(found)
    assert fig02.data(found)["error"].max() == 90.0


def test_edf_is_strict_and_left_continuous(tmp_path: Path) -> None:
    errors = [40.0, 50.0, 50.0, 60.0]
    found = sealed(tmp_path, ELEMENTS["fig02"], lambda _, k: errors[k], n=4)
    rows = fig02.data(found).query("panel == 'EDF'").dropna(subset=["share"])
    assert rows["error"].tolist() == errors
    assert rows["share"].tolist() == [0.0, 0.25, 0.25, 0.75]
    curve = next(line for ax in fig02.make(found).axes for line in ax.lines if "cumulative" in ax.get_ylabel())
    x, y = curve.get_data()
    at = {float(e): float(np.interp(e, x, y)) for e in (39.9, 45.0, 55.0)}
    assert at == {39.9: 0.0, 45.0: 0.25, 55.0: 0.75}
    assert y[-1] == 1.0
    assert x[-1] > 60.0


def test_edf_legends_are_the_populations_and_the_papers_printed_numbers(runs: Runs) -> None:
    legends = fig07.data(runs).dropna(subset=["least_error"])
    printed = published.load("paper_edf_legends").query("figure == 7")
    theirs = legends[legends["source"] == "arXiv:2003.13678 Fig 7"]
    assert sorted(theirs["least_error"]) == sorted(printed["min_error_pct"])
    assert sorted(theirs["mean_error"]) == sorted(printed["mean_error_pct"])
    ours = legends[legends["source"] == "here, smoke"].drop_duplicates("series").set_index("series")
    for name in ours.index:
        errors = runs.frame(str(name))["error"]
        assert ours.loc[name, ["n", "least_error", "mean_error"]].tolist() == [N, errors.min(), errors.mean()]


def test_best_ranges_are_those_of_footnote_4(runs: Runs) -> None:
    frame = runs.frame("anynetx_a")
    rows = fig02.data(runs).query("panel == 'depth d' and source == 'here, smoke'").set_index("statistic")
    depth = frame[["d1", "d2", "d3", "d4"]].sum(axis=1)
    expected = best_range(depth, frame["error"])
    assert tuple(rows.loc[["best low", "best", "best high"], "x"]) == expected
    assert rows.loc["network", "x"].tolist() == depth.tolist()


def test_hover_titles_name_the_network(runs: Runs) -> None:
    titles = [t for ax in fig02.make(runs).axes for c in ax.collections for t in getattr(c, "titles", [])]
    row = runs.frame("anynetx_a").iloc[0]
    assert len(titles) == 2 * N
    assert titles[0].startswith(f"d {row['d1']} {row['d2']} {row['d3']} {row['d4']}, w {row['w1']} ")
    assert titles[0].endswith(f"{row['flops'] / 1e6:.2f} MF, error {row['error']:.1f}%")


def test_winning_weight_stands_beside_the_base_rate_of_each_b(runs: Runs) -> None:
    shares = fig05.data(runs).query("panel == 'b' and series == 'anynetx_c'").set_index("x")
    frame = runs.frame("anynetx_c")
    for b, rows in frame.assign(weight=weights(frame["error"])).groupby("b1"):
        assert shares.loc[b, "base_rate"] == pytest.approx(len(rows) / N)
        assert shares.loc[b, "winning_weight"] == pytest.approx(rows["weight"].sum())
    assert shares["winning_weight"].sum() == pytest.approx(1.0)


def test_figure_6_shows_the_three_best_and_worst_and_the_papers_six(runs: Runs) -> None:
    rows = fig06.data(runs)
    ranked = runs.frame("anynetx_c").sort_values("error")
    best = rows[rows["panel"] == "best here"].drop_duplicates("network")
    worst = rows[rows["panel"] == "worst here"].drop_duplicates("network")
    assert best["network"].tolist() == [f"member {i}" for i in ranked["index"].head(3)]
    assert sorted(worst["error"]) == sorted(ranked["error"].tail(3))
    theirs = rows[rows["source"].str.startswith("arXiv")].drop_duplicates("network")
    assert theirs["error"].tolist() == [38.9, 39.7, 40.4, 72.0, 65.7, 65.0]
    first = rows[rows["network"] == best["network"].iloc[0]]
    depths = ranked.iloc[0][["d1", "d2", "d3", "d4"]].astype(int)
    assert first["width"].tolist() == np.repeat(ranked.iloc[0][["w1", "w2", "w3", "w4"]], depths).tolist()


def test_figure_6_counts_the_networks_whose_widths_never_fall(runs: Runs) -> None:
    ranked = runs.frame("anynetx_c").sort_values(["error", "index"])
    widths = ranked[["w1", "w2", "w3", "w4"]].to_numpy(float)
    rises = (np.diff(widths, axis=1) >= 0).all(axis=1)
    said = f"in {rises[:3].sum()} of the 3 best networks here and in {rises[-3:].sum()} of the 3 worst"
    for words in (fig06.caption(runs), fig06.alt(runs)):
        assert said in words
        assert "in 3 of its 3 good ones and in 0 of its 3 bad ones" in words


def test_figure_8_gives_the_line_through_the_origin_and_each_e_fit(runs: Runs) -> None:
    rows = fig08.data(runs)
    best = rows[(rows["panel"] == "best") & rows["width"].notna()]
    j, w = best["block"].to_numpy(float) + 1, best["width"].to_numpy(float)
    slope = rows["slope"].dropna().item()
    assert slope == pytest.approx(np.linalg.lstsq(j[:, None], w, rcond=None)[0].item())
    groups = rows[rows["panel"] == "e_fit by group"]
    assert groups["series"].value_counts().to_dict() == {
        "RegNetX, published": 12, "RegNetY, published": 12, "ResNet, published": 3,
        "Fig 6 good, paper": 3, "Fig 6 bad, paper": 3,
    }  # fmt: skip
    expected = fit_quantized_linear(zoo["regnetx-400mf"].widths_per_block).error
    assert groups.set_index("network").loc["regnetx-400mf", "x"] == pytest.approx(expected)


def test_a_network_on_a_quantised_line_can_be_drawn_on_a_logarithmic_axis() -> None:
    from regnet.figures.panels import lines

    fig, axes = style.figure(1)
    lines.strips(axes[0], [lines.Group("exact", "here", "#000000", ["one", "two"], np.array([0.0, 0.1]))])
    fig.draw_without_rendering()
    points = axes[0].collections[0].get_offsets()
    assert points[:, 0].tolist() == [lines.FLOOR, 0.1]


def test_random_search_runs_from_the_mean_to_the_least_error(runs: Runs) -> None:
    errors = runs.frame("regnetx")["error"]
    curve = fig09.search(runs, "regnetx")
    assert curve["m"].tolist() == list(range(1, N + 1))
    assert curve["error"].iloc[0] == pytest.approx(errors.mean())
    assert curve["error"].iloc[-1] == pytest.approx(errors.min())
    pairs = [min(a, b) for i, a in enumerate(errors) for b in errors[i + 1 :]]
    assert curve["error"].iloc[1] == pytest.approx(np.mean(pairs))
    digitised = fig09.digitised("regnetx")
    assert digitised["m"].tolist() == [2.0**k for k in range(9)]


def test_table_1_counts_exactly() -> None:
    table = tab01.data(Runs("smoke", Path())).set_index("space")
    assert table["dims"].tolist() == [16, 13, 10, 10, 10, 6]
    printed = published.load("paper_table1_design_spaces").set_index("design_space")["total_computed"].astype(float)
    assert table["formula, exactly"].astype(float).tolist() == printed[table.index].tolist()
    assert table.loc["AnyNetX_E", "counted with ties"] == 817_446_539_520
    assert table.loc["AnyNetX_E", "counted, strict order"] == 349_483_680_000
    for name, total in table["total (paper)"].items():
        assert f"{table.loc[name, 'formula, exactly']:.1e}".replace("e+", "e").replace("e0", "e") == total.replace(
            "e0", "e"
        )


@pytest.mark.parametrize("model", ["regnetx-400mf", "regnety-800mf", "resnet-50", "resnext-101"])
def test_diagram_layers_of_published_networks_have_their_flops(model: str) -> None:
    layers = [layer for _, layer in network_layers(zoo[model], 224, 1000)]
    assert sum(layer.flops for layer in layers) == complexity(zoo[model]).flops


@pytest.mark.parametrize("name", ["X", "R", "V", "VR", "Y"])
def test_diagram_layers_of_every_block_have_the_flops_counted_for_it(name: str) -> None:
    net: AnyNet = fig23.networks()[name]
    layers = [layer for _, layer in network_layers(net, 224, 1000)]
    assert sum(layer.flops for layer in layers) == complexity(net).flops


def test_blocks_have_the_shortcuts_of_the_paper() -> None:
    adds = {name: sum(layer.kind == "add" for layer in layers) for name, layers in fig23.blocks().items()}
    assert adds == {"X": 1, "R": 1, "V": 0, "VR": 1, "Y": 1}
    projections = {
        name: [layer for layer in layers if layer.path == "shortcut"] for name, layers in fig04.blocks().items()
    }
    assert projections["stride 1"] == []
    assert [layer.kind for layer in projections["stride 2"]] == ["conv", "bn"]
    assert projections["stride 2"][0].stride == 2


def test_paper_setting_names_figure_flops_and_epochs() -> None:
    assert re.search(r"Fig 9 \(ImageNet, 400MF, 10 epochs\)", captions.paper_setting(9))
    assert "Fig 5 and arXiv:2003.13678 Fig 9 (ImageNet" in captions.paper_setting(5, 9)


def test_figure_1_names_both_figures_that_print_its_errors(runs: Runs) -> None:
    said = fig01.caption(runs)
    assert {curve.paper.source for curve in fig01.curves(runs)} == {"arXiv:2003.13678 Fig 5", "arXiv:2003.13678 Fig 9"}
    assert "Fig 5 and arXiv:2003.13678 Fig 9" in said


def test_sizes_in_figure_1_are_those_of_the_spaces(runs: Runs) -> None:
    sets: pd.DataFrame = fig01.data(runs).dropna(subset=["size"]).set_index("series")
    assert {name: int(sets.loc[name, "size"]) for name in fig01.STEPS} == {
        name: spaces[name].size("printed") for name in fig01.STEPS
    }
