"""Figure 14: inverted bottleneck, depthwise convolution, larger input and SE, tried on C (arXiv:2003.13678, sec. 4).

- L2 stands for the paper's 25 epochs, which are 2.5 times its section 3's.
- Enlarged images are those of the regime, interpolated; ImageNet's have larger originals.
"""

from regnet.figures.panels import captions
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.sweeps.store import Runs

CHAPTER = "10-ablations"


def element(runs: Runs) -> Picture:
    """Three EDF panels."""
    c, inverted = (runs.population(space, length=2) for space in ("regnetx_c", "regnetx_c_inverted"))
    bottleneck = [
        Entry(c, "b=1, g<=32", "b = 1"),
        Entry(inverted, "b<=1, g<=32", "b ≤ 1"),
        Entry(runs.population("regnetx_c_depthwise", length=2), "b<=1, g=1", "b ≤ 1, g = 1"),
    ]
    side, resolution = c.setting.resolution, []
    for multiple, theirs, line in ((1, "400MF", "-"), (2, "800MF", "--")):
        usual, larger = (runs.population(space, multiple, 2) for space in ("regnetx_c", "regnetx_c_resolution"))
        resolution += [
            Entry(usual, f"{theirs} r=224", f"{usual.mf}, r = {side}", line),
            Entry(larger, f"{theirs} r<=448", f"{larger.mf}, r ≤ {2 * side}", line),
        ]
    se = [Entry(c, "RegNetX", "RegNetX"), Entry(runs.population("regnety_c", length=2), "RegNetY", "RegNetY")]
    panels = [
        Edfs(runs, "bottleneck", 14, bottleneck, "inverted bottleneck", "left"),
        Edfs(runs, "resolution", 14, resolution, "input of r x r pixels", "middle"),
        Edfs(runs, "squeeze-and-excitation", 14, se, place="right"),
    ]

    def reached() -> str:
        zooms = [frame["drawn_zoom"].max() for frame in panels[1].frames.values() if "drawn_zoom" in frame]
        if not zooms or (largest := round(side * max(zooms))) == 2 * side:
            return ""
        return (
            f"Sides of up to {2 * side} px can be drawn; of those here that fit their window none is above {largest}. "
        )

    return Picture(
        runs=runs,
        title="Alternate design choices",
        rows=[Row(panels, body=2.4)],
        how=lambda: (
            "Error EDFs. Left: the constrained space C (b = 1); with b from 1/8 to 1, that is with blocks up to eight "
            "times as wide inside; the same with g = 1, depthwise convolution. "
            f"{captions.inverted(panels[0].frames.get(inverted))}Middle: C, and C on images of up to twice the side, "
            "drawn with the network, at equal flops and at two windows of flops (solid, dashed); the larger images are "
            f"the same ones, interpolated. {reached()}Right: C without and with squeeze-and-excitation. "
            f"Tables: {captions.BARE}"
        ),
        paper=captions.paper_setting(14),
        seen="Three panels of cumulative error curves.",
    )
