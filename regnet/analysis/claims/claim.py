"""What a claim of the paper is."""

import re
from dataclasses import dataclass
from typing import Literal

from regnet.analysis.rules.evidence import SINGLE, About, Rule

Kind = Literal["exact", "published", "measured"]
JUDGING_N = 100
LONG_N = 50  # where each member is trained longer than L1
_LONGER = re.compile(r"-l\d")  # in a population's name


@dataclass(frozen=True)
class Claim:
    """One claim of the paper: what it says and where, the kind of evidence, and the rule that judges it.

    `element` is the figure or table that shows it; `n` is how many networks of each population it is judged on, the
    first ones (0: none); a population whose members are trained longer than L1 needs at most `long_n`. A `gate` says
    that the other claims of its figure and family hold together, and has no test of its own (v2 alone). `more` says
    what the rule asks beyond the paper's own words (empty: nothing): a verdict against that is none against the paper.
    """

    id: str
    sentence: str
    place: str
    element: str
    rule: Rule
    kind: Kind = "measured"
    n: int = JUDGING_N
    long_n: int = LONG_N
    gate: bool = False
    more: str = ""

    @property
    def populations(self) -> tuple[str, ...]:
        """The populations that the rule reads."""
        return self.rule.populations

    @property
    def about(self) -> About:
        """What of the networks the rule compares."""
        return self.rule.about

    @property
    def single(self) -> bool:
        """Whether it is about single networks: the best, their ranks or shares, which one short training blurs."""
        return self.about in SINGLE

    def needed(self, population: str) -> int:
        """How many members of a population the claim is judged at; with fewer its verdict is interim."""
        return min(self.n, self.long_n) if _LONGER.search(population) else self.n
