import subprocess
import sys

import numpy as np
import pytest

from regnet.design.complexity import complexity
from regnet.design.laws import Choice
from regnet.design.networks import AnyNet, RegNet, Stem
from regnet.design.sampling import BLOCK, Sampler, Window
from regnet.design.spaces import AnyNetSpace, spaces

POCKET = {"resolution": 28, "num_classes": 10, "flops": (2.7e6, 3e6)}
POCKET_STEM = Stem(width=16, stride=1, channels=1)
INVERTED = Choice((1 / 8, 1 / 4, 1 / 2, 1))
EIGHTHS = Choice(tuple(range(8, 65, 8)))
OTHERS = {
    "inverted": spaces["anynetx_a"].constrain("inverted", b=INVERTED, g=EIGHTHS),
    "inverted_regnet": spaces["regnetx"].constrain("inverted_regnet", b=INVERTED, g=EIGHTHS),
}


def realised(space, drawn):
    """The network of drawn parameters by the path for one network."""
    template = {
        "stem": space.stem, "block": space.block, "se_ratio": space.se_ratio, "activation": space.activation,
    }  # fmt: skip
    if "w_m" in drawn:
        line = {name: value for name, value in drawn.items() if name != "zoom"}
        return RegNet(**line, **template).to_anynet()
    d, w, b, g = ([drawn[f"{name}{i}"] for i in range(1, space.stages + 1)] for name in "dwbg")
    return AnyNet.compatible(depths=d, widths=w, bottlenecks=b, group_widths=g, **template)


@pytest.mark.parametrize("name", [*spaces, *OTHERS])
def test_a_member_is_the_network_of_its_drawn_parameters(name):
    space = OTHERS.get(name) or spaces[name]
    draws = space.draw(150, seed=11)
    assert [draw.index for draw in draws] == list(range(150))
    assert all(draw.network == realised(space, draw.drawn) for draw in draws)


@pytest.mark.parametrize("name", ["anynetx_a", "anynetx_e", "regnetx"])
def test_members_of_the_pocket_window_lie_in_it(name):
    draws = spaces[name].with_stem(POCKET_STEM).draw(100, seed=2, **POCKET)
    flops = [complexity(draw.network, 28, 10).flops for draw in draws]
    assert min(flops) >= 2.7e6
    assert max(flops) <= 3e6


def test_all_three_windows_are_closed_and_any_end_may_be_open():
    space = spaces["regnetx"]
    costs = [complexity(net) for net in space.sample(50, flops=(1e8, None), params=(None, 8e6), acts=(2e6, 5e6))]
    assert min(c.flops for c in costs) >= 1e8
    assert max(c.params for c in costs) <= 8e6
    assert all(2e6 <= c.acts <= 5e6 for c in costs)
    one = space.constrain("one", d=10, w_0=24, w_a=24, w_m=2, b=1, g=8)
    only = complexity(one.sample(1)[0]).flops
    assert len(one.sample(3, flops=(only, only))) == 3


def test_a_window_keeps_every_member_and_nothing_else():
    space = spaces["regnetx"]
    everything = Sampler(space, Window(), seed=4).block(0)
    inside = Sampler(space, Window(flops=(360e6, 400e6)), seed=4).block(0)
    members = [draw.network for draw in space.draw(len(everything), seed=4)]
    expected = [net for net in members if 360e6 <= complexity(net).flops <= 400e6]
    assert len(inside) == len(expected) > 10
    assert space.sample(len(expected), seed=4, flops=(360e6, 400e6)) == expected


@pytest.mark.parametrize("name", ["anynetx_a", "anynetx_e", "regnetx", "regnetx_w0_wa"])
def test_the_first_of_many_are_the_few(name):
    many = spaces[name].draw(500, seed=9, flops=(360e6, 400e6))
    few = spaces[name].draw(100, seed=9, flops=(360e6, 400e6))
    assert many[:100] == few


def test_blocks_do_not_depend_on_what_was_drawn_before():
    sampler = Sampler(spaces["regnetx"], Window(), seed=1)
    in_order = [sampler.block(k) for k in range(3)]
    alone = Sampler(spaces["regnetx"], Window(), seed=1).block(2)
    assert np.array_equal(in_order[2].widths, alone.widths)
    assert not np.array_equal(in_order[1].widths[:, :100], alone.widths[:, :100])


def test_another_process_draws_the_same_members():
    code = (
        "from regnet.design.spaces import spaces\n"
        "print(*[net.id for net in spaces['anynetx_e'].sample(20, seed=3, flops=(360e6, 400e6))])"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert there == [net.id for net in spaces["anynetx_e"].sample(20, seed=3, flops=(360e6, 400e6))]


def test_seeds_give_unrelated_members():
    ids = [{net.id for net in spaces["regnetx"].sample(50, seed=seed)} for seed in (0, 1, 2)]
    assert not (ids[0] & ids[1] | ids[0] & ids[2] | ids[1] & ids[2])


def test_duplicates_stay():
    one = AnyNetSpace("one", d=Choice((1,)), w=Choice((8,)), b=Choice((1,)), g=Choice((8,)))
    assert len(set(one.sample(7))) == 1
    assert one.size() == 1


def test_more_members_than_a_block_holds():
    draws = spaces["anynetx_a"].draw(BLOCK + 5)
    assert [draw.index for draw in draws] == list(range(BLOCK + 5))


def test_drawn_numbers_have_one_type_a_column():
    for name in ("anynetx_a", "regnetx", "regnetx_w0_wa", "regnetx_c"):
        rows = [draw.drawn for draw in spaces[name].draw(100)]
        for column in rows[0]:
            assert len({type(row[column]) for row in rows}) == 1, (name, column)
    drawn = spaces["regnetx"].draw(1)[0].drawn
    assert list(drawn) == ["d", "w_a", "w_0", "w_m", "b", "g"]
    assert {name for name, value in drawn.items() if isinstance(value, float)} == {"w_a", "w_m"}
    first = list(spaces["anynetx_a"].draw(1)[0].drawn)
    assert first == [f"{name}{i}" for name in "dwbg" for i in (1, 2, 3, 4)]


def test_no_members_may_be_asked_for():
    assert spaces["anynetx_a"].draw(0, flops=(1, 2)) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"flops": (400e6, 360e6)}, r"flops must be \(low, high\) with low <= high, got \(4e\+08, 3.6e\+08\)"),
        ({"acts": (float("nan"), 1)}, "acts must be"),
        ({"params": (1, 2, 3)}, "params must be"),
        ({"params": ()}, "params must be"),
        ({"flops": 400e6}, r"flops must be \(low, high\)"),
        ({"flops": (1, "2")}, "flops must be a finite number, got '2'"),
        ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
        ({"n": -1}, "n must be a whole number of at least 0, got -1"),
        ({"resolution": 0}, "resolution must be a whole number of at least 1, got 0"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        spaces["anynetx_a"].draw(**({"n": 1} | arguments))


def test_a_window_that_nothing_hits_is_an_error_with_the_range_seen():
    with pytest.raises(
        ValueError, match=r"anynetx_a at resolution 224: 0 networks found.*flops seen .* to .*wanted 1:2"
    ):
        spaces["anynetx_a"].sample(1, flops=(1, 2))


def test_a_window_of_parameters_that_nothing_hits_says_what_was_seen():
    one = spaces["regnetx"].constrain("one", d=10, w_0=24, w_a=24, w_m=2, b=1, g=8)
    cost = complexity(one.sample(1)[0])
    with pytest.raises(ValueError, match=r"params seen .*, wanted :5000") as error:
        next(Sampler(one, Window(params=(None, 5000)), seed=0, max_networks=1000).members(1))
    assert f"flops seen {cost.flops:.3g} to {cost.flops:.3g}, wanted any" in str(error.value)
    assert f"params seen {cost.params:.3g} to {cost.params:.3g}" in str(error.value)


def test_a_space_without_valid_networks_is_given_up():
    never = spaces["regnetx"].constrain("never", d=3)  # three blocks have no four stages
    with pytest.raises(ValueError, match=r"0 networks found, then none in [\d,]+ draws \(0 of them valid\)"):
        next(Sampler(never, Window(), seed=0, max_draws=100_000).members(1))
