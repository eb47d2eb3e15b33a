"""Numbers that the paper prints or states, against what the code computes."""

import math

import pytest

from regnet import published
from regnet.design.complexity import complexity
from regnet.design.networks import compatible_width
from regnet.design.spaces import spaces
from regnet.design.zoo import zoo

PAPER = published.load("paper_models").set_index("model")
REGNETS = [model for model in PAPER.index if model.startswith("RegNet")]


def test_refinement_takes_ten_orders_of_magnitude_off():
    a, c, e, u = (spaces[name].size("printed") for name in ("anynetx_a", "anynetx_c", "anynetx_e", "regnetx"))
    assert 3.5 < math.log10(a / c) < 4  # "nearly four orders of magnitude"
    assert 6 < math.log10(a / e) < 7  # "O(10^7)"
    assert 9.5 < math.log10(a / u) < 10  # "nearly 10 orders of magnitude"


@pytest.mark.parametrize("model", REGNETS)
def test_figures_15_and_16(model):
    row, net = PAPER.loc[model], zoo[model.lower()]
    assert " ".join(map(str, net.depths)) == row["stage_depths"]
    assert " ".join(map(str, net.widths)) == row["stage_widths"]
    assert max(net.group_widths) == int(row["group_w"])
    assert set(net.bottlenecks) == {float(row["b"])}
    cost = complexity(net)
    assert f"{cost.params / 1e6:.1f}" == f"{row['params_M']:.1f}"
    assert f"{cost.acts / 1e6:.1f}" == f"{row['acts_M']:.1f}"
    flops = row["flops_G"]
    assert f"{cost.flops / 1e9:.1f}" == f"{flops:.1f}"


def test_printed_cells_that_recomputing_contradicts():
    def differing(acts):
        found = set()
        for model in PAPER.index:
            cost = complexity(zoo[model.lower()], resolution=zoo.resolution(model.lower()))
            for column, attribute, unit in (
                ("flops_G", "flops", 1e9),
                ("params_M", "params", 1e6),
                ("acts_M", acts, 1e6),
            ):
                if f"{getattr(cost, attribute) / unit:.1f}" != f"{PAPER.loc[model, column]:.1f}":
                    found.add((model, column))
        return found

    params = {("ResNet-50", "params_M"), ("ResNet-101", "params_M")}  # 22.6M and 44.6M are printed
    params |= {(f"EfficientNet-B{i}", "params_M") for i in (2, 3, 4, 5)}
    large = {("EfficientNet-B4", "flops_G"), ("EfficientNet-B4", "acts_M"), ("EfficientNet-B5", "flops_G")}
    resnets = {model for model in PAPER.index if model.startswith("ResNe")}
    assert differing("conv_acts") == params | large
    assert differing("acts") == params | large | {(model, "acts_M") for model in resnets}


def test_all_but_one_published_regnet_obey_the_limits_of_the_constrained_space():
    broken = []
    for model in REGNETS:
        cost = complexity(zoo[model.lower()])
        flops = cost.flops / 1e9
        if cost.params / 1e6 >= 3.0 + 5.5 * flops or cost.acts / 1e6 >= 6.5 * math.sqrt(flops):
            broken.append(model)
    assert broken == ["RegNetY-6.4GF"]


def test_a_population_costs_about_one_resnet_50():
    population = 100 * 400e6 * 10  # 100 models, 10 epochs (sec. 3.1)
    assert population == pytest.approx(100 * complexity(zoo["resnet-50"]).flops, rel=0.05)


def test_example_networks_of_figures_6_and_8_are_compatible_with_their_groups_but_for_one():
    changed = []
    for row in published.load("paper_fig6_fig8_example_networks").itertuples():
        widths = [int(w) for w in row.stage_widths.split()]
        assert all(w % 8 == 0 and w <= 1024 for w in widths)
        if any(compatible_width(w, row.b, row.group_w)[0] != w for w in widths):
            changed.append(row.stage_widths)
    assert changed == ["48 576 128 32"]  # b = 4, g = 8: the inner width 12 of the first stage is no multiple of 8


def test_figure_4_widths_and_resolutions():
    net = zoo.anynet("regnetx-400mf")
    assert (net.stem.kernel, net.stem.stride, net.stem.width, net.stem.pool) == (3, 2, 32, False)
    assert [stage.stride for stage in net.stages] == [2, 2, 2, 2]  # r/4, r/8, r/16, r/32 after r/2
