"""Figure 11: how the parameters of the best RegNetX networks change with flops (arXiv:2003.13678, sec. 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.figure import Figure, SubFigure

from regnet.analysis import best_trends
from regnet.analysis.bootstrap import weights
from regnet.figures.panels import style, trends
from regnet.sweeps.store import Runs

TITLE = "RegNetX parameter trends"
ELEMENT, SPACE = "fig11", "regnetx"
HEIGHT, LEGEND = 2.3, 0.35  # inches: a row of panels, the legend
ALPHA = 0.05
PAPER = (0.5, 2, 8, 32)  # ticks of the paper's flop regimes


@dataclass(frozen=True)
class Followed:
    """A parameter: its column, what its panel is called, its axis, and what is said of its trend."""

    column: str
    label: str
    said: Literal["change", "factor", "mean", "share"]
    ticks: tuple[float, ...] = ()  # of a logarithmic axis


FOLLOWED: Mapping[str, Followed] = MappingProxyType({
    "d": Followed("drawn_d", "depth d (blocks)", "change"),
    "b": Followed("drawn_b", "bottleneck ratio b", "share", (1, 2, 4)),
    "w_m": Followed("drawn_w_m", "width multiplier w_m", "mean"),
    "g": Followed("drawn_g", "group width g (channels)", "factor", (1, 2, 4, 8, 16, 32)),
    "w_a": Followed("drawn_w_a", "width slope w_a (channels a block)", "factor", (8, 16, 32, 64, 128, 256)),
    "w_0": Followed("drawn_w_0", "initial width w_0 (channels)", "factor", (8, 16, 32, 64, 128, 256)),
})  # fmt: skip


def found(runs: Runs) -> trends.Frames:
    """The populations that are there."""
    return trends.frames(runs, trends.of_space(ELEMENT, runs, SPACE))


@style.theme()
def make(runs: Runs) -> Figure:
    """Six pairs of panels: here, and the paper on an axis with octaves of the same length."""
    there = found(runs)
    fig = Figure(figsize=(style.WIDTH, LEGEND + 3 * HEIGHT), layout="constrained")
    cells = np.asarray(fig.subfigures(3, 2, wspace=0.02, hspace=0.03)).ravel()
    for cell, (name, followed) in zip(cells, FOLLOWED.items(), strict=True):
        _cell(cell, there, name, followed)
    fig.legend(handles=trends.signs(style.colour(SPACE)), loc="outside upper left", ncols=3)
    return fig


def _cell(fig: SubFigure, there: trends.Frames, name: str, followed: Followed) -> None:
    ours, theirs = fig.subplots(1, 2, sharey=True, width_ratios=(4, 7))
    colour = style.colour(SPACE)
    here, paper = trends.summary(there, followed.column), trends.digitised(11, name)
    for ax, table in ((ours, here), (theirs, paper)):
        trends.whiskers(ax, "multiple", table, colour, trends.titles(table, name))
    trends.flops_axis(ours, (0.5, 1, 2, 4))
    trends.flops_axis(theirs, PAPER)
    if followed.ticks:
        ours.set_yscale("log", base=2)
        ours.set_yticks(followed.ticks, [f"{tick:g}" for tick in followed.ticks])
        ours.set_ylim(followed.ticks[0] / 2**0.4, followed.ticks[-1] * 2**0.4)
        ours.minorticks_off()
    ours.set_title("here", fontsize=9.5, loc="left")
    theirs.set_title("paper", fontsize=9.5, loc="left")
    fig.suptitle(f"{followed.label}\n{said(there, name)}", fontsize=9.5, x=0.02, ha="left", linespacing=1.3)


def said(there: trends.Frames, name: str) -> str:
    """The trend in words, here with a 95% interval and in the paper."""
    followed = FOLLOWED[name]
    row = trend(there, name)
    if followed.said == "share":
        return f"b = 1: {row['effect']:.0%} of the winning weight, {row['base_rate']:.0%} of the networks"
    if followed.said == "mean":
        return f"mean of the best: here {_span(row, '.2f')}, paper ≈ {row['paper']:.2f}"
    if len(there) < 2:
        return f"a doubling of F: here one regime, paper ≈ {_number(row['paper'], followed)}"
    sign = "×" if followed.said == "factor" else ""
    form = ".2f" if followed.said == "factor" else "+.1f"
    return f"a doubling of F: here {sign}{_span(row, form)}, paper ≈ {_number(row['paper'], followed)}"


def _span(row: Mapping[str, float], form: str) -> str:
    return f"{row['effect']:{form}} ({row['low']:{form}} to {row['high']:{form}})"


def _number(value: float, followed: Followed) -> str:
    return f"×{value:.2f}" if followed.said == "factor" else f"{value:+.1f}"


def trend(there: trends.Frames, name: str) -> dict[str, float]:
    """How the best value goes with F: effect, its 95% interval (low, high), and the paper's.

    d: change a doubling of F; g, w_a, w_0: factor a doubling; w_m: mean of the best values. b: mean over populations
    of the footnote-4 weight of networks with b = 1, and their share (base_rate).
    """
    followed, at = FOLLOWED[name], trends.multiples(there)
    pairs = trends.pairs(there, followed.column)
    paper = trends.digitised(11, name)
    best, multiples = paper["best"].to_numpy(np.float64), paper["multiple"].to_numpy(np.float64)
    if followed.said == "share":
        shares = [(float(weights(e) @ (np.asarray(x) == 1)), float(np.mean(np.asarray(x) == 1))) for x, e in pairs]
        effect, base = np.mean(shares, axis=0).tolist()
        return {"effect": effect, "base_rate": base, "paper": float(np.mean(best == 1))}
    ours, spread = best_trends.medians(pairs), best_trends.resampled(pairs)
    if followed.said == "mean":
        return _interval(float(ours.mean()), spread.mean(axis=1)) | {"paper": float(best.mean())}
    if followed.said == "factor":
        ours, spread, best = np.log2(ours), np.log2(spread), np.log2(best)
    if len(at) < 2:
        row = dict.fromkeys(("effect", "low", "high"), float("nan"))
    else:
        row = _interval(float(best_trends.slope(at, ours)), best_trends.slope(at, spread))
    row["paper"] = float(best_trends.slope(multiples, best))
    return {key: 2**value for key, value in row.items()} if followed.said == "factor" else row


def _interval(effect: float, spread: trends.Floats) -> dict[str, float]:
    low, high = np.quantile(spread, [ALPHA / 2, 1 - ALPHA / 2])
    return {"effect": effect, "low": float(low), "high": float(high)}


def data(runs: Runs) -> pd.DataFrame:
    """A row a parameter and flop regime, ours and the paper's; then a row a parameter with its trend."""
    there = found(runs)
    tables = []
    for name, followed in FOLLOWED.items():
        ours = trends.summary(there, followed.column).assign(source=f"here, {runs.regime}", statistic="best range")
        paper = trends.digitised(11, name).assign(statistic="best range")
        paper["flops"] *= 1e9
        slope = pd.DataFrame([trend(there, name)]).assign(source=f"here, {runs.regime}", statistic=followed.said)
        tables += [table.assign(panel=name) for table in (ours, paper, slope)]
    return pd.concat(tables, ignore_index=True).astype({"n": "Int64"})


def caption(runs: Runs) -> str:
    """What is followed, how to read a bar, and where the numbers come from."""
    there = found(runs)
    return (
        f"{trends.READ}; thin bar: the whole population with its median. Drawn values, before widths and groups are "
        "made compatible. In words above each pair: the change (d) or factor (g, w_a, w_0) of the best value a "
        "doubling of F, the mean of the best values (w_m), with 95% intervals from resampling half of the networks, "
        f"which are wide rather than narrow. {trends.nominal(runs)} {trends.setting(runs, there)} Paper: "
        f"{trends.digitised(11, 'd')['source'].iloc[0]} (ImageNet, 200MF to 12.8GF, 25 epochs), approximate; ends of "
        f"ranges that cannot be read are left out. {trends.missing(runs, ELEMENT)}"
    ).strip()


def alt(runs: Runs) -> str:
    """The picture in words."""
    there = found(runs)
    words = [f"{name}: {said(there, name)}" for name in FOLLOWED]
    return (
        f"Six pairs of panels, here and in the paper, of the best networks' parameters against F. {'; '.join(words)}."
    )
