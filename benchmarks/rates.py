"""Cases of `rule_power.py` for the rule of Figs 21 and 22, by regret; the worlds are those of `rate_worlds.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import rate_worlds
from worlds import World

from regnet.analysis.compare import ALPHA, Comparison
from regnet.analysis.rules.adjusted_means import MARGIN

RULE = "one setting for all"
RATED = (  # Fig 21 across flops, across lengths, and Fig 22 with its one network; how many members at most
    (("regnetx_c-1.5mf-l2", "regnetx_c-l2", "regnetx_c-6mf-l2"), (100, 100, 100)),
    (("regnetx", "regnetx-l2", "regnetx_c-l2"), (100, 60, 60)),
    (("regnetx_c-1.5mf-l2", "regnetx_c-l2"), (100, 100)),
)
SHAPES = (("as calibrated", 0.1, True), ("best lr at 2", 0.3, True), ("parabola", 0.0, False))
Case = tuple[str, str, float | None, Callable[[int, np.random.Generator], tuple[Comparison, Comparison | None]]]


def rates(world: Callable[[str], World]) -> Iterator[tuple[str, str, Case]]:
    """Rule, populations, and a case: truth, verdict looked for, level, and one simulation."""
    for names, most in RATED:
        ours = [world(name) for name in names]
        if len(ours) == 2:  # a network differs from itself by no feature: errors as those of a population, for noise
            ours = [replace(one, x=np.zeros_like(one.x)) for one in ours]
        for shape, at, sigmoid in SHAPES if most == RATED[0][1] else SHAPES[:1]:

            def rated(make: Any, gap: float, most: tuple[int, ...] = most) -> Any:
                made = rate_worlds.apart(make, gap * MARGIN) if gap else make(0.0)
                return lambda n, rng: (rate_worlds.judged(made, [min(n, one) for one in most], MARGIN, rng), None)

            lr, wd = (apart(ours, at, sigmoid) for apart in (rate_worlds.lr_apart, rate_worlds.wd_apart))
            of = ", ".join(names) + ", the last two at most 60" * (min(most) < 100) + ", one network" * (len(ours) == 2)
            yield RULE, of, (f"{shape}: one optimum", "supported", None, rated(lr, 0))
            for what, make in (("lr", lr), ("wd", wd)):
                for verdict in ("supported", "contradicted"):
                    yield RULE, of, (f"{shape}: {what} at the margin", verdict, ALPHA, rated(make, 1))
                truth = f"{shape}: {what} at twice the margin"
                yield RULE, of, (truth, "contradicted", None, rated(make, 2))
