"""A network as cells of a row, and the network of a row.

What a population's rows leave out, the stem and the template, is found by the network's id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd

from regnet.design.networks import AnyNet, EfficientNet, Network, Stage
from regnet.design.shape_space import shape_spaces
from regnet.design.shapes import scaled
from regnet.design.spaces import spaces
from regnet.design.zoo import zoo
from regnet.sweeps import regime_files
from regnet.sweeps.own_spaces import own_spaces
from regnet.sweeps.regimes import find_regime, regimes

HEAD_WIDTHS = range(8, 2561, 8)  # of an EfficientNet, whose rows leave it out as well


def realised(net: Network) -> dict[str, int | float]:
    """Depth, width, bottleneck ratio and group width of each stage: cells d1 ... g4."""
    every = (("d", net.depths), ("w", net.widths), ("b", net.bottlenecks), ("g", net.group_widths))
    return {f"{letter}{i}": value for letter, values in every for i, value in enumerate(values, start=1)}


def network_of(row: Mapping[str, Any] | pd.Series) -> Network:
    """The network of a population's row, as `regnet.load(...)` or a population's CSV has it.

    A row has its network's stages (d1, w1, b1, g1, ...) and id, not its stem, block, squeeze-and-excitation and
    activation: those of the regimes and design spaces are tried, and the network whose id is the row's is the one.

    Stages whose depth is missing are none: a table of several populations has as many columns as the deepest needs.

    Raises:
        ValueError: a row without stages or network_id, or whose id no template gives.
    """
    return _found(_stages(row), str(row["network_id"]))


@lru_cache(maxsize=4096)  # members of a small space repeat
def _found(stages: tuple[Stage, ...], wanted: str) -> Network:
    for network in _candidates(stages):
        if network.id == wanted:
            return network
    raise ValueError(
        f"no stem, block and activation of the regimes and spaces gives these stages the id {wanted!r}: "
        "build it with regnet.AnyNet"
    )


def _candidates(stages: tuple[Stage, ...]) -> Iterator[Network]:
    """The stages with every template of a design space and every stem of a regime, then as EfficientNets."""
    kinds = dict.fromkeys(
        (space.block, space.se_ratio, space.activation) for space in (*spaces.values(), *own_spaces().values())
    )
    own = (find_regime(name) for name in regime_files.names())
    stems = dict.fromkeys(regime.stem for regime in (*regimes.values(), *own))
    for stem in stems:
        for block, se_ratio, activation in kinds:
            try:
                yield AnyNet(stages, stem, block, se_ratio, activation)
            except ValueError:  # a template that these stages cannot have, as V with a bottleneck
                continue
    for stem in stems:
        for space in shape_spaces.values():
            shape = scaled(zoo[space.shape], 1.0, stem=stem)
            if isinstance(shape, EfficientNet) and shape.depths == tuple(stage.depth for stage in stages):
                pairs = zip(shape.stages, stages, strict=True)
                mobile = replace(shape, stages=tuple(replace(one, width=stage.width) for one, stage in pairs))
                yield from (replace(mobile, head_width=width) for width in HEAD_WIDTHS)


def _stages(row: Mapping[str, Any] | pd.Series) -> tuple[Stage, ...]:
    depths = {f"d{number}": row.get(f"d{number}") for number in range(1, 100)}
    names = [name for name, depth in depths.items() if not (depth is None or depth == "" or pd.isna(depth))]
    missing = [f"{part}{name[1:]}" for name in names for part in "wbg" if f"{part}{name[1:]}" not in row]
    if not names or missing or "network_id" not in row:
        missing = missing or ["d1"] * (not names) + ["network_id"]
        raise ValueError(f"a population's row has network_id, d1, w1, b1, g1, ...: this one lacks {missing[0]}")
    # float of each: the csv module reads words
    numbers = [tuple(float(row[f"{part}{name[1:]}"]) for part in "dwbg") for name in names]
    return tuple(Stage(int(d), int(w), b, int(g)) for d, w, b, g in numbers)
