"""Rejection sampling: n networks of a design space inside a window of flops, parameters and activations.

Source: arXiv:2003.13678, sec. 3.1: models are sampled at random until n lie in the wanted regime.

Raw draws come in blocks of fixed size; block k depends on (seed, k) and on nothing else, and members keep their
order. So the first 100 of 500 are the 100 one gets by asking for 100, in any process. Nothing is removed as a
duplicate: members are independent draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypedDict

import numpy as np

from regnet.design import complexity
from regnet.design.convolutions import Shape
from regnet.design.laws import Law
from regnet.design.networks import Activation, AnyNet, Block, Network, Stage, Stem
from regnet.design.scalars import CLASSES, SEED, SIDE, Floats, pair, set_whole, whole
from regnet.design.stages import Mask

BLOCK = 1 << 14  # raw draws in a block; part of what a seed means
MAX_NETWORKS = 1 << 21  # valid networks in a row outside the window before it is given up
MAX_DRAWS = 1 << 26  # raw draws in a row without a member, for spaces that reject nearly all

Bounds = tuple[float | None, float | None]
FREE: Bounds = (None, None)


@dataclass(frozen=True)
class Draw:
    """Member `index` of a population: the parameters as drawn, and the network they realise."""

    index: int
    drawn: dict[str, float]
    network: Network


@dataclass(frozen=True)
class Candidates:
    """Raw draws that satisfy a space's constraints.

    `drawn` has arrays of shape (n,); the others, realised values, have shape (stages, n).
    """

    drawn: dict[str, Floats]
    depths: Floats
    widths: Floats
    bottlenecks: Floats
    group_widths: Floats

    def __len__(self) -> int:
        return len(self.depths[0])

    def drawing(self, **columns: Floats) -> Candidates:
        """The same with more columns drawn."""
        return replace(self, drawn=self.drawn | columns)

    def where(self, keep: Mask) -> Candidates:
        """Those that a mask of shape (n,) keeps, in order."""
        return Candidates(
            {name: column[keep] for name, column in self.drawn.items()},
            self.depths[:, keep],
            self.widths[:, keep],
            self.bottlenecks[:, keep],
            self.group_widths[:, keep],
        )


class Space(Protocol):
    """What sampling asks of a design space."""

    @property
    def name(self) -> str: ...
    @property
    def stem(self) -> Stem: ...
    @property
    def block(self) -> Block: ...
    @property
    def se_ratio(self) -> float: ...
    @property
    def activation(self) -> Activation: ...
    @property
    def zoom(self) -> Law: ...
    def law(self, column: str) -> Law:
        """The law of a drawn column."""

    def candidates(self, rng: np.random.Generator, n: int) -> Candidates:
        """The valid ones among n raw draws, in order."""


class Ranges(TypedDict, total=False):
    """The fields of a `Window`, as the keywords of `draw` and `sample`."""

    resolution: int
    num_classes: int
    flops: Bounds | None
    params: Bounds | None
    acts: Bounds | None


@dataclass(frozen=True)
class Window:
    """Closed ranges (low, high) of complexity at one resolution; None, for an end or for both, is no limit.

    Raises:
        ValueError: a range that is reversed or not a pair of numbers, or an impossible number.
    """

    resolution: int = 224
    num_classes: int = 1000
    flops: Bounds | None = None
    params: Bounds | None = None
    acts: Bounds | None = None

    def __post_init__(self) -> None:
        set_whole(self, "resolution", high=SIDE)
        set_whole(self, "num_classes", high=CLASSES)
        for name, bounds in self._ranges.items():
            if bounds is not FREE:
                object.__setattr__(self, name, pair(name, bounds))

    @property
    def limits(self) -> dict[str, Bounds]:
        """The ranges that limit anything; flops first, also where only others do, to say what was seen."""
        ranges = self._ranges
        limited = {name: bounds for name, bounds in ranges.items() if bounds != FREE}
        return {"flops": ranges["flops"], **limited} if limited else {}

    @property
    def _ranges(self) -> dict[str, Bounds]:
        given = {"flops": self.flops, "params": self.params, "acts": self.acts}
        return {name: FREE if bounds is None else bounds for name, bounds in given.items()}


class Sampler:
    """Members of `space` inside `window`, block by block; remembers what was drawn and the range of each cost seen."""

    def __init__(
        self, space: Space, window: Window, *, seed: int, max_networks: int = MAX_NETWORKS, max_draws: int = MAX_DRAWS
    ) -> None:
        self.space, self.window, self.seed = space, window, whole("seed", seed, low=0, high=SEED)
        self.max_networks, self.max_draws = whole("max_networks", max_networks), whole("max_draws", max_draws)
        self.seen: dict[str, tuple[float, float]] = {}
        self._networks = self._draws = 0  # since the last member

    def block(self, k: int) -> Candidates:
        """The members among the raw draws of block k."""
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(k,)))
        members = self.space.candidates(rng, BLOCK)
        if self.space.zoom.count > 1:
            members = members.drawing(zoom=self.space.zoom.draw(rng, len(members)))
        valid = len(members)
        for name, (low, high) in self.window.limits.items():
            if not len(members):
                break
            values = self._cost(members, name)
            least, most = self.seen.get(name, (math.inf, -math.inf))
            self.seen[name] = min(least, values.min()), max(most, values.max())
            above = values >= (-math.inf if low is None else low)
            members = members.where(above & (values <= (math.inf if high is None else high)))
        self._networks = 0 if len(members) else self._networks + valid
        self._draws = 0 if len(members) else self._draws + BLOCK
        return members

    def members(self, n: int) -> Iterator[tuple[dict[str, float], AnyNet]]:
        """The first n members: the parameters drawn, and the network.

        Raises:
            ValueError: no member among max_networks valid networks, or max_draws draws, in a row.
        """
        found = k = 0
        while found < n:
            block = self.block(k)
            k += 1
            yield from _objects(block, self.space, n - found)
            found += len(block)
            if self._networks >= self.max_networks or self._draws >= self.max_draws:
                raise ValueError(self._nothing(found))

    def _cost(self, members: Candidates, name: str) -> Floats:
        """Flops, params or acts of each, shape (n,)."""
        space, window = self.space, self.window
        shape: Shape = complexity.stacked(
            members.depths, members.widths, members.bottlenecks, members.group_widths,
            stem=space.stem, block=space.block, se_ratio=space.se_ratio,
        )  # fmt: skip
        if name == "params":
            return np.asarray(complexity.params(shape, window.num_classes))
        cost = complexity.flops if name == "flops" else complexity.acts
        resolution: int | Floats = window.resolution
        if "zoom" in members.drawn:
            resolution = np.rint(window.resolution * members.drawn["zoom"])
        return np.asarray(cost(shape, resolution, window.num_classes))

    def _nothing(self, found: int) -> str:
        lines = [f"{self.space.name} at resolution {self.window.resolution}: {found} networks found, then none in"]
        lines += [f"{self._draws:,} draws ({self._networks:,} of them valid);"]
        for name, bounds in self.window.limits.items():
            ends = ":".join("" if value is None else f"{value:g}" for value in bounds)
            wanted = "any" if bounds == FREE else ends
            if name in self.seen:
                least, most = self.seen[name]
                lines += [f"{name} seen {least:.3g} to {most:.3g}, wanted {wanted};"]
        return " ".join(lines) + " move or widen the window"


def _objects(members: Candidates, space: Space, n: int) -> Iterator[tuple[dict[str, float], AnyNet]]:
    """The first n of the candidates as values: integers where a law gives nothing else."""
    names = list(members.drawn)
    columns = [
        (column[:n].astype(np.int64) if space.law(name).whole else column[:n]).tolist()
        for name, column in members.drawn.items()
    ]
    realised = (members.depths, members.widths, members.group_widths)
    depths, widths, groups = (rows[:, :n].T.astype(np.int64).tolist() for rows in realised)
    bottlenecks = members.bottlenecks[:, :n].T.tolist()
    for drawn, d, w, b, g in zip(zip(*columns, strict=True), depths, widths, bottlenecks, groups, strict=True):
        network = AnyNet(tuple(map(Stage, d, w, b, g)), space.stem, space.block, space.se_ratio, space.activation)
        yield dict(zip(names, drawn, strict=True)), network
