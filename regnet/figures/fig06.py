"""Figure 6: the widths of AnyNetX_C's three best and three worst networks, beside the paper's six (sec. 3.2)."""

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

    def ours(group: str, first: int) -> list[Profiles]:
        ends = [(rank, rank + 1 or None) for rank in range(first, first + SHOWN)]
        return [
            Profiles(runs, group, population=population, ranks=rank, ink=style.colour(population.name), blocks=BLOCKS,
                     xlabel="", ylabel=_label(group, i))
            for i, rank in enumerate(ends)
        ]  # fmt: skip

    def printed(word: str) -> list[Profiles]:
        shown = [example for example in theirs if word in example.name]
        return [
            Profiles(runs, f"{word}, paper", given=[example], blocks=BLOCKS, ylabel=_label(f"{word}, paper", i),
                     xlabel="block index j" * (word == "bad"))
            for i, example in enumerate(shown)
        ]  # fmt: skip

    groups = ours("best here", 0), printed("good"), ours("worst here", -SHOWN), printed("bad")

    def networks() -> list[list[Example]]:
        return [[network for panel in group for network in panel.networks] for group in groups]

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
        rows=[Row(group, body=2.15) for group in groups],
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


def _label(group: str, place: int) -> str:
    return "" if place else f"{group}\nwidth wⱼ"
