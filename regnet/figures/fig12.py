"""Figure 12: what convolutions cost, what time goes with, and how the best networks grow (arXiv:2003.13678, sec. 4).

- The paper times 64 images on a V100; here the members of the populations are timed by `regnet time`.
- Medians of the best carry no intervals in the paper; bands here come from resampling half of the networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from regnet import published
from regnet.analysis import best_trends, growth
from regnet.analysis.timing_fits import pearson, predicts_better
from regnet.figures.panels import operators, style, timed, trends
from regnet.figures.timefits import paper_r
from regnet.sweeps.store import Runs

TITLE = "Complexity metrics"
ELEMENT, SPACE = "fig12", "regnetx"
LEAST = 8  # networks for a correlation to be shown
ROWS = (2.55, 2.6, 2.6)  # inches
NAMES = {"flops": "flops", "acts": "activations"}  # what time is held against
OTHERS = {"ResNet": "^", "ResNeXt": "s"}  # the paper's other points, as marks


@dataclass(frozen=True)
class Measure:
    """What grows: its column, label, unit here and in the paper, law, and where the paper has it."""

    column: str
    label: str
    law: growth.Growth
    unit: float  # of the column in the panel here
    here: str
    theirs: str
    panel: str  # of the values read off the paper's figure
    model: str  # column of the paper's models


MEASURES: Mapping[str, Measure] = MappingProxyType({
    "acts": Measure("acts", "activations", growth.SQRT, 1e3, "k", "M", "bottom-left activations", "acts_M"),
    "params": Measure("params", "parameters", growth.LINE, 1e3, "k", "M", "bottom-middle params", "params_M"),
    "time": Measure(
        "ms", "inference time", growth.BOTH, 1.0, "ms", "ms", "bottom-right inference time", "infer_ms_batch64_v100"
    ),
})  # fmt: skip


def found(runs: Runs) -> trends.Frames:
    """The populations that are there."""
    return trends.frames(runs, trends.of_space(ELEMENT, runs, SPACE))


def _times(runs: Runs, there: trends.Frames) -> timed.Timed:
    return timed.members(runs, trends.of_space(ELEMENT, runs, SPACE), there)


@style.theme()
def make(runs: Runs) -> Figure:
    """Costs of convolutions, and time of random networks; the best networks here; the best in the paper."""
    there = found(runs)
    times = _times(runs, there)
    fig = Figure(figsize=(style.WIDTH, sum(ROWS)), layout="constrained")
    top, middle, bottom = np.asarray(fig.subfigures(3, 1, height_ratios=ROWS, hspace=0.03)).ravel()
    _top(top, runs, there, times)
    axes = middle.subplots(1, 3)
    for ax, (name, measure) in zip(axes, MEASURES.items(), strict=True):
        _here(ax, runs, times.frames if name == "time" else there, measure)
    for ax, name in zip(bottom.subplots(1, 3), MEASURES, strict=True):
        _paper(ax, name)
    middle.suptitle(f"best networks here, regime {runs.regime}", fontsize=10, x=0.01, ha="left")
    bottom.suptitle("best networks in the paper: ImageNet, read off the image", fontsize=10, x=0.01, ha="left")
    return fig


def _top(fig: SubFigure, runs: Runs, there: trends.Frames, times: timed.Timed) -> None:
    rows = times.rows
    table, *axes = fig.subplots(1, 3, width_ratios=(1.25, 1, 1))
    operators.draw(table)
    for ax, column in zip(axes, NAMES, strict=True):
        if times.rows.empty:
            timed.lacking(ax, runs, next(iter(there)))
            continue
        scale, unit = (1e6, "MF") if column == "flops" else (1e3, "k")
        style.scatter(ax, rows[column] / scale, rows["ms"], timed.titles(rows), colour=style.colour(SPACE), alpha=0.55)
        ax.set(xlabel=f"{NAMES[column]} ({unit})", ylabel=timed.LABEL)
        r = correlations(times).get(column)
        theirs = paper_r()["gf" if column == "flops" else "acts"]
        ax.set_title(f"here r = {'–' if r is None else f'{r:.3f}'}, paper {theirs:g}", fontsize=9.5, loc="left")


def correlations(times: timed.Timed) -> dict[str, float]:
    """Pearson's r of milliseconds with flops and activations; nothing where too few members are timed."""
    if len(times.rows) < LEAST:
        return {}
    return {column: pearson(times.rows[column], times.rows["ms"]) for column in NAMES}


def _here(ax: Axes, runs: Runs, there: trends.Frames, measure: Measure) -> None:
    if not there:
        timed.lacking(ax, runs, next(iter(found(runs))))
        return
    colour = style.colour(SPACE)
    table = trends.summary(there, measure.column)
    spans = ["low", "best", "high", "least", "median", "greatest"]
    table[spans] /= measure.unit
    table["flops"] /= 1e6
    trends.whiskers(ax, "flops", table.drop(columns=["least", "median", "greatest"]), colour,
                    trends.titles(table, measure.label))  # fmt: skip
    populations = trends.of_space(ELEMENT, runs, SPACE)
    ends = [population.flops / 1e6 for population in populations]
    if fitted := fit(there, measure):
        f = np.geomspace(0.85 * ends[0], 1.18 * ends[-1], 50)
        low, high = growth.band(measure.law, table["flops"], fitted.resampled, f)
        ax.fill_between(f, low, high, color=style.INK, alpha=0.13, linewidth=0)
        ax.plot(f, measure.law.at(f, fitted.coefficients), color=style.INK, linewidth=1.4)
    trends.flops_axis(ax, ends, label="flops (MF)")
    unit = timed.LABEL if measure.column == "ms" else measure.here
    ax.set_ylabel(f"{measure.label} ({unit})" if measure.column != "ms" else unit)
    ax.set_ylim(bottom=0)
    ax.set_title(formula(measure.law, fitted.coefficients) if fitted else "", fontsize=9.5, loc="left")


@dataclass(frozen=True)
class Fit:
    """Coefficients of a law in the panel's units (f in MF), of the best values and of their resamples."""

    coefficients: trends.Floats
    resampled: trends.Floats  # medians, shape (resamples, populations)


def fit(there: trends.Frames, measure: Measure) -> Fit | None:
    """The law through the footnote-4 medians; None where there are no more flop regimes than coefficients."""
    if len(there) <= len(measure.law.terms):
        return None
    flops = [population.flops / 1e6 for population in there]
    pairs = trends.pairs(there, measure.column)
    medians = best_trends.medians(pairs) / measure.unit
    return Fit(measure.law.fit(flops, medians), best_trends.resampled(pairs) / measure.unit)


def formula(law: growth.Growth, coefficients: trends.Floats) -> str:
    """A fitted law in the paper's form.

    >>> formula(growth.LINE, np.array([3.0, 5.5])), formula(growth.BOTH, np.array([24.0, 6.0]))
    ('3 + 5.5 f', '24 √f + 6 f')
    """
    terms = {growth.SQRT.name: ("√f",), growth.LINE.name: ("", "f"), growth.BOTH.name: ("√f", "f")}[law.name]
    return " + ".join(f"{c:.3g} {term}".strip() for c, term in zip(coefficients.tolist(), terms, strict=True))


def _paper(ax: Axes, name: str) -> None:
    measure = MEASURES[name]
    points, coefficients = trends.digitised(12, measure.panel), printed(name)
    titles = [f"paper, {f:g} GF: about {y:g} {measure.theirs}" for f, y in points[["flops", "best"]].to_numpy()]
    colour = style.colour(SPACE)
    f = np.geomspace(0.17, 15, 50)
    ax.plot(f, measure.law.at(f, coefficients), color=style.INK, linewidth=1.4)
    style.scatter(
        ax, points["flops"], points["best"], titles, colour=colour, s=30, alpha=1.0, zorder=3, label="RegNetX"
    )
    models = published.load("paper_models")
    for family, mark in OTHERS.items():
        mine = models[models["model"].str.startswith(f"{family}-")]
        style.scatter(ax, mine["flops_G"], mine[measure.model], list(mine["model"]), colour=trends.GREY, marker=mark,
                      s=26, alpha=1.0, label=family)  # fmt: skip
    trends.flops_axis(ax, (0.2, 0.8, 3.2, 12.8), label="flops (GF)")
    ax.set_ylabel("ms for 64 images (V100)" if name == "time" else f"{measure.label} ({measure.theirs})")
    ax.set_ylim(bottom=0)
    ax.set_title(formula(measure.law, coefficients), fontsize=9.5, loc="left")
    if name == "acts":
        ax.legend(loc="upper left", handletextpad=0.2, borderpad=0.1)


def printed(name: str) -> trends.Floats:
    """The coefficients of the paper's curve, f in GF.

    >>> printed("params").tolist()
    [3.0, 5.5]
    """
    row = published.load("paper_fig12_laws").set_index("what").loc[name]
    columns = {"acts": ["sqrt_flops_G"], "params": ["constant", "flops_G"], "time": ["sqrt_flops_G", "flops_G"]}
    return row[columns[name]].to_numpy(np.float64)


def data(runs: Runs) -> pd.DataFrame:
    """The costs of convolutions; each timed member; best ranges, laws and their intervals, ours and the paper's."""
    there = found(runs)
    times = _times(runs, there)
    here = f"here, {runs.regime}"
    tables = [operators.table().assign(panel="convolutions", source="computed")]
    if len(times.rows):
        tables.append(times.rows.assign(panel="time", source=here, device=times.device))
        rows = [{"statistic": f"r with {column}", "value": r} for column, r in correlations(times).items()]
        tables.append(pd.DataFrame(rows).assign(panel="time", source=here))
    for name, measure in MEASURES.items():
        frames = times.frames if name == "time" else there
        paper = trends.digitised(12, measure.panel)
        paper["flops"] *= 1e9
        tables.append(paper.assign(panel=name, statistic="best", unit=measure.theirs))
        if frames:
            tables.append(
                trends.summary(frames, measure.column).assign(panel=name, source=here, statistic="best range")
            )
            tables.append(_law_rows(frames, name).assign(panel=name, source=here))
    return pd.concat(tables, ignore_index=True)


def _law_rows(there: trends.Frames, name: str) -> pd.DataFrame:
    """A row a coefficient with its 95% interval, in the panel's units."""
    measure = MEASURES[name]
    if not (fitted := fit(there, measure)):
        return pd.DataFrame()
    spread = measure.law.fit([p.flops / 1e6 for p in there], fitted.resampled)
    low, high = np.quantile(spread, [0.025, 0.975], axis=0)
    names = [f"{measure.law.name}, coefficient {k + 1} (f in MF)" for k in range(len(low))]
    return pd.DataFrame(
        {"statistic": names, "value": fitted.coefficients, "low": low, "high": high, "unit": measure.here}
    )


def caption(runs: Runs) -> str:
    """What is shown in each row, how the curves are made, and what the ranges of flops allow."""
    there = found(runs)
    times = _times(runs, there)
    if len(times.rows):
        counts = times.rows.groupby("population", sort=False).size()
        n = ", ".join(f"{count} of {name}" for name, count in counts.items())
        said = f"Timed on {times.device}, fp32: {n}.{_gap(times)}"
    else:
        said = f"No member is timed yet: {timed.command(runs, next(iter(there)))}."
    at = trends.multiples(there)
    return (
        f"Top left: what a convolution costs. Top: time against flops and activations. {said} Middle: {trends.READ}; "
        "line: least squares through the most likely best values, no coefficient below 0, f in MF; band: 95% over "
        f"resamples of half of the networks, wide rather than narrow. F spans {max(at) / min(at):g}x here. "
        f"{trends.nominal(runs)} {trends.setting(runs, there)} Bottom: the paper's best networks, "
        f"{trends.digitised(12, MEASURES['acts'].panel)['source'].iloc[0]}, with its printed curves, f in GF. "
        f"{trends.missing(runs, ELEMENT)}"
    ).strip()


def _gap(times: timed.Timed) -> str:
    """How far r with activations lies above r with flops."""
    if not correlations(times):
        return ""
    gap = predicts_better(times.rows["acts"], times.rows["flops"], times.rows["ms"])
    return (
        f" r with activations minus r with flops: {gap.effect:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}, 95% over "
        "resampled networks)."
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    there = found(runs)
    times = _times(runs, there)
    words = []
    for name, measure in MEASURES.items():
        frames = times.frames if name == "time" else there
        fitted = fit(frames, measure) if frames else None
        theirs = formula(measure.law, printed(name))
        words.append(
            f"{measure.label} {formula(measure.law, fitted.coefficients) if fitted else 'not fitted'}, paper {theirs}"
        )
    r = ", ".join(f"{value:.2f} with {NAMES[name]}" for name, value in correlations(times).items())
    return (
        "A table of what convolutions cost; time against flops and against activations"
        f"{f', correlation {r}' if r else ', not timed yet'}; below, rising curves of the best networks against flops, "
        f"here and in the paper: {'; '.join(words)}."
    )
