"""Every comparison of two spaces at half, once and twice the learning rate. Ours; the paper has one rate for all.

- On the first networks of each population, as many as one at another rate wants: the same ones at each rate.
- Not Fig 10's longer training, whose length may have a rate of its own.
- "Own best" takes for each space the rate with the lowest mean of the same networks: a little too good for both.
"""

from regnet.figures.panels import captions
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.rate_pairs import MARKS, Pair, RatePairs, first_networks
from regnet.sweeps import price
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

CHAPTER = "05-generalisation"
NUMBER = "By learning rate"
CHAIN = (("anynetx_e", "anynetx_a"), ("regnetx", "anynetx_e"))
TEMPLATES = [
    (f"{one}{suffix}", f"{other}{suffix}") for suffix in ("_5stage", "_r", "_v", "_vr") for one, other in CHAIN
]
PAIRS = (  # the paper's figure, the multiple of F, and two spaces, of which the paper finds the first better
    (7, 1, "anynetx_d", "anynetx_c"),
    (7, 1, "anynetx_d", "anynetx_c_w_const"),
    (7, 1, "anynetx_d", "anynetx_c_w_decreasing"),
    (7, 1, "anynetx_e", "anynetx_d"),
    (7, 1, "anynetx_e", "anynetx_d_d_const"),
    (7, 1, "anynetx_e", "anynetx_d_d_decreasing"),
    *((9, 1, *pair) for pair in CHAIN),
    (9, 1, "regnetx_wm2", "regnetx"),
    (9, 1, "regnetx_w0_wa", "regnetx"),
    *((10, 2, *pair) for pair in CHAIN),
    *((10, 1, *pair) for pair in TEMPLATES),
)


def element(runs: Runs) -> Picture:
    """A row a comparison, grouped by figure: four differences with their intervals."""
    few, rated = first_networks(runs), find_regime(runs.regime).rated
    pairs = [
        Pair(figure, runs.population(one, multiple), runs.population(other, multiple))
        for figure, multiple, one, other in PAIRS
    ]
    panel = RatePairs(few, "by rate", [pair for pair in pairs if pair.figure in rated])
    cut = RatePairs(few, "cut", [pair for pair in pairs if pair.figure not in rated])

    def setting() -> str:
        names = [population.name for population in panel.compared]
        kept = f"Differences: {len(panel.tried)}. {panel.kept()}."
        return f"{kept} {captions.setting(few, names, diverged=False)} {panel.broken()}{panel.processors()}{left_out()}"

    def left_out() -> str:
        if not cut.pairs:
            return ""
        which = captions.listed([f"Figure {figure}" for figure in dict.fromkeys(pair.figure for pair in cut.pairs)])
        lacking = {p: p.wanted for p in cut.of if p.rate != 1 and p not in panel.of}
        return f" The comparisons of {which} are not tried at other rates: {price.words(runs, lacking)}."

    return Picture(
        runs=few,
        title="Does the learning rate decide?",
        rows=[Row([panel], body=0.65)],
        legend=lambda: [mark.handle for mark in MARKS.values()],
        columns=len(MARKS),
        how="Difference of the mean errors of two design spaces, the first minus the second, with Welch's 95% "
        "interval; below zero the first is better, as the paper finds it. Each at half, once and twice the learning "
        f"rate {runs.population('regnetx').recipe.lr:g} and with each space at its own best of the three, where its "
        "mean is lowest. The same networks at every rate, the first of each population. Shaded: depends on the rate, "
        "supported at one setting and contradicted at another.",
        setting=setting,
        paper="The paper (arXiv:2003.13678) trains all spaces at one rate and prints no such comparison.",
        seen="A row a comparison, by the paper's figures.",
    )
