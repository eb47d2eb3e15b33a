"""What a training costs where nothing like it was measured: by the nearest population, in proportion to its work."""

from regnet.sweeps.cost import seconds_each
from regnet.sweeps.population import Population


def of(space: str, multiple: float = 1, length: int = 1) -> Population:
    return Population(space, "pocket", multiple, length=length)


def test_a_measured_population_costs_its_own_mean() -> None:
    assert seconds_each(of("regnetx"), {of("anynetx_a"): 5.0, of("regnetx"): 3.0}) == 3.0
    assert seconds_each(of("regnetx"), {}) is None


def test_the_price_of_a_space_is_that_of_itself_then_of_its_kin() -> None:
    measured = {of("efficientnet"): 9.0, of("anynetx_a"): 5.0, of("regnetx"): 3.0}
    assert seconds_each(of("regnetx_c"), measured) == 3.0
    assert seconds_each(of("anynetx_e"), measured) == 5.0
    assert seconds_each(of("efficientnet", length=2), measured) == 18.0
    assert seconds_each(of("anynetx_a", length=5), measured) == 25.0


def test_flops_come_before_the_space_and_the_space_before_the_length() -> None:
    measured = {of("regnetx"): 3.0, of("anynetx_a", 2): 8.0, of("anynetx_e", length=2): 4.0}
    assert seconds_each(of("regnetx", 2), measured) == 8.0
    assert seconds_each(of("regnetx", length=2), measured) == 6.0


def test_kin_come_before_the_length() -> None:
    assert seconds_each(of("regnetx_c"), {of("anynetx_a"): 5.0, of("regnetx", length=2): 8.0}) == 4.0


def test_of_one_space_the_nearest_length_is_taken() -> None:
    assert seconds_each(of("regnetx", length=5), {of("regnetx"): 3.0, of("regnetx", length=2): 7.0}) == 17.5
