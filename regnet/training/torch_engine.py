"""Trains any network with PyTorch: the reference, and the path for what the compiled engine does not know."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from regnet.design.recipe import Recipe
from regnet.training.errors import last_tenth
from regnet.training.images import Batch
from regnet.training.models.blocks import Classifier
from regnet.training.native.isa import instruction_set
from regnet.training.schedule import rate


class TorchEngine:
    """A model on its device, trained in place, computing the fastest way there that keeps the recipe's precision.

    A CPU without bfloat16 arithmetic only emulates it, ten times slower: there a recipe of bfloat16 runs in float32.
    """

    def __init__(self, model: Classifier, recipe: Recipe, device: str = "cpu") -> None:
        self.recipe = recipe
        isa = instruction_set()
        self.bfloat16 = recipe.precision == "bf16" and (device != "cpu" or (isa is not None and isa.dot))
        if device != "cpu":
            model = model.to(memory_format=torch.channels_last)
        elif self.bfloat16:
            from regnet.training.models.fused import fuse

            torch.set_flush_denormal(True)
            fuse(model)
        self.model = model.to(device)

    def fit(self, batches: Iterable[Batch]) -> float | None:
        """Train on the mini-batches; the loss at the end, or None where it or the weights stopped being finite."""
        recipe, parameters = self.recipe, list(self.model.parameters())
        optimiser = torch.optim.SGD(
            parameters, recipe.lr, recipe.momentum, weight_decay=recipe.weight_decay, nesterov=True, foreach=True
        )
        self.model.train()
        losses = []
        for step, (x, labels) in enumerate(batches):
            optimiser.param_groups[0]["lr"] = rate(recipe, step)
            loss = F.cross_entropy(self.logits(x), labels.to(x.device, non_blocking=True))
            losses.append(loss.item())
            if not math.isfinite(losses[-1]):
                return None
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        finite = bool(torch.stack([p.detach().isfinite().all() for p in parameters]).all())
        return last_tenth(losses) if finite else None

    def logits(self, x: Tensor) -> Tensor:
        """The model's logits, bfloat16 up to the classifier where it computes so: its three digits would tie."""
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.bfloat16):
            features = self.model.features(x)
        scores: Tensor = self.model.head(features)
        return scores

    @torch.inference_mode()
    def scores(self, held_out: Iterable[Batch]) -> Iterator[tuple[Tensor, Tensor]]:
        """Logits (n, classes) and classes (n,) of held-out images, in order."""
        self.model.eval()
        for x, labels in held_out:
            yield self.logits(x).cpu(), labels
