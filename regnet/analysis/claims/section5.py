"""The claims of section 5 and appendix A: RegNets against other networks.

Two kinds. "published": the paper's printed numbers compared with each other, nothing measured here. "measured": final
models of the regime, five seeds each; fixed before any of them was trained.

- The regime's budgets stand for the paper's: its smallest is "low flops", its two largest are "higher flops".
- ResNe(X)t and EfficientNet are shapes: their widths scaled to the budget.
"""

from __future__ import annotations

from regnet.analysis.claims.claim import Claim
from regnet.analysis.rules.finals import FinalBetter, Model, RanksHold

_X, _Y = Model("regnetx"), Model("regnety")
_MULTIPLES = (0.5, 1, 2, 4)
SEEDS = 5  # trainings of a final model


def _shapes(matched: str) -> tuple[Model, ...]:
    return tuple(Model(family, "shape", matched) for family in ("resnet", "resnext"))


_EFFICIENT = Model("efficientnet", "shape", "flops")

SECTION5 = (
    Claim(
        "fig17-flops",
        "RegNetX is better than ResNet- and ResNeXt-shaped networks at equal flops.",
        "Fig 17, Table 3b", "fig17", FinalBetter(_X, _shapes("flops"), _MULTIPLES), n=0,
    ),
    Claim(
        "fig17-acts",
        "RegNetX is better than ResNet- and ResNeXt-shaped networks at equal activations.",
        "Fig 17, Table 3a", "fig17", FinalBetter(_X, _shapes("acts"), _MULTIPLES), n=0,
    ),
    Claim(
        "fig18-small",
        "At low flops EfficientNet-shaped networks are better than RegNetX.",
        "Fig 18, Table 4", "fig18", FinalBetter(_EFFICIENT, (_X,), _MULTIPLES[:1]), n=0,
    ),
    Claim(
        "fig18-large",
        "At higher flops RegNetX is better than EfficientNet-shaped networks.",
        "Fig 18, Table 4", "fig18", FinalBetter(_X, (_EFFICIENT,), _MULTIPLES[2:]), n=0,
    ),
    Claim(
        "fig18-se",
        "RegNetY is better than EfficientNet-shaped networks at the largest flops.",
        "Fig 18, Table 4", "fig18", FinalBetter(_Y, (_EFFICIENT,), _MULTIPLES[3:]), n=0,
    ),
    Claim(
        "tab05-ranks",
        "Ranks of models on the validation images hold on fresh images.",
        "Tables 5, 6, App. A", "tab05pocket", RanksHold(), n=0,
    ),
)  # fmt: skip
