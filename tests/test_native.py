"""The compiled engine: each kind of layer against float64 on the same bfloat16 inputs, networks against PyTorch."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from native_passes import run_backward, run_forward
from torch import Tensor

from regnet.design.networks import AnyNet, EfficientNet, MBStage, Network, Stage, Stem
from regnet.design.recipe import Recipe
from regnet.training import build
from regnet.training.models.blocks import EPS, MOMENTUM, Classifier
from regnet.training.models.fused import fuse
from regnet.training.native.bounds import check
from regnet.training.native.compiled import compiled
from regnet.training.native.memory_map import SLACK, Map
from regnet.training.native.model import NativeModel
from regnet.training.native.plan import Layer
from regnet.training.native.step import sgd
from regnet.training.schedule import rate
from regnet.training.torch_engine import TorchEngine

torch.set_num_threads(1)

BATCH, CLASSES = 16, 5
RECIPE = Recipe(
    data="fashion-mnist-small",
    resolution=14,
    num_classes=CLASSES,
    images=6 * BATCH,
    batch=BATCH,
    warmup_images=0,
    lr=0.02,
)


def stages(*shapes: tuple[int, int, float, int]) -> tuple[Stage, ...]:
    """Stages by depth, width, bottleneck ratio and group width."""
    return tuple(Stage(*shape) for shape in shapes)


def mobile(*shapes: tuple[int, int, float, int, int], stem: Stem, se_ratio: float = 0.25) -> EfficientNet:
    """An EfficientNet by its stages' depth, width, expansion, kernel and stride."""
    return EfficientNet(tuple(MBStage(*shape) for shape in shapes), stem, head_width=40, se_ratio=se_ratio)


GREY, RGB = Stem(width=16, stride=1, channels=1), Stem(width=24, stride=2, channels=3)
# Group widths 1, 2, 4, 8 are permuted in registers, others broadcast; 12 and 20 channels fill no register.
NETWORKS: dict[str, tuple[Network, int]] = {
    "groups of 1 and 2": (AnyNet(stages((2, 24, 1.0, 1), (2, 40, 1.0, 2)), GREY), 9),
    "groups of 4 and 8": (AnyNet(stages((2, 12, 1.0, 4), (2, 80, 2.0, 8)), RGB), 15),
    "groups of 16 and 24": (AnyNet(stages((2, 32, 1.0, 16), (1, 48, 1.0, 24)), GREY), 8),
    "wide groups": (AnyNet(stages((1, 64, 1.0, 32), (2, 160, 2.0, 40)), RGB), 11),
    "inverted": (AnyNet(stages((1, 8, 0.5, 4), (2, 16, 0.25, 1)), GREY), 6),
    "down to a pixel": (AnyNet(stages((1, 16, 1.0, 8), (1, 20, 1.0, 10), (2, 20, 1.0, 20), (1, 20, 1.0, 2)), GREY), 4),
    "squeeze and excite": (AnyNet(stages((2, 24, 1.0, 8), (2, 40, 1.0, 8)), GREY, se_ratio=0.25), 9),
    "R": (AnyNet(stages((2, 24, 1.0, 24), (2, 36, 2.0, 18)), RGB, block="R"), 14),
    "V": (AnyNet(stages((2, 24, 1.0, 24), (2, 52, 1.0, 52)), GREY, block="V"), 7),
    "VR": (AnyNet(stages((2, 16, 1.0, 16), (2, 40, 1.0, 40)), RGB, block="VR"), 10),
    "SiLU": (AnyNet(stages((2, 24, 1.0, 1), (2, 40, 1.0, 20)), RGB, activation="silu"), 14),
    "SiLU, R": (AnyNet(stages((1, 52, 2.0, 26), (2, 20, 1.0, 20)), GREY, block="R", activation="silu"), 8),
    "SiLU, squeeze and excite": (
        AnyNet(stages((2, 12, 1.0, 4), (2, 40, 1.0, 8)), GREY, se_ratio=0.25, activation="silu"),
        9,
    ),
    # Depthwise 5x5 at both strides, on an even and an odd side, down to maps that are smaller than the kernel.
    "EfficientNet": (mobile((1, 8, 1.0, 3, 1), (2, 12, 6.0, 5, 2), (2, 12, 2.0, 3, 2), stem=GREY), 10),
    "EfficientNet of 5x5": (mobile((2, 24, 1.0, 5, 2), (1, 8, 4.0, 5, 1), (1, 16, 3.0, 5, 2), stem=RGB), 13),
    "EfficientNet without gates": (mobile((1, 16, 2.0, 5, 1), (1, 16, 1.0, 3, 2), stem=RGB, se_ratio=0.0), 14),
    "SiLU, VR": (AnyNet(stages((2, 16, 1.0, 16), (1, 72, 1.0, 72)), RGB, block="VR", activation="silu"), 10),
}


def started(name: str, seed: int = 0) -> tuple[Classifier, NativeModel, Tensor]:
    """A network with scales and biases unlike one and zero, and a mini-batch."""
    network, resolution = NETWORKS[name]
    module = build(network, CLASSES, seed=seed)
    torch.manual_seed(seed)
    for layer in module.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.weight, 0.5, 1.5)
            torch.nn.init.normal_(layer.bias, 0, 0.3)
    x = torch.randn(BATCH, network.stem.channels, resolution, resolution)
    return module, NativeModel(module, batch=BATCH, resolution=resolution), x


def values(model: NativeModel, of: Map) -> Tensor:
    """The pixels of a map inside its frame, float64 (batch, channels, side, side)."""
    shape = (BATCH, of.side, of.side, of.channels)
    bits = model.memory[of.base : of.base + BATCH * of.image].view(np.int16)
    start, strides = (of.first - of.base) // 2, (of.image // 2, of.row // 2, of.channels, 1)
    inside = torch.as_strided(torch.from_numpy(bits), shape, strides, start)
    return inside.contiguous().view(torch.bfloat16).double().permute(0, 3, 1, 2)


def rounded(x: Tensor) -> Tensor:
    """Values that bfloat16 holds exactly, float64."""
    return x.detach().bfloat16().double()


def relative(got: Tensor, expected: Tensor) -> float:
    expected = expected.detach()
    return float((got.detach().double() - expected).norm() / (expected.norm() + 1e-12))


def before_activation(model: NativeModel, layer: Layer, z: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    """What a layer's activation gets where its convolution gave z."""
    t = F.batch_norm(z, None, None, gamma, beta, True, 0, EPS)
    if not layer.row["add"]:
        return t
    return t + values(model, next(m for m in model.plan.layers if layer.row["add"] == m.y.first).y)


def gradient_maps(model: NativeModel, i: int) -> tuple[Map, Map, Map | None]:
    """Where a layer's gradients lie: of its output, of its convolution's, of its input."""
    layer = model.plan.layers[i]
    row, y = layer.row, layer.y
    g = Map(int(row["g"]), y.channels, y.side)
    dz = Map(int(row["dz_base"]), y.channels, y.side, 0 if layer.weights.lines else layer.weights.kernel // 2)
    if row["first_data"] == row["end_data"]:
        return g, dz, None
    return g, dz, Map(int(model.plan.convolutions[int(row["first_data"])]["out"]), layer.x.channels, layer.x.side)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_forward_is_within_a_rounding_of_float64(name: str) -> None:
    _, model, x = started(name)
    run_forward(model.rows, model.flat[0], model._pixels(x), BATCH)
    for layer in model.plan.layers:
        row, norm = layer.row, layer.module.norm
        z = Map(int(row["z"]), layer.y.channels, layer.y.side)
        conv = layer.module.conv
        got = values(model, z)
        assert (
            relative(
                got,
                F.conv2d(values(model, layer.x), rounded(conv.weight), None, conv.stride, conv.padding, 1, conv.groups),
            )
            < 3e-3
        ), layer.weights
        y = layer.module.activation(before_activation(model, layer, got, norm.weight.double(), norm.bias.double()))
        assert relative(values(model, layer.y), y) < 3e-3
        running = model.floats(int(row["running_var"]), layer.y.channels)
        unbiased = got.var((0, 2, 3), unbiased=True)
        assert torch.from_numpy(running).double().allclose(0.9 + MOMENTUM * unbiased, rtol=1e-3)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_backward_is_within_a_rounding_of_float64(name: str) -> None:
    _, model, x = started(name)
    run_forward(model.rows, model.flat[0], model._pixels(x), BATCH)
    last = gradient_maps(model, model.plan.order[0])[0]
    torch.manual_seed(1)
    noise = torch.randn(BATCH * last.side**2 * last.channels).bfloat16().view(torch.int16).numpy()
    model.memory[last.base : last.base + noise.nbytes] = noise.view(np.uint8)
    for i in model.plan.order:
        layer, (g_map, dz_map, dx_map) = model.plan.layers[i], gradient_maps(model, i)
        g = values(model, g_map)
        before = None if dx_map is None else values(model, dx_map)
        run_backward(model.rows, np.array([i]), *model.flat[:2], BATCH)
        if layer.gated:
            g = compare_gate(model, layer, g, values(model, g_map))
        compare_backward(
            model, layer, g, values(model, dz_map), before, None if dx_map is None else values(model, dx_map)
        )


def compare_backward(
    model: NativeModel, layer: Layer, g: Tensor, dz: Tensor, before: Tensor | None, dx: Tensor | None
) -> None:
    row, norm, conv = layer.row, layer.module.norm, layer.module.conv
    z = values(model, Map(int(row["z"]), layer.y.channels, layer.y.side)).requires_grad_()
    gamma, beta = (p.detach().double().requires_grad_() for p in (norm.weight, norm.bias))
    t = before_activation(model, layer, z, gamma, beta)
    g = g * slope(model, layer, t)
    t.backward(g)
    assert z.grad is not None
    # Where a map is a few pixels, dz is a small difference of large terms: its size is measured against them.
    scale = float(
        (g * (gamma.detach() / (z.detach().var((0, 2, 3), unbiased=False) + EPS).sqrt())[:, None, None]).norm()
    )
    assert float((dz - z.grad).norm()) < 3e-3 * scale, layer.weights
    gradients = {p: torch.from_numpy(np.array(v)) for p, v in model.tensors(model.flat[1]).items()}
    assert relative(gradients[norm.bias], beta.grad) < 1e-4  # type: ignore[arg-type]
    assert float((gradients[norm.weight] - gamma.grad).norm()) < 1e-3 * float(g.norm() * BATCH**0.5)
    expected_dx, dw, _ = torch.ops.aten.convolution_backward(
        dz,
        values(model, layer.x),
        rounded(conv.weight),
        None,
        conv.stride,
        conv.padding,
        [1, 1],
        False,
        [0, 0],
        conv.groups,
        [True, True, False],
    )
    assert relative(gradients[conv.weight], dw) < 1e-4, layer.weights
    if dx is None or before is None:
        return
    if int(model.plan.convolutions[int(row["first_data"])]["out"]) == int(row["g"]):
        before = g  # behind an identity the input's gradient is the output's, as the activation left it
    adds = model.plan.convolutions[int(row["first_data"])]["accumulate"]
    assert relative(dx, expected_dx + before if adds else expected_dx) < 3e-3, layer.weights


def slope(model: NativeModel, layer: Layer, t: Tensor) -> Tensor:
    """The derivative of the layer's activation at t; ReLU's is read off the output, as the engine does."""
    if isinstance(layer.module.activation, torch.nn.ReLU):
        return values(model, layer.y) > 0
    at = t.detach().requires_grad_()
    layer.module.activation(at.clone()).sum().backward()  # the modules work in place
    assert at.grad is not None
    return at.grad


def compare_gate(model: NativeModel, layer: Layer, before: Tensor, after: Tensor) -> Tensor:
    """The gate's half of a layer's backward pass, and its forward pass on the way; the gradient of what it weights.

    `after` has been through the layer's activation too.
    """
    assert layer.gated
    own = layer.gated.module
    y = values(model, layer.y).requires_grad_()
    w1, b1, w2, b2 = (p.detach().double().requires_grad_() for p in own.parameters())
    out = y * F.conv2d(own.activation(F.conv2d(y.mean((2, 3), keepdim=True), w1, b1)), w2, b2).sigmoid()
    assert relative(values(model, layer.gated.out), out.detach()) < 3e-3
    out.backward(before)
    assert y.grad is not None
    z, norm = values(model, Map(int(layer.row["z"]), layer.y.channels, layer.y.side)), layer.module.norm
    t = before_activation(model, layer, z, norm.weight.double(), norm.bias.double())
    assert relative(after, y.grad * slope(model, layer, t)) < 3e-3
    found = model.tensors(model.flat[1])
    for p, expected in zip(own.parameters(), (w1, b1, w2, b2), strict=True):
        assert relative(torch.from_numpy(found[p].copy()), expected.grad) < 1e-4  # type: ignore[arg-type]
    return rounded(y.grad)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_step_moves_the_parameters_as_pytorch_does_in_float32(name: str) -> None:
    module, model, x = started(name)
    reference = copy.deepcopy(module).train()
    optimiser = torch.optim.SGD(reference.parameters(), 0.1, 0.9, weight_decay=0.01, nesterov=True)
    labels = torch.arange(BATCH) % CLASSES
    before = {p: v.copy() for p, v in model.tensors(model.flat[0]).items()}
    assert all(np.array_equal(v, p.detach().numpy()) for p, v in before.items())
    loss = F.cross_entropy(reference(x), labels)
    assert model.step(x, labels, 0.1, 0.9, 0.01) == pytest.approx(float(loss.detach()), rel=0.02)
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    after = model.tensors(model.flat[0])
    pairs = list(zip(module.parameters(), reference.parameters(), strict=True))
    moved = torch.cat([torch.from_numpy(after[p] - before[p]).flatten() for p, _ in pairs])
    expected = torch.cat([(q - p).detach().flatten() for p, q in pairs]).double()
    # bfloat16 turns some of ReLU's signs: more of them where batch norm sees a few pixels only.
    assert relative(moved, expected) < 1.25 * relative(bfloat16_step(module, x, labels), expected) + 0.01


@pytest.mark.parametrize("name", NETWORKS)
def test_what_only_fills_registers_and_pairs_never_learns(name: str) -> None:
    module, model, x = started(name)
    for _ in range(3):
        model.step(x, torch.arange(BATCH) % CLASSES, 0.1, 0.9, 0.01)
    for flat in model.flat:
        parameters = model.tensors(flat)
        kept = sum(np.count_nonzero(values) for values in parameters.values())
        assert set(parameters) == set(module.parameters())
        assert np.count_nonzero(flat) == kept > 0


@pytest.mark.parametrize("name", ["R", "SiLU"])
def test_several_steps_stay_with_pytorch(name: str) -> None:
    module, model, x = started(name)  # three channels: a stem's line of nine values and one that fills the pair
    reference = TorchEngine(copy.deepcopy(module), RECIPE)
    labels = torch.arange(BATCH) % CLASSES
    batches = [(x.roll(shift, 0), labels.roll(shift)) for shift in range(6)]
    assert reference.fit(batches) is not None
    for step, (images, classes) in enumerate(batches):
        model.step(images, classes, rate(RECIPE, step), RECIPE.momentum, RECIPE.weight_decay)
    after = model.tensors(model.flat[0])
    pairs = zip(module.parameters(), reference.model.parameters(), strict=True)
    got, expected = ([], [])  # type: ignore[var-annotated]
    for p, q in pairs:
        got.append((torch.from_numpy(after[p].copy()) - p.detach()).flatten())
        expected.append((q.detach() - p.detach()).flatten())
    assert relative(torch.cat(got), torch.cat(expected).double()) < 0.2


def bfloat16_step(module: Classifier, x: Tensor, labels: Tensor) -> Tensor:
    """How far the same step moves the parameters on PyTorch's bfloat16 path."""
    moving = copy.deepcopy(module).train()
    fuse(moving)
    optimiser = torch.optim.SGD(moving.parameters(), 0.1, 0.9, weight_decay=0.01, nesterov=True)
    with torch.autocast("cpu", torch.bfloat16):
        features = moving.features(x)
    F.cross_entropy(moving.head(features), labels).backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    pairs = zip(module.parameters(), moving.parameters(), strict=True)
    return torch.cat([(q - p).detach().flatten() for p, q in pairs])


def test_sgd_is_pytorchs_nesterov() -> None:
    p, g, m = (np.zeros(40, np.float32) for _ in range(3))
    rng = np.random.default_rng(0)
    p[:] = rng.normal(size=40)
    theirs = torch.nn.Parameter(torch.from_numpy(p.copy()))
    optimiser = torch.optim.SGD([theirs], 1.0, 0.9, weight_decay=0.1, nesterov=True)
    for lr in (0.1, 0.3, 0.2):
        g[:] = rng.normal(size=40)
        sgd(p, g, m, lr, 0.9, 0.1)
        theirs.grad, optimiser.param_groups[0]["lr"] = torch.from_numpy(g.copy()), lr
        optimiser.step()
    assert theirs.detach().numpy() == pytest.approx(p, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", ["squeeze and excite", "SiLU, squeeze and excite"])
def test_two_runs_are_equal_to_the_bit(name: str) -> None:
    found = []
    for _ in range(2):
        _, model, x = started(name)
        losses = [model.step(x, torch.arange(BATCH) % CLASSES, 0.1, 0.9, 0.01) for _ in range(3)]
        found.append((losses, model.flat[0].tobytes(), model.memory[model.plan.arena.starts[0] :].tobytes()))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_is_written_behind_a_buffer_and_what_lies_there_changes_nothing(name: str) -> None:
    labels = torch.arange(BATCH) % CLASSES
    results = []
    # 0x3F3F is a bfloat16 of about 0.75; 0x80808080 a float32 that even adding zero would change.
    for canary in (0, 0x3F, 0x80):
        _, model, x = started(name)
        arena = model.plan.arena
        behind = [
            slice(start + size, start + size + SLACK) for start, size in zip(arena.starts, arena.sizes, strict=True)
        ]
        for gap in behind:
            model.memory[gap] = canary
        model.step(x, labels, 0.1, 0.9, 0.01)
        ((logits, _),) = list(model.predict([(x, labels)]))
        assert all((model.memory[gap] == canary).all() for gap in behind)
        results.append((model.flat[0].tobytes(), logits.numpy().tobytes()))
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("name", NETWORKS)
def test_inference_equals_pytorch_on_the_running_averages(name: str) -> None:
    module, model, x = started(name)
    for layer in model.plan.layers:
        norm = layer.module.norm
        torch.nn.init.normal_(norm.running_mean, 0, 0.2)  # type: ignore[arg-type]
        torch.nn.init.uniform_(norm.running_var, 0.5, 2)  # type: ignore[arg-type]
    model.load()
    with torch.inference_mode():
        expected = module.eval()(x)
    labels = torch.arange(BATCH)
    whole = [(scores.clone(), y) for scores, y in model.predict([(x, labels)])]
    assert relative(whole[0][0], expected.double()) < 0.03
    parts = [(scores.clone(), y) for scores, y in model.predict([(x[:5], labels[:5]), (x[5:], labels[5:])])]
    assert torch.cat([scores for scores, _ in parts]).equal(whole[0][0])
    assert torch.cat([y for _, y in parts]).equal(labels)


CONVOLUTION = ["x", "out", "packed", "rows_in", "rows_out", "taps", "rows", "depth", "channels", "master"]
LAYER = ["z", "y", "z_row", "y_image", "add_image", "add_base", "rows_dz", "dz_base", "g", "dz", "mean", "coefficients"]
LAYER += ["stats", "squares", "gamma", "beta", "forward", "inference", "end_data", "gate"]
WRONG = {
    "convolution": [*CONVOLUTION, "master_taps"],
    "layer": LAYER,
    "gate": ["y", "out", "g", "means", "before", "hidden", "factors", "squeeze", "excite_bias"],
    "ends": ["x", "y", "g", "d_scratch", "x_scratch"],
}


@pytest.mark.parametrize(("where", "field"), [(where, field) for where, fields in WRONG.items() for field in fields])
def test_a_plan_with_a_wrong_offset_is_refused(where: str, field: str) -> None:
    _, model, _ = started("squeeze and excite")
    plan = model.plan
    check(plan)
    rows = {"convolution": plan.convolutions, "layer": [layer.row for layer in plan.layers], "ends": [plan.ends]}
    row = (rows | {"gate": [gate.row for gate in plan.gates]})[where][-1]
    for wrong in (64, 64 * 1024 * 1024):  # into a neighbour, or far away
        before = row[field]
        row[field] += wrong
        if not (wrong == 64 and field in MAY_MOVE):
            with pytest.raises(ValueError, match=r"buffer|table|rows|parameters|tap|convolution|squares"):
                check(plan)
        row[field] = before
    check(plan)


# By 64 bytes these still lie in a buffer that is long enough: their own has more room than they need.
MAY_MOVE = ("stats", "squares", "d_scratch", "x_scratch")


def test_a_table_with_a_wrong_offset_is_refused() -> None:
    _, model, _ = started("R")
    for start, table in model.plan.arena.tables.items():
        if len(table) > 1:
            changed = table.copy()
            changed[-1] += 2**20
            model.plan.arena.tables[start] = changed
            with pytest.raises(ValueError, match=r"outside of its buffer|tap"):
                check(model.plan)
            model.plan.arena.tables[start] = table
    check(model.plan)


def test_a_step_that_diverges_changes_nothing_and_says_so() -> None:
    _, model, x = started("V")
    x[0, 0, 0, 0] = float("nan")
    before = model.flat[0].copy()
    assert not np.isfinite(model.step(x, torch.zeros(BATCH, dtype=torch.int64), 0.1, 0.9, 0.0))
    assert (model.flat[0] == before).all()


def test_a_mini_batch_that_the_plan_does_not_fit_is_refused() -> None:
    _, model, x = started("V")
    with pytest.raises(ValueError, match="mini-batches of 16 images, got 8"):
        model.step(x[:8], torch.zeros(8, dtype=torch.int64), 0.1, 0.9, 0.0)
    with pytest.raises(ValueError, match=r"classes must lie in \[0, 5\), got 0 to 5"):
        model.step(x, torch.arange(BATCH) % 6, 0.1, 0.9, 0.0)
    with pytest.raises(ValueError, match=r"images of shape \(1, 7, 7\) expected, got \(1, 9, 9\)"):
        list(model.predict([(torch.zeros(2, 1, 9, 9), torch.zeros(2, dtype=torch.int64))]))


def test_a_function_with_no_place_for_a_cache_is_compiled_all_the_same() -> None:
    namespace: dict[str, object] = {}
    exec("def double(x): return 2 * x", namespace)  # numba caches beside the source, and this has none
    assert compiled()(namespace["double"])(3) == 6  # type: ignore[arg-type]
