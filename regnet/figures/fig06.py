"""Figure 6: the widths of AnyNetX_C's three best and three worst networks, beside the paper's six (sec. 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from regnet.figures.numbers import paper
from regnet.figures.panels import captions, profiles, style
from regnet.sweeps.store import Runs

TITLE = "Good and bad networks of AnyNetX_C"
SPACE, SHOWN = "anynetx_c", 3
INK = "#7f7f7f"  # the paper's networks


class Profile(NamedTuple):
    """One panel: the group it stands in, where it is from, its words, its w_j, and its error in percent."""

    group: str
    source: str
    name: str
    words: str
    widths: npt.NDArray[np.float64]
    error: float


def networks(runs: Runs) -> list[list[Profile]]:
    """Four rows: ours best, the paper's good, ours worst, the paper's bad."""
    frame = runs.frame(SPACE).sort_values(["error", "index"])
    theirs = [_example(example) for example in paper.examples(6)]
    ours = [_member(runs, row) for row in frame.to_dict("records")]
    best = [profile._replace(group="best here") for profile in ours[:SHOWN]]
    worst = [profile._replace(group="worst here") for profile in ours[-SHOWN:]]
    good = [profile for profile in theirs if profile.group == "good, paper"]
    return [best, good, worst, [profile for profile in theirs if profile.group == "bad, paper"]]


@style.theme()
def make(runs: Runs) -> Figure:
    """Twelve width profiles on common axes."""
    groups = networks(runs)
    fig, axes = style.figure(SHOWN, 8.6, nrows=len(groups))
    for number, ax in enumerate(axes):
        row, column = divmod(number, SHOWN)
        ax.sharex(axes[0])
        ax.sharey(axes[0])
        if column >= len(groups[row]):
            ax.set_axis_off()
            continue
        profile = groups[row][column]
        colour = INK if profile.group.endswith("paper") else style.colour(SPACE)
        profiles.draw(ax, profile.widths, colour=colour)
        profiles.axes(ax, xlabel="block index j" if row == len(groups) - 1 else "",
                      ylabel=f"{profile.group}\nwidth wⱼ" if column == 0 else "")  # fmt: skip
        ax.set_title(profile.words, fontsize=9, loc="left", linespacing=1.3)
    return fig


def _member(runs: Runs, row: Mapping[Any, Any]) -> Profile:
    depths, widths = ([row[f"{key}{i}"] for i in range(1, 5)] for key in "dw")
    words = profiles.in_words(depths, widths, row["g1"], row["b1"], row["error"])
    return Profile("", f"here, {runs.regime}", f"member {row['index']}", words, profiles.of_row(row), row["error"])


def _example(example: paper.Example) -> Profile:
    group = "good, paper" if "good" in example.panel else "bad, paper"
    words = profiles.in_words(example.depths, example.widths, example.group_width, example.bottleneck, example.error)
    return Profile(group, example.source, example.panel, words, example.widths_per_block, example.error)


def rising(runs: Runs) -> str:
    """How many of each group have widths that never fall, as a sentence."""
    best, good, worst, bad = (sum(map(_rises, group)) for group in networks(runs))
    return (
        f"Widths never fall in {best} of the {SHOWN} best networks here and in {worst} of the {SHOWN} worst; in the "
        f"paper, in {good} of its {SHOWN} good ones and in {bad} of its {SHOWN} bad ones."
    )


def _rises(profile: Profile) -> bool:
    return bool((np.diff(profile.widths) >= 0).all())


def data(runs: Runs) -> pd.DataFrame:
    """One row a block of each network shown."""
    shown = [profile for group in networks(runs) for profile in group]
    return pd.concat([profiles.rows(p.group, p.source, p.name, p.widths, p.error) for p in shown], ignore_index=True)


def caption(runs: Runs) -> str:
    """Which networks, from which population, and where the others come from."""
    source = paper.examples(6)[0].source
    return (
        f"Width of each block of the {SHOWN} networks of least and of largest error among AnyNetX_C's (colour), and of "
        f"the networks the paper shows as good and bad (grey; {source}, ImageNet, 400 MF, widths as printed). "
        f"Above each: widths and depths of its stages, group width, bottleneck ratio, error. {rising(runs)} "
        f"{captions.setting(runs, [SPACE])}"
    )


def alt(runs: Runs) -> str:
    """The picture in words."""
    best, _, worst, _ = networks(runs)
    ends = [", ".join(f"{p.widths[0]:g} to {p.widths[-1]:g}" for p in group) for group in (best, worst)]
    return (
        "Twelve small plots of block width against block index. First to last width of the best networks here: "
        f"{ends[0]}; of the worst: {ends[1]}. {rising(runs)}"
    )
