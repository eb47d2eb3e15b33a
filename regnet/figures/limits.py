"""The limits of the constrained space C: activations and parameters of the best networks of a separate sample.

Source: arXiv:2003.13678, sec. 4, "following Figure 12 (bottom)". The sample has seed 1, so that Figs 11 to 13, drawn
from seed 0, do not judge limits that were fitted to their own networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from regnet.analysis.limits import fit_acts, fit_params
from regnet.figures.panels import best, style, trends
from regnet.sweeps.regimes import Limits, find_regime
from regnet.sweeps.store import MissingPopulation, Runs

TITLE = "Bounds of the constrained space, from a separate sample of RegNetX"
ELEMENT, SPACE = "limits", "regnetx"
MEASURES: Mapping[str, str] = MappingProxyType({"acts": "activations (thousands)", "params": "parameters (thousands)"})
THOUSAND, MILLION = 1e3, 1e6
FITTED, FROZEN = "least squares through the best", "limits in force"
LINES: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    FITTED: {"color": style.INK, "linestyle": "-", "linewidth": 1.2},
    FROZEN: {"color": style.colour("regnetx_c"), "linestyle": "--", "linewidth": 2.4},
})  # fmt: skip
FORM = ".3g"  # limits are kept to three significant digits


def found(runs: Runs) -> trends.Frames:
    """The samples that are there."""
    return trends.frames(runs, trends.of_space(ELEMENT, runs, SPACE))


def whole(runs: Runs) -> trends.Frames:
    """The samples as the limits are fitted to them: each with the members that the regime wants.

    Raises:
        MissingPopulation: one is not there or has fewer; the message names them and the command that makes them.
    """
    populations = trends.of_space(ELEMENT, runs, SPACE)
    every = Runs(runs.regime, runs.folder)
    lacking = [population for population in populations if every.count(population) < population.wanted]
    if lacking:
        names = " ".join(population.name for population in lacking)
        have = ", ".join(
            f"{population.name} ({every.count(population)} of {population.wanted})" for population in lacking
        )
        raise MissingPopulation(
            f"limits of regime {runs.regime} need {len(populations)} samples sealed in {runs.folder}, missing: {have}; "
            f"make them: regnet sweep {runs.regime} {names} && regnet seal {runs.regime} {names}"
        )
    return {p: Runs(runs.regime, runs.folder, p.wanted).frame(p) for p in populations}


def fitted(samples: trends.Frames) -> Limits:
    """The least-squares limits through the samples' footnote-4 medians, to three significant digits.

    Raises:
        ValueError: fewer than two samples.
    """
    medians = {measure: trends.summary(samples, measure) for measure in MEASURES}
    flops = medians["acts"]["flops"]
    a = fit_acts(flops, medians["acts"]["best"])
    p, q = fit_params(flops, medians["params"]["best"])
    return Limits(*(float(f"{value:{FORM}}") for value in (a, p, q)))


def line(limits: Limits) -> str:
    """What stands in regnet/sweeps/regimes.py.

    >>> line(Limits(a=80.0, p=200e3, q=0.1))
    'Limits(a=80, p=200000, q=0.1)'
    """
    return f"Limits(a={limits.a:.6g}, p={limits.p:.6g}, q={limits.q:.6g})"


def verdict(found: Limits, frozen: Limits | None) -> str:
    """What to do with limits that were fitted.

    >>> print(verdict(Limits(a=80.0, p=200e3, q=0.1), None))
    freeze them in regnet/sweeps/regimes.py, before any network of C is drawn:
    limits=Limits(a=80, p=200000, q=0.1),
    """
    if not frozen:
        return f"freeze them in regnet/sweeps/regimes.py, before any network of C is drawn:\nlimits={line(found)},"
    return f"this fit: {line(found)}\nin force: {line(frozen)}" + (", the same" if frozen == found else "")


@style.theme()
def make(runs: Runs) -> Figure:
    """Activations and parameters against flops: every network, the best of each sample, the curves through them."""
    samples, frozen = found(runs), find_regime(runs.regime).limits
    fig, axes = style.figure(2, 3.7)
    curves = {FITTED: fitted(samples)} if len(samples) > 1 else {}
    if frozen:
        curves[FROZEN] = frozen
    for ax, measure in zip(axes, MEASURES, strict=True):
        _panel(ax, runs, samples, measure, curves)
    signs = trends.signs(style.colour(SPACE), population=False)
    signs += [Line2D([], [], **LINES[kind], label=kind) for kind in curves]
    fig.legend(handles=signs, loc="outside upper left", ncols=2)
    return fig


def _panel(ax: Axes, runs: Runs, samples: trends.Frames, measure: str, curves: Mapping[str, Limits]) -> None:
    colour = style.colour(SPACE)
    for frame in samples.values():
        style.scatter(ax, frame["flops"] / MILLION, frame[measure] / THOUSAND, best.titles(frame), colour=colour,
                      alpha=0.3, s=11)  # fmt: skip
    table = _scaled(trends.summary(samples, measure)).drop(columns=["least", "median", "greatest"])
    trends.whiskers(ax, "flops", table, colour, trends.titles(table, measure))
    populations = trends.of_space(ELEMENT, runs, SPACE)
    ends = [population.flops / MILLION for population in populations]
    x = np.geomspace(0.9 * ends[0], 1.1 * ends[-1], 60)
    for kind, limits in curves.items():
        ax.plot(x, _bound(limits, measure, x), **LINES[kind])
    trends.values_axis(ax)
    trends.flops_axis(ax, ends, label="flops (millions of multiply-adds)")
    ax.set_ylabel(MEASURES[measure])


def _bound(limits: Limits, measure: str, megaflops: trends.Floats) -> list[float]:
    """The limit in thousands at each of the flops."""
    return [getattr(limits, measure)(MILLION * f) / THOUSAND for f in megaflops.tolist()]


def _scaled(table: pd.DataFrame) -> pd.DataFrame:
    scaled = table.copy()
    scaled[["low", "best", "high", "least", "median", "greatest"]] /= THOUSAND
    return scaled.assign(flops=table["flops"] / MILLION)


def data(runs: Runs) -> pd.DataFrame:
    """A row a sample and measure, one a network, and the coefficients of both curves."""
    samples, frozen = found(runs), find_regime(runs.regime).limits
    tables = []
    for measure in MEASURES:
        tables.append(trends.summary(samples, measure).assign(panel=measure, statistic="best range"))
        points = trends.members(samples, measure).rename(columns={measure: "x"})
        tables.append(points.assign(panel=measure, statistic="network"))
    known = {"least squares": fitted(samples) if len(samples) > 1 else None, "in force": frozen}
    rows = [{"statistic": name, "a": c.a, "p": c.p, "q": c.q} for name, c in known.items() if c]
    whole = pd.concat([*tables, pd.DataFrame(rows)], ignore_index=True).assign(source=f"here, {runs.regime}")
    return whole.astype({"n": "Int64", "index": "Int64"})


def caption(runs: Runs) -> str:
    """What the sample is for, both curves, and how many of the best lie within the limits."""
    samples, frozen = found(runs), find_regime(runs.regime).limits
    said = [f"Least squares: {in_words(fitted(samples))}."] if len(samples) > 1 else []
    if frozen:
        within = np.mean(np.concatenate([_within(frame, p.flops, frozen) for p, frame in samples.items()]))
        said.append(f"In force: {in_words(frozen)}; {within:.0%} of these networks are within both.")
    else:
        said.append(f"No limits are in force in regime {runs.regime} yet: regnet limits {runs.regime}.")
    return (
        "Small points: every network of a sample that serves for nothing else (seed 1). "
        f"{trends.READ}, drawn at the upper end of the sample's flop window. {' '.join(said)} "
        f"{trends.setting(runs, samples)} The paper takes its limits from "
        f"its Figure 12 and prints no number for them. {trends.missing(runs, ELEMENT)}"
    ).strip()


def in_words(limits: Limits) -> str:
    """The limits as formulas of f in millions of multiply-adds.

    >>> in_words(Limits(a=80.0, p=200e3, q=0.1))
    'activations 80 √f thousand, parameters 200 + 100 f thousand, f in MF'
    """
    a, p, q = limits.a * MILLION**0.5 / THOUSAND, limits.p / THOUSAND, limits.q * MILLION / THOUSAND
    return f"activations {a:.3g} √f thousand, parameters {p:.3g} + {q:.3g} f thousand, f in MF"


def _within(frame: pd.DataFrame, flops: float, limits: Limits) -> list[bool]:
    keeps = (frame["acts"] <= limits.acts(flops)) & (frame["params"] <= limits.params(flops))
    return [bool(kept) for kept in keeps]


def alt(runs: Runs) -> str:
    """The picture in words."""
    samples = found(runs)
    words = []
    for measure in MEASURES:
        table = trends.summary(samples, measure)
        ends = [f"{row['best'] / THOUSAND:,.0f} thousand at {row['flops'] / MILLION:g} MF" for row in
                table.iloc[[0, -1]].to_dict("records")]  # fmt: skip
        words.append(f"{MEASURES[measure].split()[0]} of the best, {', '.join(dict.fromkeys(ends))}")
    return f"Two scatter plots against flops with the best networks and a rising curve: {'; '.join(words)}."
