"""Time against flops and activations of random RegNetX of the paper's size (arXiv:2003.13678, Fig 12 top)."""

from regnet.analysis.claims.section5 import TIMED_AT_SIZE
from regnet.analysis.rules.timing import AT_SIZE, FEWEST
from regnet.figures.panels import style
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.timed import TimeAgainst, Times
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

CHAPTER, NUMBER = "11-timings", "Time of random networks"


def element(runs: Runs) -> Picture:
    """Two panels, in every regime the same: what is timed is never trained."""
    large = runs.at(AT_SIZE).whole
    populations = [Population.parse(name.removeprefix(f"{AT_SIZE}/"), AT_SIZE) for name in TIMED_AT_SIZE]
    times = Times(large, populations, drawn=FEWEST)
    side = find_regime(AT_SIZE).resolution
    return Picture(
        runs=runs,
        title="Time of random RegNetX of the paper's size",
        rows=[Row([TimeAgainst(large, "flops", times, "flops", style.MF),
                   TimeAgainst(large, "activations", times, "acts", style.M)], body=2.9)],
        how=lambda: (
            f"Each point: a RegNetX drawn at random, at {side} pixels, {FEWEST} each of 0.2, 0.4, 0.8 and 1.6 GF "
            f"and up to a tenth below. {times.words()}"
        ),
        setting="r is Pearson's of the plain values.",
        paper="The paper's r is of its own random networks of 0.2 to 1.6 GF on a V100; how many, it does not say.",
        seen="Two panels of inference time of random networks, against flops and against activations.",
        more=times.table,
        timed=True,
        timing=[f"regnet time --population {AT_SIZE}/{p.name} --members {FEWEST}" for p in populations],
    )  # fmt: skip
