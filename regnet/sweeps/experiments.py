"""Section 3's populations, those whose best are retrained, and the multiples of F and of the rate that are tried."""

from __future__ import annotations

from collections.abc import Sequence

from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime

SECTION3 = (
    "anynetx_a", "anynetx_b", "anynetx_c", "anynetx_d", "anynetx_e",
    "anynetx_c_w_const", "anynetx_c_w_decreasing", "anynetx_d_d_const", "anynetx_d_d_decreasing",
    "regnetx", "regnetx_wm2", "regnetx_w0_wa",
)  # fmt: skip
"""The twelve populations of section 3, all at F, L1 and seed 0."""

REPEATED = ("anynetx_a", "anynetx_e", "regnetx")
"""Populations whose ten best are retrained with new seeds (Fig 9: equal best)."""

MULTIPLES = (0.5, 1, 2, 4)
"""The flop regimes of sections 4 and 5, in F: 1.5, 3, 6 and 12 MF in pocket."""

RATES = (0.5, 1, 2)
"""The learning rates that comparisons of spaces are tried at, in the regime's."""


def named(regime: str, names: Sequence[str] = SECTION3) -> tuple[Population, ...]:
    """The populations of those names in a regime.

    Raises:
        ValueError: an unknown regime or name.
    """
    setting = find_regime(regime)
    return tuple(Population.parse(name, setting.name) for name in dict.fromkeys(names))
