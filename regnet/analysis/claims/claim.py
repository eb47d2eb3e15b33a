"""What a claim of the paper is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from regnet.analysis.rules.evidence import Rule

Kind = Literal["exact", "published", "measured"]
JUDGING_N = 100
LONG_N = 50  # where each member is trained longer than L1


@dataclass(frozen=True)
class Claim:
    """One claim of the paper: what it says and where, the kind of evidence, and the rule that judges it.

    `element` is the figure or table that shows it, `n` the networks a population at which it is judged (0: none).
    """

    id: str
    sentence: str
    place: str
    element: str
    rule: Rule
    kind: Kind = "measured"
    n: int = JUDGING_N

    @property
    def populations(self) -> tuple[str, ...]:
        """The populations that the rule reads."""
        return self.rule.populations
