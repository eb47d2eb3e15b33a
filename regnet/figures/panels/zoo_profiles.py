"""Figures 15 and 16: a family's twelve networks as width profiles over their lines (arXiv:2003.13678, sec. 5)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from regnet.analysis.zoo_trends import holds_from, longest_stage
from regnet.design.networks import RegNet
from regnet.figures.numbers import published_models
from regnet.figures.numbers.published_models import Model
from regnet.figures.panels import profiles, rivals, style

COLUMNS, PANEL = 3, 2.2  # panels a row; inches of a row
LINE = "#8a8a8a"
TICKS = (32, 128, 512, 2048)  # channels
SHORT = 2  # blocks of a short last stage


def colour(family: str) -> str:
    """The family's colour in every figure of published networks."""
    return rivals.FAMILIES[family].colour


def line(model: Model) -> RegNet:
    """The quantised line of a RegNet.

    Raises:
        ValueError: a network of another family.
    """
    if model.line is None:
        raise ValueError(f"{model.name} is not a RegNet: it is not given by a quantised line")
    return model.line


@style.theme()
def figure(family: str) -> Figure:
    """Small multiples in the paper's order, on common axes: the line u_j behind, the width of every block before."""
    shown = published_models.models(family)
    rows = -(-len(shown) // COLUMNS)
    fig, axes = style.figure(COLUMNS, PANEL * rows, nrows=rows)
    for place, (ax, model) in enumerate(zip(axes, shown, strict=True)):
        ax.sharex(axes[0])
        ax.sharey(axes[0])
        _panel(ax, model, colour(family))
        row, column = divmod(place, COLUMNS)
        profiles.axes(ax, xlabel="block index j" if row == rows - 1 else "", ylabel="width" if column == 0 else "")
        ax.set_yticks(TICKS)
        ax.tick_params(labelbottom=row == rows - 1, labelleft=column == 0)
    axes[0].set(ylim=(16, 5000), xlim=(-1, max(model.net.depth for model in shown)))
    axes[0].legend(loc="lower right", handlelength=1.4, borderpad=0, fontsize=9)
    return fig


def _panel(ax: Axes, model: Model, ink: str) -> None:
    given, widths = line(model), model.net.widths_per_block
    blocks = np.arange(model.net.depth)
    ax.plot(blocks, given.line(), color=LINE, linewidth=1.6, label="uⱼ")
    ax.plot(blocks, widths, color=ink, linewidth=1.2, drawstyle="steps-mid", label="wⱼ")
    stages = np.repeat(np.arange(1, len(model.net.stages) + 1), model.net.depths)
    titles = [
        f"{model.name}, stage {i}, block {j}: w {w:g}, u {u:.1f}"
        for i, j, w, u in zip(stages, blocks, widths, given.line(), strict=True)
    ]
    style.scatter(ax, blocks, widths, titles, colour=ink, s=13, alpha=1.0, zorder=3)
    depths = " ".join(map(str, model.net.depths))
    error = f"{model.paper['top1_error_pct_mean5']:.1f}%"
    ax.set_title(f"{model.name}, {error}", fontsize=10, loc="left", fontweight="bold", pad=30)
    ax.annotate(
        f"d {given.d} = {depths}; g {given.g}\nwₐ {given.w_a:g}, w₀ {given.w_0}, wₘ {given.w_m:g}",
        (0, 1), (0, 3), xycoords="axes fraction", textcoords="offset points", fontsize=9, linespacing=1.3, va="bottom",
    )  # fmt: skip


def data(family: str) -> pd.DataFrame:
    """One row a block: model, stage, j, u_j, the quantised width (Eq. 4), the width after group compatibility."""
    tables = []
    for model in published_models.models(family):
        given, net = line(model), model.net
        table = pd.DataFrame({
            "stage": np.repeat(np.arange(1, len(net.stages) + 1), net.depths), "block": np.arange(net.depth),
            "u": given.line(), "quantised": given.quantised(), "width": net.widths_per_block,
        })  # fmt: skip
        parameters = {"d": given.d, "w_a": given.w_a, "w_0": given.w_0, "w_m": given.w_m, "g": given.g}
        tables.append(table.assign(model=model.name, **parameters))
    return pd.concat(tables, ignore_index=True)


def caption(family: str) -> str:
    """What is drawn and the sentences of the paper about it, counted."""
    shown = published_models.models(family)
    blocks = data(family)
    moved = float((blocks["width"] / blocks["quantised"] - 1).abs().max())
    return (
        f"The paper's {len(shown)} top {published_models.FAMILIES[family]} networks. Grey: the line u_j of Eq. 2. "
        "Colour: the width of every block after quantisation (Eqs 3, 4) and group compatibility, computed here from "
        "the settings above each panel (d = blocks of each stage, w_a, w_0, w_m, g; b = 1); the error is as printed. "
        f"Group compatibility moves a width by at most {100 * moved:.0f}%. Regular: {regular(shown)} {stages(shown)} "
        f"Settings: {shown[0].pycls['source']}; depths, widths and g computed from them equal the legend of "
        f"{shown[0].paper['source']} in {sum(map(as_in_legend, shown))} of {len(shown)}."
    )


def as_in_legend(model: Model) -> bool:
    """Whether depths, widths and group width are those that the paper's legend prints."""
    printed = [tuple(map(int, str(model.paper[column]).split())) for column in ("stage_depths", "stage_widths")]
    return printed == [model.net.depths, model.net.widths] and int(model.paper["group_w"]) == line(model).g


def regular(shown: tuple[Model, ...]) -> str:
    """How many networks widen at every stage, and how many do not shorten before the last."""
    wider = sum(all(a < b for a, b in pairwise(model.net.widths)) for model in shown)
    deeper = sum(all(a <= b for a, b in pairwise(model.net.depths[:-1])) for model in shown)
    return (
        f"the width grows from each stage to the next in {wider} of {len(shown)}, and no stage before the last is "
        f"shorter than the one before it in {deeper}."
    )


def stages(shown: tuple[Model, ...]) -> str:
    """From which network on stage 3 is the longest, and the last stage short."""
    sizes = [model.size for model in shown]
    depths = [model.net.depths for model in shown]
    names = {model.size: model.name for model in shown}
    third = names.get(holds_from(sizes, longest_stage(depths) == 3), "none")
    short = names.get(holds_from(sizes, np.array(depths)[:, -1] <= SHORT), "none")
    return f"Stage 3 is the longest from {third} on; the last stage has at most {SHORT} blocks from {short} on."


def alt(family: str) -> str:
    """The pictures in words."""
    shown = published_models.models(family)
    first, last = shown[0], shown[-1]
    widths = [" to ".join(f"{w:g}" for w in (m.net.widths[0], m.net.widths[-1])) for m in (first, last)]
    return (
        f"{len(shown)} small plots of block width against block index, each four rising steps along a line. From "
        f"{first.name}, {first.net.depth} blocks of width {widths[0]}, to {last.name}, {last.net.depth} blocks of "
        f"width {widths[1]}."
    )
