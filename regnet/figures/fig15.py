"""Figure 15: the widths of the paper's top RegNetX networks, block by block (arXiv:2003.13678, sec. 5)."""

from regnet.figures.panels import zoo_profiles
from regnet.figures.panels.element import Picture
from regnet.sweeps.store import Runs

CHAPTER = "08-zoo"


def element(runs: Runs) -> Picture:
    """Twelve width profiles on common axes; the same in every regime."""
    return zoo_profiles.picture(runs, "regnetx")
