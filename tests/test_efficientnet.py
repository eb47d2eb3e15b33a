"""EfficientNets as values, and trained: the operations that only they have, seeds, and that they learn."""

import copy
import dataclasses
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import regnet
from regnet.design.complexity import Complexity, complexity
from regnet.design.efficientnet import EfficientNet, MBStage
from regnet.design.networks import Stage, Stem
from regnet.design.recipe import Recipe
from regnet.design.shapes import scale_to
from regnet.design.zoo import zoo
from regnet.training import build, data, train
from regnet.training.images import Normalise
from regnet.training.models.blocks import ConvNorm, Residual
from regnet.training.models.fused import conv_norm, fuse
from regnet.training.torch_engine import TorchEngine

torch.set_num_threads(1)

POCKET = Stem(width=16, stride=1, channels=1)
SMALL = EfficientNet((MBStage(2, 8, 1, 3, 1), MBStage(2, 16, 4, 5, 2)), Stem(width=8, stride=2, channels=1), 32)
RECIPE = Recipe(
    data="fashion-mnist-small", resolution=28, images=2560, batch=64, lr=0.2, warmup_images=256, validation_images=500
)


def test_stages_give_the_columns_that_rows_and_figures_read() -> None:
    net = regnet.EfficientNet(SMALL.stages, SMALL.stem, 32)
    assert net == SMALL
    assert (net.depths, net.widths, net.strides, net.depth) == ((2, 2), (8, 16), (1, 2), 4)
    assert net.bottlenecks == (1.0, 0.25)
    assert net.group_widths == (1, 1)
    assert net.widths_per_block.tolist() == [8, 8, 16, 16]


def test_blocks_follow_the_width_that_enters() -> None:
    first, second = (blocks for blocks in SMALL.blocks())
    assert [block.expands for block in (*first, *second)] == [False, False, True, True]
    assert [block.skips for block in (*first, *second)] == [True, True, False, True]
    assert [block.inner_width for block in second] == [32, 64]
    assert [block.squeeze_width for block in second] == [2, 4]
    assert [block.stride for block in second] == [2, 1]


def test_equal_networks_have_one_id_and_others_another() -> None:
    assert dataclasses.replace(SMALL, stages=(MBStage(2, 8, 1.0, 3, 1), MBStage(2, 16, 4.0, 5, 2))).id == SMALL.id
    changed = [
        SMALL, dataclasses.replace(SMALL, head_width=40), dataclasses.replace(SMALL, stem=POCKET),
        dataclasses.replace(SMALL, activation="relu"), dataclasses.replace(SMALL, se_ratio=0.0),
        dataclasses.replace(SMALL, stages=SMALL.stages[:1]), SMALL.scaled(depth=2),
    ]  # fmt: skip
    changed += [
        dataclasses.replace(SMALL, stages=(SMALL.stages[0], dataclasses.replace(SMALL.stages[1], **change)))
        for change in ({"depth": 3}, {"width": 24}, {"expansion": 6}, {"kernel": 3}, {"stride": 1})
    ]
    assert len({net.id for net in changed}) == len(changed) == 12


def test_a_block_by_hand() -> None:
    net = EfficientNet((MBStage(1, 8, 4, 5, 2),), Stem(width=8, stride=1, channels=1), head_width=16)
    cost = complexity(net, resolution=6, num_classes=10)
    squeeze = 2 * 32 * 2 + 2 + 32  # a quarter of the 8 that enter
    stem, expand, middle, project, head = 9 * 8, 8 * 32, 25 * 32, 32 * 8, 8 * 16
    assert cost == Complexity(
        flops=(stem + expand) * 36 + squeeze + (middle + project + head) * 9 + 170,
        params=stem + expand + middle + project + head + squeeze + 170 + 2 * (8 + 32 + 32 + 8 + 16),
        acts=(8 + 32) * 36 + (32 + 8 + 16) * 9 + 2 + 32 + 10,
    )
    assert cost.acts - cost.conv_acts == 10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stages": ()}, "at least one stage"),
        ({"stages": (Stage(1, 8),)}, "stages must be a tuple of MBStage, got"),
        ({"head_width": 0}, "head_width must be a whole number of at least 1, got 0"),
        ({"se_ratio": 2}, "se_ratio must be a number of at least 0 and at most 1, got 2"),
        ({"activation": "gelu"}, "activation must be one of relu, silu, got 'gelu'"),
    ],
)
def test_an_impossible_network_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(SMALL, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"depth": 0}, "depth must be a whole number of at least 1, got 0"),
        ({"kernel": 4}, "kernel must be odd, got 4"),
        ({"expansion": 0.5}, "expansion must be a number of at least 1 and at most 10,000, got 0.5"),
    ],
)
def test_an_impossible_stage_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(MBStage(1, 8), **change)  # type: ignore[arg-type]


def test_scaling_by_one_changes_nothing_and_depths_round_up() -> None:
    b0 = zoo["efficientnet-b0"]
    assert isinstance(b0, EfficientNet)
    assert b0.scaled() == b0
    assert b0.scaled(depth=1.01).depths == tuple(d + 1 for d in b0.depths)
    widths = np.array([b0.scaled(width=factor).widths for factor in np.linspace(0.1, 2, 200)])
    assert (np.diff(widths, axis=0) >= 0).all()
    assert (widths % 8 == 0).all()


def relative(got: Tensor, expected: Tensor) -> float:
    """Size of the difference over the expected size, or over 1 an element where that is larger than the expected."""
    size = max(float(expected.detach().norm()), expected.numel() ** 0.5)
    return float((got.detach().float() - expected.detach()).norm()) / size


# width, kernel, stride, side: the depthwise 5x5 that AnyNets do not have, down to one pixel
LAYERS = [(12, 5, 1, 7), (12, 5, 2, 7), (12, 5, 2, 4), (12, 5, 1, 2), (12, 5, 2, 2), (12, 5, 1, 1)]


@pytest.mark.parametrize("shape", LAYERS, ids=str)
@pytest.mark.parametrize("activation", ["silu", None])
def test_fused_depthwise_5x5_equals_the_plain_modules(shape: tuple[int, ...], activation: str | None) -> None:
    torch.manual_seed(0)
    w, kernel, stride, side = shape
    layer = ConvNorm(w, w, kernel, stride=stride, groups=w, activation=activation)  # type: ignore[arg-type]
    with torch.no_grad():
        layer.conv.weight.copy_(torch.randn_like(layer.conv.weight).bfloat16())
    x = torch.randn(16, w, side, side).bfloat16().float()
    found = []
    for operation, kind in ((ConvNorm.forward, torch.float32), (conv_norm, torch.bfloat16)):
        given = x.to(kind, memory_format=torch.channels_last).detach().requires_grad_()
        layer.zero_grad()
        y = operation(layer, given, None)
        y.backward(torch.ones_like(y) * torch.linspace(-1, 1, y.numel()).view(y.shape).bfloat16().to(kind))
        assert given.grad is not None
        grads = [p.grad for p in layer.parameters()]
        found.append([y, given.grad.float(), *(g.clone() for g in grads if g is not None)])
    for got, expected in zip(found[1], found[0], strict=True):
        assert relative(got, expected) < 0.01  # bfloat16 holds three digits


@pytest.mark.parametrize("se_ratio", [0.25, 0.0])
def test_a_fused_efficientnet_gives_the_plain_ones_logits_and_gradients(se_ratio: float) -> None:
    network = dataclasses.replace(SMALL, se_ratio=se_ratio)
    ours, theirs = build(network, 10, seed=0), build(network, 10, seed=0)
    fuse(ours)
    torch.manual_seed(1)
    images = torch.randn(32, 1, 20, 20)
    for mode in (True, False):
        with torch.autocast("cpu", torch.bfloat16):
            got = ours.train(mode)(images)
        expected = theirs.train(mode)(images)
        assert relative(got, expected) < 0.05
        if mode:
            got.float().square().sum().backward()
            expected.square().sum().backward()
    for (name, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert p.grad is not None
        assert q.grad is not None
        assert relative(p.grad, q.grad) < 0.2, name


def test_final_gamma_reaches_blocks_with_a_shortcut_and_no_others() -> None:
    module = build(SMALL, 10, seed=0, final_gamma=0.0)
    residual = [m.last.norm for m in module.modules() if isinstance(m, Residual)]
    assert len(residual) == 3
    others = [m for m in module.modules() if isinstance(m, nn.BatchNorm2d) and m not in residual]
    assert not any(norm.weight.any() for norm in residual)
    assert all(norm.weight.eq(1).all() for norm in others)
    images = torch.randn(2, 1, 8, 8)
    with torch.inference_mode():
        features = module.eval().stem(images)  # type: ignore[operator]
        assert torch.equal(module.stages[0](features), features)  # type: ignore[index, operator]


@pytest.mark.parametrize("precision", ["bf16", "fp32"])
def test_the_same_seed_gives_the_same_weights_and_a_few_steps_learn(precision: str) -> None:
    recipe = dataclasses.replace(RECIPE, precision=precision)  # type: ignore[arg-type]
    first, again, other = (train(SMALL, recipe, seed) for seed in (0, 0, 1))
    assert first.status == "ok"
    assert first.error == again.error
    assert first.error != other.error
    assert first.error is not None
    assert first.error < 60  # a guess has 90
    assert first.network_id == SMALL.id


def test_two_trainings_are_equal_to_the_bit_and_lower_the_loss() -> None:
    recipe, data_set = dataclasses.replace(RECIPE, images=1920), data.load(RECIPE.data)
    normalise, after_five = Normalise(data_set, recipe, "cpu"), []
    pixels, labels = data_set.train.pixels[:256], data_set.train.labels[:256]

    def loss(trained: TorchEngine) -> float:
        with torch.no_grad():
            return float(nn.functional.cross_entropy(trained.logits(normalise(pixels)), labels))

    def batches(trained: TorchEngine) -> Iterator[Any]:
        for step, batch in enumerate(data_set.stream(recipe, 3, "cpu")):
            if step == 5:
                after_five.append(copy.deepcopy(trained.model.state_dict()))
            yield batch

    whole, again = (TorchEngine(build(SMALL, 10, seed=3), recipe) for _ in range(2))
    before = loss(whole)
    assert loss(again) == before
    assert whole.fit(batches(whole))
    assert loss(whole) < 0.9 * before
    again.fit(islice(batches(again), 6))
    assert len(after_five) == 2
    assert all(torch.equal(after_five[0][name], after_five[1][name]) for name in after_five[0])


def test_a_published_shape_trains_on_28_pixels() -> None:
    network = scale_to("efficientnet-b0", flops=1.5e6, stem=POCKET, resolution=28, num_classes=10)
    record = train(network, dataclasses.replace(RECIPE, final_gamma=0.0), 0)
    assert record.status == "ok"
    assert record.error is not None
    assert record.error < 65  # a guess has 90
