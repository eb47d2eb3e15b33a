"""What stays when training longer, in a sentence: the figure's differences and rank correlations, in numbers."""

from regnet.figures.longer import LENGTHS, Gaps, Networks
from regnet.page.guide import Guide
from regnet.sweeps import labels
from regnet.sweeps.store import Runs


def stays(runs: Runs) -> Guide | None:
    """Differences of spaces at both lengths, and how well their networks keep their order; None where none is there."""
    networks = Networks(runs, "networks")
    gaps = Gaps(runs, "gaps", networks).table
    if gaps.empty:
        return None
    short, long = (str(length) for length in LENGTHS)
    each = gaps.pivot_table("effect", "series", "length", sort=False)
    said = [
        f"{str(series).replace(' vs ', ' against ')} {row[short]:+.1f} and {row[long]:+.1f} points"
        for series, row in each.iterrows()
    ]
    ranks = [f"{rho.effect:.2f} within {labels.label(space)}" for space, rho in networks.ranks.items()]
    images = [runs.population(next(iter(networks.found)), length=length).recipe.images for length in LENGTHS]
    return Guide(
        f"**In numbers.** After {images[0]:,} and after {images[1]:,} images the mean errors differ by: "
        f"{'; '.join(said)}. The networks' rank correlations are {', '.join(ranks)}."
    )
