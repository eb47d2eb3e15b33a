"""The table of Figure 16: the top RegNetY networks as printed, beside the recount (arXiv:2003.13678, sec. 5)."""

from regnet.figures.panels import zoo_tables
from regnet.figures.panels.element import Table
from regnet.sweeps.store import Runs

CHAPTER, NUMBER = "08-zoo", "Figure 16, table"


def element(runs: Runs) -> Table:
    """The paper's columns, then what is counted here; the same in every regime."""
    return zoo_tables.table(runs, "regnety")
