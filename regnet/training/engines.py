"""Which code trains a network: the compiled step where it can, PyTorch elsewhere. Decided here and nowhere else.

An engine's name has its version: engines, and versions of one, give other digits for the same seed, so that the rows
of two are never mixed in one population. Machines and instruction sets differ too, by roundings; these do mix, and each
segment names them. They train alike: 64 networks trained with AVX-512-BF16 and again with AVX2 differ by what seeds
do, in the mean by nothing that is seen (`benchmarks/instructions.csv`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from regnet.design.networks import Network
from regnet.design.recipe import Recipe
from regnet.training.images import Batch
from regnet.training.instructions import torch_multiplies_bfloat16
from regnet.training.models.blocks import Classifier
from regnet.training.native.engine import VERSION, NativeEngine, refusal
from regnet.training.team import ALONE, Team
from regnet.training.torch_engine import TorchEngine

NATIVE, TORCH = f"native {VERSION}", "torch 1"
TORCH_FLOAT32 = "torch 1 in float32"  # a recipe of bfloat16 on a CPU that could only emulate it, ten times slower


class Engine(Protocol):
    """A network while it is trained."""

    def fit(self, batches: Iterable[Batch]) -> float | None:
        """Train on the mini-batches; the loss at the end, or None where it or the weights stopped being finite."""

    def scores(self, held_out: Iterable[Batch]) -> Iterator[tuple[Tensor, Tensor]]:
        """Logits (n, classes) and classes (n,) of held-out images, in order; good until the next is asked for."""


@dataclass(frozen=True)
class Choice:
    """An engine by name, and why it is not the compiled one (empty where it is, or was not asked for)."""

    name: str
    why: str = ""


def choose(trainings: Iterable[tuple[Network, Recipe]], device: str = "cpu", wanted: str = "") -> Choice:
    """One engine for all these trainings. `wanted`: native or torch, or such a name with its version; empty: the best.

    Raises:
        ValueError: an engine that there is none of, or that cannot do one of the trainings.

    >>> choose([], device="cuda:0").name
    'torch 1'
    """
    trainings = list(trainings)
    torch = TORCH_FLOAT32 if device == "cpu" and not torch_multiplies_bfloat16() and _any_bfloat16(trainings) else TORCH
    kinds = {"": "", "native": NATIVE, NATIVE: NATIVE, "torch": torch, torch: torch}
    if wanted not in kinds:
        raise ValueError(f"no engine {wanted!r} here, expected native or torch (now {NATIVE} and {torch})")
    if kinds[wanted] == torch:
        return Choice(torch)
    why = "" if device == "cpu" else f"the device is {device}"
    why = why or next((reason for network, recipe in trainings if (reason := refusal(network, recipe))), "")
    if why and kinds[wanted] == NATIVE:
        raise ValueError(f"the native engine cannot train this: {why}")
    return Choice(torch, why) if why else Choice(NATIVE)


def _any_bfloat16(trainings: Iterable[tuple[Network, Recipe]]) -> bool:
    return any(recipe.precision == "bf16" for _, recipe in trainings)


def start(name: str, model: Classifier, recipe: Recipe, device: str, team: Team = ALONE) -> Engine:
    """The engine of that name with the model's initial weights.

    Raises:
        ValueError: a team of several, of an engine that trains alone.
    """
    if name != NATIVE:
        bfloat16 = recipe.precision == "bf16" and name != TORCH_FLOAT32
        return TorchEngine(model, recipe, device, bfloat16=bfloat16, team=team)
    if team.size > 1:
        raise ValueError(f"the native engine trains in one process, not in {team.size}: take torch")
    return NativeEngine(model, recipe)
