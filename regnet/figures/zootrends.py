"""What the paper says of its top models together (arXiv:2003.13678, sec. 5): depth, group width, stages, limits.

"Higher flop models have many blocks in the third stage and few in the last, the group width grows with complexity,
the depth saturates." The limits are those that define the constrained space (sec. 4; pycls' sweep configuration).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from regnet.analysis.trends import LARGE, holds_from, longest_stage, saturation, trend
from regnet.figures.numbers import published_models
from regnet.figures.numbers.published_models import FAMILIES
from regnet.figures.panels import style
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.panel import Cell, Panel
from regnet.figures.panels.zoo_profiles import SHORT
from regnet.sweeps.regimes import Limits, find_regime
from regnet.sweeps.store import Runs

CHAPTER, NUMBER = "08-zoo", "Top models"


@dataclass(frozen=True)
class Trends(Panel):
    """One or two columns of `models` against flops, a colour a family, a marker a column; the figure has the data."""

    columns: Sequence[str]
    limits: tuple[float, float] | None = None  # of the y axis; None for a logarithmic one

    def draw(self, cell: Cell) -> None:
        ax, many = cell.ax(), len(self.columns) > 1
        for family, rows in models().groupby("family", sort=False):
            ink, called = style.FAMILIES[str(family)].colour, FAMILIES[str(family)]
            for column, mark, line, face in zip(self.columns, "o^", ("-", ":"), (ink, "none"), strict=False):
                titles = [
                    f"{model}: {column} {value:.4g}" for model, value in zip(rows["model"], rows[column], strict=True)
                ]
                ax.plot(rows["gf"], rows[column], color=ink, linewidth=0.9, alpha=0.45, linestyle=line)
                points = style.scatter(ax, rows["gf"], rows[column], titles, colour=ink, marker=mark, s=26, alpha=0.9,
                                       label=f"{called}, {column}" if many else called, zorder=3)  # fmt: skip
                points.set(facecolors=face, edgecolors=ink, linewidths=1.3)
        style.powers(ax, "x", (0.2, 0.8, 3.2, 12.8), room=0.3)
        ax.set_xlim(right=45)
        if self.limits:
            ax.set_ylim(self.limits)
        else:
            ax.set_yscale("log", base=2)
            ax.yaxis.set_major_formatter("{x:g}")
        if "acts" in self.columns:
            ax.axhline(1, color=style.INK, linewidth=1.2, linestyle="--")
        ax.set_xlabel("flops (10⁹ multiply-adds)")
        ax.set_title(self.title, fontsize=10, loc="left")
        ax.legend(ncols=len(self.columns), handletextpad=0.3, columnspacing=0.8, fontsize=9)

    def rows(self) -> pd.DataFrame:
        return pd.DataFrame()

    def words(self) -> str:
        return ""


@cache
def models() -> pd.DataFrame:
    """One row a RegNet: flops (10^9), d, g, blocks of stage 3 and of the last, shares of the limits at its flops."""
    rows = []
    for model in published_models.models("regnet"):
        depths, counts = model.net.depths, model.counts
        rows.append({
            "model": model.name, "family": model.family, "gf": model.gf, "size": model.size,
            "d": model.net.depth, "g": model.g, "stage 3": depths[2], "last stage": depths[-1],
            "acts": counts.acts / _limits().acts(counts.flops),
            "params": counts.params / _limits().params(counts.flops),
            "longest stage": int(longest_stage([depths])[0]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _limits() -> Limits:
    limits = find_regime("imagenet").limits
    assert limits is not None  # printed numbers, known before anything is trained
    return limits


def element(runs: Runs) -> Picture:
    """Four panels against flops; the same in every regime."""
    rows = models()
    families = {name: rows[rows["family"] == family] for family, name in FAMILIES.items()}
    grows = " and ".join(f"{trend(mine['gf'], mine['g']).rho:.2f} in {name}" for name, mine in families.items())
    ends = [
        f"{name}: g from {g[0]} to {g[-1]}, d from {d[0]} to {d[-1]}"
        for name, mine in families.items()
        for g, d in [(mine["g"].tolist(), mine["d"].tolist())]
    ]
    over = int((rows[["acts", "params"]] > 1).to_numpy().sum())
    return Picture(
        runs=runs,
        title="The top models together",
        rows=[
            Row([Trends(runs, "depth d (blocks)", ["d"], (0, 36)), Trends(runs, "group width g", ["g"])], body=3.1),
            Row([Trends(runs, "blocks of a stage", ["stage 3", "last stage"], (0, 26)),
                 Trends(runs, "share of the limit", ["acts", "params"], (0.5, 1.25))], body=3.1),
        ],
        how=f"The {len(rows)} top RegNets against their flops. Group width: rank correlation with flops {grows}. "
        f"{_saturates(families)} {_stages(rows)} {_over(rows)} All this describes "
        f"{rows['family'].value_counts().iloc[0]} networks a family, each the best of 25 random settings.",
        seen="Four panels against flops: depth, group width, blocks of stage 3 and of the last stage, and activations "
        f"and parameters as shares of their limits, of which {over} of {2 * len(rows)} lie above one. "
        f"{'; '.join(ends)}.",
        more=models,
    )  # fmt: skip


def _saturates(families: dict[str, pd.DataFrame]) -> str:
    words = []
    for name, mine in families.items():
        s = saturation(mine["size"], mine["d"])
        words.append(
            f"in {name} {s.small.rho:+.2f} below {LARGE:.1f}GF and {s.large.rho:+.2f} from there on, where d lies "
            f"between {s.low:g} and {s.high:g} (greatest d below: {s.greatest_small:g})"
        )
    return f"Depth: rank correlation with flops {'; '.join(words)}."


def _stages(rows: pd.DataFrame) -> str:
    third, short = _least(rows, rows["longest stage"] == 3), _least(rows, rows["last stage"] <= SHORT)
    return (
        f"Stage 3 is the longest in every model named {third} or larger, "
        f"the last stage has at most {SHORT} blocks in every one named {short} or larger."
    )


def _least(rows: pd.DataFrame, holds: pd.Series[bool]) -> str:
    least = holds_from(rows["size"], np.asarray(holds))
    return f"{1000 * least:.0f}MF" if least < 1 else f"{least:.1f}GF" if math.isfinite(least) else "no size"


def _over(rows: pd.DataFrame) -> str:
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
