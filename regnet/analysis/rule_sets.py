"""Which rules a regime is judged by: claims with their rules, and how several tests are adjusted for.

- v1 judges the regimes whose rows were trained under it. Its verdicts stay as they were published.
- v2 judges all others. It was written before the first row of `natural`, and simulated (`rule_power.csv`) but for
  pairs, controls, the ten best trained again and ranks of final models, which unit tests alone try. On rows older than
  itself it is shown as *post hoc* and decides nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from regnet.analysis.claims import CLAIMS, Claim
from regnet.analysis.claims.second import SECOND
from regnet.analysis.judgement import Judgement
from regnet.analysis.multiplicity import Adjust, over_all, within_figures
from regnet.analysis.untrained import Untrained
from regnet.analysis.verdicts import Frames, judge

FIRST_REGIMES = frozenset({"smoke", "pocket", "imagenet"})


@dataclass(frozen=True)
class RuleSet:
    """Claims with their rules, and the adjustment of their p-values."""

    name: str
    claims: tuple[Claim, ...]
    adjust: Adjust

    def judge(
        self,
        frames: Frames,
        repeats: Frames,
        margin: float,
        *,
        untrained: Callable[[str], Untrained] | None = None,
        finals: pd.DataFrame | None = None,
        timings: pd.DataFrame | None = None,
    ) -> list[Judgement]:
        """Every claim judged by these rules; the arguments are those of `verdicts.judge`."""
        return judge(
            frames, repeats, margin, self.claims,
            finals=finals, timings=timings, untrained=untrained, adjust=self.adjust,
        )  # fmt: skip


V1 = RuleSet("v1", CLAIMS, over_all)
V2 = RuleSet("v2", SECOND, within_figures)


def rules_of(regime: str) -> RuleSet:
    """The rules whose verdicts a regime publishes.

    >>> rules_of("pocket").name, rules_of("natural").name
    ('v1', 'v2')
    """
    return V1 if regime in FIRST_REGIMES else V2
