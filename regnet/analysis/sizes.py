"""Table 1's claim: how much smaller the last design space is than the first. Exact arithmetic, no populations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from regnet.analysis.compare import exact
from regnet.analysis.rules.evidence import About, Evidence, Family, Part
from regnet.design.design_space import Counting
from regnet.design.spaces import spaces


@dataclass(frozen=True)
class Sizes:
    """The first space has 16 dimensions, the last 6, and the ratio of their sizes rounds to 10^10.

    Sizes are counted as Table 1 counts them: 64 values for each of RegNet's d, w_a, w_0, w_m. At the finer steps of
    the law that is sampled (w_a 0.1, w_m 0.001) the last space is larger; `text` gives that ratio too.
    """

    first: str
    last: str
    about: ClassVar[About] = "no training"
    family: ClassVar[Family] = ""
    populations: ClassVar[tuple[str, ...]] = ()

    @property
    def text(self) -> str:
        return (
            "dimensions exactly 16 and 6; log10 of the ratio of sizes, counted as Table 1 does, rounds to 10 "
            f"({self._orders('ties'):.1f} at the steps of the law that is sampled here)"
        )

    def parts(self, evidence: Evidence) -> list[Part]:  # noqa: ARG002 (arithmetic needs none)
        first, last = spaces[self.first], spaces[self.last]
        orders = self._orders("printed")
        return [
            Part("log10 of the ratio of sizes", "orders of magnitude", exact(orders, round(orders) == 10)),
            Part("dimensions of the first space", "dimensions", exact(first.dims, first.dims == 16)),
            Part("dimensions of the last space", "dimensions", exact(last.dims, last.dims == 6)),
        ]

    def _orders(self, counting: Counting) -> float:
        return math.log10(spaces[self.first].size(counting)) - math.log10(spaces[self.last].size(counting))
