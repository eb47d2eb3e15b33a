"""Table 5: RegNetX against ResNe(X)t on ImageNetV2, as printed (arXiv:2003.13678, App. A)."""

from regnet.figures.panels import fresh
from regnet.figures.panels.element import Table
from regnet.sweeps.store import Runs

CHAPTER = "09-comparisons"


def element(runs: Runs) -> Table:
    """Groups by activations first, then by flops."""
    return fresh.table(runs, "ResNe(X)t comparisons on ImageNetV2", ("5a", "5b"), example="RegNetX-3.2GF")
