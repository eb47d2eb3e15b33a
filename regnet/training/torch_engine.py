"""Trains any network with PyTorch: the reference, and the path for what the compiled engine does not know."""

import math
from collections.abc import Iterable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from regnet.design.recipe import Recipe
from regnet.training.errors import last_tenth
from regnet.training.images import Batch
from regnet.training.models.blocks import Classifier
from regnet.training.schedule import rate


class TorchEngine:
    """A model on its device, trained in place; `bfloat16`: it computes in that wherever it can."""

    def __init__(self, model: Classifier, recipe: Recipe, device: str = "cpu", *, bfloat16: bool | None = None) -> None:
        self.recipe = recipe
        self.bfloat16 = recipe.precision == "bf16" if bfloat16 is None else bfloat16
        if device == "cpu":  # the process keeps the mode: each training sets its own
            torch.set_flush_denormal(self.bfloat16)
        if device != "cpu":
            model = model.to(memory_format=torch.channels_last)
        elif self.bfloat16:
            from regnet.training.models.fused import fuse

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
