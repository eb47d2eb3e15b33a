"""Figure 5: sharing b (A to B) and g (B to C) across stages, and which b is best (arXiv:2003.13678, sec. 3.2)."""

from regnet.figures.panels import captions
from regnet.figures.panels.choices import Choices
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.sweeps.store import Runs

CHAPTER = "03-anynet"


def element(runs: Runs) -> Picture:
    """EDFs of A and B, of B and C; error against b in B and in C."""
    a, b, c = (runs.population(space) for space in ("anynetx_a", "anynetx_b", "anynetx_c"))
    curves = [
        Edfs(runs, name, 5, [Entry(p) for p in some]) for name, some in (("A and B", (a, b)), ("B and C", (b, c)))
    ]
    choices = [Choices(runs, "error against b", p, "b1", "b", "bottleneck ratio b") for p in (b, c)]
    return Picture(
        runs=runs,
        title="Sharing the bottleneck ratio and the group width",
        rows=[Row(curves, body=2.5), Row(choices, body=2.5)],
        how="Top: error EDFs of AnyNetX_A and of the space with one b for all stages (AnyNetX_B), then with one g too "
        f"(AnyNetX_C). Table: {captions.BARE} Bottom: error against the shared b. Bars: each b's share of the "
        "population (pale) and its probability of holding the best network by footnote 4 of the paper (full): b "
        "matters where the two differ.",
        paper=f"{captions.paper_setting(5)} The paper's text says that b of at most 2 is best.",
        seen="Two panels of cumulative error curves above two strip plots of error at b = 1, 2 and 4.",
    )
