"""AnyNetX_A, AnyNetX_E and RegNetX at L1 and at L5: the same networks. Ours; the paper prints the lengths apart.

Each space is shown by the networks that are there at both lengths, which are the first of its population at L5.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from regnet.analysis.same_networks import gaps, joined
from regnet.analysis.trends import falls
from regnet.figures.panels import best, captions, outliers, style
from regnet.figures.panels import waiting as panels
from regnet.sweeps import labels
from regnet.sweeps.population import Population
from regnet.sweeps.store import Runs

TITLE = "What stays when training longer"
SPACES = ("anynetx_a", "anynetx_e", "regnetx")
STEPS = (("anynetx_e", "anynetx_a"), ("regnetx", "anynetx_e"))  # the better first, as the paper has it
LENGTHS = (1, 5)
HEIGHT = 4.0  # inches
FEWEST = 4  # networks; fewer have no rank correlation
LOOKS = {LENGTHS[0]: ("o", "none"), LENGTHS[1]: ("o", None)}  # length -> marker, its face


def _populations(space: str) -> tuple[Population, Population]:
    short, long = (Population(space, length=length) for length in LENGTHS)
    return short, long


def names(runs: Runs) -> list[str]:
    """The six populations, in the regime of the runs."""
    return panels.names(runs, [population for space in SPACES for population in _populations(space)])


def found(runs: Runs) -> dict[str, pd.DataFrame]:
    """Space -> its networks at both lengths, error and error_long (percent); spaces with fewer than four left out.

    Raises:
        MissingPopulation: no space is there at both lengths.
    """
    pairs = {space: panels.names(runs, _populations(space)) for space in SPACES}
    there = {space: names for space, names in pairs.items() if len(panels.present(runs, names)) == len(LENGTHS)}
    frames = {space: joined(*map(runs.frame, names)) for space, names in there.items()}
    frames = {space: frame for space, frame in frames.items() if len(frame) >= FEWEST}
    panels.require_any(runs, names(runs), frames)
    return frames


def table(runs: Runs) -> pd.DataFrame:
    """One row a step and length, and one for the change of the gap: effect, its 95% interval (points), n, verdict."""
    frames, steps = found(runs), []
    for first, second in STEPS:
        if first in frames and second in frames:
            rows = gaps(frames[first], frames[second], LENGTHS)
            steps.append(rows.assign(series=f"{labels.label(first)} vs {labels.label(second)}"))
    return pd.concat(steps, ignore_index=True) if steps else pd.DataFrame(columns=["length"])


@style.theme()
def make(runs: Runs) -> Figure:
    """Left the gaps between spaces at both lengths, right each network's two errors.

    Raises:
        MissingPopulation: no space is there at both lengths.
    """
    frames, steps = found(runs), table(runs)
    fig = Figure(figsize=(style.WIDTH, HEIGHT), layout="constrained")
    left, right = fig.subplots(1, 2, gridspec_kw={"width_ratios": (1, 1.2)})
    if len(steps):
        _gaps(left, steps)
    else:
        panels.lacking(left, runs, names(runs), title="gaps", inches=3.2)
    _networks(right, frames)
    return fig


def _gaps(ax: Axes, steps: pd.DataFrame) -> None:
    ax.axvline(0, color=style.INK, linewidth=0.8)
    series = list(dict.fromkeys(steps["series"]))
    for offset, (length, (marker, face)) in zip((-0.12, 0.12), LOOKS.items(), strict=True):
        rows = steps[steps["length"] == str(length)]
        y = [series.index(name) + offset for name in rows["series"]]
        ends = [rows["effect"] - rows["low"], rows["high"] - rows["effect"]]
        ax.errorbar(
            rows["effect"], y, xerr=ends, fmt=marker, color=style.COLOURS["regnetx_c"], markerfacecolor=face,
            markersize=6, elinewidth=1.4, label=_called(length),
        )  # fmt: skip
    ax.set_yticks(range(len(series)), [name.replace(" vs ", "\nvs ") for name in series])
    ax.set(ylim=(len(series) - 0.5, -0.5), xlabel="difference of mean errors (points)\nbelow 0 the first is better")
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)


def _called(length: int) -> str:
    return "L1" if length == 1 else f"L{length}, {length} times as long"


def _networks(ax: Axes, frames: dict[str, pd.DataFrame]) -> None:
    x, y = (outliers.span([frame[name].to_numpy() for frame in frames.values()]) for name in ("error", "error_long"))
    for space, frame in frames.items():
        inside = (frame["error"] <= x.high) & (frame["error_long"] <= y.high)
        titles = best.titles(frame)
        points = style.scatter(
            ax, frame["error"].where(inside), frame["error_long"], titles, colour=style.colour(space), s=18
        )
        points.set_label(f"{labels.label(space)}: {_ranks(frame)}")
    outliers.rightward(ax, x)
    outliers.upward(ax, y)
    ax.set(xlabel=f"{style.ERROR} at L1", ylabel=f"{style.ERROR} at L{LENGTHS[1]}")
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1.05), title="rank correlation (95%)", alignment="left", title_fontsize=9.5
    )


def _ranks(frame: pd.DataFrame) -> str:
    rho = falls(frame["error"], frame["error_long"])
    return f"{rho.effect:.2f} ({rho.low:.2f} to {rho.high:.2f})"


def data(runs: Runs) -> pd.DataFrame:
    """Gaps (panel "gaps"), rank correlations (panel "ranks"), then one row a network (panel "networks").

    Raises:
        MissingPopulation: no space is there at both lengths.
    """
    ranks, networks = [], []
    for space, frame in found(runs).items():
        rho = falls(frame["error"], frame["error_long"])
        ranks.append({"series": space, "n": len(frame), "spearman": rho.effect, "low": rho.low, "high": rho.high})
        networks.append(frame[["index", "network_id", "error", "error_long"]].assign(series=space, panel="networks"))
    parts = [table(runs).assign(panel="gaps"), pd.DataFrame(ranks).assign(panel="ranks"), *networks]
    whole = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return whole.assign(source=f"here, {runs.regime}").astype({"index": "Int64", "n": "Int64"})


def caption(runs: Runs) -> str:
    """What is compared, at which lengths and rates, on what."""
    frames = found(runs)
    first, last = (f"{population.at(runs.regime).recipe.lr:g}" for population in _populations(SPACES[0]))
    rates = f"learning rate {first} at both lengths" if first == last else f"learning rates {first} and {last}"
    n = sorted({len(frame) for frame in frames.values()})
    many = f"{n[0]}" if len(n) == 1 else f"{n[0]} to {n[-1]}"
    said = (
        f"The same networks trained for L1 and for L{LENGTHS[1]}, {LENGTHS[1]} times as long, {rates}: those of each "
        f"space that are there at both lengths, {many} a space. Left: difference of the mean errors of two spaces "
        "with Welch's 95% interval; below zero the first is better. Right: the two errors of each network, and within "
        "each space their rank correlation (Spearman) with its 95% interval. "
        f"{captions.setting(runs, [name for space in frames for name in panels.names(runs, _populations(space))])} Of "
        "each population the networks that are there at both lengths are drawn, and no others. "
        "The paper (arXiv:2003.13678, Figs 9 and 10) prints each length by itself."
    )
    axes = {
        f"L{length}": [frame[name].to_numpy() for frame in frames.values()]
        for length, name in zip(LENGTHS, ("error", "error_long"), strict=True)
    }
    return " ".join(filter(None, (said, outliers.words(axes), panels.words(runs, names(runs)))))


def alt(runs: Runs) -> str:
    """The picture in words."""
    gaps = "; ".join(
        f"{row.series} {row.effect:+.2f} points at L{row.length}"
        for row in table(runs).itertuples()
        if row.length != "change"
    )
    ranks = "; ".join(f"{labels.label(space)} {_ranks(frame)}" for space, frame in found(runs).items())
    said = f"Differences of mean errors: {gaps}. " if gaps else ""
    words = f"{said}Scatter plot of error at both lengths; rank correlation: {ranks}. {panels.words(runs, names(runs))}"
    return words.strip()
