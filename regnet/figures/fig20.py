"""Figure 20: SiLU (Swish) against ReLU in RegNetY (arXiv:2003.13678, App. B).

- The paper's numbers were not found, only caption and text. Its windows are 400MF and 6.4GF, 16x apart; here 4x.
- L2 stands for its training length, which the text does not give.
"""

from regnet.figures.panels import captions, style
from regnet.figures.panels.by_flops import ByFlops, Series
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

CHAPTER = "10-ablations"
SPACES = {"ReLU": "regnety_c", "SiLU": "regnety_c_silu"}
LINES = {1: "-", 4: "--"}  # multiple of F -> line


def element(runs: Runs) -> Picture:
    """An EDF panel, means by flops, an EDF panel."""

    def at(space: str, multiple: float = 1) -> Population:
        return runs.population(space, multiple, 2)

    windows = [
        Entry(at(space, multiple), "", f"{label}, {at(space, multiple).mf}", line)
        for multiple, line in LINES.items()
        for label, space in SPACES.items()
    ]
    series = [
        Series(label, style.colour(space), [at(space, multiple) for multiple in LINES])
        for label, space in SPACES.items()
    ]
    relu, silu = (at(f"regnety_c_depthwise{suffix}") for suffix in ("", "_silu"))
    depthwise = [Entry(relu, "", "ReLU", "-"), Entry(silu, "", "SiLU", "--")]
    panels = [
        Edfs(runs, "flops", 20, windows, "RegNetY"),
        ByFlops(runs, "by flops", series, heading="RegNetY by flops", least=True, tabled=True),
        Edfs(runs, "depthwise", 20, depthwise, f"RegNetY with g = 1, {relu.mf}"),
    ]
    return Picture(
        runs=runs,
        title="SiLU and ReLU",
        rows=[Row(panels, body=2.4)],
        how="Left: error EDFs of the constrained RegNetY with ReLU and with SiLU (Swish) at two windows of flops "
        "(solid, dashed). Middle: their mean error with its 95% interval (filled), and least error (hollow). Right: "
        f"error EDFs with g = 1, depthwise convolution. Tables: {captions.BARE}",
        paper="Paper: the numbers of arXiv:2003.13678 Fig 20 were not found; its text names 400MF and 6.4GF.",
        seen="Two panels of cumulative error curves, and error against flops between them.",
    )
