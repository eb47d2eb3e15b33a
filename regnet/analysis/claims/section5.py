"""The claims of section 5 and appendix A: RegNets against other networks.

Two kinds. "published": the paper's printed numbers compared with each other, nothing measured here. "measured": final
models of the regime, five seeds each; fixed before any of them was trained.

- The regime's budgets stand for the paper's: its smallest is "low flops", its two largest are "higher flops".
- ResNe(X)t and EfficientNet are shapes: their widths scaled to the budget.
- "Competitive" (Table 2) is no worse than the median of the other systems, which were trained otherwise.
- "Low flops" of Table 4 are the pairs of B0 and B1, "higher flops" those from B3 on; the text leaves B2 open.
"""

from regnet.analysis.claims.claim import Claim
from regnet.analysis.claims.section4 import MULTIPLES
from regnet.analysis.rules.finals import FinalBetter, Model, RanksHold
from regnet.analysis.rules.printed import (
    PrintedBetter,
    PrintedFaster,
    PrintedMedian,
    PrintedRanks,
    PrintedWorth,
    TopModels,
)
from regnet.analysis.rules.timing import AT_SIZE, Faster, PredictsTimeAtSize

_X, _Y = Model("regnetx"), Model("regnety")
# Fig 12 (top) has networks of 0.2 to 1.6 GF.
TIMED_AT_SIZE = tuple(f"{AT_SIZE}/regnetx{of}-l2" for of in ("-200mf", "", "-800mf", "-1600mf"))


def _shapes(matched: str) -> tuple[Model, ...]:
    return tuple(Model(family, "shape", matched) for family in ("resnet", "resnext"))


_EFFICIENT = Model("efficientnet", "shape", "flops")
_TABLE4 = ("paper_table4_efficientnet", "Table 4")

SECTION5 = (
    Claim(
        "fig15-stages",
        "Top models at higher flops have many blocks in stage 3 and few in stage 4.",
        "Figs 15, 16, sec. 5", "zootrends", TopModels("stages"), kind="published", n=0,
    ),
    Claim(
        "fig15-g",
        "The group width of top models grows with complexity.",
        "Figs 15, 16, sec. 5", "zootrends", TopModels("g"), kind="published", n=0,
    ),
    Claim(
        "fig15-d",
        "The depth of top models saturates.",
        "Figs 15, 16, sec. 5", "zootrends", TopModels("d"), kind="published", n=0,
    ),
    Claim(
        "tab02-competitive",
        "Without training enhancements RegNets are competitive with mobile networks.",
        "Table 2, sec. 5.1", "tab02", PrintedMedian(("RegNetX-600MF", "RegNetY-600MF")), kind="published", n=0,
    ),
    Claim(
        "tab03-acts",
        "At equal activations RegNetX is better than ResNe(X)t.",
        "Table 3a, sec. 5.2", "tab03",
        PrintedBetter("paper_table3_resnext", "Table 3a", "RegNetX"), kind="published", n=0,
    ),
    Claim(
        "tab03-flops",
        "At equal flops RegNetX is better than ResNe(X)t.",
        "Table 3b, sec. 5.2", "tab03",
        PrintedBetter("paper_table3_resnext", "Table 3b", "RegNetX"), kind="published", n=0,
    ),
    Claim(
        "tab04-small",
        "At low flops EfficientNet is better than RegNetY.",
        "Table 4, sec. 5.3", "tab04", PrintedBetter(*_TABLE4, "EfficientNet", "pair", (1, 2)),
        kind="published", n=0,
    ),
    Claim(
        "tab04-large",
        "At higher flops RegNetY is better than EfficientNet.",
        "Table 4, sec. 5.3", "tab04", PrintedBetter(*_TABLE4, "RegNetY", "pair", (4, 5, 6)),
        kind="published", n=0,
    ),
    Claim(
        "tab04-speed",
        "RegNetX-8.0GF is at least five times as fast as EfficientNet-B5 on the paper's GPU.",
        "sec. 5.3", "tab04", PrintedFaster("EfficientNet-B5", "RegNetX-8.0GF", 5), kind="published", n=0,
    ),
    Claim(
        "timings-5x",
        "RegNetX-8.0GF is at least five times as fast as EfficientNet-B5 on the devices timed here.",
        "sec. 5.3", "timings", Faster("EfficientNet-B5", "RegNetX-8.0GF", 5), n=0,
        more="The paper says \"up to\" and \"about\" five times, of one GPU, a V100. Asked here of each device timed.",
    ),
    Claim(
        "timerandom-acts",
        "Activations predict the inference time of random RegNetX of the paper's size better than flops on the devices "
        "timed here.",
        "Fig 12 top, sec. 4", "timerandom", PredictsTimeAtSize(TIMED_AT_SIZE), n=0,
        more="The paper says that they can, on one V100. Asked here of each device that such networks were timed on.",
    ),
    Claim(
        "fig17-flops",
        "RegNetX is better than ResNet- and ResNeXt-shaped networks at equal flops.",
        "Fig 17, Table 3b", "fig17", FinalBetter(_X, _shapes("flops"), MULTIPLES), n=0,
    ),
    Claim(
        "fig17-acts",
        "RegNetX is better than ResNet- and ResNeXt-shaped networks at equal activations.",
        "Fig 17, Table 3a", "fig17", FinalBetter(_X, _shapes("acts"), MULTIPLES), n=0,
    ),
    Claim(
        "fig18-small",
        "At low flops EfficientNet-shaped networks are better than RegNetX.",
        "Fig 18, Table 4", "fig18", FinalBetter(_EFFICIENT, (_X,), MULTIPLES[:1]), n=0,
    ),
    Claim(
        "fig18-large",
        "At two and four times F RegNetX is better than EfficientNet-shaped networks.",
        "Fig 18, Table 4", "fig18", FinalBetter(_X, (_EFFICIENT,), MULTIPLES[2:]), n=0,
        more="The paper says so of higher flops than these: its own tables have RegNetX behind EfficientNet at about "
        "two, four and ten times 400 MF, and ahead at twenty times, of B5 alone.",
    ),
    Claim(
        "fig18-se",
        "RegNetY is better than EfficientNet-shaped networks at the largest flops.",
        "Fig 18, Table 4", "fig18", FinalBetter(_Y, (_EFFICIENT,), MULTIPLES[3:]), n=0,
    ),
    Claim(
        "tab05-ranks",
        "Ranks of models on the validation images hold on fresh images.",
        "Tables 5, 6, App. A", "tab05here", RanksHold(), n=0,
    ),
    Claim(
        "tab05-printed",
        "Ranks of RegNetX and ResNe(X)t hold on ImageNetV2.",
        "Table 5, App. A", "tab05", PrintedRanks(5), kind="published", n=0,
    ),
    Claim(
        "tab06-printed",
        "Ranks of RegNetY and EfficientNet hold on ImageNetV2.",
        "Table 6, App. A", "tab06", PrintedRanks(6), kind="published", n=0,
    ),
    Claim(
        "tab07-worth",
        "The training set-up alone is worth about two points.",
        "Table 7, App. C", "tab07", PrintedWorth(2), kind="published", n=0,
    ),
)  # fmt: skip
