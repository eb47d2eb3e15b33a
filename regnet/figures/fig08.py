"""Figure 8: AnyNetX_E's best networks are nearly lines, and e_fit of C, D and E (arXiv:2003.13678, sec. 3.3)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure, SubFigure

from regnet.analysis.bootstrap import best_range
from regnet.analysis.linear_fit import e_fit
from regnet.figures.numbers import paper
from regnet.figures.panels import best, captions, lines, outliers, profiles, style
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

TITLE = "Linear fits"
SPACES = ("anynetx_c", "anynetx_d", "anynetx_e")
E = "anynetx_e"
TOP, INK = 20, "#7f7f7f"
SLOPE_IN_PAPER, BLOCKS_IN_PAPER = 48, 21  # w_j = 48 (j + 1) for 0 <= j <= 20, stated in sec. 3.3
HEIGHTS = (2.5, 2.3, 3.1, 2.5)  # inches of the four rows
HEAD = 0.75


@style.theme()
def make(runs: Runs) -> Figure:
    """Profiles of the best; quantised fits; error against e_fit; e_fit of the paper's networks."""
    fig = Figure(figsize=(style.WIDTH, sum(HEIGHTS)), layout="constrained")
    profile_row, fit_row, error_row, group_row = np.asarray(fig.subfigures(4, 1, height_ratios=HEIGHTS))
    _best_profiles(profile_row, runs)
    _fits(fit_row, runs)
    _errors(error_row, runs)
    lines.strips(group_row.subplots(), _groups(runs))
    return fig


def _top(runs: Runs, n: int) -> pd.DataFrame:
    return runs.frame(E).sort_values(["error", "index"]).head(n)


def _best_profiles(fig: SubFigure, runs: Runs) -> None:
    """Left: the best networks and their line through the origin. Right: the line that the paper states."""
    ours, theirs = np.atleast_1d(fig.subplots(1, 2))
    widths = [profiles.of_row(row) for row in _top(runs, TOP).to_dict("records")]
    slope = lines.slope(widths)
    for profile in widths:
        profiles.draw(ours, profile, colour=INK, alpha=0.6, markersize=2.2, linewidth=1.0)
    for example in paper.examples(8):
        profiles.draw(theirs, example.widths_per_block, colour=INK, alpha=0.8, markersize=2.2, linewidth=1.0)
    for ax, factor, blocks, who in (
        (ours, slope, max(map(len, widths)), f"here, {len(widths)} best of {labels.label(E)}"),
        (theirs, SLOPE_IN_PAPER, BLOCKS_IN_PAPER, "paper, its two networks"),
    ):
        ax.plot(np.arange(blocks), factor * np.arange(1, blocks + 1), color=style.colour(E), linewidth=2)
        profiles.axes(ax)
        ax.set_title(f"{who}; line: wⱼ = {factor:.3g} (j + 1)", fontsize=9.5, loc="left")


class Fitted(NamedTuple):
    """A network with the quantised line drawn through it: printed by the paper, or the best fit found here."""

    who: str
    source: str
    name: str
    widths: npt.NDArray[np.float64]
    line: dict[str, float]  # w_a, w_0, w_m
    e_fit: float


def fits(runs: Runs) -> list[Fitted]:
    """The two best networks here with their best fits, the paper's two with its printed ones."""
    shown = []
    for row in _top(runs, 2).to_dict("records"):
        widths = profiles.of_row(row)
        fit = lines.fit(widths)
        line = {"w_a": fit.w_a, "w_0": float(fit.w_0), "w_m": fit.w_m}
        shown.append(Fitted("here", f"here, {runs.regime}", f"member {row['index']}", widths, line, fit.error))
    for example in paper.examples(8):
        widths = example.widths_per_block
        error = lines.fit(widths).error
        shown.append(Fitted("paper", example.source, example.panel, widths, dict(example.fit or {}), error))
    return shown


def _fits(fig: SubFigure, runs: Runs) -> None:
    """A width profile and a dashed quantised line in each panel."""
    shown = fits(runs)
    for place, (ax, fitted) in enumerate(zip(np.atleast_1d(fig.subplots(1, len(shown))), shown, strict=True)):
        profiles.draw(ax, fitted.widths, colour=INK if fitted.who == "paper" else style.colour(E))
        ax.plot(lines.predicted(len(fitted.widths), **fitted.line), color=style.INK, linestyle="--", linewidth=1.2)
        profiles.axes(ax, ylabel="" if place else "width wⱼ (channels)")
        w_a, w_0, w_m = (f"{fitted.line[name]:.3g}" for name in ("w_a", "w_0", "w_m"))
        words = f"{fitted.who}: wₐ {w_a}, w₀ {w_0}\nwₘ {w_m}, e_fit {fitted.e_fit:.2g}"
        ax.set_title(words, fontsize=9, loc="left", linespacing=1.3)


def _errors(fig: SubFigure, runs: Runs) -> None:
    """Error against e_fit in C, D and E, with ranges."""
    grid = fig.add_gridspec(1, len(SPACES))
    for place, name in enumerate(SPACES):
        frame, span = runs.frame(name), paper.best_span(8, f"bottom e_fit {labels.label(name)}")
        ax = best.panel(fig, grid[place], frame, np.maximum(e_fit(frame), lines.FLOOR), colour=style.colour(name),
                        head=HEAD, body=HEIGHTS[2] - HEAD, paper=span, log=10)  # fmt: skip
        ax.set_xlabel(f"e_fit, {labels.label(name)}")


def _groups(runs: Runs) -> list[lines.Group]:
    ours = []
    for name in SPACES:
        frame, label = runs.frame(name), f"{labels.label(name)}, here"
        ids = frame["network_id"].tolist()
        ours.append(lines.Group(label, f"here, {runs.regime}", style.colour(name), ids, e_fit(frame)))
    return ours + lines.published_groups(INK)


def data(runs: Runs) -> pd.DataFrame:
    """Profiles drawn, e_fit of every member of C, D and E with best ranges, and e_fit of the paper's networks."""
    tables = [
        profiles.rows("best", f"here, {runs.regime}", f"member {row['index']}", profiles.of_row(row), row["error"])
        for row in _top(runs, TOP).to_dict("records")
    ]
    slope = lines.slope([profiles.of_row(row) for row in _top(runs, TOP).to_dict("records")])
    tables.append(pd.DataFrame({"panel": "best", "source": [f"here, {runs.regime}"], "slope": slope}))
    for example in paper.examples(8):
        tables.append(profiles.rows("fits", example.source, example.panel, example.widths_per_block, example.error))
    fitted = [{"panel": "fits", "source": f.source, "network": f.name, "e_fit": f.e_fit} | f.line for f in fits(runs)]
    tables.append(pd.DataFrame(fitted))
    for name in SPACES:
        frame, panel = runs.frame(name), f"error against e_fit, {labels.label(name)}"
        tables.append(best.rows(panel, frame, e_fit(frame), name, runs.regime))
        theirs = paper.digitised(8, f"bottom e_fit {labels.label(name)}")["source"].iloc[0] + ", read off the image"
        tables.append(best.paper_rows(panel, name, paper.best_span(8, f"bottom e_fit {labels.label(name)}"), theirs))
    tables += [group.rows() for group in lines.published_groups(INK)]
    return pd.concat(tables, ignore_index=True)


def caption(runs: Runs) -> str:
    """Which networks, which measure, and what is not determined about the paper's."""
    shown = min(TOP, runs.count(E))
    errors = {labels.label(name): [runs.frame(name)["error"].to_numpy(np.float64)] for name in SPACES}
    said = (
        f"Top: width profiles of AnyNetX_E's {shown} best networks with their least-squares line through the origin, "
        "and the line and two networks that the paper gives. Second row: quantised lines (dashed) fitted to the two "
        "best networks here, and the paper's two with its printed fits; fits here have the smallest w_a among equals. "
        "Third row: error against e_fit, the mean squared natural-log ratio of fitted to observed widths, here and in "
        f"the paper (read off its image; its scale is not fully determined). {captions.RANGE} Bottom: e_fit of every "
        f"network of C, D and E, and of the networks the paper publishes, all computed here "
        f"(drawn at {lines.FLOOR:g} where smaller). "
        f"{captions.setting(runs, SPACES)} Paper: arXiv:2003.13678 Fig 8 (ImageNet)."
    )
    return f"{said} {outliers.words(errors)}".strip()


def alt(runs: Runs) -> str:
    """The picture in words."""
    values = {name: e_fit(runs.frame(name)) for name in SPACES}
    words = [
        f"{labels.label(name)} median e_fit {np.median(x):.2g}, best {best_range(x, runs.frame(name)['error']).best:.2g}"
        for name, x in values.items()
    ]
    return (
        "Four rows: width profiles with a straight line, four profiles with dashed quantised fits, three scatter plots "
        f"of error against e_fit, and strips of e_fit by group. {'; '.join(words)}."
    )
