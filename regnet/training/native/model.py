"""A network whose training step and inference are compiled, made from its PyTorch modules, in memory of its own."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from regnet.training.models.blocks import EPS, MOMENTUM, Classifier
from regnet.training.native import tables
from regnet.training.native.backward_plan import plan_backward
from regnet.training.native.bounds import check
from regnet.training.native.forward_plan import plan_forward
from regnet.training.native.layout import Floats
from regnet.training.native.plan import Plan
from regnet.training.native.step import fold, predict, step

Batch = tuple[Tensor, Tensor]


class NativeModel:
    """Images (n, channels, r, r) in, logits out. `flat` holds parameters, gradients and momenta, one vector each."""

    def __init__(self, model: Classifier, *, batch: int, resolution: int) -> None:
        self.plan = Plan(batch)
        stem, blocks = plan_forward(self.plan, model, resolution)
        plan_backward(self.plan, stem, blocks)
        check(self.plan)
        self.memory = self.plan.arena.allocate()
        self.rows = _bind(self.plan, self.memory.ctypes.data)
        self.order = np.array(self.plan.order)
        self.flat = tuple(np.zeros(self.plan.size, np.float32) for _ in range(3))
        classes = model.head.out_features
        self.logits = np.zeros((batch, classes), np.float32)
        self.features = np.zeros((batch, model.head.in_features), np.float32)
        self.head = model.head
        self.load()

    def step(self, x: Tensor, labels: Tensor, lr: float, momentum: float, weight_decay: float) -> float:
        """One mini-batch of the plan's size; its loss. Where that is not finite, no parameter changes."""
        if len(x) != self.plan.batch:
            raise ValueError(f"the plan is for mini-batches of {self.plan.batch} images, got {len(x)}")
        classes = self.logits.shape[1]
        if not 0 <= int(labels.min()) <= int(labels.max()) < classes:
            raise ValueError(f"classes must lie in [0, {classes}), got {int(labels.min())} to {int(labels.max())}")
        loss: float = step(
            self.rows, self.order, self.flat, self._pixels(x), labels.numpy(), self.logits, self.features,
            lr, momentum, weight_decay, MOMENTUM, EPS,
        )  # fmt: skip
        return loss

    def predict(self, batches: Iterable[Batch]) -> Iterator[tuple[Tensor, Tensor]]:
        """Logits, on the running averages, and labels, in parts of the plan's size; each overwrites the last logits."""
        fold(self.rows, self.flat[0], EPS)
        for images, labels in batches:
            for start in range(0, len(labels), self.plan.batch):
                x, y = (whole[start : start + self.plan.batch] for whole in (images, labels))
                predict(self.rows, self.flat[0], self._pixels(x), self.plan.batch, self.logits, self.features)
                yield torch.from_numpy(self.logits[: len(x)]), y

    def finite(self) -> bool:
        """Whether every parameter is."""
        return bool(np.isfinite(self.flat[0]).all())

    def tensors(self, flat: Floats) -> dict[Tensor, Floats]:
        """Parameters, gradients or momenta, in the shape of the module's parameter that they belong to."""
        found: dict[Tensor, Floats] = {}
        for layer in self.plan.layers:
            conv = layer.module.conv
            found[conv.weight] = layer.weights.weight(flat, conv.weight.shape)
        return found | {p: flat[at : at + p.numel()].reshape(p.shape) for p, at in self._vectors()}

    def load(self) -> None:
        """Takes the modules' parameters and running averages."""
        for layer in self.plan.layers:
            weights, norm = layer.weights, layer.module.norm
            master = weights.master(layer.module.conv.weight.detach().numpy())
            self.flat[0][weights.start : weights.start + weights.size] = master
            for name, value in (("running_mean", norm.running_mean), ("running_var", norm.running_var)):
                assert value is not None
                self.floats(int(layer.row[name]), len(value))[:] = value.numpy()
        for parameter, at in self._vectors():
            self.flat[0][at : at + parameter.numel()] = parameter.detach().numpy().ravel()

    def _vectors(self) -> Iterator[tuple[Tensor, int]]:
        """The parameters that lie as their modules have them, and where they begin."""
        for layer in self.plan.layers:
            yield layer.module.norm.weight, int(layer.row["gamma"])
            yield layer.module.norm.bias, int(layer.row["beta"])
        for gate in self.plan.gates:
            for name, own in (("squeeze", gate.module.squeeze), ("excite", gate.module.excite)):
                assert own.bias is not None
                yield own.weight, int(gate.row[name])
                yield own.bias, int(gate.row[f"{name}_bias"])
        yield self.head.weight, int(self.plan.ends["weight"])
        yield self.head.bias, int(self.plan.ends["bias"])

    def _pixels(self, x: Tensor) -> Floats:
        """Images (n, c, r, r) as the compiled functions take them: (n, r, r, c), contiguous."""
        seen = self.plan.layers[0].x
        if x.shape[1:] != (seen.channels, seen.side, seen.side):
            raise ValueError(
                f"images of shape {(seen.channels, seen.side, seen.side)} expected, got {tuple(x.shape[1:])}"
            )
        pixels: Floats = x.permute(0, 2, 3, 1).contiguous().numpy()
        return pixels

    def floats(self, start: int, n: int) -> Floats:
        """n float32 of the plan's memory."""
        return self.memory[start : start + 4 * n].view(np.float32)


def _bind(plan: Plan, memory: int) -> tuple[npt.NDArray[np.void], ...]:
    """The plan's rows with addresses in place of bytes into its memory."""
    kinds = (
        (plan.convolutions, tables.CONVOLUTION, tables.CONVOLUTION_ADDRESSES),
        ([layer.row for layer in plan.layers], tables.LAYER, tables.LAYER_ADDRESSES),
        ([gate.row for gate in plan.gates], tables.GATE, tables.GATE_ADDRESSES),
        ([plan.ends], tables.ENDS, tables.ENDS_ADDRESSES),
    )
    bound = []
    for rows, kind, addresses in kinds:
        table = np.array(rows, kind)
        for name in addresses:
            table[name] += np.where(table[name] > 0, memory, 0)
        bound.append(table)
    return tuple(bound)
