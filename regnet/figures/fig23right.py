"""Figure 23, right: RegNets made of X, R, V and VR blocks (arXiv:2003.13678, App. D)."""

from regnet.figures.panels import captions, style
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

CHAPTER = "05-generalisation"
NUMBER = "Figure 23, right"
SPACES = ("regnetx", "regnetx_r", "regnetx_v", "regnetx_vr")


def element(runs: Runs) -> Picture:
    """One EDF panel; the blocks share a colour and differ in their lines."""
    entries = [
        Entry(runs.population(space), labels.label(space), line=line)
        for space, line in zip(SPACES, style.BROKEN, strict=True)
    ]
    return Picture(
        runs=runs,
        title="RegNets of four block types",
        rows=[Row([Edfs(runs, "blocks", 23, entries, "RegNets, same flops and length")], body=2.9)],
        width=5.4,
        how="Error EDFs of RegNets whose blocks are X; X without groups (R); a single 3x3 convolution (V); V with a "
        f"shortcut (VR). Table: {captions.BARE}",
        paper=captions.paper_setting(23),
        seen="Cumulative error curves.",
    )
