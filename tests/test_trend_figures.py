"""Figures 11, 12, 13 and the limits, drawn from sealed populations that grow with flops, all of them or some."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy import stats
from sealed_runs import SEGMENT, milliseconds, seal_times

from regnet import figures, published
from regnet.analysis import best_trends, growth
from regnet.analysis.bootstrap import best_range, weights
from regnet.evidence.limits import fitted
from regnet.figures.panels import operators, style
from regnet.figures.panels.element import Picture
from regnet.figures.panels.timed import Times
from regnet.sweeps import labels
from regnet.sweeps.journal import Journal
from regnet.sweeps.population import Population
from regnet.sweeps.sealing import seal
from regnet.sweeps.sheet_names import population_sheet
from regnet.sweeps.store import MissingPopulation, Runs
from regnet.sweeps.tasks import member_tasks

N = 12
EVERY = ("fig11", "fig12", "limits", "fig13")
MULTIPLES = (0.5, 1, 2, 4)
U = ["regnetx-1.5mf-l2", "regnetx-l2", "regnetx-6mf-l2", "regnetx-12mf-l2"]
GROWN = [*U, "regnetx-24mf-l2"]
C = [name.replace("regnetx", "regnetx_c") for name in U]
SAMPLES = [f"{name}-s1" for name in U]
PART = ["regnetx-l2", "regnetx_c-l2", "regnetx-l2-s1"]


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


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    found = sealed(tmp_path_factory.mktemp("trends"), [*GROWN, *C, *SAMPLES])
    seal_times(found, GROWN, "a test's processor")
    return found


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """One flop regime of U and C, one sample with seed 1, nothing timed."""
    return sealed(tmp_path_factory.mktemp("part"), PART)


@cache
def element(name: str, runs: Runs) -> Picture:
    found = figures.element(name, runs)
    assert isinstance(found, Picture)
    return found


@cache
def drawn(name: str, runs: Runs) -> Figure:
    fig = element(name, runs).drawn()
    fig.draw_without_rendering()
    return fig


@cache
def data(name: str, runs: Runs) -> pd.DataFrame:
    return element(name, runs).data()


@pytest.mark.parametrize("name", EVERY)
def test_figures_of_part_of_their_populations_lie_on_the_page_in_readable_type(name: str, part: Runs) -> None:
    fig = drawn(name, part)
    assert fig.get_figwidth() <= style.WIDTH
    assert min(text.get_fontsize() for text in fig.findobj(Text)) >= 9
    boxes = {}
    for ax in fig.findobj(Axes):
        boxes |= {t: t.get_window_extent() for t in (*ax.texts, ax.title, ax._left_title) if t.get_text()}
    for text, box in boxes.items():
        assert -1 <= box.x0 <= box.x1 <= fig.bbox.width + 1, text
        assert -1 <= box.y0 <= box.y1 <= fig.bbox.height + 1, text
    assert not [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]


@pytest.mark.parametrize("some", ["runs", "part"])
@pytest.mark.parametrize("name", EVERY)
def test_words_can_be_read_alone(name: str, some: str, request: pytest.FixtureRequest) -> None:
    piece = element(name, request.getfixturevalue(some))
    caption, alt = piece.caption(), piece.alt()
    assert len(alt) >= 20
    assert "nan" not in f"{caption} {alt}"
    assert f"n = {N}" in caption
    assert "regime smoke" in caption
    assert "F_ref is 3 MF here and stands for the paper's 400MF in name only" in caption or name == "limits"


@pytest.mark.parametrize("name", EVERY)
def test_data_marks_every_row_as_ours_or_the_papers(name: str, runs: Runs) -> None:
    sources = set(data(name, runs)["source"])
    assert "here, smoke" in sources
    assert all(source.startswith(("here, smoke", "arXiv:2003.13678", "computed")) for source in sources)
    assert (name == "limits") == (not any(source.startswith("arXiv") for source in sources))


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_drawn_without_any_population(name: str, tmp_path: Path) -> None:
    with pytest.raises(MissingPopulation, match=r"regnet sweep smoke .*regnetx-l2"):
        figures.element(name, Runs("smoke", tmp_path)).drawn()


@pytest.mark.parametrize(("name", "wanted"), [("fig11", U), ("fig12", GROWN), ("fig13", [*U, *C]), ("limits", SAMPLES)])
def test_what_is_drawn_is_asked_for_and_what_is_missing_is_named(
    name: str, wanted: list[str], runs: Runs, part: Runs
) -> None:
    assert {p.name for p in element(name, runs).populations} == set(wanted)
    assert "Not trained" not in element(name, runs).caption()
    _, _, missing = element(name, part).caption().partition("Not trained yet: ")
    assert {name for name in wanted if labels.described(name) in missing} == set(wanted) - set(PART)


def test_of_a_regime_with_other_flops_the_same_multiples_are_taken() -> None:
    names = [population.name for population in figures.populations("imagenet", "fig11")]
    assert names == ["regnetx-200mf-l2", "regnetx-l2", "regnetx-800mf-l2", "regnetx-1600mf-l2"]


def test_figure_11_has_footnote_4s_ranges_and_the_populations_own(runs: Runs) -> None:
    rows = data("fig11", runs).query("panel == 'd' and source == 'here, smoke' and statistic == 'best range'")
    assert rows["multiple"].tolist() == [*MULTIPLES]
    for row in rows.to_dict("records"):
        frame = runs.frame(row["population"])
        assert (row["low"], row["best"], row["high"]) == best_range(frame["drawn_d"], frame["error"])
        assert (row["least"], row["greatest"]) == (frame["drawn_d"].min(), frame["drawn_d"].max())
        assert row["n"] == N


def test_the_papers_values_stand_in_panels_of_their_own(runs: Runs) -> None:
    values = published.load("paper_figures_digitised_approx").query("source == 'arXiv:2003.13678 Fig 11'")
    rows = data("fig11", runs)
    panels = element("fig11", runs).panels
    for name in [panel.name for panel in panels]:
        best = values[(values["panel"] == name) & (values["series"] == "best")]
        theirs = rows[(rows["panel"] == name) & rows["source"].str.endswith("read off the image")]
        assert theirs["best"].tolist() == best["y"].astype(float).tolist()
        assert theirs["multiple"].tolist() == pytest.approx([0.5, 1, 2, 4, 8, 16, 32])
        assert theirs["flops"].tolist() == pytest.approx((1e9 * best["x"].astype(float)).tolist())
    titles = [ax.get_title(loc="left") for ax in drawn("fig11", runs).findobj(Axes)]
    assert titles.count("here") == titles.count("paper") == len(panels) == 6


def test_octaves_of_flops_are_as_long_here_as_in_the_paper(runs: Runs) -> None:
    fig = drawn("fig11", runs)
    ours, theirs = (next(ax for ax in fig.axes if ax.get_title(loc="left") == title) for title in ("here", "paper"))
    lengths = [ax.bbox.width / np.ptp(np.log2(ax.get_xlim())) for ax in (ours, theirs)]
    assert lengths[0] == pytest.approx(lengths[1], rel=0.03)


def test_trends_in_words_are_slopes_of_the_medians(runs: Runs) -> None:
    frames = [runs.frame(name) for name in U]
    trends = data("fig11", runs).dropna(subset=["effect"]).set_index("panel")
    depth, width = ([best_range(f[name], f["error"]).best for f in frames] for name in ("drawn_d", "drawn_w_0"))
    assert trends.loc["d", "effect"] == pytest.approx(np.polyfit(np.log2(MULTIPLES), depth, 1)[0])
    assert trends.loc["w_0", "effect"] == pytest.approx(2 ** np.polyfit(np.log2(MULTIPLES), np.log2(width), 1)[0])
    w_m = [best_range(f["drawn_w_m"], f["error"]).best for f in frames]
    assert trends.loc["w_m", "effect"] == pytest.approx(np.mean(w_m))
    assert (trends["low"] <= trends["high"]).sum() == 5
    wins = [weights(frame["error"])[(frame["drawn_b"] == 1).to_numpy()].sum() for frame in frames]
    assert trends.loc["b", "effect"] == pytest.approx(np.mean(wins))
    assert trends.loc["b", "base_rate"] == pytest.approx(np.mean([(frame["drawn_b"] == 1).mean() for frame in frames]))
    assert trends.loc["b", "paper"] == 1.0
    assert f"a doubling of F: here {trends.loc['d', 'effect']:+.1f} (" in element("fig11", runs).alt()


def test_one_flop_regime_has_no_trend_and_no_curve(part: Runs) -> None:
    assert "Depth d (blocks), a doubling of F: here one regime, paper ≈" in element("fig11", part).alt()
    alt = element("fig12", part).alt()
    assert all(f"Here {what}: not fitted." in alt for what in ("activations", "parameters", "time of 64 images"))
    assert "least squares" not in set(data("limits", part)["statistic"])


def test_costs_of_convolutions_are_those_of_the_formulas() -> None:
    values = {"3": 3, "w": operators.WIDTH, "r": operators.RESOLUTION, "g": operators.GROUP}
    for row in operators.table().to_dict("records"):
        for cost in ("flops", "params", "acts"):
            factors = [values[name] ** (2 if square else 1) for name, square in re.findall(r"(\w)(²?)", row[cost])]
            assert row[f"{cost}, counted"] == np.prod(factors), (row["convolution"], cost)


def times_of(runs: Runs) -> Times:
    return Times(runs, figures.element("fig12", runs).populations)


def test_correlations_are_pearsons_over_all_timed_members(runs: Runs) -> None:
    whole = pd.concat([runs.frame(name) for name in GROWN])
    rows = data("fig12", runs).query("panel == 'time'")
    for column in ("flops", "acts"):
        r = rows[rows["statistic"] == f"r with {column}"]
        assert r["value"].item() == pytest.approx(np.corrcoef(whole[column], milliseconds(whole))[0, 1])
    assert rows["ms"].count() == len(GROWN) * N
    assert set(rows["device"].dropna()) == {"a test's processor, 1 thread"}


def test_only_inference_that_went_well_on_the_most_used_device_counts(tmp_path: Path) -> None:
    names = ["regnetx-l2", "regnetx-6mf-l2"]
    found = sealed(tmp_path, names, n=4)
    seal_times(found, names, "big")
    seal_times(found, names[:1], "small")
    for device, other in {
        "training": {"train": True}, "broken": {"status": "failed"}, "small batch": {"batch": 1},
        "half precision": {"precision": "bf16"}, "elsewhere": {"regime": "pocket"}, "big": {"resolution": 32},
    }.items():  # fmt: skip
        seal_times(found, names, device, **other)
    times = times_of(found)
    assert times.device == "big, 1 thread"
    assert len(times.rows) == 8


def test_members_that_are_timed_but_not_trained_count_for_the_correlation_alone(tmp_path: Path) -> None:
    seal_times(
        sealed(tmp_path / "more", ["regnetx-l2", "regnetx-6mf-l2"]), ["regnetx-l2", "regnetx-6mf-l2"], "a device"
    )
    found = sealed(tmp_path / "fewer", ["regnetx-l2"], n=5)
    (tmp_path / "more/runs/timings").rename(tmp_path / "fewer/runs/timings")
    rows = figures.element("fig12", found).data().query("panel == 'time'")
    assert rows["ms"].count() == 2 * N
    assert rows["n"].dropna().tolist() == [5]


def test_without_times_the_panels_say_how_to_make_them(part: Runs) -> None:
    said = [text.get_text() for text in drawn("fig12", part).findobj(Text)]
    assert sum("regnet time --population\nsmoke/regnetx-l2" in text for text in said) == 3
    assert "No member is timed yet: regnet time --population smoke/regnetx-l2" in element("fig12", part).caption()


def test_laws_are_fitted_to_the_best_of_each_flop_regime(runs: Runs) -> None:
    flops = [1.5, 3, 6, 12, 24]
    frames = [runs.frame(name) for name in GROWN]
    rows = data("fig12", runs)
    values = {
        "acts": (growth.SQRT, [frame["acts"] / 1e3 for frame in frames]),
        "params": (growth.LINE, [frame["params"] / 1e3 for frame in frames]),
        "time": (growth.BOTH, [milliseconds(frame) for frame in frames]),
    }
    for name, (law, xs) in values.items():
        pairs = [(x, frame["error"]) for x, frame in zip(xs, frames, strict=True)]
        mine = rows[(rows["panel"] == name) & rows["statistic"].astype(str).str.contains("coefficient")]
        assert mine["value"].tolist() == pytest.approx(law.fit(flops, best_trends.medians(pairs)).tolist())
        spread = law.fit(flops, best_trends.resampled(pairs))
        ends = [mine["low"].tolist(), mine["high"].tolist()]
        assert ends == pytest.approx(np.quantile(spread, [0.025, 0.975], axis=0))


def test_every_network_of_a_sample_can_be_hovered(runs: Runs) -> None:
    titles = [t for points in drawn("limits", runs).findobj() for t in getattr(points, "titles", [])]
    row = runs.frame("regnetx-l2-s1").iloc[0]
    assert sum(title.startswith("d ") for title in titles) == 2 * 4 * N
    assert any(f"{row['flops'] / 1e6:.2f} MF, error {row['error']:.1f}%" in title for title in titles)


def test_limits_in_force_stand_beside_the_fit(runs: Runs) -> None:
    rows = data("limits", runs).set_index("statistic")
    assert rows.loc["in force", ["a", "p", "q"]].tolist() == [80.0, 200e3, 0.1]
    found = fitted({Population.parse(name, "smoke"): runs.frame(name) for name in SAMPLES})
    assert rows.loc["least squares", ["a", "p", "q"]].tolist() == [found.a, found.p, found.q]


def test_figure_13_means_have_students_intervals(runs: Runs) -> None:
    for measure in ("error", "params"):
        rows = data("fig13", runs).query(f"panel == 'mean {measure}' and source == 'here, smoke'")
        assert rows["population"].tolist() == [*U, *C]
        assert rows["series"].tolist() == ["U"] * 4 + ["C"] * 4
        for row in rows.to_dict("records"):
            values = runs.frame(row["population"])[measure]
            expected = stats.t.interval(0.95, N - 1, values.mean(), stats.sem(values))
            assert (row["low"], row["high"]) == pytest.approx(expected)
            assert row["mean"] == pytest.approx(values.mean())


def test_figure_13_shows_the_papers_legends_beside_f_and_2_f(runs: Runs) -> None:
    legends = data("fig13", runs).dropna(subset=["least_error"])
    theirs = legends[legends["source"].str.startswith("arXiv")]
    printed = published.load("paper_edf_legends").query("figure == 13")
    assert sorted(theirs["mean_error"]) == sorted(printed["mean_error_pct"])
    assert theirs["panel"].value_counts().to_dict() == {"1 F": 2, "2 F": 2, "3.2GF": 2}
    ours = legends[legends["source"] == "here, smoke"].set_index(["panel", "series"])["mean_error"]
    assert len(ours) == len(U + C)
    for multiple, *names in zip(MULTIPLES, U, C, strict=True):
        for name in names:
            assert ours[f"{multiple:g} F", name] == pytest.approx(runs.frame(name)["error"].mean())


def test_figure_13_has_the_papers_means_of_u_and_c(runs: Runs) -> None:
    rows = data("fig13", runs)
    theirs = rows[rows["source"].str.endswith("read off the image")]
    of_c = theirs.query("panel == 'mean error' and series == 'C'")
    assert of_c["mean"].tolist() == [36.8, 32.5, 29.3, 27.0, 25.2, 23.7, 22.7]
    of_u = theirs.query("panel == 'mean params' and series == 'U'")
    assert of_u["multiple"].tolist() == pytest.approx([4, 8, 16, 32])
    assert of_u["mean"].min() > 1e6
