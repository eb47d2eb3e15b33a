"""The networks that the paper prints (Figs 15, 16, Tables 3, 4), each with what was printed and what is counted here.

Counted here means from the network alone, by `regnet.design.complexity`. Two rules for activations: outputs of the
convolutions (the paper's words, and what it prints), or pycls' rule, which adds the stem's max-pool and the logits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import pandas as pd

from regnet import published
from regnet.analysis.rules.printed import size
from regnet.design.complexity import Complexity, complexity
from regnet.design.networks import RegNet
from regnet.design.zoo import zoo

Quantity = Literal["flops", "params", "acts"]

QUANTITIES: tuple[Quantity, ...] = ("flops", "params", "acts")
UNITS: dict[Quantity, tuple[str, float]] = {"flops": ("G", 1e9), "params": ("M", 1e6), "acts": ("M", 1e6)}
DIGITS = 1  # decimals that the paper prints
FAMILIES = {"regnetx": "RegNetX", "regnety": "RegNetY"}


@dataclass(frozen=True)
class Cell:
    """One printed number and its recount, in the unit of the column; `wide` follows pycls' rule for activations."""

    quantity: Quantity
    printed: float
    counted: float
    wide: float
    pycls: float  # as printed in pycls' table of 2023

    @property
    def unit(self) -> str:
        """The paper's letter: B(illion) for flops, M for parameters and activations."""
        return "B" if self.quantity == "flops" else "M"

    @property
    def differs(self) -> bool:
        """Whether the recount, rounded to the printed digits, is another number."""
        return not prints_as(self.counted, self.printed)

    @property
    def differs_wide(self) -> bool:
        """The same by pycls' rule."""
        return not prints_as(self.wide, self.printed)


@dataclass(frozen=True)
class Model:
    """A published network: its printed name, the zoo's name, the value, the rows of the paper and of pycls.

    `line` is the quantised line of a RegNet, None for other families.
    """

    name: str
    key: str
    net: Any
    resolution: int
    counts: Complexity
    paper: pd.Series[Any]
    pycls: pd.Series[Any]
    line: RegNet | None

    @property
    def family(self) -> str:
        """regnetx, regnety, resnet, resnext or efficientnet."""
        return self.key.partition("-")[0]

    @property
    def gf(self) -> float:
        """Flops counted here, in units of 10^9 multiply-adds."""
        return self.counts.flops / 1e9

    @property
    def size(self) -> float:
        """The size that a RegNet is named by, in units of 10^9; nan for other families."""
        return size(self.name) if self.line else math.nan

    @property
    def given(self) -> RegNet:
        """The quantised line of a RegNet.

        Raises:
            ValueError: a network of another family.
        """
        if self.line is None:
            raise ValueError(f"{self.name} is not a RegNet: it is not given by a quantised line")
        return self.line

    @property
    def g(self) -> int:
        """The group width that a RegNet was given; in its first stage the realised one may be smaller."""
        return int(self.pycls["group_w"])

    def cells(self) -> list[Cell]:
        """Flops, parameters and activations, printed and counted."""
        counted = {"flops": self.counts.flops, "params": self.counts.params, "acts": self.counts.conv_acts}
        found = []
        for quantity in QUANTITIES:
            letter, unit = UNITS[quantity]
            wide = self.counts.acts if quantity == "acts" else counted[quantity]
            theirs = self.pycls["zoo_md_flops_B" if quantity == "flops" else f"zoo_md_{quantity}_M"]
            printed = float(self.paper[f"{quantity}_{letter}"])
            found.append(Cell(quantity, printed, counted[quantity] / unit, wide / unit, float(theirs)))
        return found

    def batch_sizes(self) -> tuple[int, int]:
        """The paper's and that of pycls' configuration."""
        return int(self.paper["batch_size"]), int(self.pycls["batch_size"])


def timm_name(name: str) -> str:
    """What timm calls a RegNet.

    >>> timm_name("RegNetX-3.2GF"), timm_name("regnety-600mf")
    ('regnetx_032', 'regnety_006')
    """
    return f"{name.lower().partition('-')[0]}_{round(10 * size(name)):03d}"


def torchvision_name(name: str) -> str:
    """What torchvision calls a RegNet.

    >>> torchvision_name("RegNetX-1.6GF"), torchvision_name("RegNetY-8.0GF")
    ('RegNet_X_1_6GF', 'RegNet_Y_8GF')
    """
    return name.replace("RegNet", "RegNet_").replace("-", "_").replace(".0GF", "GF").replace(".", "_")


def prints_as(value: float, printed: float) -> bool:
    """Whether a value rounded to the paper's digits is the printed number.

    >>> prints_as(25.557, 25.6), prints_as(25.557, 22.6)
    (True, False)
    """
    return f"{value:.{DIGITS}f}" == f"{printed:.{DIGITS}f}"


@cache
def models(family: str = "") -> tuple[Model, ...]:
    """The zoo's networks in the paper's order, of one family or all.

    >>> [model.name for model in models("resnet")]
    ['ResNet-50', 'ResNet-101', 'ResNet-152']
    """
    paper, pycls = (published.load(stem).set_index("model") for stem in ("paper_models", "pycls_model_zoo"))
    names = [name for name in paper.index if name.lower() in zoo and name.lower().startswith(family)]
    return tuple(_model(name, paper.loc[name], pycls.loc[name]) for name in names)


def find(key: str) -> Model:
    """The paper's network of a name, whoever spelt it.

    Raises:
        UnknownName: not a published network (a ValueError).
        ValueError: one that the paper does not have.
    """
    name = zoo.name(key)
    if name in zoo.beyond:
        raise ValueError(f"{name} is not one of the paper's networks: nothing is printed for it")
    return next(model for model in models() if model.key == name)


def _model(name: str, paper: pd.Series[Any], pycls: pd.Series[Any]) -> Model:
    key = name.lower()
    resolution = zoo.resolution(key)
    counts = complexity(zoo[key], resolution=resolution)
    return Model(name, key, zoo[key], resolution, counts, paper, pycls, _line(key, pycls))


def _line(key: str, row: pd.Series[Any]) -> RegNet | None:
    """The settings of pycls' configuration, from which the zoo's network follows."""
    if not key.startswith("regnet"):
        return None
    return RegNet(
        d=int(row["depth"]),
        w_a=float(row["wa"]),
        w_0=int(row["w0"]),
        w_m=float(row["wm"]),
        g=int(row["group_w"]),
        se_ratio=zoo[key].se_ratio,
    )
