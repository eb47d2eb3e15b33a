"""The processes that train one network together: which of them this one is, and what it takes of each batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch.distributed as dist
from torch import Tensor

from regnet.design.scalars import WORKERS, set_whole

Value = TypeVar("Value")
Items = TypeVar("Items", Tensor, list[tuple[int, int]])


@dataclass(frozen=True)
class Team:
    """Process `rank` of `size`, which have joined torch's default process group; alone, nothing is joined or sent."""

    rank: int = 0
    size: int = 1

    def __post_init__(self) -> None:
        set_whole(self, "size", high=WORKERS)
        set_whole(self, "rank", low=0, high=self.size - 1)

    def cut(self, batch: Items) -> Items:
        """This process's part of a batch: the first of equal parts is rank 0's.

        >>> Team(1, 2).cut([(0, 5), (1, 9), (2, 7), (3, 8)])
        [(2, 7), (3, 8)]
        """
        n = len(batch)
        return batch[n * self.rank // self.size : n * (self.rank + 1) // self.size]

    def turns(self, batches: Sequence[Value]) -> Sequence[Value]:
        """The whole batches that this process takes where they are shared out in turn."""
        return batches[self.rank :: self.size]

    def mean(self, value: Tensor) -> Tensor:
        """The mean over the processes; every process must ask for it."""
        if self.size > 1:
            value = value.clone()
            dist.all_reduce(value)
            value /= self.size
        return value

    def all(self, value: Value) -> list[Value]:
        """Every process's value, by rank, in every process."""
        if self.size == 1:
            return [value]
        found: list[Value] = [value] * self.size
        dist.all_gather_object(found, value)
        return found

    def take_first(self, tensors: Iterable[Tensor]) -> None:
        """Every process's tensors become rank 0's."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor, 0)


ALONE = Team()
