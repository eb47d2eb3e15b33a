"""The forward half of a plan: a network's modules, one layer after the other, and who reads whose pixels.

What a 3x3 or 5x5 reads lies in a frame of zeros, its padding.
"""

from itertools import pairwise

import numpy as np
from torch import nn

from regnet.training.models.anynet import AnyNetModule
from regnet.training.models.blocks import Classifier, ConvNorm, Residual, SqueezeExcite
from regnet.training.models.efficientnet import EfficientNetModule, Straight
from regnet.training.native.activations import NOTHING, RELU, SILU
from regnet.training.native.emit import LANES
from regnet.training.native.layout import Weights, weights_of, whole
from regnet.training.native.memory_map import BF16, Map
from regnet.training.native.plan import Block, Gate, Layer, Plan
from regnet.training.native.tables import GATE, LAYER, new_row

ACTIVATION: dict[type[nn.Module], int] = {nn.Identity: NOTHING, nn.ReLU: RELU, nn.SiLU: SILU}


def plan_forward(made: Plan, model: Classifier, resolution: int) -> tuple[Layer, list[Block]]:
    """Adds the forward pass for square images of that side to an empty plan; its stem and blocks."""
    assert isinstance(model, AnyNetModule | EfficientNetModule)
    stem = _stem(made, model, resolution)
    modules = [module for stage in model.stages for module in stage]  # type: ignore[attr-defined]
    modules += [model.last] if isinstance(model, EfficientNetModule) else []
    x, blocks = stem.out, []
    for module, after in zip(modules, [*modules[1:], None], strict=True):
        blocks.append(_block(made, module, x, 0 if after is None else _frame(_first(after))))
        x = blocks[-1].chain[-1].out
    ends = made.ends
    ends["y"], ends["channels"], ends["pixels"] = x.base, x.channels, x.side**2
    ends["weight"], ends["bias"] = made.parameters(model.head.weight.numel()), made.parameters(model.head.out_features)
    return stem, blocks


def _stem(made: Plan, model: AnyNetModule | EfficientNetModule, resolution: int) -> Layer:
    conv, ends = model.stem.conv, made.ends
    x = made.map(conv.in_channels, resolution, conv.kernel_size[0] // 2, behind=BF16)
    ends["x"], ends["x_image"], ends["x_row"] = x.first, x.image, x.row
    return _layer(made, model.stem, x, frame=_frame(_first(model.stages[0])), stem=True)


def _first(module: nn.Module) -> ConvNorm:
    """The first convolution that reads a block's input; a shortcut is its last."""
    return next(m for m in module.modules() if isinstance(m, ConvNorm))


def _frame(layer: ConvNorm) -> int:
    """How many zeros must lie around what the layer reads."""
    return layer.conv.kernel_size[0] // 2


def _block(made: Plan, module: nn.Module, x: Map, frame: int) -> Block:
    """Plans a block, whose output lies in a frame of that width."""
    if isinstance(module, ConvNorm):
        return Block(x, [_layer(made, module, x, frame=frame)], None, residual=False)
    assert isinstance(module, Residual | Straight)
    body = [m for m in module.body.children() if isinstance(m, ConvNorm)]
    chain: list[Layer] = []
    for layer, after in pairwise([*body, module.last]):
        chain.append(_layer(made, layer, chain[-1].out if chain else x, frame=_frame(after)))
    for gate in module.body.children():
        if isinstance(gate, SqueezeExcite):
            chain[-1].gated = _gate(made, gate, chain[-1])
    residual, shortcut = isinstance(module, Residual), None
    if isinstance(module, Residual) and isinstance(module.shortcut, ConvNorm):
        shortcut = _layer(made, module.shortcut, x)
    added = shortcut.y if shortcut else x if residual else None
    chain.append(_layer(made, module.last, chain[-1].out if chain else x, frame=frame, add=added))
    return Block(x, chain, shortcut, residual)


def _layer(
    made: Plan, module: ConvNorm, x: Map, *, frame: int = 0, add: Map | None = None, stem: bool = False
) -> Layer:
    """Plans a layer: its convolution, its normalisation and, for inference, both in one."""
    conv, row = module.conv, new_row(LAYER)
    stride, channels = conv.stride[0], conv.out_channels
    side = (x.side - 1) // stride + 1
    weights = weights_of(conv, made.parameters(weights_of(conv, 0, stem=stem).size), stem=stem)
    z, y = made.map(channels, side), made.map(channels, side, frame)
    _convolutions(made, row, weights, stride, x, z, y)
    row["z"], row["z_image"], row["z_row"] = z.first, z.image, z.row
    row["y"], row["y_image"], row["y_row"] = y.first, y.image, y.row
    if add is not None:
        row["add"], row["add_image"], row["add_row"] = add.first, add.image, add.row
        row["add_base"], row["rows_add"] = add.base, made.arena.table(add.pixels(made.batch))
    row["channels"], row["side"], row["gate"] = channels, side, -1
    row["activation"] = ACTIVATION[type(module.activation)]
    row["gamma"], row["beta"] = made.parameters(channels), made.parameters(channels)
    for name in ("mean", "scale", "running_mean", "running_var"):
        row[name] = made.arena.floats(channels)
    # The last group's register may reach over the channels' end.
    row["squares"] = 4 * (whole(channels) + LANES)
    row["stats"] = made.arena.take(2 * int(row["squares"]))
    row["coefficients"] = made.arena.floats(5 * (side * channels + LANES))
    made.layers.append(Layer(module, row, weights, x, y))
    return made.layers[-1]


def _convolutions(made: Plan, row: np.void, weights: Weights, stride: int, x: Map, z: Map, y: Map) -> None:
    """The layer's convolution in training, into z, and in inference, into y."""
    table, batch = made.arena.table, made.batch
    forward = made.convolution(weights, x, z, tuple(range(weights.taps)))
    if weights.taps == 1:
        forward["rows_in"], forward["taps"] = table(x.pixels(batch, stride)), table([0])
    else:
        corners = range(0, z.side * stride, stride)  # of the windows, counted in the frame
        forward["rows_in"] = table(x.grid(batch, corners, corners))
        across = range(1) if weights.lines else range(weights.kernel)
        forward["taps"] = table([ky * x.row + kx * x.pixel for ky in range(weights.kernel) for kx in across])
    forward["rows_out"], forward["rows"] = table(z.pixels(batch)), z.side**2
    inference = forward.copy()
    inference["out"], inference["rows_out"], inference["packs"] = y.base, table(y.pixels(batch)), 0
    row["forward"], row["inference"] = made.append(forward), made.append(inference)


def _gate(made: Plan, module: SqueezeExcite, layer: Layer) -> Gate:
    row, y, squeezed = new_row(GATE), layer.y, module.squeeze.out_channels
    out = made.map(y.channels, y.side)
    row["y"], row["out"] = y.base, out.base
    row["channels"], row["squeezed"], row["pixels"] = y.channels, squeezed, y.side**2
    row["means"], row["factors"] = (made.arena.floats(made.batch * y.channels) for _ in range(2))
    row["before"], row["hidden"] = (made.arena.floats(made.batch * squeezed) for _ in range(2))
    row["activation"] = ACTIVATION[type(module.activation)]
    for name, own in (("squeeze", module.squeeze), ("excite", module.excite)):
        assert own.bias is not None
        row[name], row[f"{name}_bias"] = made.parameters(own.weight.numel()), made.parameters(own.bias.numel())
    layer.row["gate"] = len(made.gates)
    made.gates.append(Gate(module, row, out))
    return made.gates[-1]
