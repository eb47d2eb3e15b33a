"""Why a claim may have come out as it did: a paragraph for each verdict that is no "supported".

A reading belongs to one verdict on so many networks. With more of them it is no longer shown, and a test asks for
another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from regnet.analysis.compare import Verdict
from regnet.analysis.verdicts import Judgement

REGIME = "pocket"  # what is said about measured claims


@dataclass(frozen=True)
class Reading:
    """Plain words for a claim that came out as `verdict`, its smallest population having n networks.

    Fields in braces are filled from the judgement: `effect`, `low`, `high`, `size` (of the effect, without its sign)
    and `n`.
    """

    verdict: Verdict
    n: int
    words: str


def reading(judgement: Judgement, regime: str) -> str:
    """What is to be said about a judgement in a regime; empty where verdict, n or regime are others."""
    j = judgement
    found = READINGS.get(j.claim.id)
    if (
        found is None
        or (found.verdict, found.n) != (j.adjusted, j.n)
        or (j.claim.kind == "measured" and regime != REGIME)
    ):
        return ""
    numbers = {"effect": j.effect, "low": j.low, "high": j.high, "size": abs(j.effect or 0.0), "n": j.n}
    return found.words.format(**numbers)


READINGS: Mapping[str, Reading] = MappingProxyType({
    "fig01-refinement": Reading(
        "inconclusive", 100,
        "From the best quarter to the worst tenth RegNetX is better than AnyNetX_A beyond doubt. At the best tenth it "
        "is better by {size:.2f} points, which {n} networks cannot tell from nothing: good networks are found in both "
        "spaces, as Figure 9 claims too, and refining the space removes bad ones.",
    ),
    "fig05-small-b": Reading(
        "inconclusive", 100,
        "Networks with b = 4 are worse on average here too. The claim is about the best: their share of b at most 2, "
        "minus that of the whole population, lies between {low:+.2f} and {high:+.2f}, which says nothing.",
    ),
    "fig07-w-increasing": Reading(
        "inconclusive", 100,
        "By itself the comparison favours non-decreasing widths, by {size:.2f} points, and clearly so. Holm's "
        "adjustment over all claims of this book asks for more than {n} networks a space give.",
    ),
    "fig07-w-constant": Reading(
        "inconclusive", 100,
        "The means go the paper's way, by {size:.2f} points, but cannot be told apart. Two of D's networks, with "
        "errors of 78% and 56%, pull its mean up by almost a point; the last stage of both is sixteen times as wide as "
        "the one before, or more. Constant widths cannot jump so. The medians, which decide nothing here, lie further "
        "apart than the means.",
    ),
    "fig07-d-increasing": Reading(
        "inconclusive", 100,
        "E's mean is lower by {size:.2f} points, yet {n} networks cannot tell the means apart. One network makes the "
        "difference: the worst of D, at 78%, whose depths do not decrease either, so that E could have drawn it too. "
        "The members of D that E leaves out are on average as good as E, and D's median is the lower one. Here the "
        "last stage works on 2 x 2 positions, so that many blocks there have less to do than at the paper's 7 x 7.",
    ),
    "fig07-d-constant": Reading(
        "inconclusive", 100,
        "The direction is the paper's, and the difference, {size:.2f} points, is smaller than {n} networks can show; "
        "the two worst networks of constant depth make it. Constant depths allow more shallow networks, which are "
        "worse, and deep ones, which are not.",
    ),
    "fig07-d-decreasing": Reading(
        "inconclusive", 100,
        "By itself the comparison favours non-decreasing depths, by {size:.2f} points. Among so many tests one such "
        "result is to be expected by luck, and after Holm's adjustment it is not enough.",
    ),
    "fig08-well-fit": Reading(
        "inconclusive", 100,
        "In C, D and E alike, networks close to a line win far more often than their share of the population: by "
        "{size:.2f} in the weakest of the three. Each comparison holds by itself. Holm's adjustment over all "
        "claims of this book asks for more than {n} networks of C can give.",
    ),
    "fig10-r": Reading(
        "inconclusive", 100,
        "Both steps are in the paper's direction, and each comparison holds by itself, the one from A to E, {size:.2f} "
        "points, less clearly. Holm's adjustment over all claims takes it away, by little.",
    ),
    "fig10-stages": Reading(
        "inconclusive", 100,
        "RegNetX is better than AnyNetX_E here as well. E is better than A on average, by {size:.2f} points, but its "
        "mean is pulled up by a few networks that hardly train: their widths jump from a few dozen channels to many "
        "hundreds in the fifth stage, which works on a single position. Widths along a line, RegNetX's, do not jump, "
        "and it has no such network.",
    ),
    "fig23-x-best": Reading(
        "contradicted", 100,
        "X is better than R and VR, as in the paper, and worse than V, by {size:.2f} points. The paper trains for "
        "epochs of ImageNet, this regime for a hundred steps, and V profits: at equal flops its networks are "
        "shallower than X's, the shallowest of them are best by far, and V does not start with branches scaled to "
        "zero, as every block with a shortcut does here. That says nothing about long trainings, where deep plain "
        "networks are known to fall behind.",
    ),
    "fig11-depth": Reading(
        "inconclusive", 50,
        "The best depth rises here, by {size:.1f} blocks a doubling of F; the interval begins at the margin of two "
        "blocks. The median of the whole populations rises almost as fast: in windows as small as these, depth is what "
        "more flops buy first. The paper's windows begin where its best networks already have sixteen blocks.",
    ),
    "fig11-b": Reading(
        "inconclusive", 50,
        "At every F the networks with b = 1 win more often than their share of the population, most clearly at the "
        "largest. They are few, about a fifth of all, and {n} networks a window leave too few of them to tell.",
    ),
    "fig11-w-m": Reading(
        "inconclusive", 50,
        "The mean of the best is {effect:.2f}; the interval reaches from below the margin around 2.5 to its middle. "
        "Ranges of the best networks span almost all that can be drawn: at this length of training w_m matters little.",
    ),
    "fig11-growth": Reading(
        "inconclusive", 50,
        "g and w_0 go up, w_a does not, and none of the three is certain. Their medians in the whole population "
        "move about as little. From 1.5 to 12 MF the best networks spend more flops on blocks "
        "rather than on width.",
    ),
    "fig12-params": Reading(
        "inconclusive", 50,
        "The exponent comes out at {effect:.2f}, near the paper's 1; the upper end of the interval, {high:.2f}, lies "
        "just outside the margin.",
    ),
    "fig12-time-law": Reading(
        "inconclusive", 50,
        "Time grows with an exponent of {effect:.2f}, between a square root and a line as in the paper, and closer to "
        "the root: in networks this small a processor spends much of its time on what flops do not count. The lower "
        "end of the interval, {low:.2f}, lies just outside the margin.",
    ),
    "fig13-better": Reading(
        "inconclusive", 50,
        "At 1.5, 3 and 6 MF the constrained space is better, as in the paper. At 12 MF its mean is lower by {size:.2f} "
        "points, which {n} networks cannot tell from nothing. There its networks have half as many blocks as "
        "U's, whose best are deep: w_m of 2 or more and the limit on activations leave little room for depth.",
    ),
    "fig13-params": Reading(
        "inconclusive", 50,
        "Fewer parameters at every F, and each comparison holds by itself. At 1.5 MF the limit cuts away little, the "
        "difference is small, and Holm's adjustment over all claims takes it away. From 3 MF on it is "
        "about a fifth and more.",
    ),
    "fig14-inverted": Reading(
        "inconclusive", 50,
        "With b below 1 the mean is higher by {size:.2f} points, less than {n} networks can show; the paper has 0.7 at "
        "400MF. As in the paper the inverted bottleneck also has the best single network, and the worse part of the "
        "networks is where it loses.",
    ),
    "fig14-resolution": Reading(
        "inconclusive", 50,
        "Larger images are worse at both F, as in the paper, and each comparison holds by itself, the one at 6 MF "
        "({size:.2f} points) less clearly. Holm's adjustment over all claims takes it away.",
    ),
    "fig14-se": Reading(
        "inconclusive", 50,
        "Squeeze-and-excitation gains nothing here; in the paper it is worth more than a point. Two hundred steps may "
        "be too few for its gates, which start half open, and small images of one centred object leave less to gain "
        "from a look at the whole image.",
    ),
    "fig12-time-printed": Reading(
        "inconclusive", 0,
        "Over the models that the paper prints, activations go closer with time than flops do, by {size:.2f} in r. "
        "They are few, and the interval reaches just below zero. The paper's claim rests on random networks, whose "
        "numbers it does not print.",
    ),
    "tab03-flops": Reading(
        "inconclusive", 0,
        "At 4 and 12 GF RegNetX has the lowest printed error of its group. At 8 GF it has that of ResNeXt-101, to the "
        "printed digit, and a claim about every group is no better than its weakest.",
    ),
})  # fmt: skip
