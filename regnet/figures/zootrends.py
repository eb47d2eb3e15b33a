"""What the paper says of its top models together (arXiv:2003.13678, sec. 5): depth, group width, stages, limits.

"Higher flop models have many blocks in the third stage and few in the last, the group width grows with complexity,
the depth saturates." The limits are those that define the constrained space (sec. 4; pycls' sweep configuration).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from regnet.analysis.zoo_trends import LARGE, holds_from, longest_stage, saturation, trend
from regnet.figures.numbers import published_models
from regnet.figures.numbers.published_models import FAMILIES, Model
from regnet.figures.panels import style, zoo_profiles
from regnet.sweeps.regimes import Limits, find_regime
from regnet.sweeps.store import Runs

TITLE = "The top models together"
HEIGHT = 6.2  # inches
MARKS = ("o", "^")  # the first and the second quantity of a panel
PANELS = {
    "d": ("depth d (blocks)", ("d",)),
    "g": ("group width g", ("g",)),
    "stages": ("blocks of a stage", ("stage 3", "last stage")),
    "limits": ("share of the limit", ("acts", "params")),
}


def data(runs: Runs) -> pd.DataFrame:
    """One row a RegNet: flops (10^9), d, g, blocks of stage 3 and of the last, shares of both limits."""
    del runs  # published networks: the same in every regime
    rows = []
    for model in published_models.models("regnet"):
        acts, params = shares(model)
        rows.append({
            "model": model.name, "family": model.family, "gf": model.gf, "size": model.size,
            "d": model.net.depth, "g": model.g,
            "stage 3": model.net.depths[2], "last stage": model.net.depths[-1], "acts": acts, "params": params,
            "longest stage": int(longest_stage([model.net.depths])[0]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def shares(model: Model) -> tuple[float, float]:
    """Activations and parameters as shares of the constrained space's limits at the model's flops."""
    limits = _limits()
    flops = model.counts.flops
    return model.counts.acts / limits.acts(flops), model.counts.params / limits.params(flops)


def _limits() -> Limits:
    limits = find_regime("imagenet").limits
    assert limits is not None  # printed numbers, known before anything is trained
    return limits


@style.theme()
def make(runs: Runs) -> Figure:
    """Four panels against flops, a colour a family."""
    rows = data(runs)
    fig, axes = style.figure(2, HEIGHT, nrows=2)
    for ax, (title, columns) in zip(axes, PANELS.values(), strict=True):
        for family in FAMILIES:
            for column, mark in zip(columns, MARKS, strict=False):
                _series(ax, rows[rows["family"] == family], column, mark, family, named=len(columns) > 1)
        ax.set_xscale("log", base=2)
        ax.set_xticks([0.2, 0.8, 3.2, 12.8], ["0.2", "0.8", "3.2", "12.8"])
        ax.minorticks_off()
        ax.set_xlabel("flops (10⁹ multiply-adds)")
        ax.set_title(title, fontsize=10, loc="left")
        ax.legend(ncols=2 if len(columns) > 1 else 1, handletextpad=0.3, columnspacing=1.0)
    axes[0].set_ylim(0, 36)
    axes[1].set_yscale("log", base=2)
    axes[1].yaxis.set_major_formatter("{x:g}")
    axes[2].set_ylim(0, 26)
    axes[3].set_ylim(0.5, 1.25)
    axes[3].axhline(1, color=style.INK, linewidth=1.2, linestyle="--")
    return fig


def _series(ax: Axes, rows: pd.DataFrame, column: str, mark: str, family: str, *, named: bool) -> None:
    ink, label = zoo_profiles.colour(family), FAMILIES[family] + (f", {column}" if named else "")
    titles = [f"{model}: {column} {value:.4g}" for model, value in zip(rows["model"], rows[column], strict=True)]
    hollow = {"facecolors": "none", "edgecolors": ink, "linewidths": 1.3} if mark == "^" else {}
    ax.plot(rows["gf"], rows[column], color=ink, linewidth=0.9, alpha=0.45, linestyle=":" if mark == "^" else "-")
    points = style.scatter(
        ax, rows["gf"], rows[column], titles, colour=ink, marker=mark, s=26, alpha=0.9, label=label, zorder=3
    )
    if hollow:
        points.set(**hollow)


def caption(runs: Runs) -> str:
    """The paper's sentences, each with its numbers."""
    rows = data(runs)
    return (
        f"The {len(rows)} top RegNets against their flops. {_grows(rows)} {_saturates(rows)} {_stages(rows)} "
        f"{_limit(rows)} All this describes {rows['family'].value_counts().iloc[0]} networks a family, each the best "
        "of 25 random settings."
    )


def _grows(rows: pd.DataFrame) -> str:
    found = [(name, trend(mine["gf"], mine["g"])) for name, mine in _families(rows)]
    words = " and ".join(f"{t.rho:.2f} in {name}" for name, t in found)
    return f"Group width: rank correlation with flops {words}."


def _saturates(rows: pd.DataFrame) -> str:
    words = []
    for name, mine in _families(rows):
        s = saturation(mine["size"], mine["d"])
        words.append(
            f"in {name} {s.small.rho:+.2f} below {LARGE:.1f}GF and {s.large.rho:+.2f} from there on, where d lies "
            f"between {s.low:g} and {s.high:g} (greatest d below: {s.greatest_small:g})"
        )
    return f"Depth: rank correlation with flops {'; '.join(words)}."


def _stages(rows: pd.DataFrame) -> str:
    third = _least(rows, rows["longest stage"] == 3)
    short = _least(rows, rows["last stage"] <= zoo_profiles.SHORT)
    return (
        f"Stage 3 is the longest in every model named {third} or larger, "
        f"the last stage has at most {zoo_profiles.SHORT} blocks in every one named {short} or larger."
    )


def _least(rows: pd.DataFrame, holds: Sequence[bool] | pd.Series[bool]) -> str:
    least = holds_from(rows["size"], np.asarray(holds))
    return f"{1000 * least:.0f}MF" if least < 1 else f"{least:.1f}GF" if math.isfinite(least) else "no size"


def _limit(rows: pd.DataFrame) -> str:
    over = [
        f"{row['model']} ({name}, {100 * (row[name] - 1):.1f}% above)"
        for row in rows.to_dict("records")
        for name in ("acts", "params")
        if row[name] > 1
    ]
    a, p, q = _limits().a / 1e6 * 1e9**0.5, _limits().p / 1e6, _limits().q / 1e6 * 1e9
    return (
        f"Limits of the constrained space, with f in GF: activations below {a:g} √f M, parameters below "
        f"{p:g} + {q:g} f M. Outside them: {', '.join(over) or 'none'}."
    )


def _families(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(name, rows[rows["family"] == family]) for family, name in FAMILIES.items()]


def alt(runs: Runs) -> str:
    """The picture in words."""
    rows = data(runs)
    ends = rows.groupby("family", sort=False)[["d", "g"]].agg(["first", "last"])
    words = [
        f"{FAMILIES[str(family)]}: g from {row[('g', 'first')]} to {row[('g', 'last')]}, "
        f"d from {row[('d', 'first')]} to {row[('d', 'last')]}"
        for family, row in ends.iterrows()
    ]
    over = int((rows[["acts", "params"]] > 1).to_numpy().sum())
    return (
        "Four panels against flops: depth, group width, blocks of stage 3 and of the last stage, and activations and "
        f"parameters as shares of their limits, of which {over} of {2 * len(rows)} lie above one. {'; '.join(words)}."
    )
