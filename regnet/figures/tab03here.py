"""Table 3 here: RegNetX's best and median against ResNe(X)t shapes of equal flops and of equal activations."""

from regnet.figures.panels import rivals
from regnet.figures.panels.element import Table
from regnet.figures.panels.rivals import Finals
from regnet.sweeps.store import Runs

CHAPTER, NUMBER = "09-comparisons", "Table 3, here"


def element(runs: Runs) -> Table:
    """One row a model, by budget."""
    finals = Finals(runs, ("regnetx", "resnet", "resnext"))
    return rivals.table(
        finals,
        "ResNe(X)t shapes against RegNetX, final models",
        how=lambda _: f"{finals.setting()} {finals.chosen()} {rivals.DIFFERENCE}",
    )
