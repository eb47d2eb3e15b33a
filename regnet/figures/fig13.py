"""Figure 13: RegNetX against its constrained space C: error EDFs, mean error, parameters (arXiv:2003.13678, sec. 4).

- U is RegNetX; C has b = 1, d <= 40, w_m >= 2 and the regime's limits on activations and parameters.
- The paper draws EDFs at 400MF, 800MF and 3.2GF. Here each F has a panel; the numbers printed for 400MF and 800MF
  stand beside F and 2 F, those for 3.2GF in the data alone.
"""

import pandas as pd

from regnet.evidence.limits import in_words
from regnet.figures.numbers import paper
from regnet.figures.panels import captions, style, trends
from regnet.figures.panels.by_flops import ByFlops, Series
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

CHAPTER = "07-complexity"
SPACES = {"U": "regnetx", "C": "regnetx_c"}
LINES = {"U": "-", "C": "--"}
PRINTED: dict[float, str] = {1: "400MF", 2: "800MF"}  # multiple of F -> the flops of the paper's legend
ELSEWHERE = "3.2GF"  # a legend of the paper at a multiple of F that is not trained here
ERROR = ("error", "error", style.PERCENT)
PARAMS, MEANT = ("params", "parameters", style.THOUSANDS), ("params", "parameters", style.MILLIONS)


def element(runs: Runs) -> Picture:
    """EDFs of U and C at each F; below, mean error and mean parameters against F, here and in the paper."""
    grown = {name: [runs.population(space, at, length=2) for at in MULTIPLES] for name, space in SPACES.items()}
    edfs = []
    for place, at in enumerate(MULTIPLES):
        theirs = PRINTED.get(at, "")
        entries = [
            Entry(populations[place], f"{theirs} {name}" if theirs else "", name, LINES[name])
            for name, populations in grown.items()
        ]
        heading = f"{at:g} F = {entries[0].population.mf}" + (f", paper: {theirs}" if theirs else "")
        edfs.append(Edfs(runs, f"{at:g} F", 13, entries, heading))
    here = [Series(name, style.colour(SPACES[name]), populations, LINES[name]) for name, populations in grown.items()]
    ours, theirs = f"here, regime {runs.regime}", "paper: ImageNet, read off the image"
    means = [
        [
            ByFlops(runs, "mean error", here, *ERROR, ours, legend=True, ticks=MULTIPLES),
            ByFlops(runs, "mean error", _theirs("middle", "(mean error)", 1), *ERROR, theirs, ticks=trends.THEIRS),
        ],
        [
            ByFlops(runs, "mean params", here, *PARAMS, ours, ticks=MULTIPLES),
            ByFlops(runs, "mean params", _theirs("right", "(params)", 1e6), *MEANT, theirs, ticks=trends.THEIRS),
        ],
    ]
    limits = find_regime(runs.regime).limits
    bounds = f" ({in_words(limits)})" if limits else f", not frozen yet (regnet limits {runs.regime})"
    return Picture(
        runs=runs,
        title="RegNetX refinements",
        rows=[*(Row(edfs[at : at + 2], body=2.35) for at in (0, 2)), *(Row(pair, body=2.3) for pair in means)],
        how="U: RegNetX. C: RegNetX with b = 1, d ≤ 40, w_m ≥ 2 and limits on activations and parameters"
        f"{bounds}. Top: error EDFs at each F; tables: {captions.BARE} Below: mean error and mean parameters, bars are "
        f"95% intervals of the mean. {trends.nominal(runs)}",
        paper=f"{captions.paper_setting(13)} Its means against flops are read off the image (≈).",
        seen="Cumulative error curves of U and C above four panels of mean error and mean parameters against F, here "
        "and in the paper.",
        more=_elsewhere,
    )


def _theirs(panel: str, words: str, unit: float) -> list[Series]:
    """The paper's means of U and C, read off a panel in that unit."""
    found = []
    for name, space in SPACES.items():
        every = paper.digitised(13, panel)
        points = every[every["series"] == f"RegNetX {name} {words}"]
        flops, source = 1e9 * points["x"].astype(float), points["source"] + ", read off the image"
        mean = unit * points["y"].astype(float)
        table = pd.DataFrame({"flops": flops, "multiple": flops / paper.F_REF, "mean": mean, "source": source})
        found.append(Series(name, style.colour(space), line=LINES[name], theirs=table))
    return found


def _elsewhere() -> pd.DataFrame:
    """The paper's legend at 3.2GF."""
    legends = {space: paper.printed(13, f"{ELSEWHERE} {name}") for name, space in SPACES.items()}
    rows = [
        {"series": space, "source": legend.source, "least_error": legend.least, "mean_error": legend.mean}
        for space, legend in legends.items()
        if legend
    ]
    return pd.DataFrame(rows).assign(panel=ELSEWHERE)
