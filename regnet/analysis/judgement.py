"""A claim with what was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from regnet.analysis.claims import Claim
from regnet.analysis.compare import Verdict
from regnet.analysis.counts import Count
from regnet.analysis.rules.evidence import Part


@dataclass(frozen=True)
class Judgement:
    """A claim with what was found; `decides` is the part whose numbers stand for it.

    `verdict` is before Holm, `adjusted` after it. `counts` are the members that were read, `n` those of the smallest
    population, `diverged` counts networks, `seed_sd` is the sd of error over training seeds (points). None where there
    is nothing to give. `interim`: a population has fewer networks than the claim needs.
    """

    claim: Claim
    verdict: Verdict
    adjusted: Verdict
    parts: tuple[Part, ...] = ()
    decides: Part | None = None
    p: float | None = None
    p_adjusted: float | None = None
    n: int = 0
    counts: Mapping[str, Count] = field(default_factory=dict)
    diverged: int = 0
    seed_sd: float | None = None
    note: str = ""
    interim: bool = False

    @property
    def statistic(self) -> str:
        """Name of what decides; "" where the claim was not tested."""
        return self.decides.name if self.decides else ""

    @property
    def unit(self) -> str:
        """Unit of the effect."""
        return self.decides.unit if self.decides else ""

    @property
    def effect(self) -> float | None:
        """The deciding effect."""
        return self.decides.result.effect if self.decides else None

    @property
    def low(self) -> float | None:
        """Lower end of its interval."""
        return self.decides.result.low if self.decides else None

    @property
    def high(self) -> float | None:
        """Upper end of its interval."""
        return self.decides.result.high if self.decides else None

    @property
    def power(self) -> float | None:
        """The chance of "supported" if there is no difference."""
        return self.decides.power if self.decides else None

    @property
    def words(self) -> str:
        """The verdict as it is shown: the adjusted one, with "interim" where it is."""
        return f"{self.adjusted} (interim)" if self.interim else self.adjusted
