"""The limits of the constrained space C, and the sample that they are fitted to (arXiv:2003.13678, sec. 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from regnet.evidence.limits import fitted, in_words, samples
from regnet.evidence.trends import ranges
from regnet.figures.panels import best, style, trends
from regnet.figures.panels.element import Picture, Row, joined
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import Limits, find_regime
from regnet.sweeps.store import Runs

CHAPTER = "07-complexity"
MEASURES = {"acts": "Activations", "params": "Parameters"}
UNIT = style.THOUSANDS
FITTED, FROZEN = "least squares", "in force"
LINES: dict[str, dict[str, Any]] = {
    FITTED: {"color": style.INK, "linestyle": "-", "linewidth": 1.2, "label": "least squares through the best"},
    FROZEN: {"color": style.colour("regnetx_c"), "linestyle": "--", "linewidth": 2.4, "label": "limits in force"},
}


@dataclass(frozen=True)
class Bounded(Panel):
    """A measure of every network against flops, the best of each sample, and the curves that bound it."""

    populations: Sequence[Population]
    fewest = 1

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(self.populations)

    @cached_property
    def curves(self) -> dict[str, Limits]:
        """The limits that are fitted to the samples that are there, and those in force."""
        found = {FITTED: fitted(self.frames) if len(self.frames) > 1 else None}
        found[FROZEN] = find_regime(self.runs.regime).limits
        return {kind: limits for kind, limits in found.items() if limits}

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a sample: its best range."""
        return ranges(self.frames, self.name)

    @property
    def points(self) -> int:
        return max(map(len, self.frames.values()))

    def draw(self, cell: Cell) -> None:
        ax, mf, colour = cell.ax(), style.MF, style.colour(self.of[0].name)
        for frame in self.frames.values():
            style.scatter(ax, frame["flops"] / mf.size, frame[self.name] / UNIT.size, partial(best.titles, frame),
                          colour=colour, alpha=0.3, s=11)  # fmt: skip
        trends.whiskers(ax, self.table["flops"] / mf.size, self.table, colour, self.name, UNIT)
        ends = [population.flops / mf.size for population in self.of]
        f = np.geomspace(0.9 * ends[0], 1.1 * ends[-1], 60)
        for kind, limits in self.curves.items():
            ax.plot(f, [getattr(limits, self.name)(x) / UNIT.size for x in mf.size * f], **LINES[kind])
        style.powers(ax, "y")
        style.powers(ax, "x", ends)
        ax.set(xlabel=mf.of("flops"), ylabel=UNIT.of(MEASURES[self.name].lower()))

    def rows(self) -> pd.DataFrame:
        """A row a sample, and one a network."""
        keys = ["index", "network_id", "flops", "error"]
        members = [
            frame[keys].assign(population=p.name, x=frame[self.name], statistic="network")
            for p, frame in self.frames.items()
        ]
        whole = pd.concat([self.table.assign(statistic="best range"), *members], ignore_index=True)
        return whole.assign(panel=self.name, source=self.here)

    def words(self) -> str:
        ends = [
            f"{best / UNIT.size:,.0f} at {flops / style.MF.size:g} MF"
            for best, flops in self.table[["best", "flops"]].iloc[[0, -1]].to_numpy()
        ]
        return f"{UNIT.of(f'{MEASURES[self.name]} of the best')}: {', '.join(dict.fromkeys(ends))}."


def element(runs: Runs) -> Picture:
    """Activations and parameters against flops: every network, the best of each sample, the curves through them."""
    panels = [Bounded(runs, measure, samples(runs)) for measure in MEASURES]
    one = panels[0]

    def said() -> str:
        if not (frozen := one.curves.get(FROZEN)):
            return f"No limits are in force in regime {runs.regime} yet: regnet limits {runs.regime}."
        within = np.concatenate([
            (frame["acts"] <= frozen.acts(p.flops)) & (frame["params"] <= frozen.params(p.flops))
            for p, frame in one.frames.items()
        ])  # fmt: skip
        return f"In force: {in_words(frozen)}; {within.mean():.0%} of these networks are within both."

    def coefficients() -> pd.DataFrame:
        rows = [{"statistic": kind, "a": c.a, "p": c.p, "q": c.q} for kind, c in one.curves.items()]
        return pd.DataFrame(rows).assign(source=one.here)

    return Picture(
        runs=runs,
        title="Bounds of the constrained space, from a separate sample of RegNetX",
        rows=[Row(panels, body=3.0)],
        legend=lambda: [
            *trends.signs(style.colour("regnetx"), population=False),
            *(Line2D([], [], **LINES[kind]) for kind in one.curves),
        ],
        columns=2,
        how=lambda: joined(
            "Small points: every network of a sample that serves for nothing else (seed 1). "
            f"{trends.READ}, drawn at the upper end of the sample's flop window.",
            f"Least squares: {in_words(one.curves[FITTED])}." if FITTED in one.curves else "",
            said,
        ),
        paper="The paper takes its limits from its Figure 12 and prints no number for them.",
        seen="Two scatter plots against flops with the best networks and a rising curve.",
        more=coefficients,
    )
