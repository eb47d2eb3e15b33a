"""Populations far larger than the book's: numbers as in full, memory in proportion, pages that stay light."""

from __future__ import annotations

import hashlib
import importlib
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scale

from regnet import figures
from regnet.analysis import band, best_fifth, best_range, best_trends, best_weight, expected_best, quantiles, weights
from regnet.analysis.edf import LARGE
from regnet.analysis.random_search import coefficients
from regnet.figures.panels.style import MANY
from regnet.page import box, svg
from regnet.sweeps import frames, sweep
from regnet.sweeps.population import Population
from regnet.sweeps.sheet_names import population_sheet
from regnet.sweeps.sheets import DamagedSheet, read_sealed
from regnet.sweeps.store import Runs, open_runs

N = 20_000
MB = 1 << 20


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("runs") / scale.REGIME
    for name in ("anynetx_a", "regnetx"):
        scale.make(folder, name, N)
    return Runs(scale.REGIME, folder)


def errors_of(n: int, seed: int = 0, decimals: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).gamma(4, 2, n).round(decimals) + 20


def peak_of(work: Callable[[], object]) -> float:
    """Most memory (MB) that was taken at a time."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / MB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("what", ["load", "edf", "best_range", "search", "trends", "weight", "quantiles", "best fifth"])
def test_memory_grows_with_the_networks_and_not_with_their_square(runs: Runs, what: str) -> None:
    frame = runs.frame("anynetx_a")
    errors, x = frame["error"].to_numpy(), frame["w4"].to_numpy(np.float64)
    work: dict[str, Callable[[], object]] = {
        "load": lambda: Runs(runs.regime, runs.folder).frame("regnetx"),
        "edf": lambda: best_range(x, errors),
        "best_range": lambda: best_range(x, errors),
        "search": lambda: [expected_best(errors, np.arange(1, N + 1)), band(errors, np.arange(1, N + 1))],
        "trends": lambda: best_trends.resampled([(x, errors)]),
        "weight": lambda: best_weight(x > 100, errors),
        "quantiles": lambda: quantiles.better_at(errors, errors + 0.01, 0.5),
        "best fifth": lambda: best_fifth.resampled(x, errors, resamples=300),
    }
    assert peak_of(work[what]) < 250  # n x n numbers would be 3,000


@pytest.mark.parametrize("n", [LARGE + 500, 3000])
def test_ranks_that_are_left_out_of_a_search_change_nothing(n: int) -> None:
    errors, m = errors_of(n), np.r_[1:40, n // 3, n - 1, n]
    every = coefficients(n, m)
    assert expected_best(errors, m) == pytest.approx(every @ np.sort(errors), rel=1e-12)
    reached = every.cumsum(axis=1)
    low, high = (np.sort(errors)[np.argmax(reached >= tail - 1e-9, axis=1)] for tail in (0.025, 0.975))
    assert [ends.tolist() for ends in band(errors, m)] == [low.tolist(), high.tolist()]


def test_a_search_is_asked_in_any_order_and_shape() -> None:
    errors, m = errors_of(5000), np.array([[4000, 1], [32, 5000]])
    one_by_one = np.array([[float(expected_best(errors, int(k))) for k in row] for row in m])
    assert expected_best(errors, m) == pytest.approx(one_by_one, rel=1e-12)


@pytest.mark.parametrize("decimals", [0, 4])
def test_medians_of_resamples_of_many_are_distributed_as_if_all_were_drawn(
    decimals: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = errors_of(LARGE + 200, decimals=decimals)
    x = np.random.default_rng(1).integers(1, 9, len(errors)).astype(np.float64)
    few = best_trends.resampled([(x, errors)], resamples=3000, seed=2)[:, 0]
    monkeypatch.setattr(best_trends, "LARGE", len(errors))
    every = best_trends.resampled([(x, errors)], resamples=3000, seed=3)[:, 0]
    shares = [np.bincount(found.astype(int), minlength=9) / 3000 for found in (few, every)]
    assert shares[0] == pytest.approx(shares[1], abs=0.045)  # 3.5 standard errors of a share of a half


def test_permutations_of_many_are_distributed_as_if_all_were_permuted(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = errors_of(LARGE + 200, decimals=1)
    selected = np.random.default_rng(4).random(len(errors)) < 0.3
    few = best_weight(selected, errors, permutations=4000)
    monkeypatch.setattr("regnet.analysis.bootstrap.LARGE", len(errors))
    every = best_weight(selected, errors, permutations=4000)
    assert (few.effect, few.n_a) == (every.effect, every.n_a)
    assert few.p == pytest.approx(every.p, abs=0.04)
    assert (few.low, few.high) == pytest.approx((every.low, every.high), abs=0.05)


def test_quantiles_that_never_occur_change_no_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = errors_of(LARGE + 200), errors_of(LARGE + 300, seed=1) + 0.2
    few = quantiles.better_at(a, b, 0.25)
    monkeypatch.setattr(quantiles, "LARGE", 10 * LARGE)
    every = quantiles.better_at(a, b, 0.25)
    assert (few.effect, few.low, few.high) == (every.effect, every.low, every.high)
    assert few.p == pytest.approx(every.p, abs=1e-9)


def test_resamples_in_parts_are_those_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    errors, x = errors_of(300), weights(errors_of(300, seed=1))
    at_once = best_fifth.resampled(x, errors, resamples=50)
    monkeypatch.setattr(best_fifth, "WORK", 7 * 300)
    assert [part.tolist() for part in best_fifth.resampled(x, errors, resamples=50)] == [p.tolist() for p in at_once]


def test_a_committed_population_is_the_same_read_at_once_or_cell_by_cell() -> None:
    runs = open_runs("pocket")
    for name in runs.populations():
        sheet = runs._sheet(name)
        found = frames._at_once(sheet)
        assert found is not None, name
        pd.testing.assert_frame_equal(found[0], frames.as_frame(read_sealed(sheet)), check_exact=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",ok,", ",fine,"), (",ok,", ',"ok",'), (",ok,", ",ok,,"), ("\n1,", "\n0,"), ("\n1,", "\n1.5,"),
        ("\n1,", f"\n{1 << 70},"), ("index", "number"), (",ok,", ",ok,-"), (",ok,", ",ok,1"), ("\n1,", "\nx,"),
        (",ok,", ",ok"),
    ],
)  # fmt: skip
def test_a_population_that_is_odd_is_not_read_at_once(tmp_path: Path, old: str, new: str) -> None:
    scale.make(tmp_path, "regnetx", 5)
    sheet = Runs(scale.REGIME, tmp_path)._sheet("regnetx")
    text = sheet.csv.read_text()
    where = text.index(old)
    odd = (text[:where] + new + text[where + len(old) :]).encode()
    sheet.json.write_text(
        sheet.json.read_text().replace(*(hashlib.sha256(said).hexdigest() for said in (text.encode(), odd)))
    )
    sheet.csv.write_bytes(odd)
    assert frames._at_once(sheet) is None
    if new != ',"ok",':  # which says the same
        with pytest.raises(DamagedSheet, match=r"regnetx\.csv is not a sheet of trainings"):
            Runs(scale.REGIME, tmp_path).frame("regnetx")


def test_a_crowded_figure_stays_light_says_so_and_keeps_its_data(runs: Runs) -> None:
    assert N > MANY
    found = figures.element("fig02", runs)
    text = svg.render(found.drawn(), "fig02", alt="")
    assert len(text) < MB
    assert text.count("<") < 5000
    assert text.count("data:image/png;base64,") == 2
    assert "all 20,000 points (depth d), all 20,000 points (width w_4)" in found.caption()
    data = found.data()
    assert (data["statistic"] == "network").sum() == 2 * N
    assert "regnet figure fig02 -o fig02.csv" in box.details("fig02", found)


def test_long_curves_are_drawn_at_some_places_and_listed_at_all(runs: Runs) -> None:
    found = figures.element("fig09", runs)
    assert len(svg.render(found.drawn(), "fig09", alt="")) < MB
    data = found.data()
    assert data.loc[(data["series"] == "regnetx") & data["m"].notna(), "m"].nunique() == N


def test_a_sweep_opens_each_journal_once_and_leaves_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("REGNET_RUNS", str(tmp_path / "runs"))
    journal = str(population_sheet(Population("regnetx", "smoke")).journal)
    for module, name in ((sweep, "run"), (importlib.import_module("regnet.training.train"), "train")):
        monkeypatch.setattr(module, name, getattr(module, name))  # put back after the benchmark's
    opened: list[str] = []
    sys.addaudithook(lambda event, about: opened.append(str(about[0])) if event == "open" else None)
    scale.driving("drive", 300)()
    first = Path(journal).read_bytes()
    opened.clear()
    scale.driving("resume", 300)()
    assert opened.count(journal) == 1
    assert Path(journal).read_bytes() == first
