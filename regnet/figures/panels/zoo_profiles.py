"""Figures 15 and 16: a family's twelve networks as width profiles over their lines (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.lines import Line2D

from regnet.analysis.trends import holds_from, longest_stage
from regnet.figures.numbers import published_models
from regnet.figures.numbers.paper import Example
from regnet.figures.numbers.published_models import Model
from regnet.figures.panels import rivals
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.profiles import Profiles
from regnet.sweeps.store import Runs

COLUMNS = 3  # panels a row
LINE: dict[str, Any] = {"color": "#8a8a8a", "linewidth": 1.6}
TICKS = (32, 128, 512, 2048)  # channels
SHORT = 2  # blocks of a short last stage


@dataclass(frozen=True, kw_only=True)
class Published(Profiles):
    """A published RegNet over its line u_j (Eq. 2)."""

    model: Model

    @cached_property
    def networks(self) -> Sequence[Example]:
        model, net = self.model, self.model.net
        error, source = float(model.paper["top1_error_pct_mean5"]), str(model.paper["source"])
        return [Example(model.name, net.depths, net.widths, model.g, 1, error, source)]

    @property
    def title(self) -> str:
        model, given = self.model, self.model.given
        depths, error = " ".join(map(str, model.net.depths)), self.networks[0].error
        return (
            f"{model.name}, {error:.1f}%\nd {given.d} = {depths}; g {given.g}\n"
            f"wₐ {given.w_a:g}, w₀ {given.w_0}, wₘ {given.w_m:g}"
        )

    @property
    def line(self) -> tuple[npt.NDArray[np.float64], dict[str, Any]]:
        return self.model.given.line(), LINE

    def rows(self) -> pd.DataFrame:
        """One row a block: stage, j, u_j, the quantised width (Eq. 4), the width after group compatibility."""
        given, net = self.model.given, self.model.net
        table = pd.DataFrame({
            "stage": np.repeat(np.arange(1, len(net.stages) + 1), net.depths), "block": np.arange(net.depth),
            "u": given.line(), "quantised": given.quantised(), "width": net.widths_per_block,
        })  # fmt: skip
        parameters = {"d": given.d, "w_a": given.w_a, "w_0": given.w_0, "w_m": given.w_m, "g": given.g}
        return table.assign(model=self.name, **parameters)


def picture(runs: Runs, family: str) -> Picture:
    """Small multiples in the paper's order, on common axes."""
    shown, ink = published_models.models(family), rivals.FAMILIES[family].colour
    name, first, last = published_models.FAMILIES[family], shown[0], shown[-1]
    panels = [
        Published(runs, model.name, ink=ink, blocks=max(model.net.depth for model in shown), ticks=TICKS, model=model,
                  xlabel="block index j" * (len(shown) - place <= COLUMNS), ylabel="width" * (place % COLUMNS == 0))
        for place, model in enumerate(shown)
    ]  # fmt: skip
    moved = max(float((blocks["width"] / blocks["quantised"] - 1).abs().max()) for blocks in (p.rows() for p in panels))
    ends = [f"{m.net.widths[0]} to {m.net.widths[-1]}" for m in (first, last)]
    return Picture(
        runs=runs,
        title=f"Top {name} models",
        rows=[Row(panels[start : start + COLUMNS], body=2.2) for start in range(0, len(panels), COLUMNS)],
        legend=[Line2D([], [], label="uⱼ", **LINE), Line2D([], [], label="wⱼ", color=ink, marker="o", markersize=4)],
        how=f"The paper's {len(shown)} top {name} networks. Grey: the line u_j of Eq. 2. "
        "Colour: the width of every block after quantisation (Eqs 3, 4) and group compatibility, computed here from "
        "the settings above each panel (d = blocks of each stage, w_a, w_0, w_m, g; b = 1); the error is as printed. "
        f"Group compatibility moves a width by at most {100 * moved:.0f}%. Regular: {_regular(shown)} {_stages(shown)} "
        f"Settings: {first.pycls['source']}; depths, widths and g computed from them equal the legend of "
        f"{first.paper['source']} in {sum(map(_as_in_legend, shown))} of {len(shown)}.",
        seen=f"{len(shown)} small plots of block width against block index, each four rising steps along a line. From "
        f"{first.name}, {first.net.depth} blocks of width {ends[0]}, to {last.name}, {last.net.depth} blocks of width "
        f"{ends[1]}.",
    )


def _as_in_legend(model: Model) -> bool:
    """Whether depths, widths and group width are those that the paper's legend prints."""
    printed = [tuple(map(int, str(model.paper[column]).split())) for column in ("stage_depths", "stage_widths")]
    return printed == [model.net.depths, model.net.widths] and int(model.paper["group_w"]) == model.given.g


def _regular(shown: Sequence[Model]) -> str:
    """How many networks widen at every stage, and how many do not shorten before the last."""
    wider = sum(all(a < b for a, b in pairwise(model.net.widths)) for model in shown)
    deeper = sum(all(a <= b for a, b in pairwise(model.net.depths[:-1])) for model in shown)
    return (
        f"the width grows from each stage to the next in {wider} of {len(shown)}, and no stage before the last is "
        f"shorter than the one before it in {deeper}."
    )


def _stages(shown: Sequence[Model]) -> str:
    """From which network on stage 3 is the longest, and the last stage short."""
    sizes, depths = [model.size for model in shown], np.array([model.net.depths for model in shown])
    names = {model.size: model.name for model in shown}
    third = names.get(holds_from(sizes, longest_stage(depths) == 3), "none")
    short = names.get(holds_from(sizes, depths[:, -1] <= SHORT), "none")
    return f"Stage 3 is the longest from {third} on; the last stage has at most {SHORT} blocks from {short} on."
