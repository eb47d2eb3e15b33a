"""Figure 19: fixed depth, three stages and the inverted bottleneck at higher flops (arXiv:2003.13678, App. B).

- The paper's plots and their numbers were not found, only caption and text; the layout of the left panel is ours.
- The paper trains 100 epochs and tries the last two at 6.4GF; here L2, and the largest window of the book.
- At small F no 20 blocks with w_m >= 2 fit C.
"""

from regnet.figures.panels import captions, style
from regnet.figures.panels.by_flops import ByFlops, Series
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

CHAPTER = "10-ablations"


def element(runs: Runs) -> Picture:
    """Means by flops, and two EDF panels."""
    empty = find_regime(runs.regime).empty
    depths = [
        Series(label, style.colour(space), [runs.population(space, f, 2) for f in MULTIPLES if (space, f) not in empty])
        for label, space in (("any depth", "regnetx_c"), ("d = 20", "regnetx_c_d20"))
    ]
    c, three, inverted = (
        runs.population(space, MULTIPLES[-1], 2) for space in ("regnetx_c", "regnetx_c_3stage", "regnetx_c_inverted")
    )
    stages = [Entry(c, "", "4 stages"), Entry(three, "", "3 stages")]
    bottleneck = [Entry(c, "", "b = 1"), Entry(inverted, "", "b ≤ 1")]
    panels = [
        ByFlops(runs, "depth", depths, heading="fixed depth", least=True, tabled=True),
        Edfs(runs, "stages", 19, stages, f"stages, {c.mf}"),
        Edfs(runs, "bottleneck", 19, bottleneck, f"inverted bottleneck, {c.mf}"),
    ]

    return Picture(
        runs=runs,
        title="Fixed depth, fewer stages, inverted bottleneck",
        rows=[Row(panels, body=2.4)],
        how=lambda: (
            "Left: mean error with its 95% interval (filled), and least error (hollow), of the constrained space C "
            "with any depth and, in windows where enough networks of 20 blocks fit, with d = 20. Middle: error EDFs of "
            f"C with four stages and with three. Right: of C with b = 1 and with b from 1/8 to 1. "
            f"{captions.inverted(panels[2].frames.get(inverted))}Tables: {captions.BARE}"
        ),
        paper="Paper: the plots and numbers of arXiv:2003.13678 Fig 19 were not found; its text says 100 epochs, and "
        "6.4GF for the last two.",
        seen="Error against flops, and two panels of cumulative error curves.",
    )
