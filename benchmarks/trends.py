"""Cases of `rule_power.py` for the rules that follow the best fifth through flop regimes (Figs 11 and 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from worlds import World

from regnet.analysis.compare import ALPHA, Comparison
from regnet.analysis.rules.best import BestAre, BestGrow
from regnet.analysis.rules.evidence import Evidence
from regnet.analysis.rules.trends import Trend, column
from regnet.analysis.verdicts import together

U = ("regnetx-1.5mf-l2", "regnetx-l2", "regnetx-6mf-l2", "regnetx-12mf-l2")
AT = (0.5, 1, 2, 4)
GROWTH, GROWN = (*U, "regnetx-24mf-l2"), (*AT, 8)
RULES = {
    "best are": (
        ("depth d is stable", BestAre(Trend(U, AT, "depth d", column("d")), "slope", 0.0, 2.0)),
        ("acts grow as F^0.5", BestAre(Trend(GROWTH, GROWN, "activations", column("acts")), "log slope", 0.5, 0.2)),
        ("parameters grow as F", BestAre(Trend(GROWTH, GROWN, "parameters", column("params")), "log slope", 1.0, 0.2)),
    ),
    "best grow": (("g", BestGrow(Trend(U, AT, "g", column("g1")))), ("d", BestGrow(Trend(U, AT, "d", column("d"))))),
}  # fmt: skip


def trends(world: Callable[[str], World]) -> Iterator[tuple[str, str, Any]]:
    """Rule, what it follows, and a case: errors exchanged within each population, or as in the rows."""
    for name, rules in RULES.items():
        for of, rule in rules:

            def run(loosened: bool, rule: BestAre | BestGrow = rule) -> Any:
                def simulate(n: int, rng: np.random.Generator) -> tuple[Comparison, None]:
                    frames = {one: _trained(world(one), n, rng, loosened) for one in rule.populations}
                    parts = rule.parts(Evidence(frames, {}, 0.0))
                    verdict = together(parts)
                    return next(part.result for part in parts if part.result.verdict == verdict), None

                return simulate

            yield name, of, ("error independent", "supported", ALPHA / 2, run(True))
            yield name, of, ("as in the rows", "supported", None, run(False))
            yield name, of, ("as in the rows", "contradicted", None, run(False))


def _trained(world: World, n: int, rng: np.random.Generator, loosened: bool) -> pd.DataFrame:
    at = world.chosen(n, rng)
    errors = rng.permutation(world.errors[at]) if loosened else world.errors[at]
    rows = world.rows.iloc[at].reset_index(drop=True)
    return rows.assign(index=range(n), d=rows[["d1", "d2", "d3", "d4"]].sum(axis=1), error=errors)
