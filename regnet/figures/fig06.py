"""Figure 6: the widths of AnyNetX_C's three best and three worst networks, beside the paper's six (sec. 3.2)."""

from typing import Any

import numpy as np

from regnet.figures.numbers import paper
from regnet.figures.numbers.paper import Example
from regnet.figures.panels import style
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.profiles import Profiles
from regnet.sweeps.store import Runs

CHAPTER = "03-anynet"
SHOWN = 3
BLOCKS = 34  # of the x axes


def element(runs: Runs) -> Picture:
    """Four rows: ours best, the paper's good, ours worst, the paper's bad."""
    population, theirs = runs.population("anynetx_c"), paper.examples(6)

    here = {"population": population, "ink": style.colour(population.name)}
    groups: dict[str, list[dict[str, Any]]] = {
        "best here": [here | {"ranks": (k, k + 1)} for k in range(SHOWN)],
        "good, paper": [{"given": [example]} for example in theirs if "good" in example.name],
        "worst here": [here | {"ranks": (-k, 1 - k or None)} for k in range(SHOWN, 0, -1)],
        "bad, paper": [{"given": [example], "xlabel": "block index j"} for example in theirs if "bad" in example.name],
    }
    panels = [
        [
            Profiles(runs, name, blocks=BLOCKS, ylabel="" if i else f"{name}\nwidth wⱼ", **({"xlabel": ""} | shown))
            for i, shown in enumerate(group)
        ]
        for name, group in groups.items()
    ]

    def networks() -> list[list[Example]]:
        return [[network for panel in row for network in panel.networks] for row in panels]

    def rising() -> str:
        best, good, worst, bad = (sum(map(_rises, group)) for group in networks())
        return (
            f"Widths never fall in {best} of the {SHOWN} best networks here and in {worst} of the {SHOWN} worst; in "
            f"the paper, in {good} of its {SHOWN} good ones and in {bad} of its {SHOWN} bad ones."
        )

    def seen() -> str:
        best, _, worst, _ = (", ".join(f"{n.widths[0]} to {n.widths[-1]}" for n in group) for group in networks())
        return (
            "Twelve small plots of block width against block index. First to last width of the best networks here: "
            f"{best}; of the worst: {worst}. {rising()}"
        )

    return Picture(
        runs=runs,
        title="Good and bad networks of AnyNetX_C",
        rows=[Row(row, body=2.15) for row in panels],
        how=lambda: (
            f"Width of each block of the {SHOWN} networks of least and of largest error among AnyNetX_C's "
            f"(colour), and of the networks the paper shows as good and bad (grey; {theirs[0].source}, ImageNet, 400 "
            "MF, widths as printed). Above each: widths and depths of its stages, group width, bottleneck ratio, "
            f"error. {rising()}"
        ),
        seen=seen,
    )


def _rises(network: Example) -> bool:
    return bool((np.diff(network.widths) >= 0).all())
