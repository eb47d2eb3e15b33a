"""Figure 12: what convolutions cost, what time goes with, and how the best networks grow (arXiv:2003.13678, sec. 4).

- The paper times 64 images on a V100; here the members of the populations are timed by `regnet time`.
- Medians of the best carry no intervals in the paper; bands here come from resampling half of the networks.
"""

from regnet.analysis import growth
from regnet.figures.numbers import paper
from regnet.figures.panels import style, trends
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.laws import Grown, Measure, Printed
from regnet.figures.panels.operators import Operators
from regnet.figures.panels.timed import MS, TIME, TimeAgainst, Times
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.store import Runs

CHAPTER = "07-complexity"
ACTS = Measure("acts", "activations", growth.SQRT, style.K, style.M, "bottom-left activations", "acts_M")
MEASURES = {
    "acts": ACTS,
    "params": Measure("params", "parameters", growth.LINE, style.K, style.M, "bottom-middle params", "params_M"),
    "time": Measure("ms", TIME, growth.BOTH, MS, MS, "bottom-right inference time", "infer_ms_batch64_v100"),
}


def element(runs: Runs) -> Picture:
    """Costs of convolutions, and time of random networks; the best networks here; the best in the paper."""
    # a growth law is read off 16x in F
    populations = [runs.population("regnetx", multiple, length=2) for multiple in (*MULTIPLES, 8)]
    times = Times(runs, populations)
    against = [
        TimeAgainst(runs, "flops", times, "flops", style.MF), TimeAgainst(runs, "activations", times, "acts", style.K)
    ]  # fmt: skip
    grown = [
        Grown(runs, name, measure, populations, times if name == "time" else None) for name, measure in MEASURES.items()
    ]
    printed = [Printed(runs, name, measure, legend=measure is ACTS) for name, measure in MEASURES.items()]

    def how() -> str:
        at = [population.multiple for population in grown[0].frames]
        return (
            f"Top left: what a convolution costs. Top: time against flops and activations. {times.words()} Middle: "
            f"{trends.READ}; line: least squares through the most likely best values, no coefficient below 0, f in MF; "
            "band: 95% over resamples of half of the networks, wide rather than narrow. "
            f"F spans {max(at) / min(at):g}x here. {trends.nominal(runs)}"
        )

    return Picture(
        runs=runs,
        title="Complexity metrics",
        rows=[
            Row([Operators(runs, "convolutions"), *against], body=2.55, widths=(1.25, 1, 1)),
            Row(grown, body=2.35, title=f"best networks here, regime {runs.regime}"),
            Row(printed, body=2.35, title="best networks in the paper: ImageNet, one V100, read off the image"),
        ],
        how=how,
        paper=lambda: (
            f"Bottom: the paper's best networks, {paper.best_ranges(12, ACTS.place)['source'].iloc[0]}, with its "
            "printed curves, f in GF."
        ),
        seen="A table of what convolutions cost, and time against flops and against activations; below, rising curves "
        "of the best networks against flops, here and in the paper.",
        more=times.table,
        timed=True,
    )
