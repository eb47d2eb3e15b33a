"""The claims under the second set of rules (v2), written before the first row of any regime that they judge.

The paper's claims are the same; each rule of v1 has its successor here, and a few claims are cut or split:

- "X is best" (Fig 23) becomes three claims. V has no branch that starts at 0: "X against V" and "a residual connection
  gives V no gain" are judged on populations of X and VR whose branches start at scale 1, as V's layers do.
- Fig 10, V blocks: V's spaces are ordered, too, by how deep a network without shortcuts still trains. A verdict
  against the claim counts only where X blocks that start at scale 1, with the same handicap, keep the order
  (`rules/control.py`).
- Fig 10, "everywhere", is a gate: it holds where each panel's claim does, and is no test of its own.
- Fig 20: the same networks with another activation, by pairs.
- Fig 19, depth 20: at 6 MF the space holds eight networks, which say nothing; 12 MF alone.
- Figs 21, 22: optima of learning rate and weight decay of short trainings cannot be found by the old rule (in 0 of 60
  simulations); what each population loses at one setting for all can, with 100 members a population.
- Fig 18, low flops: F alone, as no EfficientNet is smaller at 32 pixels.
- Table 5: Kendall's tau above 0.6 rather than above 0.

n: 60 networks a population, 40 for those trained longer than L1: trainings are four times as long as pocket's, and in
the calibration RegNetX was as clearly better than AnyNetX_A on 60 networks as on a hundred of half that length. 120 for
"costs nothing" (Figs 5 and 9 middle), 90 for five stages (Fig 10), 72 for the few networks of Fig 20 right; where each
member draws its rates (Figs 21, 22) 100, and 60 longer than L1. "32 suffice" is judged on 120, against the best of 60:
with 250 the rule decides in 10% of the simulations.

What the rules can decide is in `rule_power.csv`. Where best values have to lie near a number (Figs 11 and 12) that is
little: on pocket's networks exponents of activations and parameters are called supported in at most 2%.
"""

from collections.abc import Iterator
from dataclasses import replace

from regnet.analysis.claims.claim import Claim
from regnet.analysis.claims.generalisation import GENERALISATION, suffixed
from regnet.analysis.claims.section3 import SECTION3
from regnet.analysis.claims.section4 import SECTION4
from regnet.analysis.claims.section5 import SECTION5
from regnet.analysis.rules.adjusted_means import AdjustedChain, AdjustedNoWorse, AdjustedSame, UntrainedChain
from regnet.analysis.rules.best import BestAre, BestGrow, BestShare, EqualTen, FewSufficeShare, WidenGiven
from regnet.analysis.rules.control import Controlled
from regnet.analysis.rules.evidence import Rule
from regnet.analysis.rules.finals import FinalBetter, RanksAgree, RanksHold
from regnet.analysis.rules.means import Chain, EqualBest, NoWorse, Same
from regnet.analysis.rules.members import BestHave, FewSuffice, Widen
from regnet.analysis.rules.paired import PairedChain
from regnet.analysis.rules.regret import CommonRates
from regnet.analysis.rules.several import Each
from regnet.analysis.rules.trends import Grows, IsAbout, Law, Stays

PLANNED_N, PLANNED_LONG_N, COSTS_NOTHING_N, FIVE_STAGES_N, HANDFUL_N = 60, 40, 120, 90, 72
RATES_N, RATES_LONG_N = 100, 60
_V, _SCALE1 = suffixed("_v"), suffixed("-scale1")
_V_RULE = Controlled(AdjustedChain(_V), AdjustedChain(_SCALE1))


def second(rule: Rule) -> Rule:
    """The successor of a rule of v1; the rule itself where it has none."""
    match rule:
        case Chain(populations, "error"):
            return AdjustedChain(populations)
        case Chain(populations, value):
            return UntrainedChain(populations, value)
        case Same(populations):
            return AdjustedSame(populations)
        case NoWorse(populations):
            return AdjustedNoWorse(populations)
        case Each(rules):
            return Each(tuple(second(one) for one in rules))
        case RanksHold():
            return RanksAgree()
    return _of_the_best(rule)


def _of_the_best(rule: Rule) -> Rule:
    match rule:
        case BestHave(populations, what, has):
            return BestShare(populations, what, has)
        case EqualBest(populations):
            return EqualTen(populations)
        case FewSuffice(populations):
            return FewSufficeShare(populations)
        case Widen(populations):
            return WidenGiven(populations)
        case Grows(trend):
            return BestGrow(trend)
        case Stays(trend, margin):
            return BestAre(trend, "slope", 0.0, margin)
        case IsAbout(trend, value, margin):
            return BestAre(trend, "mean", value, margin)
        case Law(trend, exponent, margin):
            return BestAre(trend, "log slope", exponent, margin)
    return rule


def _changed(claim: Claim) -> Iterator[Claim]:
    """A claim of v1 as one, or several, of v2."""
    own = replace(claim, rule=second(claim.rule), n=min(claim.n, PLANNED_N), long_n=PLANNED_LONG_N)
    match claim.id:
        case "fig10-v":
            yield replace(own, rule=_V_RULE)
        case "fig18-small" if isinstance(claim.rule, FinalBetter):  # no EfficientNet is as small as F / 2 at 32 pixels
            yield replace(own, rule=replace(claim.rule, multiples=(1,)))
        case "fig23-residual":
            yield replace(own, rule=AdjustedNoWorse(("regnetx_v", "regnetx_vr-scale1")))
        case "fig20-small" | "fig20-large" | "fig20-depthwise":
            relu, silu = claim.populations
            own = replace(own, rule=PairedChain((relu, silu)))
            yield replace(own, n=HANDFUL_N, long_n=HANDFUL_N) if "depthwise" in claim.id else own
        case "fig05-shared-b" | "fig05-shared-g" | "fig05-small-b" | "fig09-wm2" | "fig09-w0-wa" | "fig09-32-suffice":
            yield replace(own, n=COSTS_NOTHING_N)
        case "fig10-everywhere":
            yield replace(own, rule=_controlled(own.rule), gate=True)
        case "fig10-stages":
            yield replace(own, n=FIVE_STAGES_N)
        case "fig23-x-best":
            yield from _three(own)
        case "fig19-depth":
            yield replace(own, rule=AdjustedNoWorse(("regnetx_c_d20-12mf-l2", "regnetx_c-12mf-l2")))
        case "fig21-flops" | "fig21-lengths" | "fig22-stable":
            yield replace(own, rule=CommonRates(claim.populations), n=RATES_N, long_n=RATES_LONG_N)
        case _:
            yield own


def _controlled(rule: Rule) -> Rule:
    """Fig 10's panels together, that of V blocks beside its control."""
    rules = rule.rules if isinstance(rule, Each) else (rule,)
    return Each(tuple(_V_RULE if one.populations == _V else one for one in rules))


def _three(claim: Claim) -> Iterator[Claim]:
    for block in ("r", "vr"):
        rule = AdjustedChain((f"regnetx_{block}", "regnetx"))
        sentence = f"RegNets with X blocks are better than those with {block.upper()} blocks."
        yield replace(claim, id=f"fig23-x-{block}", sentence=sentence, rule=rule)
    sentence = "RegNets with X blocks are better than those with V blocks."
    yield replace(claim, id="fig23-x-v", sentence=sentence, rule=AdjustedChain(("regnetx_v", "regnetx-scale1")))


SECOND = tuple(changed for claim in (*SECTION3, *GENERALISATION, *SECTION4, *SECTION5) for changed in _changed(claim))
