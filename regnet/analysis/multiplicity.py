"""Holm's adjustment: of a verdict that stands before it, what remains when so many were tested.

The adjusted verdict is the raw one where the adjusted p is below 0.05, else "inconclusive". A claim without a p, by
arithmetic or from print, keeps its verdict.

- `over_all` (v1): the claims of a family that were tested, wherever they stand in the paper; each new one costs.
- `within_figures` (v2): the claims of one figure and family, as many as are declared: one not tested counts as p = 1,
  so that no later row elsewhere moves a verdict. A gate holds where every other claim of its figure and family does.
- `false_discoveries` (Benjamini and Hochberg) over all tested claims is shown beside them and decides nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from scipy import stats

from regnet.analysis.compare import ALPHA, Verdict, holm
from regnet.analysis.judgement import Judgement

Adjust = Callable[[Sequence[Judgement]], list[Judgement]]


def over_all(judged: Sequence[Judgement]) -> list[Judgement]:
    """Holm over the tested claims of each family."""
    found = list(judged)
    for family in ("difference", "equivalence"):
        own = [i for i, one in enumerate(found) if one.claim.rule.family == family and not one.claim.gate]
        at = [i for i in own if found[i].p is not None]
        _holm(found, at, len(at))
    return _gated(found)


def within_figures(judged: Sequence[Judgement]) -> list[Judgement]:
    """Holm over the declared claims of each figure and family; gates follow the others and cost nothing."""
    found = list(judged)
    for element, family in dict.fromkeys((one.claim.element, one.claim.rule.family) for one in found):
        if not family:
            continue
        group = [i for i, one in enumerate(found) if (one.claim.element, one.claim.rule.family) == (element, family)]
        own = [i for i in group if not found[i].claim.gate]
        _holm(found, [i for i in own if found[i].p is not None], len(own))
    return _gated(found)


def false_discoveries(judged: Sequence[Judgement]) -> list[Judgement]:
    """Benjamini and Hochberg's adjustment over all tested claims: at most 5% of the decided ones are false."""
    found = list(judged)
    at = [i for i, one in enumerate(found) if one.claim.rule.family and not one.claim.gate and one.p is not None]
    adjusted = np.asarray(stats.false_discovery_control([found[i].p or 0.0 for i in at]) if at else [], np.float64)
    for i, p in zip(at, adjusted, strict=True):
        kept: Verdict = found[i].verdict if p < ALPHA else "inconclusive"
        found[i] = replace(found[i], p_adjusted=float(p), adjusted=kept)
    return _gated(found)


SCHEMES: Mapping[str, Adjust] = MappingProxyType(
    {
        "within figures": within_figures,
        "Holm over all": over_all,
        "Benjamini-Hochberg over all": false_discoveries,
    }
)


def schemes(judged: Sequence[Judgement]) -> dict[str, Counter[Verdict]]:
    """Scheme -> how many of the measured claims have each verdict under it."""
    measured = [one for one in judged if one.claim.kind == "measured"]
    return {name: Counter(one.adjusted for one in adjust(measured)) for name, adjust in SCHEMES.items()}


def _holm(found: list[Judgement], at: Sequence[int], size: int) -> None:
    """Adjust the judgements at those places, in a family of that size."""
    for i, p in zip(at, holm([found[i].p or 0.0 for i in at], size), strict=True):
        kept: Verdict = found[i].verdict if p < ALPHA else "inconclusive"
        found[i] = replace(found[i], p_adjusted=p, adjusted=kept)


def _gated(found: Sequence[Judgement]) -> list[Judgement]:
    """The judgements, each gate following the other claims of its figure and family."""
    places = [(one.claim.element, one.claim.rule.family, one.claim.gate) for one in found]
    return [
        _gate(one, [other for other, there in zip(found, places, strict=True) if there == (*place[:2], False)])
        if place[2]
        else one
        for one, place in zip(found, places, strict=True)
    ]


def _gate(gate: Judgement, others: Sequence[Judgement]) -> Judgement:
    """Supported if each of the others is, contradicted if one is; its p is theirs that decides."""
    if gate.p is None:
        return gate
    against = [one for one in others if one.adjusted in ("contradicted", "no such effect")]
    if against:
        p = min(one.p_adjusted or 0.0 for one in against)
        return replace(gate, p_adjusted=p, adjusted=min(one.adjusted for one in against))
    whole = bool(others) and all(one.adjusted == "supported" for one in others)
    p = max((1.0 if one.p_adjusted is None else one.p_adjusted for one in others), default=1.0)
    return replace(gate, p_adjusted=p, adjusted="supported" if whole else "inconclusive")
