"""Table 4 here: the best RegNetX and RegNetY against EfficientNet shapes of equal flops."""

from regnet.figures.panels import rivals
from regnet.figures.panels.element import Table
from regnet.figures.panels.rates import short
from regnet.figures.panels.rivals import Finals
from regnet.figures.panels.style import FAMILIES
from regnet.sweeps.store import Runs

CHAPTER, NUMBER = "09-comparisons", "Table 4, here"


def element(runs: Runs) -> Table:
    """One row a model, by budget."""
    finals = Finals(runs, ("regnetx", "regnety", "efficientnet"))
    return rivals.table(
        finals,
        "EfficientNet shapes against RegNets, final models",
        how=lambda _: (
            f"{finals.setting()} {finals.chosen()} Learning rate and weight decay: {rates(finals)}. {rivals.DIFFERENCE}"
        ),
        against=("regnetx", "regnety"),
    )


def rates(finals: Finals) -> str:
    """Learning rate and weight decay of each family."""
    words = []
    for family, part in finals.trainings.groupby("family", sort=False):
        lr, wd = (", ".join(short(value) for value in sorted(set(part[name]))) for name in ("lr", "weight_decay"))
        words.append(f"{FAMILIES[str(family)].label} {lr} and {wd}")
    return "; ".join(words)
