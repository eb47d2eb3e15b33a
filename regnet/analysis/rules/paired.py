"""Two populations of the same networks and training seeds but for one thing, member by member (Fig 20)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from regnet.analysis.adjusted import Members, by_network
from regnet.analysis.compare import Estimate, is_below
from regnet.analysis.rules.adjusted_means import MEAN
from regnet.analysis.rules.evidence import POINTS, About, Evidence, Family, NotTestable, Part

FEWEST = 4  # pairs


@dataclass(frozen=True)
class PairedChain:
    """The second population's members have lower errors than the first's, each against the member of its index.

    What the networks share cancels: the variance is that of the differences, summed network by network first.
    """

    populations: tuple[str, str]
    about: ClassVar[About] = "populations"
    family: ClassVar[Family] = "difference"
    text: ClassVar[str] = "mean difference of error, network by network (same shape and training seed), 95% CI below 0"

    def parts(self, evidence: Evidence) -> list[Part]:
        before, after = self.populations
        both = evidence.frames[after].merge(evidence.frames[before], on="index", suffixes=("", "_before"))
        if len(both) < FEWEST:
            raise NotTestable(f"{len(both)} members of {after} and {before} are pairs, {FEWEST} needed")
        if not all((both[name] == both[f"{name}_before"]).all() for name in ("seed", "flops", "acts")):
            raise NotTestable(f"members of {after} and {before} have other seeds or shapes: no pairs")
        differences = (both["error"] - both["error_before"]).to_numpy(np.float64)
        nothing = np.zeros((len(both), 0))  # features
        ids = both["network_id"].to_numpy(np.str_)
        pairs = Members(differences, nothing, ids, nothing[:1], nothing[:1], 1)
        square = by_network((pairs,), (differences - differences.mean(),))
        found = Estimate(float(differences.mean()), square**0.5, pairs.freedom)
        return [Part(MEAN.removeprefix("adjusted "), POINTS, is_below(found, len(both), len(both)), of=(after, before))]
