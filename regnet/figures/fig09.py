"""Figure 9: RegNetX against AnyNetX_A and _E, its restrictions, and random search (arXiv:2003.13678, sec. 3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.random_search import band, expected_best
from regnet.figures.numbers import paper
from regnet.figures.panels import captions, style
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.panel import Cell, Panel
from regnet.sweeps import labels
from regnet.sweeps.experiments import REPEATED
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

CHAPTER = "04-regnet"
PANELS = {
    "spaces": ("anynetx_a", "anynetx_e", "regnetx"),
    "restrictions": ("regnetx", "regnetx_wm2", "regnetx_w0_wa"),
}
SEARCHED = ("anynetx_a", "regnetx")
SHOWN = 1000  # sample sizes of a line
ENOUGH = 32  # random networks that suffice to find a good one, by the paper's claim


@dataclass(frozen=True)
class Search(Panel):
    """The best of m random networks of each population; of none, the paper's as read off its image."""

    heading: str
    populations: Sequence[Population] = ()

    @property
    def of(self) -> tuple[Population, ...]:
        return tuple(self.populations)

    @property
    def title(self) -> str:
        return self.heading

    @cached_property
    def curves(self) -> dict[str, pd.DataFrame]:
        """Space -> m, the expected error of the best of m and the 95% band of one search (percent), and the source."""
        if not self.populations:
            return {space: _printed(space) for space in SEARCHED}
        return {p.space: _searched(frame).assign(source=self.here) for p, frame in self.frames.items()}

    def draw(self, cell: Cell) -> None:
        ax = cell.ax()
        for space, curve in self.curves.items():
            colour, label = style.colour(space), labels.label(space)
            curve = curve.iloc[spaced(len(curve))]
            ax.plot(curve["m"], curve["error"], "-" if self.populations else "o", color=colour, label=label)
            if self.populations:
                ax.fill_between(curve["m"], curve["low"], curve["high"], color=colour, alpha=0.18, linewidth=0)
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter("{x:g}")
        ax.axvline(ENOUGH, color="#8a8a8a", linewidth=1.2, linestyle=":")
        ax.set(xlabel="sample size m (networks)", ylabel=style.ERROR)
        ax.set_title(self.title, fontsize=9.5, loc="left")
        ax.legend()

    def rows(self) -> pd.DataFrame:
        tables = [curve.assign(panel=self.name, series=space) for space, curve in self.curves.items()]
        return pd.concat(tables, ignore_index=True)

    def words(self) -> str:
        if not self.populations:
            return ""
        each = [
            f"{labels.label(space)} falls from {curve['error'].iloc[0]:.1f}% at m = 1 to {curve['error'].iloc[-1]:.1f}"
            f"% at m = {len(curve)}"
            for space, curve in self.curves.items()
        ]
        return f"Random search here: {'; '.join(each)}."


def spaced(n: int) -> npt.NDArray[np.int64]:
    """Places of n sample sizes 1 ... n that are drawn: all, or on a logarithmic axis as many as it can show."""
    return np.arange(n) if n <= SHOWN else np.unique(np.geomspace(1, n, SHOWN).round().astype(np.int64)) - 1


def _searched(frame: pd.DataFrame) -> pd.DataFrame:
    errors = frame["error"].to_numpy(np.float64)
    m = np.arange(1, len(errors) + 1)
    low, high = band(errors, m)
    return pd.DataFrame({"m": m, "error": expected_best(errors, m), "low": low, "high": high})


def _printed(space: str) -> pd.DataFrame:
    points = paper.digitised(9, "right").query("series == @called", local_dict={"called": labels.label(space)})
    about = points["source"] + ", read off the image"
    return pd.DataFrame({"m": points["x"].astype(float), "error": points["y"], "source": about})


def element(runs: Runs) -> Picture:
    """Two EDF panels; the best of m random networks here, and in the paper."""
    curves = [Edfs(runs, name, 9, [Entry(runs.population(s)) for s in some]) for name, some in PANELS.items()]
    searched = [runs.population(space) for space in SEARCHED]
    search = [
        Search(runs, "random search", "here: line E[best of m], band one search", searched),
        Search(runs, "random search", "paper: ImageNet, read off the image"),
    ]
    return Picture(
        runs=runs,
        title="The RegNetX design space",
        again=[runs.population(space) for space in REPEATED],
        rows=[Row(curves, body=2.7), Row(search, body=2.7)],
        how=f"Top: error EDFs; table: {captions.BARE} Bottom left: the error of the best of m random networks, in "
        "closed form without replacement; the line is its expectation, the band holds 95% of single searches and is "
        f"not the uncertainty of the line. Dotted: m = {ENOUGH}. Bottom right: the paper's line, read off its image.",
        paper=captions.paper_setting(9),
        seen="Two panels of cumulative error curves above two of falling error against sample size.",
    )
