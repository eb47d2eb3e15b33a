import dataclasses
import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from regnet.design.complexity import Complexity, complexity
from regnet.design.networks import AnyNet, Block, EfficientNet, MBStage, Stage, Stem
from regnet.design.zoo import zoo
from regnet.training import build

torch.set_num_threads(1)

KINDS: list[tuple[Block, float]] = [("X", 0.0), ("X", 0.25), ("R", 0.0), ("V", 0.0), ("VR", 0.0)]
SMALL = AnyNet((Stage(2, 16, 1.0, 8), Stage(1, 24, 2.0, 4)), Stem(width=8, stride=1, channels=1))


def random_networks(n: int) -> list[AnyNet]:
    """Networks of every block type in turn, of three to five stages, some with a max-pool or an inverted bottleneck."""
    rng = np.random.default_rng(3)
    networks = []
    for i in range(n):
        block, se_ratio = KINDS[i % len(KINDS)]
        stages = 3 + i // len(KINDS) % 3
        stem = Stem(int(rng.choice([3, 7])), int(rng.choice([8, 16])), int(rng.integers(1, 3)), bool(rng.integers(2)))
        networks.append(
            AnyNet.compatible(
                depths=rng.integers(1, 4, stages).tolist(),
                widths=(8 * rng.integers(1, 12, stages)).tolist(),
                bottlenecks=rng.choice([0.5, 1.0, 2.0, 4.0], stages).tolist(),
                group_widths=rng.choice([1, 2, 4, 8, 16], stages).tolist(),
                strides=rng.integers(1, 3, stages).tolist(),
                stem=stem,
                block=block,
                se_ratio=se_ratio,
            )
        )
    return networks


def random_efficientnets(n: int) -> list[EfficientNet]:
    """Networks of one to four stages of MBConv blocks: kernels, strides, expansions and odd widths as they come."""
    rng = np.random.default_rng(4)
    networks = []
    for i in range(n):
        stages = tuple(
            MBStage(
                depth=int(rng.integers(1, 4)),
                width=int(rng.integers(3, 40)),
                expansion=float(rng.choice([1, 1.5, 4, 6])),
                kernel=int(rng.choice([3, 5, 7])),
                stride=int(rng.integers(1, 3)),
            )
            for _ in range(1 + i % 4)
        )
        stem = Stem(3, int(rng.integers(3, 20)), int(rng.integers(1, 3)), bool(rng.integers(2)))
        networks.append(EfficientNet(stages, stem, int(rng.integers(8, 64)), se_ratio=float(rng.choice([0, 0.25]))))
    return networks


def counted(module: nn.Module, resolution: int) -> Complexity:
    """What the module really does to one image, counted at every layer that has weights, and at max-pools."""
    flops = acts = conv_acts = 0

    def count(layer: nn.Module, _inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal flops, acts, conv_acts
        acts += output.numel()
        if isinstance(layer, nn.Conv2d):
            conv_acts += output.numel()
        if isinstance(layer, nn.Conv2d | nn.Linear):
            flops += output.numel() * layer.weight[0].numel()
            flops += layer.bias.numel() if layer.bias is not None else 0

    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.MaxPool2d):
            layer.register_forward_hook(count)
    module.eval()(torch.empty(1, 3, resolution, resolution, device="meta"))
    return Complexity(flops, sum(p.numel() for p in module.parameters()), acts, conv_acts)


def test_complexity_equals_what_the_modules_do_for_90_networks() -> None:
    networks = random_networks(90)  # six of each block type and number of stages
    assert len({network.id for network in networks}) == 90
    for network in networks:
        assert_counts(network, resolution=37)


def test_complexity_equals_what_the_modules_do_for_32_efficientnets() -> None:
    networks = random_efficientnets(32)
    assert len({network.id for network in networks}) == 32
    for network in networks:
        assert_counts(network, resolution=37)


@pytest.mark.parametrize("number", range(6))
def test_complexity_equals_what_the_published_efficientnets_do(number: int) -> None:
    name = f"efficientnet-b{number}"
    assert_counts(zoo[name], resolution=zoo.resolution(name))


def assert_counts(network: AnyNet | EfficientNet, resolution: int) -> None:
    with torch.device("meta"):
        module = build(network, 10)
    expected = complexity(network, resolution=resolution, num_classes=10)
    got = counted(module, resolution)
    assert (got, got.conv_acts) == (expected, expected.conv_acts), network


def test_the_initialisation_is_the_seeds_and_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, again, other = build(SMALL, 10, seed=1), build(SMALL, 10, seed=1), build(SMALL, 10, seed=2)
    assert torch.equal(torch.rand(3), expected)
    weights = [m.state_dict()["stages.0.0.body.1.conv.weight"] for m in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(
    "network",
    [
        AnyNet((Stage(1, 256, 1.0, 8),), Stem(width=64)),
        EfficientNet((MBStage(1, 64, kernel=5), MBStage(1, 64)), Stem(width=64), se_ratio=1.0),
    ],
    ids=["anynet", "efficientnet"],
)
def test_convolutions_start_with_pycls_spread(network: AnyNet | EfficientNet) -> None:
    module = build(network, 100, seed=0)
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            expected = math.sqrt(2 / (layer.kernel_size[0] ** 2 * layer.out_channels))
            assert float(layer.weight.detach().std()) == pytest.approx(expected, rel=0.06)
        elif isinstance(layer, nn.Linear):
            assert float(layer.weight.detach().std()) == pytest.approx(0.01, rel=0.06)
            assert not layer.bias.any()


@pytest.mark.parametrize(("block", "se_ratio"), KINDS)
def test_final_gamma_zero_makes_identity_blocks_of_all_residual_ones(block: Block, se_ratio: float) -> None:
    network = AnyNet((Stage(2, 16, group_width=16, stride=1),), Stem(width=16, channels=1), block, se_ratio)
    module = build(network, 10, seed=0, final_gamma=0.0).eval()
    images = torch.randn(2, 1, 8, 8)
    features = torch.relu(module.stem(images))
    assert torch.equal(module.stages(features), features) is (block != "V")


def test_silu_networks_use_silu_everywhere() -> None:
    module = build(dataclasses.replace(SMALL, activation="silu", se_ratio=0.25), 10)
    kinds = {type(m) for m in module.modules()}
    assert nn.SiLU in kinds
    assert nn.ReLU not in kinds


def test_no_classes_is_an_error() -> None:
    with pytest.raises(ValueError, match="num_classes must be a whole number of at least 1, got 0"):
        build(SMALL, 0)
