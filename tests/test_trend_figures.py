"""Figures 11, 12, 13 and the limits, drawn from sealed populations that grow with flops, all of them or some."""

from __future__ import annotations

import importlib
import re
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy import stats
from sealed_runs import SEGMENT

from regnet import published
from regnet.analysis import best_trends, growth
from regnet.analysis.bootstrap import best_range, weights
from regnet.figures import fig11, fig12, fig13, limits
from regnet.figures.panels import operators, style, timed, trends
from regnet.sweeps import timings
from regnet.sweeps.experiments import ELEMENTS
from regnet.sweeps.population import Population
from regnet.sweeps.store import Journal, MissingPopulation, Runs, population_sheet, seal
from regnet.sweeps.sweep import member_tasks

N = 12
EVERY = ("fig11", "fig12", "limits", "fig13")
U = [population.name for population in ELEMENTS["fig11"]]
GROWN = [population.name for population in ELEMENTS["fig12"]]  # U, and one flop regime more
C = [population.name for population in ELEMENTS["fig13"] if population.space == "regnetx_c"]


def sealed(folder: Path, names: list[str], n: int = N) -> Runs:
    """The first n members of each in the smoke regime; the error falls with F and is least near d = 16."""
    for name in names:
        population = Population.parse(name, "smoke")
        sheet = population_sheet(population, work=folder / "work", runs=folder / "runs")
        header = {
            "name": name, "recipe": asdict(population.recipe), "recipe_hash": population.recipe.hash,
            "data_sha256": "0" * 64, "segment": SEGMENT,
        }  # fmt: skip
        with Journal(sheet.journal, header) as journal:
            for task in member_tasks(population, n):
                away = abs(np.log2(float(str(task.cells["drawn_d"])) / 16))
                error = 20 - np.log2(population.multiple) + 2 * away + 0.01 * task.turn
                journal.append(task.cells | {"status": "ok", "error": round(float(error), 3), "seconds": 1.0})
        seal(sheet)
    return Runs("smoke", folder / "runs" / "smoke")


def timing(runs: Runs, names: list[str], device: str, **also: Any) -> None:
    """Times of every member: 2 ms a MF and 0.3 ms a thousand activations."""
    about = {
        "device": device, "regime": runs.regime, "model": "", "resolution": 28, "batch": 64, "precision": "fp32",
        "train": False, "threads": 1, "status": "ok", "repeats": 5, "images": 64, "torch": "2", "cuda": "",
        "cudnn": "", "date": "2020-03-30", "commit": "", "dirty": False,
    }  # fmt: skip
    rows = []
    for name in names:
        for row in runs.frame(name).to_dict("records"):
            ms = 2e-6 * row["flops"] + 3e-4 * row["acts"]
            kept = {key: row[key] for key in ("index", "network_id", "flops", "params", "acts")}
            rows.append(about | kept | {"population": name, "ms_median": ms, "ms_q1": ms, "ms_q3": ms} | also)
    timings.write(rows, runs.folder.parent / timings.FOLDER / f"{timings.slug(device)}.csv")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    names = [*GROWN, *C, *(population.name for population in ELEMENTS["limits"])]
    found = sealed(tmp_path_factory.mktemp("trends"), names)
    timing(found, GROWN, "a test's processor")
    return found


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """One flop regime of U, one sample with seed 1, nothing timed."""
    return sealed(tmp_path_factory.mktemp("part"), ["regnetx-l2", "regnetx-l2-s1"])


def module(name: str) -> ModuleType:
    return importlib.import_module(f"regnet.figures.{name}")


@pytest.mark.parametrize("some", ["runs", "part"])
@pytest.mark.parametrize("name", EVERY)
def test_every_figure_draws_within_the_page_in_readable_type(
    name: str, some: str, request: pytest.FixtureRequest
) -> None:
    fig = module(name).make(request.getfixturevalue(some))
    assert isinstance(fig, Figure)
    fig.draw_without_rendering()
    assert fig.get_figwidth() <= style.WIDTH
    assert min(text.get_fontsize() for text in fig.findobj(Text)) >= 9
    for ax in fig.findobj(Axes):
        words = [text for text in (*ax.texts, ax.title, ax._left_title) if text.get_text()]
        boxes = {text.get_text(): text.get_window_extent() for text in words}
        for said, box in boxes.items():
            assert -1 <= box.x0 <= box.x1 <= fig.bbox.width + 1, said
            assert -1 <= box.y0 <= box.y1 <= fig.bbox.height + 1, said
        assert not [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]


@pytest.mark.parametrize("some", ["runs", "part"])
@pytest.mark.parametrize("name", EVERY)
def test_words_can_be_read_alone(name: str, some: str, request: pytest.FixtureRequest) -> None:
    found, piece = request.getfixturevalue(some), module(name)
    caption, alt = piece.caption(found), piece.alt(found)
    assert piece.TITLE
    assert len(alt) >= 20
    assert "nan" not in f"{caption} {alt}"
    assert f"n = {N}" in caption
    assert "regime smoke" in caption
    assert "F_ref is 3 MF here and stands for the paper's 400MF in name only" in caption or name == "limits"


@pytest.mark.parametrize("name", EVERY)
def test_data_marks_every_row_as_ours_or_the_papers(name: str, runs: Runs) -> None:
    table = module(name).data(runs)
    sources = set(table["source"])
    assert "here, smoke" in sources
    assert all(source.startswith(("here, smoke", "arXiv:2003.13678", "computed")) for source in sources)
    assert (name == "limits") == (not any(source.startswith("arXiv") for source in sources))


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_drawn_without_any_population(name: str, tmp_path: Path) -> None:
    with pytest.raises(MissingPopulation, match=r"regnet sweep smoke .*regnetx-l2"):
        module(name).make(Runs("smoke", tmp_path))


@pytest.mark.parametrize("name", EVERY)
def test_what_is_missing_is_named(name: str, part: Runs) -> None:
    caption = module(name).caption(part)
    lacking = {population.name for population in ELEMENTS[name]} - {"regnetx-l2", "regnetx-l2-s1"}
    assert lacking
    assert all(missing in caption for missing in lacking)


def test_figure_11_has_footnote_4s_ranges_and_the_populations_own(runs: Runs) -> None:
    rows = fig11.data(runs).query("panel == 'd' and source == 'here, smoke' and statistic == 'best range'")
    assert rows["multiple"].tolist() == [0.5, 1, 2, 4]
    for row in rows.to_dict("records"):
        frame = runs.frame(row["population"])
        assert (row["low"], row["best"], row["high"]) == best_range(frame["drawn_d"], frame["error"])
        assert (row["least"], row["greatest"]) == (frame["drawn_d"].min(), frame["drawn_d"].max())
        assert row["n"] == N


def test_the_papers_values_stand_in_panels_of_their_own(runs: Runs) -> None:
    values = published.load("paper_figures_digitised_approx").query("source == 'arXiv:2003.13678 Fig 11'")
    rows = fig11.data(runs)
    for name in fig11.FOLLOWED:
        best = values[(values["panel"] == name) & (values["series"] == "best")]
        theirs = rows[(rows["panel"] == name) & rows["source"].str.endswith("read off the image")]
        assert theirs["best"].tolist() == best["y"].astype(float).tolist()
        assert theirs["multiple"].tolist() == pytest.approx([0.5, 1, 2, 4, 8, 16, 32])
        assert theirs["flops"].tolist() == pytest.approx((1e9 * best["x"].astype(float)).tolist())
    titles = [ax.get_title(loc="left") for ax in fig11.make(runs).findobj(Axes)]
    assert titles.count("here") == titles.count("paper") == len(fig11.FOLLOWED)


def test_octaves_of_flops_are_as_long_here_as_in_the_paper(runs: Runs) -> None:
    fig = fig11.make(runs)
    fig.draw_without_rendering()
    ours, theirs = fig.findobj(Axes)[:2]
    lengths = [ax.bbox.width / np.ptp(np.log2(ax.get_xlim())) for ax in (ours, theirs)]
    assert lengths[0] == pytest.approx(lengths[1], rel=0.03)


def test_trends_in_words_are_slopes_of_the_medians(runs: Runs) -> None:
    frames = [runs.frame(name) for name in U]
    depth = [best_range(frame["drawn_d"], frame["error"]).best for frame in frames]
    widths = [best_range(frame["drawn_w_0"], frame["error"]).best for frame in frames]
    there = fig11.found(runs)
    at = [0.5, 1, 2, 4]
    assert fig11.trend(there, "d")["effect"] == pytest.approx(np.polyfit(np.log2(at), depth, 1)[0])
    assert fig11.trend(there, "w_0")["effect"] == pytest.approx(2 ** np.polyfit(np.log2(at), np.log2(widths), 1)[0])
    for name in ("d", "w_m", "g", "w_a", "w_0"):
        row = fig11.trend(there, name)
        assert row["low"] <= row["high"]
    share = fig11.trend(there, "b")
    wins = [weights(frame["error"])[(frame["drawn_b"] == 1).to_numpy()].sum() for frame in frames]
    assert share["effect"] == pytest.approx(np.mean(wins))
    assert share["base_rate"] == pytest.approx(np.mean([(frame["drawn_b"] == 1).mean() for frame in frames]))
    assert share["paper"] == 1.0


def test_one_flop_regime_has_no_trend(part: Runs) -> None:
    assert "here one regime" in fig11.said(fig11.found(part), "d")


def test_costs_of_convolutions_are_those_of_the_formulas() -> None:
    values = {"3": 3, "w": operators.WIDTH, "r": operators.RESOLUTION, "g": operators.GROUP}
    for row in operators.table().to_dict("records"):
        for cost in ("flops", "params", "acts"):
            factors = [values[name] ** (2 if square else 1) for name, square in re.findall(r"(\w)(²?)", row[cost])]
            assert row[f"{cost}, counted"] == np.prod(factors), (row["convolution"], cost)


def times_of(runs: Runs) -> timed.Timed:
    return timed.members(runs, trends.of_space("fig12", runs, "regnetx"), fig12.found(runs))


def test_correlations_are_pearsons_over_all_timed_members(runs: Runs) -> None:
    times = times_of(runs)
    whole = pd.concat([runs.frame(name) for name in GROWN])
    ms = 2e-6 * whole["flops"] + 3e-4 * whole["acts"]
    found = fig12.correlations(times)
    assert set(found) == {"flops", "acts"}
    for column, r in found.items():
        assert r == pytest.approx(np.corrcoef(whole[column], ms)[0, 1])
        row = fig12.data(runs).query(f"panel == 'time' and statistic == 'r with {column}'")
        assert row["value"].item() == pytest.approx(r)
    assert len(times.rows) == len(GROWN) * N
    assert times.device == "a test's processor, 1 thread"


def test_only_inference_that_went_well_on_the_most_used_device_counts(tmp_path: Path) -> None:
    names = ["regnetx-l2", "regnetx-6mf-l2"]
    found = sealed(tmp_path, names, n=4)
    timing(found, names, "big")
    timing(found, names[:1], "small")
    for device, other in {
        "training": {"train": True}, "broken": {"status": "failed"}, "small batch": {"batch": 1},
        "half precision": {"precision": "bf16"}, "elsewhere": {"regime": "pocket"}, "big": {"resolution": 32},
    }.items():  # fmt: skip
        timing(found, names, device, **other)
    times = times_of(found)
    assert times.device == "big, 1 thread"
    assert [len(frame) for frame in times.frames.values()] == [4, 4]


def test_members_that_are_timed_but_not_trained_count_for_the_correlation_alone(tmp_path: Path) -> None:
    timing(sealed(tmp_path / "more", ["regnetx-l2", "regnetx-6mf-l2"]), ["regnetx-l2", "regnetx-6mf-l2"], "a device")
    found = sealed(tmp_path / "fewer", ["regnetx-l2"], n=5)
    (tmp_path / "more/runs/timings").rename(tmp_path / "fewer/runs/timings")
    times = times_of(found)
    assert len(times.rows) == 2 * N
    assert [len(frame) for frame in times.frames.values()] == [5]


def test_without_times_the_panels_say_how_to_make_them(part: Runs) -> None:
    said = [text.get_text() for text in fig12.make(part).findobj(Text)]
    assert sum("regnet time --population\nsmoke/regnetx-l2" in text for text in said) == 3
    assert "No member is timed yet: regnet time --population smoke/regnetx-l2" in fig12.caption(part)


def test_laws_are_fitted_to_the_best_of_each_flop_regime(runs: Runs) -> None:
    flops = [1.5, 3, 6, 12, 24]
    rows = fig12.data(runs)
    frames = [runs.frame(name) for name in GROWN]
    for name, law in (("acts", growth.SQRT), ("params", growth.LINE)):
        best = [best_range(frame[name], frame["error"]).best / 1e3 for frame in frames]
        mine = rows[(rows["panel"] == name) & rows["statistic"].astype(str).str.contains("coefficient")]
        assert mine["value"].tolist() == pytest.approx(law.fit(flops, best).tolist())
        assert (mine["low"] <= mine["high"]).all()
    ms = [best_range(2e-6 * f["flops"] + 3e-4 * f["acts"], f["error"]).best for f in frames]
    found = fig12.fit(times_of(runs).frames, fig12.MEASURES["time"])
    assert found is not None
    assert found.coefficients.tolist() == pytest.approx(growth.BOTH.fit(flops, ms).tolist())
    assert found.resampled.shape == (best_trends.RESAMPLES, len(flops))


def test_one_flop_regime_gets_no_curve(part: Runs) -> None:
    there = fig12.found(part)
    assert all(fig12.fit(there, fig12.MEASURES[name]) is None for name in ("acts", "params"))


def test_the_papers_curves_are_the_printed_ones() -> None:
    assert [fig12.printed(name).tolist() for name in fig12.MEASURES] == [[6.5], [3.0, 5.5], [24.0, 6.0]]


def test_every_network_of_a_sample_can_be_hovered(runs: Runs) -> None:
    titles = [t for points in limits.make(runs).findobj() for t in getattr(points, "titles", [])]
    row = runs.frame("regnetx-l2-s1").iloc[0]
    assert sum(title.startswith("d ") for title in titles) == 2 * 4 * N
    assert any(f"{row['flops'] / 1e6:.2f} MF, error {row['error']:.1f}%" in title for title in titles)


def test_limits_in_force_stand_beside_the_fit(runs: Runs, part: Runs) -> None:
    rows = limits.data(runs).set_index("statistic")
    assert rows.loc["in force", ["a", "p", "q"]].tolist() == [80.0, 200e3, 0.1]
    fitted = limits.fitted(limits.found(runs))
    assert rows.loc["least squares", ["a", "p", "q"]].tolist() == [fitted.a, fitted.p, fitted.q]
    assert "least squares" not in set(limits.data(part)["statistic"])


def test_figure_13_means_have_students_intervals(runs: Runs) -> None:
    for name, space in fig13.SPACES.items():
        for measure in fig13.MEANS:
            table = fig13.means(runs, name, measure)
            assert len(table) == 4
            for row in table.to_dict("records"):
                values = runs.frame(row["population"])[measure]
                expected = stats.t.interval(0.95, N - 1, values.mean(), stats.sem(values))
                assert (row["low"], row["high"]) == pytest.approx(expected)
                assert row["population"].split("-")[0] == space


def test_figure_13_shows_the_papers_legends_beside_f_and_2_f(runs: Runs) -> None:
    legends = fig13.data(runs).dropna(subset=["least_error"])
    theirs = legends[legends["source"].str.startswith("arXiv")]
    printed = published.load("paper_edf_legends").query("figure == 13")
    assert sorted(theirs["mean_error"]) == sorted(printed["mean_error_pct"])
    assert theirs["panel"].value_counts().to_dict() == {"1 F": 2, "2 F": 2, "3.2GF": 2}
    ours = legends[legends["source"] == "here, smoke"]
    assert ours["panel"].value_counts().to_dict() == {f"{m} F": 2 for m in ("0.5", "1", "2", "4")}
    for row in ours.to_dict("records"):
        name = next(n for n in (U + C) if row["panel"] == f"{Population.parse(n, 'smoke').multiple:g} F"
                    and row["series"] == n)  # fmt: skip
        assert row["mean_error"] == pytest.approx(runs.frame(name)["error"].mean())


def test_figure_13_has_the_papers_means_of_u_and_c() -> None:
    assert fig13.digitised("C", "error")["mean"].tolist() == [36.8, 32.5, 29.3, 27.0, 25.2, 23.7, 22.7]
    assert fig13.digitised("U", "params")["multiple"].tolist() == pytest.approx([4, 8, 16, 32])


def test_figures_use_the_populations_that_their_element_lists(runs: Runs) -> None:
    used = {
        "fig11": {p.name for p in fig11.found(runs)},
        "fig12": {p.name for p in fig12.found(runs)},
        "limits": {p.name for p in limits.found(runs)},
        "fig13": {p.name for panel in fig13.shown() for p in panel.populations},
    }
    assert used == {name: {population.name for population in ELEMENTS[name]} for name in EVERY}


def test_of_a_regime_with_other_flops_the_same_multiples_are_taken(tmp_path: Path) -> None:
    names = [p.name for p in trends.of_space("fig11", Runs("imagenet", tmp_path), "regnetx")]
    assert names == ["regnetx-200mf-l2", "regnetx-l2", "regnetx-800mf-l2", "regnetx-1600mf-l2"]
