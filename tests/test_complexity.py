import dataclasses

import numpy as np
import pytest

from regnet.design.complexity import Complexity, complexities, complexity
from regnet.design.convolutions import output_side
from regnet.design.networks import AnyNet, RegNet, Stage, Stem
from regnet.design.spaces import spaces

REGNETX_400MF = RegNet(d=22, w_a=24.48, w_0=24, w_m=2.54, g=16).to_anynet()
POCKET_STEM = Stem(width=16, stride=1, channels=1)


def one_stage(block, *, stem=POCKET_STEM, se_ratio=0.0, **stage):
    return AnyNet((Stage(**({"depth": 2, "width": 32, "group_width": 8} | stage)),), stem, block, se_ratio)


def test_regnetx_400mf_is_the_published_network():
    assert complexity(REGNETX_400MF) == Complexity(flops=397678568, params=5157512, acts=3143272)
    assert repr(complexity(REGNETX_400MF)) == "Complexity(flops=397678568, params=5157512, acts=3143272)"


def test_an_x_stage_by_hand():
    cost = complexity(one_stage("X", bottleneck=2), resolution=8, num_classes=10)
    stem = 9 * 1 * 16  # 8x8
    first = (16 * 16, 9 * 16 * 8, 16 * 32, 16 * 32)  # 1x1 at 8x8; 3x3, 1x1 and projection at 4x4
    second = (32 * 16, 9 * 16 * 8, 16 * 32)  # at 4x4
    classifier = 32 * 10 + 10
    assert cost.flops == (stem + first[0]) * 64 + (sum(first[1:]) + sum(second)) * 16 + classifier
    norms = 2 * (16 + 16 + 16 + 32 + 32 + 16 + 16 + 32)
    assert cost.params == stem + sum(first) + sum(second) + norms + classifier
    assert cost.conv_acts == (16 + 16) * 64 + (16 + 32 + 32 + 16 + 16 + 32) * 16
    assert cost.acts == cost.conv_acts + 10


def test_squeeze_and_excitation_is_a_share_of_the_block_input_and_counts_its_biases():
    plain = complexity(one_stage("X"), resolution=8, num_classes=10)
    squeezed = complexity(one_stage("X", se_ratio=0.25), resolution=8, num_classes=10)
    extra = [2 * 32 * width + width + 32 for width in (4, 8)]  # inputs are 16 and 32 wide
    assert squeezed.params - plain.params == squeezed.flops - plain.flops == sum(extra)
    assert squeezed.acts - plain.acts == 4 + 32 + 8 + 32


def test_squeeze_width_rounds_half_to_even():
    narrow = complexity(one_stage("X", stem=Stem(width=10, stride=1), se_ratio=0.25, depth=1))
    plain = complexity(one_stage("X", stem=Stem(width=10, stride=1), depth=1))
    assert narrow.acts - plain.acts == 2 + 32  # 2.5 -> 2


def test_vanilla_blocks_by_hand():
    v = complexity(one_stage("V", group_width=32), resolution=8, num_classes=10)
    assert v.flops == 9 * 16 * 64 + (9 * 16 * 32 + 9 * 32 * 32) * 16 + 330
    vr = complexity(one_stage("VR", group_width=32), resolution=8, num_classes=10)
    assert vr.flops - v.flops == 16 * 32 * 16  # the projection
    assert vr.params - v.params == 16 * 32 + 64


def test_block_r_is_block_x_with_one_group():
    assert complexity(one_stage("R", group_width=32)) == complexity(one_stage("X", group_width=32))


def test_shortcut_is_projected_where_width_or_stride_changes():
    kept = complexity(one_stage("X", stem=Stem(width=32, stride=1), stride=1), resolution=8)
    strided = complexity(one_stage("X", stem=Stem(width=32, stride=1), stride=2), resolution=8)
    widened = complexity(one_stage("X", stem=Stem(width=24, stride=1), stride=1), resolution=8)
    body = 32 * 32 + 9 * 32 * 8 + 32 * 32 + 3 * 64
    classifier = 32 * 1000 + 1000
    assert kept.params == 27 * 32 + 64 + 2 * body + classifier
    assert strided.params == kept.params + 32 * 32 + 64
    assert widened.params == 27 * 24 + 48 + 2 * body - 8 * 32 + 24 * 32 + 64 + classifier


def test_odd_sides_round_up():
    assert complexity(one_stage("V", group_width=32, depth=1), resolution=7).conv_acts == 16 * 49 + 32 * 16


def test_the_max_pool_counts_as_activations_only_in_pycls_rule():
    stem = Stem(kernel=7, width=64, pool=True)
    net = dataclasses.replace(REGNETX_400MF, stem=stem)
    cost = complexity(net)
    assert cost.acts - cost.conv_acts == 64 * 56 * 56 + 1000


TEMPLATES = [
    ("anynetx_a", {}), ("anynetx_a_r", {}), ("anynetx_a_v", {}), ("anynetx_a_vr", {}), ("anynetx_a_5stage", {}),
    ("regnetx", {}), ("regnety_c", {}), ("anynetx_a", {"stem": POCKET_STEM}),
    ("anynetx_a", {"stem": Stem(kernel=7, width=64, pool=True)}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes"), TEMPLATES)
def test_a_population_counts_exactly_as_its_networks_do(name, changes):
    space = dataclasses.replace(spaces[name], **changes)
    nets = space.sample(200, seed=3)
    together = complexities(
        [net.depths for net in nets],
        [net.widths for net in nets],
        [net.bottlenecks for net in nets],
        [net.group_widths for net in nets],
        stem=space.stem,
        block=space.block,
        se_ratio=space.se_ratio,
        resolution=57,
        num_classes=10,
    )
    for i, net in enumerate(nets):
        cost = complexity(net, resolution=57, num_classes=10)
        assert (cost.flops, cost.params, cost.acts, cost.conv_acts) == (
            together.flops[i], together.params[i], together.acts[i], together.conv_acts[i]
        )  # fmt: skip
    assert together.flops.dtype == np.int64


def test_a_population_may_keep_its_resolution_and_its_width():
    nets = [one_stage("X", stem=Stem(width=32), stride=1), one_stage("X", stem=Stem(width=32), stride=1, width=48)]
    together = complexities([[2], [2]], [[32], [48]], [[1], [1]], [[8], [8]], strides=(1,), stem=Stem(width=32))
    assert together.params.tolist() == [complexity(net).params for net in nets]


@pytest.mark.parametrize(("name", "changes"), TEMPLATES)
def test_each_of_a_population_may_have_its_own_resolution(name, changes):
    space = dataclasses.replace(spaces[name], **changes)
    nets = space.sample(60, seed=5)
    resolutions = np.random.default_rng(0).integers(1, 80, len(nets)).astype(float)
    columns = [[getattr(net, c) for net in nets] for c in ("depths", "widths", "bottlenecks", "group_widths")]
    settings = {"stem": space.stem, "block": space.block, "se_ratio": space.se_ratio}
    together = complexities(*columns, **settings, resolution=resolutions)
    for i, (net, resolution) in enumerate(zip(nets, resolutions, strict=True)):
        cost = complexity(net, resolution=int(resolution))
        assert (cost.flops, cost.params, cost.acts, cost.conv_acts) == (
            together.flops[i], together.params[i], together.acts[i], together.conv_acts[i]
        )  # fmt: skip


def test_one_network_at_many_resolutions():
    r = np.array([28.0, 29, 32, 57])
    columns = [[getattr(REGNETX_400MF, c)] for c in ("depths", "widths", "bottlenecks", "group_widths")]
    expected = [complexity(REGNETX_400MF, int(side)).flops for side in r]
    assert complexities(*columns, resolution=r).flops.tolist() == expected
    assert output_side(r, 2).tolist() == [14, 15, 16, 29]


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="resolution must be a whole number of at least 1, got 0"):
        complexity(REGNETX_400MF, resolution=0)
    with pytest.raises(ValueError, match="resolution must be a whole number of at least 1, got 0"):
        complexities([[1]] * 2, [[8]] * 2, [[1]] * 2, [[1]] * 2, resolution=np.array([28.0, 0.0]))
    with pytest.raises(ValueError, match="num_classes must be a whole number of at least 1, got -1"):
        complexity(REGNETX_400MF, num_classes=-1)
    with pytest.raises(ValueError, match=r"one shape \(n, stages\)"):
        complexities([[1, 2]], [[8]], [[1]], [[1]])
    with pytest.raises(ValueError, match="one stride a stage expected for 1 stages"):
        complexities([[1]], [[8]], [[1]], [[1]], strides=(1, 2))
