"""What the start of residual branches does: X blocks from scale 0 and from 1 beside V blocks. Ours, not the paper's.

The last BN of a branch starts at 0 or at 1; a V block has no branch that could start at 0. Whether V blocks change the
order of the spaces, or only how deep a network still trains, is seen where X blocks start at 1. A regime's rate is
chosen with branches that start at 0; a panel at a quarter of it shows what a gentler one does to what starts at 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from regnet.analysis.trends import falls
from regnet.figures.panels import captions, style
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.intervals import Interval, Intervals, Mark
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

CHAPTER = "05-generalisation"
NUMBER = "Start of branches"
SPACES = {"anynetx_a": "AnyNetX_A", "anynetx_e": "AnyNetX_E", "regnetx": "RegNetX"}
LINE = 0.24  # inches of a row of intervals
DOTTED_DASHES = (0, (6.0, 1.5, 1.0, 1.5, 1.0, 1.5))
FEWEST = 4  # networks; fewer have no rank correlation
GENTLER = 0.25  # times the rate; added when the verdicts at the regime's were known, before its rows: it judges nothing


@dataclass(frozen=True)
class DepthRanks(Intervals):
    """How error goes with depth within each population: Spearman's rank correlation with its 95% interval.

    Populations of fewer than four networks, and those whose networks are all of one depth or error, have none.
    """

    populations: Sequence[Population]
    axis = "rank correlation of error with depth"
    ends = (-1.02, 1.02)

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(self.populations)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a population: series, label, n, spearman, low, high."""
        rows = []
        for population, frame in self.frames.items():
            depth, errors = frame.filter(regex=r"^d\d+$").sum(axis=1), frame["error"]
            if len(frame) >= FEWEST and depth.nunique() > 1 and errors.nunique() > 1:
                rho = falls(depth, errors)
                rows.append((population.name, _label(population), len(frame), rho.effect, rho.low, rho.high))
        return pd.DataFrame(rows, columns=["series", "label", "n", "spearman", "low", "high"])

    @property
    def intervals(self) -> list[Interval]:
        title = "deeper networks: better ← 0 → worse"
        return [
            Interval(row["label"], row["spearman"], row["low"], row["high"], Mark(style.colour(row["series"])), title)
            for row in self.table.to_dict("records")
        ]

    def rows(self) -> pd.DataFrame:
        return self.table.assign(panel=self.name, source=self.here)

    def words(self) -> str:
        listed = ", ".join(f"{label} {rho:+.2f}" for label, rho in self.table[["label", "spearman"]].to_numpy())
        return f"Rank correlation of error with depth: {listed}." if listed else ""


def _label(population: Population) -> str:
    """The design space, and at which scale its branches start; V blocks have none."""
    start = "" if population.space.endswith("_v") else f", start {population.recipe.final_gamma:g}"
    rate = "" if population.rate == 1 else f", {population.rate:g} × the rate"
    return f"{labels.label(population.space)}{start}{rate}"


def element(runs: Runs) -> Picture:
    """The order of the spaces in panels side by side; below, RegNets at two rates, and how error goes with depth.

    Where all branches start at 1, nothing that starts at 0, and one rate.
    """
    usual = find_regime(runs.regime).base.final_gamma
    only_1 = usual == 1

    def from_1(space: str, rate: float = 1.0) -> Population:
        return runs.population(space, rate=rate, scale1=not only_1)

    def x(start: int) -> Edfs:
        entries = [
            Entry(from_1(space), name, name) if start else Entry(runs.population(space), "", name)
            for space, name in SPACES.items()
        ]
        return Edfs(runs, f"X, start {start}", 9, entries, f"X blocks, start {start}")

    v = [Entry(runs.population(f"{space}_v"), name.replace("X", "V")) for space, name in SPACES.items()]
    orders = [x(start) for start in (0, 1) if start or not only_1] + [Edfs(runs, "V", 10, v, "V blocks", "(V block)")]
    five = [
        Entry(runs.population("regnetx"), "", "X, start 0", "-"),
        Entry(from_1("regnetx"), "RegNetX", "X, start 1", "--"),
        Entry(runs.population("regnetx_v"), "RegNetV", "V", ":"),
        Entry(runs.population("regnetx_vr"), "", "VR, start 0", "-."),
        Entry(from_1("regnetx_vr"), "RegNetVR", "VR, start 1", DOTTED_DASHES),
    ]
    gentler = [
        Entry(runs.population("regnetx", rate=GENTLER), "", "X, start 0", "-"),
        Entry(from_1("regnetx", GENTLER), "", "X, start 1", "--"),
        Entry(runs.population("regnetx_v", rate=GENTLER), "", "V", ":"),
        Entry(from_1("regnetx_vr", GENTLER), "", "VR, start 1", DOTTED_DASHES),
    ]
    regnets = Edfs(runs, "RegNets", 23, [entry for entry in five if not (only_1 and "start 0" in entry.label)])
    panels = [regnets] if only_1 else [regnets, Edfs(runs, "gentler", 23, gentler, f"RegNets, {GENTLER:g} × the rate")]
    every = dict.fromkeys(population for panel in (*orders, *panels) for population in panel.of)
    return Picture(
        runs=runs,
        title="What the start of branches does",
        rows=[
            Row(orders, body=2.3),
            Row(panels, body=2.3),
            Row([DepthRanks(runs, "depth", list(every))], body=LINE * len(every)),
        ],
        how="Error EDFs. Start: the scale at which the last batch norm of each residual branch starts; in regime "
        f"{runs.regime} it is {usual:g} unless said otherwise; V blocks have no branch. Top: the three spaces with "
        "blocks that start so, and with V blocks. Middle: RegNets, at the regime's learning rate and at a quarter of "
        "it, which was chosen after the first was seen and judges nothing. Bottom: Spearman's rank correlation of "
        "error with depth, the blocks of a network, within each population, with its 95% interval; above 0 deeper "
        f"networks are worse. Tables: {captions.BARE}",
        paper=f"{captions.paper_setting(9, 23)} V blocks: its Fig 10. The authors' released code starts branches at 1.",
        seen="Panels of cumulative error curves, and rank correlations.",
    )
