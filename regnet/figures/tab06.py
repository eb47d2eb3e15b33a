"""Table 6: RegNetY against EfficientNet on ImageNetV2, as printed (arXiv:2003.13678, App. A)."""

from regnet.figures.panels import fresh
from regnet.figures.panels.element import Table
from regnet.sweeps.store import Runs

CHAPTER = "09-comparisons"


def element(runs: Runs) -> Table:
    """A pair's EfficientNet stands above its RegNetY."""
    return fresh.table(runs, "EfficientNet comparisons on ImageNetV2", ("6",), example="RegNetY-4.0GF")
