"""Published shapes scaled to a budget: how near below it, and what of the shape is kept."""

import numpy as np
import pytest

from regnet.design.complexity import complexity
from regnet.design.convolutions import output_side
from regnet.design.networks import AnyNet, EfficientNet, Network, Stem
from regnet.design.shapes import scale_to, scaled
from regnet.design.zoo import zoo

STEM = Stem(width=16, stride=1, channels=1)
POCKET = {"stem": STEM, "resolution": 28, "num_classes": 10}
SHAPES = ("resnet-50", "resnext-50", "efficientnet-b0")


def cost(net: Network, name: str = "flops") -> int:
    return int(getattr(complexity(net, 28, 10), name))


@pytest.mark.parametrize("flops", [1.5e6, 3e6, 6e6, 12e6])
@pytest.mark.parametrize("shape", SHAPES)
def test_flops_lie_within_5_percent_below_the_budget(shape: str, flops: float) -> None:
    net = scale_to(shape, flops=flops, **POCKET)
    assert 0.95 * flops <= cost(net) <= flops
    assert net.depths == zoo[shape].depths
    assert net.stem == STEM
    assert all(w % 8 == 0 for w in net.widths)


@pytest.mark.parametrize(
    ("shape", "acts"),
    [
        ("resnet-50", 60e3), ("resnet-50", 100e3), ("resnet-101", 150e3), ("resnext-50", 80e3), ("resnext-101", 200e3),
        ("efficientnet-b0", 150e3), ("efficientnet-b0", 250e3),
    ],
)  # fmt: skip
def test_activations_lie_within_5_percent_below_the_budget(shape: str, acts: float) -> None:
    assert 0.95 * acts <= cost(scale_to(shape, acts=acts, **POCKET), "acts") <= acts


@pytest.mark.parametrize("name", ["flops", "acts"])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_other_factor_gives_a_larger_network_below_the_budget(shape: str, name: str) -> None:
    nets = [scaled(zoo[shape], factor, stem=STEM) for factor in np.geomspace(0.02, 0.7, 400)]
    costs = np.array([cost(net, name) for net in nets])
    assert (np.diff(costs) >= 0).all()
    budget = float(np.median(costs))
    found = cost(scale_to(shape, **{name: budget}, **POCKET, tolerance=0.5), name)
    assert found >= costs[costs <= budget].max()


@pytest.mark.parametrize("shape", zoo)
def test_its_own_flops_give_back_the_published_network(shape: str) -> None:
    resolution = zoo.resolution(shape)
    flops = complexity(zoo[shape], resolution).flops
    assert scale_to(shape, flops=flops, resolution=resolution) == zoo[shape]


def test_more_and_less_than_the_published_flops() -> None:
    half, twice = (scale_to("resnet-50", flops=flops) for flops in (2.05e9, 8.2e9))
    published = np.array(zoo["resnet-50"].widths)
    assert np.array(half.widths) / published == pytest.approx(2**-0.5, rel=0.05)
    assert np.array(twice.widths) / published == pytest.approx(2**0.5, rel=0.05)


def sides(net: Network, resolution: int) -> list[int]:
    """Side of the input of the first stage, then of each stage's output."""
    side = output_side(resolution, net.stem.stride)
    found = [output_side(side, 2) if net.stem.pool else side]
    for stride in net.strides:
        found.append(output_side(found[-1], stride))
    return found


def test_shapes_on_the_regnets_stem_see_the_regnets_resolutions() -> None:
    regnet = scaled(zoo["regnetx-400mf"], 0.2, stem=STEM)
    assert sides(regnet, 28) == [28, 14, 7, 4, 2]
    for shape in ("resnet-50", "resnext-101"):
        assert sides(scaled(zoo[shape], 0.1, stem=STEM), 28) == [28, 14, 7, 4, 2]
        assert sides(zoo[shape], 224)[1:] == sides(zoo["regnetx-400mf"], 224)[1:] == [56, 28, 14, 7]
        assert sides(scaled(zoo[shape], 1, stem=Stem()), 224)[1:] == [56, 28, 14, 7]
    assert sides(scaled(zoo["efficientnet-b0"], 0.3, stem=STEM), 28) == [28, 28, 14, 7, 4, 4, 2, 2]
    assert scaled(zoo["resnet-50"], 0.1, stem=STEM, strides=(1, 2, 2, 1)).strides == (1, 2, 2, 1)
    mobile = scaled(zoo["efficientnet-b0"], 0.3, strides=(1, 1, 2, 2, 1, 2, 1))
    assert mobile.strides == (1, 1, 2, 2, 1, 2, 1)


def test_what_makes_a_shape_is_kept() -> None:
    resnet, resnext = (scaled(zoo[name], 0.15, stem=STEM) for name in ("resnet-101", "resnext-101"))
    assert isinstance(resnet, AnyNet)
    assert isinstance(resnext, AnyNet)
    assert all(stage.groups == 1 for stage in resnet.stages)
    assert resnet.bottlenecks == (4.0,) * 4
    assert resnext.bottlenecks == (2.0,) * 4
    assert resnext.group_widths == (1, 1, 2, 4)
    half = scaled(zoo["resnext-101"], 0.5)
    assert half.group_widths == (2, 4, 8, 16)
    assert isinstance(half, AnyNet)
    assert all(stage.groups == 32 for stage in half.stages)
    mobile, b0 = scaled(zoo["efficientnet-b0"], 0.5), zoo["efficientnet-b0"]
    assert isinstance(mobile, EfficientNet)
    assert isinstance(b0, EfficientNet)
    kept = ("depth", "expansion", "kernel", "stride")
    for ours, published in zip(mobile.stages, b0.stages, strict=True):
        assert all(getattr(ours, name) == getattr(published, name) for name in kept)
    assert (mobile.head_width, mobile.stem) == (640, b0.stem)


def test_a_depthwise_network_stays_depthwise() -> None:
    depthwise = AnyNet.compatible(depths=(1,), widths=(64,), bottlenecks=(1,), group_widths=(1,))
    assert scaled(depthwise, 3.0).group_widths == (1,)


def test_a_budget_that_steps_of_width_pass_over_is_refused_with_the_nearest_and_may_be_widened() -> None:
    with pytest.raises(ValueError, match=r"no resnext-101 at 28 px has flops within 5% below 3,000,000: .* and 3,\d+"):
        scale_to("resnext-101", flops=3e6, **POCKET)
    assert 0.85 * 3e6 < cost(scale_to("resnext-101", flops=3e6, **POCKET, tolerance=0.15)) < 0.95 * 3e6


def test_the_nearest_network_on_either_side_is_taken_where_it_may_exceed_the_budget() -> None:
    below, above = (cost(scale_to("resnext-101", flops=b, **POCKET, tolerance=0.3)) for b in (3e6, 3.3e6))
    assert below < 3e6 < above
    for budget, nearest in ((0.9 * below + 0.1 * above, below), (0.1 * below + 0.9 * above, above)):
        assert cost(scale_to("resnext-101", flops=budget, **POCKET, tolerance=0.2, above=0.2)) == nearest
    with pytest.raises(ValueError, match=r"within 1% below or 1% above"):
        scale_to("resnext-101", flops=(below + above) / 2, **POCKET, tolerance=0.01, above=0.01)


def test_a_budget_below_the_narrowest_network_is_refused_with_its_cost() -> None:
    narrowest = cost(scaled(zoo["efficientnet-b0"], 1e-6, stem=STEM), "acts")
    with pytest.raises(ValueError, match=f"the nearest have {narrowest:,};"):
        scale_to("efficientnet-b0", acts=40e3, **POCKET)


@pytest.mark.parametrize("budget", [{}, {"flops": 3e6, "acts": 1e5}])
def test_exactly_one_budget_is_needed(budget: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="one budget expected, flops or acts"):
        scale_to("resnet-50", **budget, **POCKET)


def test_other_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="no published network 'resnet-5'"):
        scale_to("resnet-5", flops=3e6, **POCKET)
    with pytest.raises(ValueError, match=r"one stride a stage expected for 4 stages, got \(2, 2\)"):
        scale_to("resnet-50", flops=3e6, strides=(2, 2), **POCKET)
    with pytest.raises(ValueError, match="factor must be a number above 0 and at most 1,024, got 0"):
        scaled(zoo["resnet-50"], 0)


def test_a_cost_above_the_budget_is_taken_only_where_allowed_and_nearer() -> None:
    nearest = scale_to("resnext-101", flops=3e6, **POCKET, above=0.05)
    assert 3e6 < cost(nearest) <= 1.05 * 3e6
    below = scale_to("resnet-50", flops=3e6, **POCKET, above=0.05)
    assert cost(below) <= 3e6
