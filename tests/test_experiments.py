"""Populations, their names and their members."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regnet.sweeps.experiments import ELEMENTS, REPEATED, SECTION3, Population, named, training_seed
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
    population = Population(space, multiple, length, seed, regime)
    assert Population.parse(population.name, regime) == population


def test_default_parts_are_left_out_of_a_name() -> None:
    assert Population("anynetx_a").name == "anynetx_a"
    assert Population("regnetx", 0.5).name == "regnetx-1.5mf"
    assert Population("regnetx", 2, 2).name == "regnetx-6mf-l2"
    assert Population("regnetx", 2, regime="imagenet").name == "regnetx-800mf"


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
    from regnet.design.complexity import complexity

    population = Population("anynetx_c", multiple=2)
    few, many = population.draws(3), population.draws(12)
    assert [draw.network for draw in few] == [draw.network for draw in many[:3]]
    flops = [complexity(draw.network, 28, 10).flops for draw in many]
    assert all(5.4e6 <= f <= 6e6 for f in flops)
    assert {draw.network.stem for draw in many} == {regimes["pocket"].stem}


def test_section_3_is_twelve_populations_and_covers_its_elements() -> None:
    assert len(set(SECTION3)) == 12
    assert {population for chosen in ELEMENTS.values() for population in chosen} == set(SECTION3)
    assert set(REPEATED) <= set(SECTION3)


def test_training_seeds_are_stable_and_all_different() -> None:
    seeds = [training_seed(seed, index, repeat) for seed in (0, 1) for index in range(200) for repeat in range(4)]
    assert len(set(seeds)) == len(seeds)
    assert training_seed(0, 0) == 2044266242  # rows under runs/ hold these numbers


def test_names_an_element_or_nothing_choose_populations() -> None:
    assert named("smoke") == tuple(population.at("smoke") for population in SECTION3)
    assert [p.name for p in named("pocket", element="fig05")] == ["anynetx_a", "anynetx_b", "anynetx_c"]
    assert [p.name for p in named("pocket", ["regnetx", "regnetx"])] == ["regnetx"]
    with pytest.raises(ValueError, match="either"):
        named("pocket", ["regnetx"], "fig05")
    with pytest.raises(ValueError, match="fig03"):
        named("pocket", element="fig03")
