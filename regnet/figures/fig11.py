"""Figure 11: how the parameters of the best RegNetX networks change with flops (arXiv:2003.13678, sec. 4)."""

from regnet.figures.numbers import paper
from regnet.figures.panels import style, trends
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.trends import Effect, Trend
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.store import Runs

CHAPTER = "06-trends"
OCTAVES = (8, 16, 32, 64, 128, 256)
FOLLOWED: dict[str, tuple[str, Effect, tuple[int, ...]]] = {  # parameter -> its name, its trend, ticks of a log axis
    "d": ("Depth d (blocks)", "change", ()),
    "b": ("Bottleneck ratio b", "share", (1, 2, 4)),
    "w_m": ("Width multiplier w_m", "mean", ()),
    "g": ("Group width g (channels)", "factor", (1, 2, 4, 8, 16, 32)),
    "w_a": ("Width slope w_a (channels a block)", "factor", OCTAVES),
    "w_0": ("Initial width w_0 (channels)", "factor", OCTAVES),
}


def element(runs: Runs) -> Picture:
    """Six pairs of panels: here, and the paper on an axis with octaves of the same length."""
    populations = [runs.population("regnetx", multiple, length=2) for multiple in MULTIPLES]
    panels = [Trend(runs, name, populations, *followed) for name, followed in FOLLOWED.items()]
    return Picture(
        runs=runs,
        title="RegNetX parameter trends",
        rows=[Row(panels[at : at + 2], body=1.8) for at in range(0, len(panels), 2)],
        legend=trends.signs(style.colour("regnetx")),
        how=f"{trends.READ}; thin bar: the whole population with its median. Drawn values, before widths and groups "
        "are made compatible. In words above each pair: the change (d) or factor (g, w_a, w_0) of the best value a "
        "doubling of F, the mean of the best values (w_m), with 95% intervals from resampling half of the networks, "
        f"which are wide rather than narrow. {trends.nominal(runs)}",
        paper=lambda: (
            f"Paper: {paper.best_ranges(11, 'd')['source'].iloc[0]} (ImageNet, 200MF to 12.8GF, 25 epochs), "
            "approximate; ends of ranges that cannot be read are left out."
        ),
        seen="Six pairs of panels, here and in the paper, of the best networks' parameters against F.",
    )
