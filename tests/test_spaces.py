import dataclasses
from itertools import combinations_with_replacement, pairwise

import numpy as np
import pytest
from scipy import stats

from regnet.design.complexity import complexity
from regnet.design.laws import Choice
from regnet.design.networks import Stem
from regnet.design.spaces import AnyNetSpace, spaces

SECTION_3 = [
    "anynetx_a", "anynetx_b", "anynetx_c", "anynetx_d", "anynetx_e", "anynetx_c_w_const", "anynetx_c_w_decreasing",
    "anynetx_d_d_const", "anynetx_d_d_decreasing", "regnetx", "regnetx_wm2", "regnetx_w0_wa",
]  # fmt: skip


def networks(name, n=300):
    return spaces[name].sample(n, seed=5)


def rng():
    return np.random.default_rng(7)


def test_section_3_is_there_by_name():
    assert set(SECTION_3) <= set(spaces)
    assert all(space.name == name for name, space in spaces.items())


def test_an_unknown_space_is_refused_with_a_hint():
    with pytest.raises(ValueError, match=r"no design space 'anynetxa'.*did you mean 'anynetx_a'"):
        spaces["anynetxa"]


@pytest.mark.parametrize(
    ("name", "dims"), [*zip(SECTION_3, (16, 13, 10, 10, 10, 7, 10, 7, 10, 6, 5, 5), strict=True), ("regnetx_v", 4)]
)
def test_degrees_of_freedom(name, dims):
    assert spaces[name].dims == dims


def test_sizes_are_exact_counts():
    sizes = {name: spaces[name].size() for name in spaces}
    assert sizes["anynetx_a"] == (16 * 128 * 3 * 6) ** 4
    assert sizes["anynetx_d"] == sizes["anynetx_c_w_decreasing"] == 13_821_510_942_720
    assert sizes["anynetx_e"] == 817_446_539_520
    assert sizes["anynetx_c_w_const"] == 16**4 * 128 * 18
    assert spaces["anynetx_d"].size("strict") == 12_584_484_864_000
    assert spaces["anynetx_e"].size("strict") == 349_483_680_000
    assert sizes["regnetx"] == 63 * 32 * 2481 * 1501 * 18
    assert sizes["regnetx_w0_wa"] == 63 * 32 * 1501 * 18
    assert sizes["regnetx_c"] == 40 * 32 * 2481 * 1001 * 6


def test_sizes_with_ties_and_without_by_enumeration():
    small = AnyNetSpace("small", stages=3, d=Choice((1, 2, 3, 4)), w=Choice((8,)), b=Choice((1,)), g=Choice((1,)))
    ordered = small.constrain("ordered", d="increasing")
    assert ordered.size() == len(list(combinations_with_replacement(range(4), 3)))
    assert ordered.size("strict") == 4
    assert ordered.size("printed") == 4**3 // 6


@pytest.mark.parametrize("name", ["anynetx_d", "anynetx_e", "anynetx_e_5stage"])
def test_increasing_widths_hold_for_the_realised_network_ties_among_them(name):
    nets = networks(name)
    assert all(a <= b for net in nets for a, b in pairwise(net.widths))
    assert any(a == b for net in nets for a, b in pairwise(net.widths))


def test_the_other_orders_hold_for_the_realised_network():
    assert all(a <= b for net in networks("anynetx_e") for a, b in pairwise(net.depths))
    assert all(a >= b for net in networks("anynetx_c_w_decreasing") for a, b in pairwise(net.widths))
    assert all(a >= b for net in networks("anynetx_d_d_decreasing") for a, b in pairwise(net.depths))
    assert all(len(set(net.widths)) == 1 for net in networks("anynetx_c_w_const"))
    assert all(len(set(net.depths)) == 1 for net in networks("anynetx_d_d_const"))


def test_b_and_g_are_shared_as_drawn_and_the_first_space_shares_nothing():
    for name, shared in (("anynetx_a", ""), ("anynetx_b", "b"), ("anynetx_c", "bg"), ("anynetx_e", "bg")):
        for parameter in "bg":
            drawn = [[draw.drawn[f"{parameter}{i}"] for i in (1, 2, 3, 4)] for draw in spaces[name].draw(50)]
            assert all(len(set(row)) == 1 for row in drawn) == (parameter in shared), (name, parameter)


def test_an_order_of_widths_only_rejects():
    c, d = (spaces[name].candidates(rng(), 20_000) for name in ("anynetx_c", "anynetx_d"))
    kept = (np.diff(c.widths, axis=0) >= 0).all(axis=0)
    assert 0 < kept.sum() < len(c)
    for ours, parent in ((d.widths, c.widths), (d.depths, c.depths), (d.group_widths, c.group_widths)):
        assert np.array_equal(ours, parent[:, kept])


def test_an_order_of_depths_has_the_law_that_rejection_gives():
    p = np.log(np.arange(1, 17) / np.maximum(np.arange(16), 0.5)) / np.log(32)
    exact = np.zeros(16)
    for depths in combinations_with_replacement(range(16), 4):
        exact[depths[3]] += np.prod(p[list(depths)])
    exact /= exact.sum()
    # d is independent of w, so the widths' order may be left out to have more draws
    space = dataclasses.replace(spaces["anynetx_e"], w_rule="free")
    last = space.candidates(rng(), 400_000).depths[3]
    counts = np.bincount(last.astype(int), minlength=17)[1:]
    assert counts.sum() > 10_000
    common = exact * counts.sum() > 10
    assert stats.chisquare(counts[common], exact[common] / exact[common].sum() * counts[common].sum()).pvalue > 1e-3


def test_regnets_have_the_wanted_stages_and_no_skipped_exponent():
    for name, stages in (("regnetx", 4), ("regnetx_5stage", 5), ("regnetx_wm2", 4), ("regnetx_w0_wa", 4)):
        assert all(len(net.stages) == stages for net in networks(name, 100))


def test_restrictions_of_regnetx():
    assert {draw.drawn["w_m"] for draw in spaces["regnetx_wm2"].draw(50)} == {2}
    tied = spaces["regnetx_w0_wa"].draw(100)
    assert all(draw.drawn["w_0"] == draw.drawn["w_a"] for draw in tied)
    assert all(draw.drawn["w_a"] % 8 == 0 for draw in tied)
    constrained = spaces["regnetx_c"].draw(200)
    assert {draw.drawn["b"] for draw in constrained} == {1}
    assert max(draw.drawn["d"] for draw in constrained) <= 40
    assert min(draw.drawn["w_m"] for draw in constrained) >= 2


def test_templates_change_the_blocks_and_nothing_drawn():
    assert {net.block for net in networks("regnetx_r", 20)} == {"R"}
    assert all(set(net.bottlenecks) == {1.0} for net in networks("anynetx_a_vr", 20))
    assert {net.se_ratio for net in networks("regnety_c", 20)} == {0.25}
    stem = Stem(width=16, stride=1, channels=1)
    assert {net.stem for net in spaces["anynetx_a"].with_stem(stem).sample(5)} == {stem}
    plain = [net.stages for net in networks("regnetx_c", 20)]
    assert [net.stages for net in networks("regnety_c", 20)] == plain


def test_a_block_without_groups_cannot_become_one_with():
    with pytest.raises(ValueError, match="anynetx_a_r has block R: start from the space with block X"):
        spaces["anynetx_a_r"].with_template("back", block="X")


def test_a_constraint_that_makes_no_sense_is_refused():
    a, d, u = spaces["anynetx_a"], spaces["anynetx_d"], spaces["regnetx"]
    with pytest.raises(ValueError, match="rule of b must be one of equal, got 'increasing'"):
        a.constrain("x", b="increasing")
    with pytest.raises(ValueError, match="rule of w must be one of equal, increasing, decreasing, got 'sorted'"):
        a.constrain("x", w="sorted")
    with pytest.raises(ValueError, match="anynetx_d has w increasing: it cannot be made decreasing as well"):
        d.constrain("x", w="decreasing")
    with pytest.raises(ValueError, match="3 cannot be drawn"):
        a.constrain("x", b=3)
    with pytest.raises(ValueError, match='the only word is w_0="w_a"'):
        u.constrain("x", w_0="d")
    with pytest.raises(ValueError, match=r"regnetx_w0_wa has w_a = w_0: constrain w_0"):
        spaces["regnetx_w0_wa"].constrain("x", w_a=(8, 16))
    for space in (a, u):
        with pytest.raises(ValueError, match=r"d: a value, bounds \(low, high\) or a law expected, got \[1, 40\]"):
            space.constrain("x", d=[1, 40])
    with pytest.raises(ValueError, match="stages must be a whole number of at least 1, got 0"):
        a.with_template("x", stages=0)


def test_values_bounds_and_laws_constrain_either_family():
    one = spaces["anynetx_a"].constrain("one", d=2, w=(64, 128), g=Choice((8, 24)))
    assert one.dims == 4 + 4 + 4
    for net in one.sample(50):
        assert net.depths == (2, 2, 2, 2)
        assert all(32 <= w <= 192 for w in net.widths)  # compatible with g = 8 and 24, b up to 4
    fixed = spaces["regnetx"].constrain("d20", d=20, g=Choice(tuple(range(16, 65, 8))))
    assert {net.depth for net in fixed.sample(50)} == {20}


def test_spaces_are_values_that_say_what_they_are():
    e = spaces["anynetx_e"]
    assert hash(e) == hash(dataclasses.replace(e))
    assert repr(e).startswith("<anynetx_e: 10 dims, 8.2e+11 settings; d1..d4: log-uniform 1..16, increasing; w1..w4:")
    about = spaces["regnetx_w0_wa"].parameters()
    assert (about["w_a"], about["w_m"]) == ("w_0", "uniform 1.5..3 step 0.001")
    with pytest.raises(dataclasses.FrozenInstanceError):
        e.name = "f"


@pytest.mark.parametrize(("parameter", "rule"), [("d", "rising"), ("w", "Increasing"), ("b", "increasing")])
def test_a_rule_that_there_is_none_of_is_refused_however_it_is_given(parameter, rule):
    with pytest.raises(ValueError, match=f"rule of {parameter} must be one of equal.*, got '{rule}'"):
        AnyNetSpace("own", **{f"{parameter}_rule": rule})


def test_an_anynet_space_may_draw_its_input():
    wide = spaces["anynetx_e"].with_template("wide", zoom=Choice((1, 2)))
    assert (wide.dims, wide.size(), wide.parameters()["zoom"]) == (
        spaces["anynetx_e"].dims + 1, 2 * spaces["anynetx_e"].size(), str(Choice((1, 2))),
    )  # fmt: skip
    for draw in wide.draw(6, resolution=32, flops=(2e6, 6e6)):
        side = round(32 * draw.drawn["zoom"])
        assert 2e6 <= complexity(draw.network, side, 1000).flops <= 6e6
