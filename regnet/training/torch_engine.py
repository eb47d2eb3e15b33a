"""Trains any network with PyTorch: the reference, and the path for what the compiled engine does not know."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from regnet.design.recipe import Recipe
from regnet.training.errors import last_tenth
from regnet.training.images import Batch
from regnet.training.models.blocks import Classifier
from regnet.training.schedule import rate
from regnet.training.team import ALONE, Team


class TorchEngine:
    """A model on its device, trained in place; `bfloat16`: it computes in that wherever it can.

    In a team every process has the same weights, and BN statistics of its own part of each batch; the running averages
    that networks are judged by are rank 0's, as in pycls.
    """

    def __init__(
        self,
        model: Classifier,
        recipe: Recipe,
        device: str = "cpu",
        *,
        bfloat16: bool | None = None,
        team: Team = ALONE,
    ) -> None:
        self.recipe, self.team = recipe, team
        self.bfloat16 = recipe.precision == "bf16" if bfloat16 is None else bfloat16
        if device == "cpu":  # the process keeps the mode: each training sets its own
            torch.set_flush_denormal(self.bfloat16)
        if device != "cpu":
            model = model.to(memory_format=torch.channels_last)
        elif self.bfloat16:
            from regnet.training.models.fused import fuse

            fuse(model)
        self.model = model.to(device)
        self.logits = Logits(self.model, self.bfloat16)
        self.losses: list[float] = []  # of the steps so far
        self.optimiser = torch.optim.SGD(
            self.model.parameters(),
            recipe.lr,
            recipe.momentum,
            weight_decay=recipe.weight_decay,
            nesterov=True,
            foreach=True,
        )

    def fit(self, batches: Iterable[Batch]) -> float | None:
        """Train on the mini-batches; the loss at the end, or None where it or the weights stopped being finite."""
        forward = self._averaging() if self.team.size > 1 else self.logits
        self.model.train()
        for x, labels in batches:
            self.optimiser.param_groups[0]["lr"] = rate(self.recipe, len(self.losses))
            loss = F.cross_entropy(forward(x), labels.to(x.device, non_blocking=True))
            self.losses.append(self.team.mean(loss.detach()).item())
            if not math.isfinite(self.losses[-1]):
                return None
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
        self.team.take_first(self.model.buffers())
        finite = bool(torch.stack([p.detach().isfinite().all() for p in self.model.parameters()]).all())
        return last_tenth(self.losses) if finite else None

    @torch.inference_mode()
    def scores(self, held_out: Iterable[Batch]) -> Iterator[tuple[Tensor, Tensor]]:
        """Logits (n, classes) and classes (n,) of held-out images, in order."""
        self.model.eval()
        for x, labels in held_out:
            yield self.logits(x).cpu(), labels

    def state(self) -> dict[str, Any]:
        """All that the next step depends on but for its batch."""
        losses = torch.tensor(self.losses, dtype=torch.float64)
        return {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "losses": losses}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a `state`; the next batch is number `len(losses)`."""
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.losses = state["losses"].tolist()

    def _averaging(self) -> nn.Module:
        """The same logits, whose gradients are the means over the team."""
        return DistributedDataParallel(self.logits)


class Logits(nn.Module):
    """A model's logits, bfloat16 up to the classifier where it computes so: its three digits would tie."""

    def __init__(self, model: Classifier, in_bfloat16: bool) -> None:
        super().__init__()
        self.model, self.in_bfloat16 = model, in_bfloat16

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            features = self.model.features(x)
        scores: Tensor = self.model.head(features)
        return scores
