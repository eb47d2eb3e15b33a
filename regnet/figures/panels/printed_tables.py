"""Tables 3-6 as printed: the columns and sentences that they share."""

from collections.abc import Iterable

import pandas as pd

from regnet.figures.numbers import printed
from regnet.figures.numbers.published_models import UNITS
from regnet.figures.panels.numerals import filled, listed, under

SETTING = (
    "(ImageNet, 100 epochs, mean ± sd of five trainings; inference of 64 images on one V100, training on eight; B, M = "
    "10⁹, 10⁶)"
)
ABOVE = (
    "Above the RegNet: error minus that of the group's RegNet, computed here from the printed means and sd (Welch's "
    "95% interval, widened by what rounding can hide)."
)
WEIGHTS = (
    "timm: .pycls_in1k are the paper's own released weights, evaluated again; every other name is another training "
    "of the same architecture, not the paper's (.tv torchvision's, .gluon Gluon's, tf_ EfficientNet's authors')."
)


def sizes(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Columns of the page: flops, params and acts as printed, the count below."""
    columns = {}
    for name, (unit, _) in UNITS.items():
        cells = under(filled(frame[f"{name}_{unit}"]), filled(frame[f"{name}_counted_{unit}"], 2))
        columns[f"{name} ({'B' if name == 'flops' else unit})\ncounted"] = cells
    return columns


def weights(frame: pd.DataFrame) -> dict[str, list[str]]:
    """timm's column of the page: the error with released weights, and which they are."""
    return {"timm: error (%)\nweights": under(filled(frame["timm_error"]), frame["timm_weights"].map(breakable))}


def breakable(weights: str) -> str:
    """A name of timm's that may be broken at its dot or underscore."""
    return weights.replace(".", "\N{ZERO WIDTH SPACE}.").replace("_", "_\N{ZERO WIDTH SPACE}")


def counts(names: Iterable[str]) -> str:
    """What is counted, and the cells of these models whose count, rounded as printed, is another number."""
    words = [
        f"{name} {cell.quantity} {cell.printed:.1f} printed, {cell.counted:.1f} counted"
        for name in dict.fromkeys(names) for cell in printed.known()[name].cells() if cell.differs
    ]  # fmt: skip
    return (
        "Counted: from the networks, activations as outputs of convolutions. Cells where the rounded count is another "
        f"number: {listed(words)}."
    )
