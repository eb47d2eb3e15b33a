"""Figure 17: RegNetX against ResNet and ResNeXt by flops, parameters and activations (arXiv:2003.13678, sec. 5)."""

from regnet.figures.panels import trade
from regnet.figures.panels.element import Picture
from regnet.figures.panels.rivals import Finals
from regnet.sweeps.store import Runs

CHAPTER = "09-comparisons"
LAYERS = ("50", "101", "152")


def element(runs: Runs) -> Picture:
    """The paper's axes, and the same of the final models here where they are trained."""
    finals = Finals(runs, ("regnetx", "resnet", "resnext"))
    return trade.picture(finals, "ResNe(X)t comparisons", theirs, tagged="params")


def theirs() -> list[trade.Series]:
    """The paper's three lines; ResNeXt's middle tag would hide a ResNet."""
    return [
        trade.printed("regnetx", ("800mf", "1.6gf", "3.2gf", "6.4gf", "12gf"), side="below"),
        trade.printed("resnet", LAYERS),
        trade.printed("resnext", LAYERS, tagged=("50", "152"), side="right"),
    ]
