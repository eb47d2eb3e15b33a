"""Times of the members of populations: which device's are shown, and how they go with flops or activations.

A row of the timings that `regnet time --population` makes is one member on one device. As in the claims about time,
inference in fp32 on batches of 64 at the regime's resolution counts, and a member need not be trained to be timed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from matplotlib.axes import Axes

from regnet.analysis.rules.timing import BATCH, counted, devices
from regnet.analysis.timing_fits import pearson, predicts_better
from regnet.evidence.trends import Frames
from regnet.figures.numbers import paper
from regnet.figures.panels import style
from regnet.figures.panels.panel import Cell, Panel, say
from regnet.sweeps import labels, timings
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

MS = style.Unit("ms")
TIME = f"time of {BATCH} images"
LEAST = 8  # members for a correlation to be shown


@dataclass(frozen=True)
class Times:
    """The members of populations on the device that has timed most of them.

    drawn: how many of each are timed without being trained; 0: those that are sealed.
    """

    runs: Runs
    populations: Sequence[Population]
    drawn: int = 0

    @cached_property
    def _chosen(self) -> tuple[str, pd.DataFrame]:
        table = counted(timings.read(self.runs.folder.parent))
        names = [population.name for population in self.populations]
        own = (table["regime"] == self.runs.regime) & table["population"].isin(names)
        mine = table[own & (table["resolution"] == find_regime(self.runs.regime).resolution)]
        return max(devices(mine), key=lambda device: len(device[1]), default=("", mine))

    @property
    def device(self) -> str:
        """Its name and threads; "" where nothing is timed."""
        return self._chosen[0]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row a member: population, index, network_id, flops, acts, ms (milliseconds for `BATCH` images)."""
        rows = self._chosen[1].rename(columns={"ms_median": "ms"}).astype({"index": "int64"})
        return rows[["population", "index", "network_id", "flops", "acts", "ms"]].reset_index(drop=True)

    def of(self, frames: Frames) -> Frames:
        """Those members of each population that are timed, with a column ms."""
        keys = ["index", "network_id"]
        own = {p: self.rows[self.rows["population"] == p.name][[*keys, "ms"]] for p in frames}
        joined = {p: frame.merge(own[p], on=keys, validate="one_to_one") for p, frame in frames.items()}
        return {p: frame for p, frame in joined.items() if len(frame)}

    def r(self, column: str) -> float:
        """Pearson's r of milliseconds with flops or acts; missing where too few members are timed."""
        return pearson(self.rows[column], self.rows["ms"]) if len(self.rows) >= LEAST else float("nan")

    @property
    def command(self) -> str:
        """What times the members of the population at F."""
        name = next(population.name for population in self.populations if population.multiple == 1)
        return f"regnet time --population {self.runs.regime}/{name}" + f" --members {self.drawn}" * bool(self.drawn)

    def table(self) -> pd.DataFrame:
        """The members as rows of an element's data, as two panels show them."""
        return self.rows.assign(panel="time", source=f"here, {self.runs.regime}", device=self.device)

    def words(self) -> str:
        """What is timed on which device, and how far r with activations lies above r with flops."""
        if self.rows.empty:
            return f"No member is timed yet: {self.command}."
        counts = self.rows.groupby("population", sort=False).size()
        listed = ", ".join(f"{count} of {labels.described(str(name))}" for name, count in counts.items())
        days = " to ".join(sorted({self._chosen[1]["date"].min(), self._chosen[1]["date"].max()}))
        said = f"Timed on {self.device}, {BATCH} images in fp32, {days}{'' if self.drawn else f': {listed}'}."
        if len(self.rows) < LEAST:
            return said
        gap = predicts_better(self.rows["acts"], self.rows["flops"], self.rows["ms"])
        return (
            f"{said} r with activations minus r with flops: {gap.effect:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}, 95% "
            "over resampled networks)."
        )


@dataclass(frozen=True)
class TimeAgainst(Panel):
    """Time against a column of the members; the panel's name is what the column is called, in the paper too."""

    times: Times
    column: str
    unit: style.Unit

    def draw(self, cell: Cell) -> None:
        ax, rows = cell.ax(), self.times.rows
        if rows.empty:
            lacking(ax, self.times)
            return
        titles = [
            f"{labels.described(row['population'])}, member {row['index']}: {row['flops'] / 1e6:.2f} MF, "
            f"{row['acts'] / 1e3:,.0f} k activations, {row['ms']:.3g} ms"
            for row in rows.to_dict("records")
        ]
        colour = style.colour(self.times.populations[0].name)
        style.scatter(ax, rows[self.column] / self.unit.size, rows["ms"], titles, colour=colour, alpha=0.55)
        ax.set(xlabel=self.unit.of(self.name), ylabel=MS.of(TIME))
        r = self.times.r(self.column)
        ours = f"{r:.3f}" if len(rows) >= LEAST else "–"
        ax.set_title(f"here r = {ours}, paper {paper.correlation(self.name):g}", fontsize=9.5, loc="left")

    def rows(self) -> pd.DataFrame:
        """Its correlation; the members are rows of the element, as two panels show them."""
        r = [{"statistic": f"r with {self.column}", "value": self.times.r(self.column)}]
        return pd.DataFrame(r).assign(panel="time", source=self.here).dropna()

    def words(self) -> str:
        said = "not timed yet" if self.times.rows.empty else f"correlation {self.times.r(self.column):.2f}"
        return f"Time against {self.name}: {said}."


def lacking(ax: Axes, times: Times) -> None:
    """Says in an axes that nothing is timed, and the command."""
    say(ax, "Not timed yet:\n" + times.command.replace("--population ", "--population\n"))
