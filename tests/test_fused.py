"""The fused operation against PyTorch's own modules in float32: same results, gradients and running averages."""

import dataclasses

import pytest
import torch
from torch import Tensor, nn

from regnet.design.networks import AnyNet, Stage, Stem
from regnet.training import build
from regnet.training.models.blocks import ConvNorm
from regnet.training.models.fused import conv_norm, fold, fuse

torch.set_num_threads(1)

# w_in, w_out, kernel, stride, groups, side: each way a convolution is computed, forward or backward
LAYERS = [
    (1, 16, 3, 1, 1, 9),
    (16, 24, 1, 1, 1, 7),
    (24, 40, 1, 2, 1, 7),
    (8, 8, 3, 1, 2, 6),
    (8, 8, 3, 2, 2, 7),
    (8, 16, 3, 2, 1, 7),
    (12, 12, 3, 2, 12, 7),
    (12, 12, 3, 1, 12, 5),
    (12, 12, 3, 1, 12, 2),
    (12, 12, 3, 2, 12, 2),
    (12, 12, 3, 1, 12, 1),
    (200, 130, 1, 1, 1, 4),
]


def rounded(x: Tensor) -> Tensor:
    """x with values that bfloat16 holds exactly."""
    return x.bfloat16().float()


def relative(got: Tensor, expected: Tensor) -> float:
    """Size of the difference over the expected size, or over 1 an element where that is larger than the expected."""
    return float(
        (got.detach().float() - expected.detach()).norm() / max(expected.detach().norm(), expected.numel() ** 0.5)
    )


def layer_of(w_in: int, w_out: int, kernel: int, stride: int, groups: int, activation: str | None) -> ConvNorm:
    layer = ConvNorm(w_in, w_out, kernel, stride=stride, groups=groups, activation=activation)  # type: ignore[arg-type]
    with torch.no_grad():
        layer.conv.weight.copy_(rounded(torch.randn_like(layer.conv.weight)))
        layer.norm.weight.uniform_(0.5, 1.5)
        layer.norm.bias.normal_()
    return layer


def gradients(layer: ConvNorm, operation, x: Tensor, add: Tensor | None, dy: Tensor) -> dict[str, Tensor]:  # type: ignore[no-untyped-def]
    """Output, gradients and running averages of one training step; the averages are put back."""
    before = {name: value.clone() for name, value in layer.norm.named_buffers()}
    inputs = {"x": x.clone().requires_grad_()} | ({} if add is None else {"add": add.clone().requires_grad_()})
    layer.zero_grad()
    y = operation(layer, inputs["x"], inputs.get("add"))
    y.backward(dy.to(y.dtype))
    found = {"y": y.detach()} | {name: value.grad for name, value in inputs.items()}
    found |= {name: value.grad for name, value in layer.named_parameters()}
    found |= {"mean": layer.norm.running_mean.clone(), "var": layer.norm.running_var.clone()}
    layer.norm.load_state_dict(before, strict=False)
    return found


@pytest.mark.parametrize("shape", LAYERS, ids=str)
@pytest.mark.parametrize(("activation", "adds"), [("relu", False), ("relu", True), (None, False), ("silu", True)])
def test_results_and_gradients_equal_the_plain_modules(shape: tuple[int, ...], activation: str, adds: bool) -> None:
    torch.manual_seed(0)
    w_in, w_out, kernel, stride, groups, side = shape
    layer = layer_of(w_in, w_out, kernel, stride, groups, activation)
    x = rounded(torch.randn(8, w_in, side, side))
    before = layer.norm(layer.conv(x)).detach()
    add = rounded(torch.randn_like(before)) if adds else None
    corner = (before if add is None else before + add).abs() < 0.05  # where bfloat16 may be on the other side of ReLU
    dy = rounded(torch.randn_like(before)).masked_fill(corner, 0)
    expected = gradients(layer, ConvNorm.forward, x, add, dy)
    as_bits = [None if t is None else t.bfloat16().to(memory_format=torch.channels_last) for t in (x, add)]
    got = gradients(layer, conv_norm, as_bits[0], as_bits[1], dy)
    assert got.keys() == expected.keys()
    for name, value in expected.items():
        assert relative(got[name], value) < 0.01, name  # bfloat16 holds three digits


def test_evaluation_equals_the_plain_modules() -> None:
    torch.manual_seed(0)
    for shape in LAYERS:
        layer = layer_of(*shape[:5], "relu").eval()
        nn.init.normal_(layer.norm.running_mean)
        nn.init.uniform_(layer.norm.running_var, 0.5, 2)
        x = rounded(torch.randn(4, shape[0], shape[5], shape[5]))
        with torch.inference_mode():
            expected = layer(x)
            assert relative(conv_norm(layer, x, None), expected) < 0.01, shape


def test_what_is_not_finite_stays_not_finite() -> None:
    layer = layer_of(4, 4, 1, 1, 1, "relu")
    x = torch.randn(4, 4, 3, 3)
    x[0, 0, 0, 0] = float("nan")
    assert not conv_norm(layer, x, None).isfinite().all()


@pytest.mark.parametrize("channels", [1, 3, 8, 24, 128, 200])
def test_folding_shares_the_memory(channels: int) -> None:
    x = torch.zeros(4, channels, 6, 6, dtype=torch.bfloat16).to(memory_format=torch.channels_last)
    bits = fold(x)
    assert bits.shape[1] % channels == 0
    assert bits.shape[1] >= min(128, channels)
    bits[:] = 0x3F80  # one
    assert x.eq(1).all()


@pytest.mark.parametrize(
    "changes", [{}, {"se_ratio": 0.25}, {"activation": "silu"}, {"block": "VR"}, {"block": "V"}], ids=str
)
def test_a_fused_network_gives_the_plain_ones_logits(changes: dict[str, object]) -> None:
    grouped = {"group_width": 8} if changes.get("block", "X") == "X" else {"group_width": 16}
    network = AnyNet((Stage(2, 16, **grouped), Stage(2, 16, **grouped)), Stem(width=8, stride=1, channels=1))
    network = dataclasses.replace(network, **changes)  # type: ignore[arg-type]
    ours, theirs = build(network, 10, seed=0), build(network, 10, seed=0)
    fuse(ours)
    images = torch.randn(16, 1, 12, 12)
    for train in (True, False):
        with torch.autocast("cpu", torch.bfloat16):
            got = ours.train(train)(images)
        assert relative(got, theirs.train(train)(images)) < 0.05
