"""Populations, their names and their members."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regnet import figures
from regnet.design.complexity import complexity
from regnet.sweeps.experiments import REPEATED, SECTION3, named
from regnet.sweeps.population import Population, training_seed
from regnet.sweeps.regimes import regimes


@given(
    st.sampled_from(["anynetx_a", "regnetx", "anynetx_c_w_const"]),
    st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0, 8.0]),
    st.sampled_from([1, 2, 5, 8]),
    st.integers(0, 10**6),
    st.sampled_from(sorted(regimes)),
)
def test_a_population_comes_back_from_its_name(
    space: str, multiple: float, length: int, seed: int, regime: str
) -> None:
    population = Population(space, regime, multiple, length, seed)
    assert Population.parse(population.name, regime) == population


def test_default_parts_are_left_out_of_a_name() -> None:
    assert Population("anynetx_a", "pocket").name == "anynetx_a"
    assert Population("regnetx", "pocket", 0.5).name == "regnetx-1.5mf"
    assert Population("regnetx", "pocket", 2, 2).name == "regnetx-6mf-l2"
    assert Population("regnetx", "imagenet", 2).name == "regnetx-800mf"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("regnetx-3mf", "is written 'regnetx'"),
        ("regnetx-l1", "is written 'regnetx'"),
        ("regnetx-l2-6mf", "must be <space>"),
        ("regnetx-l3", "got 3"),
        ("RegNetX", "must be <space>"),
        ("regnetz", "regnetx"),
    ],
)
def test_a_name_that_is_not_the_one_spelling_is_refused(name: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Population.parse(name, "pocket")


def test_members_lie_in_the_window_and_do_not_depend_on_how_many_are_asked_for() -> None:

    population = Population("anynetx_c", "pocket", 2)
    few, many = population.draws(3), population.draws(12)
    assert [draw.network for draw in few] == [draw.network for draw in many[:3]]
    flops = [complexity(draw.network, 28, 10).flops for draw in many]
    assert all(5.4e6 <= f <= 6e6 for f in flops)
    assert {draw.network.stem for draw in many} == {regimes["pocket"].stem}


def test_section_3_is_twelve_populations_and_covers_its_elements() -> None:
    assert len(set(SECTION3)) == 12
    shown = figures.populations("pocket", *(f"fig{number:02}" for number in range(1, 10)))
    assert {population.name for population in shown} == set(SECTION3)
    assert set(REPEATED) <= set(SECTION3)


def test_training_seeds_are_stable_and_all_different() -> None:
    seeds = [training_seed(seed, index, repeat) for seed in (0, 1) for index in range(200) for repeat in range(4)]
    assert len(set(seeds)) == len(seeds)
    assert training_seed(0, 0) == 2044266242  # rows under runs/ hold these numbers


def test_names_or_an_element_choose_populations() -> None:
    assert [p.name for p in named("smoke")] == list(SECTION3)
    assert [p.name for p in named("pocket", ["regnetx", "regnetx"])] == ["regnetx"]
    assert [p.name for p in figures.populations("pocket", "fig05")] == ["anynetx_a", "anynetx_b", "anynetx_c"]
    assert figures.populations("pocket", "fig03") == []


def test_a_population_wants_more_members_where_claims_are_fine_and_fewer_where_each_costs_more() -> None:
    sizes = {name: Population.parse(name, "pocket").wanted for name in ("anynetx_a", "anynetx_d", "anynetx_a-l5")}
    assert sizes == {"anynetx_a": 500, "anynetx_d": 100, "anynetx_a-l5": 50}
    assert Population.parse("regnetx-l2", "imagenet").wanted == 100  # sec. 4


def test_the_limits_of_the_regime_bound_the_constrained_space_and_no_other() -> None:
    smoke = Population("regnetx_c", "smoke")
    limits = smoke.setting.limits
    assert limits is not None
    counts = [complexity(draw.network, 28, 10) for draw in smoke.draws(40)]
    assert max(c.acts for c in counts) <= limits.acts(3e6)
    assert max(c.params for c in counts) <= limits.params(3e6)
    free = [complexity(draw.network, 28, 10) for draw in Population("regnetx", "smoke").draws(200)]
    assert max(c.acts for c in free) > limits.acts(3e6) or max(c.params for c in free) > limits.params(3e6)


def test_the_paper_s_limits_hold_for_its_flops_unit() -> None:
    limits = regimes["imagenet"].limits
    assert limits is not None
    assert limits.acts(1e9) == pytest.approx(6.5e6)
    assert limits.params(1e9) == pytest.approx(8.5e6)


def test_a_constrained_population_is_refused_where_the_limits_are_not_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    open_limits = replace(regimes["pocket"], limits=None)
    monkeypatch.setitem(Population.setting.fget.__globals__, "find_regime", lambda _: open_limits)  # type: ignore[attr-defined]
    with pytest.raises(
        ValueError, match=r"regnetx_c-l2: limits not frozen yet in regime pocket \(regnet limits pocket\)"
    ):
        Population("regnetx_c", "pocket", length=2).draws(1)


def test_random_rates_belong_to_the_member_and_leave_the_network_alone() -> None:
    tuned, plain = Population("regnetx", "pocket", tuned=True), Population("regnetx", "pocket")
    assert Population.parse("regnetx-l2-lrwd-s1", "pocket") == Population(
        "regnetx", "pocket", length=2, seed=1, tuned=True
    )
    few, many = tuned.draws(3), tuned.draws(60)
    assert few == many[:3]
    assert [draw.network for draw in many] == [draw.network for draw in plain.draws(60)]
    rates = [tuned.recipe_of(draw) for draw in many]
    assert all(0.02 <= recipe.lr <= 2 and 5e-6 <= recipe.weight_decay <= 5e-4 for recipe in rates)
    assert len({recipe.lr for recipe in rates}) == len({recipe.weight_decay for recipe in rates}) == 60
    assert min(recipe.lr for recipe in rates) < 0.05 < 0.8 < max(recipe.lr for recipe in rates)


def test_a_drawn_resolution_is_the_member_s_and_counts_in_its_window() -> None:
    population = Population("regnetx_c_resolution", "smoke")
    sides = []
    for draw in population.draws(40):
        recipe = population.recipe_of(draw)
        assert 2.7e6 <= complexity(draw.network, recipe.resolution, 10).flops <= 3e6
        sides.append(recipe.resolution)
    assert set(sides) <= set(range(28, 57, 4))
    assert len(set(sides)) > 3


@pytest.mark.parametrize("regime", ["pocket", "smoke", "natural"])
def test_every_population_of_the_book_has_networks_in_its_window(regime: str) -> None:
    for population in figures.populations(regime):
        low, high = population.setting.window(population.multiple)
        for draw in population.draws(2):
            side, classes = population.recipe_of(draw).resolution, population.setting.num_classes
            assert low <= complexity(draw.network, side, classes).flops <= high


def test_another_rate_or_start_of_the_branches_is_a_population_of_its_own_with_the_same_networks() -> None:
    plain = Population("regnetx", "natural", length=2)
    half, start = replace(plain, rate=0.5), replace(plain, scale1=True)
    assert [p.name for p in (half, start)] == ["regnetx-l2-0.5lr", "regnetx-l2-scale1"]
    assert all(Population.parse(p.name, "natural") == p for p in (half, start))
    assert half.recipe == replace(plain.recipe, lr=plain.recipe.lr / 2)
    assert (plain.recipe.final_gamma, start.recipe.final_gamma) == (0, 1)
    assert half.draws(3) == start.draws(3) == plain.draws(3)
    assert (plain.wanted, half.wanted) == (40, 20)
    assert start.at("imagenet") == Population("regnetx", "imagenet", length=2)  # there all start at 1
    with pytest.raises(ValueError, match="start at scale 1 in all of regime imagenet"):
        replace(start, regime="imagenet")
    with pytest.raises(ValueError, match="own learning rates"):
        replace(half, tuned=True)
    with pytest.raises(ValueError, match="rate must be a number above 0, got 0"):
        replace(half, rate=0.0)
    with pytest.raises(ValueError, match="is written 'regnetx'"):
        Population.parse("regnetx-1lr", "natural")
