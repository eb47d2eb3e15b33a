"""The network of a row: what a population's rows leave out, the stem and the template, is found by the network's id."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd

from regnet.design.networks import AnyNet, Network, Stage, Stem
from regnet.design.spaces import DesignSpace, spaces
from regnet.sweeps.regimes import regimes

Template = tuple[Any, ...]
"""Stem, block, se_ratio and activation."""


def network_of(row: Mapping[str, Any] | pd.Series) -> Network:  # type: ignore[type-arg]  # a row's cells differ in type
    """The network of a population's row, as `regnet.load(...)` or a population's CSV has it.

    A row has its network's stages (d1, w1, b1, g1, ...) and id, not its stem, block, squeeze-and-excitation and
    activation: those of the regimes and design spaces are tried, and the network whose id is the row's is the one.

    Raises:
        ValueError: a row without stages or network_id, or whose id no template gives.
    """
    stages = _stages(row)
    for stem, block, se_ratio, activation in _templates():
        try:
            network = AnyNet(stages, stem, block, se_ratio, activation)
        except ValueError:  # a template that these stages cannot have, as V with a bottleneck
            continue
        if network.id == row["network_id"]:
            return network
    raise ValueError(
        f"no stem, block and activation of the regimes and spaces gives these stages the id {row['network_id']!r}: "
        "build it with regnet.AnyNet"
    )


def _stages(row: Mapping[str, Any] | pd.Series) -> tuple[Stage, ...]:  # type: ignore[type-arg]
    names = [f"d{number}" for number in range(1, 100) if f"d{number}" in row]
    missing = [f"{part}{name[1:]}" for name in names for part in "wbg" if f"{part}{name[1:]}" not in row]
    if not names or missing or "network_id" not in row:
        missing = missing or ["d1"] * (not names) + ["network_id"]
        raise ValueError(f"a population's row has network_id, d1, w1, b1, g1, ...: this one lacks {missing[0]}")
    numbers = [name[1:] for name in names]
    return tuple(
        Stage(int(row[f"d{i}"]), int(row[f"w{i}"]), float(row[f"b{i}"]), int(row[f"g{i}"])) for i in numbers
    )


@cache
def _templates() -> tuple[Template, ...]:
    """Every stem of a regime with every template of a design space, each once."""
    return tuple(dict.fromkeys((stem, *kind) for stem in _stems() for kind in _kinds()))


def _stems() -> Iterator[Stem]:
    yield from (regime.stem for regime in regimes.values())


def _kinds() -> Iterator[tuple[Any, ...]]:
    found: Iterator[DesignSpace] = iter(spaces.values())
    yield from ((space.block, space.se_ratio, space.activation) for space in found)
