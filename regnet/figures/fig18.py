"""Figure 18: RegNetX and RegNetY against EfficientNet by three measures (arXiv:2003.13678, sec. 5)."""

from regnet.figures.panels import trade
from regnet.figures.panels.element import Picture
from regnet.figures.panels.rivals import Finals
from regnet.sweeps.store import Runs

CHAPTER = "09-comparisons"
SIZES = ("400mf", "800mf", "1.6gf", "3.2gf", "6.4gf", "12gf")


def element(runs: Runs) -> Picture:
    """The paper's axes, and the same of the final models here where they are trained."""
    finals = Finals(runs, ("regnetx", "regnety", "efficientnet"))
    return trade.picture(finals, "EfficientNet comparisons", theirs, tagged="acts")


def theirs() -> list[trade.Series]:
    """The paper's three lines; RegNetX and RegNetY have the same sizes and share their tags."""
    return [
        trade.printed("regnetx", SIZES, tagged=SIZES[-1:], side="right"),
        trade.printed("regnety", SIZES, tagged=SIZES[:-1], side="left"),
        trade.printed("efficientnet", ("b0", "b1", "b2", "b3", "b4", "b5")),
    ]
