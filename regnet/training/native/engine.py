"""Trains what the compiled step knows, as `torch_engine` does, and says what it does not know."""

import math
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from regnet.design.networks import AnyNet, EfficientNet, Network
from regnet.design.recipe import Recipe
from regnet.training.errors import last_tenth
from regnet.training.images import Batch
from regnet.training.models.blocks import Classifier
from regnet.training.native.isa import LARGEST_KERNEL, WIDTHS, instruction_set
from regnet.training.schedule import rate

VERSION = 2  # one more whenever a training's digits may change; 1 had a stem one column too wide, no row of it is kept
STEP = 8  # images: the rows of a map must fill whole tiles
LARGEST = 2**31  # bytes of a map: offsets are int32


def refusal(network: Network, recipe: Recipe) -> str:
    """Why the compiled step cannot train this network by this recipe here; empty where it can.

    >>> from regnet.design.networks import Stage, Stem
    >>> net = AnyNet((Stage(1, 15, 1.0, 15),), Stem(width=8, stride=1, channels=1))
    >>> refusal(net, Recipe(data="fashion-mnist", resolution=28, batch=64))
    'a width is odd: 15'
    """
    if instruction_set() is None:
        return "this CPU has neither AVX2 with FMA nor AVX-512"
    if recipe.precision != "bf16":
        return f"the recipe's precision is {recipe.precision}"
    if recipe.batch % STEP:
        return f"a batch of {recipe.batch} is no multiple of {STEP}"
    stem = network.stem
    if stem.pool or stem.kernel != 3:
        return "its stem is no plain 3x3"
    strides = {stem.stride, *(stage.stride for stage in network.stages)}
    if not strides <= {1, 2}:
        return f"a stride is {max(strides)}"
    return _anynet_refusal(network, recipe) if isinstance(network, AnyNet) else _efficientnet_refusal(network, recipe)


def _anynet_refusal(network: AnyNet, recipe: Recipe) -> str:
    groups = [s.group_width for s in network.stages if s.groups > 1 and s.group_width not in WIDTHS]
    if odd := [g for g in groups if g % 2]:
        return f"a group width is odd: {odd[0]}"
    inner = [w for stage in network.stages for w in (stage.width, stage.inner_width)]
    return _width_refusal([network.stem.width, *inner], recipe)


def _efficientnet_refusal(network: EfficientNet, recipe: Recipe) -> str:
    if (largest := max(stage.kernel for stage in network.stages)) > LARGEST_KERNEL:
        return f"a kernel is {largest}x{largest}"
    inner = [w for blocks in network.blocks() for block in blocks for w in (block.inner_width, block.width)]
    return _width_refusal([network.stem.width, *inner, network.head_width], recipe)


def _width_refusal(widths: list[int], recipe: Recipe) -> str:
    if odd := [w for w in widths if w % 2]:
        return f"a width is odd: {odd[0]}"
    if recipe.batch * (recipe.resolution + 2 * (LARGEST_KERNEL // 2)) ** 2 * max(widths) * 2 >= LARGEST:
        return f"its maps may exceed {LARGEST >> 30} GiB at {recipe.resolution} pixels and batch {recipe.batch}"
    return ""


class NativeEngine:
    """A network with its modules' initial weights; `fit` trains a copy of them, `scores` measures it."""

    def __init__(self, model: Classifier, recipe: Recipe) -> None:
        from regnet.training.native.model import NativeModel  # compiles, or reads what was compiled

        torch.set_flush_denormal(True)
        self.recipe = recipe
        self.model = NativeModel(model, batch=recipe.batch, resolution=recipe.resolution)

    def fit(self, batches: Iterable[Batch]) -> float | None:
        """Train on the mini-batches; the loss at the end, or None where it or the weights stopped being finite."""
        recipe, losses = self.recipe, []
        for number, (x, labels) in enumerate(batches):
            losses.append(self.model.step(x, labels, rate(recipe, number), recipe.momentum, recipe.weight_decay))
            if not math.isfinite(losses[-1]):
                return None
        return last_tenth(losses) if self.model.finite() else None

    def scores(self, held_out: Iterable[Batch]) -> Iterator[tuple[Tensor, Tensor]]:
        """Logits (n, classes) and classes (n,) of held-out images, in order; each part is overwritten by the next."""
        return self.model.predict(held_out)
