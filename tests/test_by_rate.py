"""Comparisons of two spaces at several learning rates: the same networks, each space's own best, verdicts that turn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from layout import check_layout
from sealed_runs import seal_population

from regnet import figures
from regnet.analysis import by_rate
from regnet.analysis.compare import better
from regnet.figures.panels.element import Picture
from regnet.figures.panels.rate_pairs import RatePairs
from regnet.page import page
from regnet.sweeps.cost import seconds_each
from regnet.sweeps.experiments import RATES
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.population import Population
from regnet.sweeps.store import MissingPopulation, Runs, open_runs

N = 4  # what smoke wants at another rate
TEMPLATES = ("-6mf", "_5stage", "_r", "_v", "_vr")  # of Figure 10
SPREAD = np.array([-0.2, 0.1, -0.1, 0.2])
# population -> mean error at half, once and twice the rate: E is the better one until the rate is doubled
MEANS = {"anynetx_a": (40.0, 38.0, 36.0), "anynetx_e": (35.0, 34.0, 60.0), "regnetx": (33.0, 30.0, 31.0)}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    root = tmp_path_factory.mktemp("rates")
    for name, means in MEANS.items():
        for suffix, mean in zip(("-0.5lr", "", "-2lr"), means, strict=True):
            more = [99.0, 99.0] if not suffix else []  # members that no other rate has
            errors = [*(mean + SPREAD).tolist(), *more]
            seal_population(root, f"{name}{suffix}", len(errors), regime="smoke", errors=errors)
    return open_runs("smoke", root / "runs")


def picture(runs: Runs) -> Picture:
    found = figures.element("byrate", runs)
    assert isinstance(found, Picture)
    return found


@pytest.fixture(scope="module")
def found(runs: Runs) -> Picture:
    return picture(runs)


def frame(errors: list[float], first: int = 0) -> pd.DataFrame:
    status = ["diverged" if error == 90 else "ok" for error in errors]
    return pd.DataFrame({"index": range(first, first + len(errors)), "status": status, "error": errors})


def test_the_element_asks_for_each_population_of_the_comparisons_at_each_rate() -> None:
    found = picture(Runs("pocket", CHECKOUT / "runs" / "pocket"))
    [panel] = found.panels
    assert isinstance(panel, RatePairs)
    figures_of = [pair.figure for pair in panel.pairs]
    assert {figure: figures_of.count(figure) for figure in figures_of} == {7: 6, 9: 4, 10: 10}
    listed = {population.name for population in found.populations}
    usual = {population for pair in panel.pairs for population in (pair.first, pair.second)}
    assert listed == {f"{p.name}{suffix}" for p in usual for suffix in ("-0.5lr", "", "-2lr")}
    assert len(found.populations) == len(listed) == len(usual) * len(RATES)
    assert not any(population.length > 1 for population in found.populations)


def test_a_regime_may_leave_a_figures_comparisons_out() -> None:
    runs = open_runs("natural")
    found = picture(runs)
    [panel] = found.panels
    assert isinstance(panel, RatePairs)
    assert {pair.figure for pair in panel.pairs} == {7, 9}
    assert not any("5stage" in population.name or population.multiple > 1 for population in found.populations)


def test_the_caption_says_what_is_left_out_and_what_it_would_cost(tmp_path: Path) -> None:
    for space in ("anynetx_d", "anynetx_e"):
        for suffix in ("-0.5lr", "", "-2lr"):
            seal_population(tmp_path, f"{space}{suffix}", 20, regime="natural")
    runs = open_runs("natural", tmp_path / "runs")
    spaces = {f"{name}{suffix}" for name in ("anynetx_a", "anynetx_e", "regnetx") for suffix in TEMPLATES}
    lacking = [Population.parse(f"{space}-{rate:g}lr", "natural") for space in spaces for rate in RATES if rate != 1]
    hours = sum(20 * 7.5 * population.multiple for population in lacking) / 3600  # 7.5 s a sealed training at F
    said = f"The comparisons of Figure 10 are not tried at other rates: {hours:.1f} hours on one core (600 trainings"
    assert said in picture(runs).caption()


def test_effects_are_welch_on_the_networks_that_every_rate_has(found: Picture) -> None:
    rows = found.data().set_index(["first", "second", "setting"])
    assert {(row[0], row[1]) for row in rows.index} == {("anynetx_e", "anynetx_a"), ("regnetx", "anynetx_e")}
    for setting, e, a in zip(("0.5", "1", "2"), MEANS["anynetx_e"], MEANS["anynetx_a"], strict=True):
        row, welch = rows.loc[("anynetx_e", "anynetx_a", setting)], better(e + SPREAD, a + SPREAD)
        assert row[["effect", "low", "high"]].tolist() == pytest.approx([welch.effect, welch.low, welch.high])
        assert (row["n_first"], row["n_second"], row["verdict"]) == (N, N, welch.verdict)


def test_at_their_own_best_each_space_has_the_rate_of_its_lowest_mean(found: Picture) -> None:
    rows = found.data().set_index(["first", "setting"])
    own = rows.loc[("anynetx_e", "own best")]
    assert (own["rate_first"], own["rate_second"]) == (1.0, 2.0)
    assert own["effect"] == pytest.approx(34.0 - 36.0)


def test_a_verdict_that_is_supported_and_contradicted_depends_on_the_rate(found: Picture) -> None:
    rows = found.data().groupby("first")[["turns", "one_sign"]].first()
    assert rows.loc["anynetx_e"].tolist() == [True, False]
    assert rows.loc["regnetx"].tolist() == [False, True]
    assert "Dependent on the rate: 1: AnyNetX_E vs AnyNetX_A." in found.alt()
    caption = found.caption()
    assert "Differences: 2. Of one sign at every setting: 1. Dependent on the rate: 1." in caption
    assert f"n = {N} a population" in caption
    assert "RegNetX, wₘ = 2 (2 × the rate)" in caption.split("Not trained yet:")[1]


def test_an_undecided_setting_turns_nothing() -> None:
    good, bad = by_rate.outcomes({1: frame([20, 21, 22])}, 90)[1], by_rate.outcomes({1: frame([20, 21, 22.5])}, 90)[1]
    tried = by_rate.compared({1: good, 2: good}, {1: bad, 2: bad}, (1, 2))
    assert [one.setting for one in tried] == ["1", "2", "own best"]
    assert not by_rate.turns(tried)


def test_networks_near_chance_are_broken_and_those_given_up_diverged() -> None:
    found = by_rate.outcomes({1: frame([30, 40, 50, 60]), 2: frame([90, 88, 87.9, 30], first=1)}, chance=90)
    assert found[1].errors.tolist() == [40, 50, 60]  # members 1, 2 and 3
    assert (found[2].errors.tolist(), found[2].diverged, found[2].broken) == ([90, 88, 87.9], 1, 2)


def test_without_all_rates_there_is_no_own_best() -> None:
    some = by_rate.outcomes({0.5: frame([20, 21]), 2: frame([22, 23])}, 90)
    assert [one.setting for one in by_rate.compared(some, some, (0.5, 1, 2))] == ["0.5", "2"]


def test_the_figure_has_a_group_a_figure_and_shades_what_turns(found: Picture) -> None:
    figure = found.drawn()
    assert [ax.get_title("left") for ax in figure.axes] == ["Figure 9"]  # neither 2F nor other blocks are there
    assert len(figure.axes[0].patches) == 1
    check_layout(figure)


def test_groups_share_the_axis_of_differences(tmp_path: Path) -> None:
    for name in ("anynetx_d", "anynetx_c", "anynetx_e"):
        for suffix in ("", "-2lr"):
            seal_population(tmp_path, f"{name}{suffix}", N, regime="smoke")
    for name in ("anynetx_e_v", "anynetx_a_v"):
        for suffix, mean in (("", 20.0), ("-2lr", 80.0)):
            seal_population(tmp_path, f"{name}{suffix}", N, regime="smoke", mean=mean)
    found = picture(open_runs("smoke", tmp_path / "runs"))
    figure, rows = found.drawn(), found.data()
    assert [ax.get_title("left") for ax in figure.axes] == ["Figure 7", "Figure 10"]
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()
    low, high = figure.axes[0].get_xlim()
    assert low < rows["low"].min() < rows["high"].max() < high
    assert [ax.get_xlabel() != "" for ax in figure.axes] == [False, True]
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == [
        "AnyNetX_D vs AnyNetX_C", "AnyNetX_E vs AnyNetX_D",
    ]  # fmt: skip


def test_a_regime_of_one_rate_has_the_notice() -> None:
    pocket = open_runs("pocket", CHECKOUT / "runs")
    with pytest.raises(MissingPopulation, match=r"anynetx_d-0\.5lr"):
        picture(pocket).data()
    html = page.element("byrate", pocket).html
    assert 'class="missing"' in html
    assert "regnet sweep pocket" in html


def test_a_population_partly_trained_at_a_rate_waits(tmp_path: Path) -> None:
    for name in ("anynetx_a", "anynetx_e", "anynetx_a-2lr"):
        seal_population(tmp_path, name, N, regime="smoke")
    seal_population(tmp_path, "anynetx_e-2lr", N - 1, regime="smoke")
    with pytest.raises(MissingPopulation, match=r"75 of 78 populations lack members"):
        picture(open_runs("smoke", tmp_path / "runs")).drawn()


@pytest.mark.parametrize("other", [{"rate": 0.5}, {"scale1": True}])
def test_a_training_costs_what_it_costs_at_the_usual_setting(other: dict[str, float]) -> None:
    usual = {
        Population("regnetx", "pocket"): 3.0,
        Population("anynetx_e", "pocket"): 5.0,
        Population("regnetx", "pocket", 2): 7.0,
    }
    assert seconds_each(Population("regnetx", "pocket", **other), usual) == 3.0  # type: ignore[arg-type]
