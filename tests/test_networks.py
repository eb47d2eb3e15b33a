import dataclasses

import numpy as np
import pytest

from regnet.design.networks import AnyNet, RegNet, Stage, Stem, compatible_width
from regnet.design.zoo import zoo


def anynet(**changes):
    settings = {"depths": (1, 2), "widths": (32, 64), "bottlenecks": (1, 1), "group_widths": (16, 16)}
    return AnyNet.compatible(**(settings | changes))


@pytest.mark.parametrize(
    ("drawn", "realised"),
    [
        ((24, 1, 16), (32, 16)),  # 24 / 16 = 1.5 rounds to the even 2
        ((40, 1, 16), (32, 16)),  # 40 / 16 = 2.5 rounds to the even 2
        ((8, 1, 32), (8, 8)),  # a group is at most the inner width
        ((8, 4, 32), (8, 2)),  # which is 2 here
        ((8, 1 / 4, 6), (9, 6)),  # inner 32, step lcm(6, 4) = 12, inner 36, w = 9
        ((48, 2, 16), (64, 16)),  # inner 24 -> 32
        ((1024, 1, 32), (1024, 32)),
    ],
)
def test_group_compatibility_by_hand(drawn, realised):
    assert compatible_width(*drawn) == realised


def test_group_compatibility_changes_a_width_by_at_most_a_third_where_the_group_fits():
    for w in range(8, 1032, 8):
        for b in (1, 2, 4):
            for g in (1, 2, 4, 8, 16, 32):
                width, group = compatible_width(w, b, g)
                assert (width // b) % group == 0
                assert abs(width - w) <= w / 3


def test_quantised_line_rounds_half_to_even():
    net = RegNet(d=18, w_a=34.01, w_0=80, w_m=2.25, g=24)  # 80 * 2.25 / 8 = 22.5: RegNetX-1.6GF
    assert sorted(set(net.quantised().tolist())) == [80, 176, 408, 912]
    assert net.to_anynet().widths == (72, 168, 408, 912)


def test_quantised_line_counts_its_blocks():
    net = RegNet(d=22, w_a=24.48, w_0=24, w_m=2.54, g=16)
    assert net.line()[:2].tolist() == pytest.approx([24, 48.48])
    assert np.bincount(net.exponents()).tolist() == [1, 2, 7, 12]
    assert net.to_anynet().depths == (1, 2, 7, 12)
    assert net.to_anynet().widths_per_block.tolist() == [32] + [64] * 2 + [160] * 7 + [384] * 12


def test_a_skipped_exponent_gives_no_stage_and_equal_widths_give_one():
    assert np.unique(RegNet(d=2, w_a=256, w_0=8, w_m=1.5, g=1).exponents()).tolist() == [0, 9]
    assert len(RegNet(d=2, w_a=256, w_0=8, w_m=1.5, g=1).to_anynet().stages) == 2
    merged = RegNet(d=4, w_a=4, w_0=8, w_m=1.5, g=1)  # 8, 12 -> 16, 18 -> 16
    assert merged.exponents().tolist() == [0, 1, 2, 2]
    assert merged.to_anynet().widths == (8, 16)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"d": 0}, "d must be a whole number of at least 1, got 0"),
        ({"w_a": -1}, "w_a must be a number of at least 0 .*, got -1"),
        ({"w_m": 1}, "w_m must be a number above 1 and at most .*, got 1"),
        ({"w_0": 20}, "w_0 must be a multiple of 8, got 20"),
    ],
)
def test_an_impossible_line_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        RegNet(**({"d": 8, "w_a": 8, "w_0": 8, "w_m": 2, "g": 8} | change))


def test_equal_networks_are_one_value_with_one_id_however_numbers_are_written():
    one, other = anynet(bottlenecks=(1, 1)), anynet(bottlenecks=(1.0, 1.0))
    assert one == other
    assert hash(one) == hash(other)
    assert one.id == other.id
    assert len(one.id) == 12


def test_ids_are_those_that_stored_rows_name():
    assert RegNet(d=22, w_a=24.48, w_0=24, w_m=2.54, g=16).to_anynet().id == "8398d5736e49"
    assert zoo["resnet-50"].id == "62ac91615c62"


def test_whatever_differs_changes_the_id():
    different = [
        anynet(), anynet(depths=(1, 3)), anynet(widths=(32, 128)), anynet(group_widths=(16, 32)),
        anynet(bottlenecks=(1, 2)), anynet(se_ratio=0.25), anynet(activation="silu"), anynet(block="R"),
        anynet(stem=Stem(width=16)), anynet(strides=(1, 2)),
    ]  # fmt: skip
    assert len({net.id for net in different}) == len(different)


def test_a_network_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        anynet().block = "V"


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"one entry a stage.*'widths': 3"):
        anynet(widths=(8, 16, 24))


@pytest.mark.parametrize(
    ("stage", "block", "message"),
    [
        (Stage(1, 100, 1, 24), "X", "group width 24 does not divide inner width 100"),
        (Stage(1, 32, 1, 8), "R", "block R has one group, got 4"),
        (Stage(1, 32, 2, 16), "V", "block V has no bottleneck, got b = 2"),
        (Stage(1, 32, 1, 32), "Z", "block must be one of X, R, V, VR, got 'Z'"),
    ],
)
def test_an_impossible_stage_is_refused_by_name(stage, block, message):
    with pytest.raises(ValueError, match=message):
        AnyNet((stage,), block=block)


def test_blocks_without_groups_ignore_what_they_do_not_have():
    plain = anynet(block="R", bottlenecks=(2, 2))
    assert plain.group_widths == (16, 32)
    vanilla = anynet(block="V", bottlenecks=(2, 2))
    assert vanilla.bottlenecks == (1.0, 1.0)
    assert vanilla.group_widths == vanilla.widths == (32, 64)
