"""AnyNetX_A, AnyNetX_E and RegNetX at L1 and at L5: the same networks. Ours; the paper prints the lengths apart.

Each space is shown by the networks that are there at both lengths, which are the first of its population at L5.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis import same_networks
from regnet.analysis.compare import Comparison
from regnet.analysis.trends import falls
from regnet.figures.panels import best, captions, outliers, style
from regnet.figures.panels.edfs import spread
from regnet.figures.panels.element import Picture, Row, joined
from regnet.figures.panels.intervals import Interval, Intervals, Mark
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

CHAPTER = "05-generalisation"
NUMBER = "Longer training"
SPACES = ("anynetx_a", "anynetx_e", "regnetx")
STEPS = (("anynetx_e", "anynetx_a"), ("regnetx", "anynetx_e"))  # the better first, as the paper has it
LENGTHS = (1, 5)
MARKS = {
    "1": Mark(style.COLOURS["regnetx_c"], filled=False, label="L1"),
    "5": Mark(style.COLOURS["regnetx_c"], label="L5, 5 times as long"),
}
FEWEST = 4  # networks; fewer have no rank correlation


@dataclass(frozen=True)
class Networks(Panel):
    """Each network's errors at the two lengths, and how they rank within its space."""

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(self.runs.population(space, length=length) for space in SPACES for length in LENGTHS)

    @cached_property
    def found(self) -> dict[str, pd.DataFrame]:
        """Space -> its networks that are there at both lengths, error and error_long (percent), if they are enough."""
        at = {(population.space, population.length): frame for population, frame in self.frames.items()}
        both = [space for space in SPACES if all((space, length) in at for length in LENGTHS)]
        every = {space: same_networks.joined(*(at[space, length] for length in LENGTHS)) for space in both}
        return {space: frame for space, frame in every.items() if len(frame) >= FEWEST}

    @property
    def drawable(self) -> bool:
        return bool(self.found)

    @property
    def compared(self) -> list[str]:
        """The populations of these spaces."""
        return [population.name for population in self.of if population.space in self.found]

    def errors(self, column: str) -> list[npt.NDArray[np.float64]]:
        """Each space's errors at L1 (`error`) or L5 (`error_long`)."""
        return [frame[column].to_numpy(np.float64) for frame in self.found.values()]

    @cached_property
    def ranks(self) -> dict[str, Comparison]:
        """Space -> rank correlation of its networks' errors at the two lengths."""
        return {space: falls(frame["error"], frame["error_long"]) for space, frame in self.found.items()}

    @property
    def points(self) -> int:
        return max(map(len, self.found.values()))

    def draw(self, cell: Cell) -> None:
        ax = cell.ax()
        x, y = (outliers.span(self.errors(column)) for column in ("error", "error_long"))
        for (space, frame), label in zip(self.found.items(), self._said(), strict=True):
            inside = (frame["error"] <= x.high) & (frame["error_long"] <= y.high)
            style.scatter(
                ax, frame["error"].where(inside), frame["error_long"], partial(best.titles, frame),
                colour=style.colour(space), s=18, label=label,
            )  # fmt: skip
        outliers.rightward(ax, x)
        outliers.upward(ax, y)
        ax.set(xlabel=f"{style.ERROR} at L1", ylabel=f"{style.ERROR} at L5")
        ax.legend(
            loc="lower left", bbox_to_anchor=(0, 1.05), title="rank correlation (95%)", alignment="left",
            title_fontsize=9.5,
        )  # fmt: skip

    def _said(self) -> list[str]:
        return [
            f"{labels.label(s)}: {rho.effect:.2f} ({rho.low:.2f} to {rho.high:.2f})" for s, rho in self.ranks.items()
        ]

    def rows(self) -> pd.DataFrame:
        """Rank correlations (panel "ranks"), then one row a network (panel "networks")."""
        ranks = [
            {"series": space, "n": rho.n_a, "spearman": rho.effect, "low": rho.low, "high": rho.high}
            for space, rho in self.ranks.items()
        ]
        networks = [
            frame[["index", "network_id", "error", "error_long"]].assign(series=space, panel=self.name)
            for space, frame in self.found.items()
        ]
        whole = pd.concat([pd.DataFrame(ranks).assign(panel="ranks"), *networks], ignore_index=True)
        return whole.assign(source=self.here)

    def words(self) -> str:
        return f"Rank correlation: {'; '.join(self._said())}."

    def beyond(self) -> str:
        """How many networks lie beyond either axis, for captions."""
        return outliers.words({"L1": self.errors("error"), "L5": self.errors("error_long")})


@dataclass(frozen=True)
class Gaps(Intervals):
    """Differences of the spaces' mean errors at both lengths, on the same networks."""

    networks: Networks
    axis = "difference of mean errors (points)\nbelow 0 the first is better"

    @property
    def of(self) -> tuple[Population, ...]:
        return self.networks.of

    @property
    def drawable(self) -> bool:
        return bool(len(self.table))

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a step and length, and one for the change of the gap: effect, 95% interval (points), n, verdict."""
        found, steps = self.networks.found, [pd.DataFrame()]
        for first, second in STEPS:
            if first in found and second in found:
                rows = same_networks.gaps(found[first], found[second], LENGTHS)
                steps.append(rows.assign(series=f"{labels.label(first)} vs {labels.label(second)}"))
        return pd.concat(steps, ignore_index=True)

    @property
    def intervals(self) -> list[Interval]:
        return [
            Interval(
                row["series"].replace(" vs ", "\nvs "), row["effect"], row["low"], row["high"], MARKS[row["length"]]
            )
            for row in self.table.to_dict("records")
            if row["length"] in MARKS
        ]

    def rows(self) -> pd.DataFrame:
        return self.table.assign(panel=self.name, source=self.here)

    def words(self) -> str:
        shown = self.table[self.table["length"] != "change"].to_dict("records")
        said = "; ".join(f"{row['series']} {row['effect']:+.2f} points at L{row['length']}" for row in shown)
        return f"Differences of mean errors: {said}."


def element(runs: Runs) -> Picture:
    """Left the gaps between spaces at both lengths, right each network's two errors."""
    networks = Networks(runs, "networks")
    short, long = (runs.population(SPACES[0], length=length).recipe.lr for length in LENGTHS)
    rates = f"learning rate {short:g} at both lengths" if short == long else f"learning rates {short:g} and {long:g}"

    def how() -> str:
        return (
            f"The same networks trained for L1, the regime's shortest training, and for L5, 5 times as long, {rates}: "
            f"those of each space that are there at both lengths, {spread(map(len, networks.found.values()))} a space. "
            "Left: difference of the mean errors of two spaces with Welch's 95% interval; below zero the first is "
            "better. Right: the two errors of each network, and within each space their rank correlation (Spearman) "
            "with its 95% interval."
        )

    return Picture(
        runs=runs,
        title="What stays when training longer",
        rows=[Row([Gaps(runs, "gaps", networks), networks], body=3.65, widths=(1, 1.2))],
        legend=lambda: [mark.handle for mark in MARKS.values()],
        how=how,
        setting=lambda: joined(
            captions.setting(runs, networks.compared),
            "Of each population the networks that are there at both lengths are drawn, and no others.",
            networks.beyond(),
        ),
        paper="The paper (arXiv:2003.13678, Figs 9 and 10) prints each length by itself.",
        seen="Intervals, and a scatter plot of error at both lengths.",
    )
