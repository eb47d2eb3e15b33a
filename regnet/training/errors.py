"""Top-1 error from logits, of all images and of two halves of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, zip_longest

import torch
from torch import Tensor

from regnet.training.team import ALONE, Team


@dataclass(frozen=True)
class Errors:
    """In percent: of all images, of the first, third, ... and of the second, fourth, ... of them.

    A choice made on one half can be reported on the other.
    """

    error: float
    error_a: float
    error_b: float


def errors(scored: Iterable[tuple[Tensor, Tensor]], team: Team = ALONE) -> Errors | None:
    """From logits (n, classes) and classes (n,), part by part in order; None where a logit is not finite.

    Each process of a team scores its parts in turn, and has the errors of all.

    >>> logits = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> errors([(logits, torch.tensor([0, 1, 0]))])
    Errors(error=66.66666666666667, error_a=50.0, error_b=100.0)
    """
    shares = [share for share in team.all(_mistakes(scored)) if share is not None]
    if len(shares) < team.size:
        return None
    wrong = torch.cat([part for part in chain.from_iterable(zip_longest(*shares)) if part is not None])
    found = [
        100.0 * int(half.sum()) / len(half) if len(half) else float("nan") for half in (wrong, wrong[::2], wrong[1::2])
    ]
    return Errors(*found)


def _mistakes(scored: Iterable[tuple[Tensor, Tensor]]) -> list[Tensor] | None:
    """Which images of each part are taken for another class; None where a logit is not finite."""
    parts = []
    for scores, labels in scored:
        if not scores.isfinite().all():
            return None
        parts.append(scores.argmax(1) != labels)
    return parts


def last_tenth(losses: list[float]) -> float:
    """The mean of the last tenth of a training's losses, of the last one at least."""
    kept = losses[-max(1, len(losses) // 10) :]
    return sum(kept) / len(kept)
