"""What a verdict rests on, in words: the comparison with its interval and margin, the networks, the p."""

import math
import re

from regnet.analysis import counts
from regnet.analysis.compare import ALPHA, Comparison
from regnet.analysis.rules.evidence import POINTS, Part
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import claimed
from regnet.figures.panels import style
from regnet.sweeps import labels
from regnet.sweeps.population import Population

PLAIN = {"times", "GF", "orders of magnitude", "dimensions", "power of F", "sd of log error at equal rates"}
"""Units of what is no difference, or never below 0."""


def effect(judgement: Judgement, regime: str) -> str:
    """The comparison that decides, its interval, margin and n; empty where the claim was not tested."""
    part = judgement.decides
    if part is None:
        return ""
    if judgement.claim.gate:
        return "follows the figure's other claims"
    more = (_needed(part.result), _networks(part, judgement))
    return "; ".join(filter(None, (comparison(part, regime), *more)))


def beside(judgement: Judgement, regime: str) -> str:
    """What stands beside a mean and decides nothing: Welch's difference, the chance to be better, a control."""
    part, said = judgement.decides, []
    if part is None or judgement.claim.gate:
        return ""
    for one in part.beside:
        result = one.result
        if one.of and one.of != part.of:
            said.append(f"beside it, {comparison(one, regime)}")
            continue
        form = _form(result, one.unit) if one.unit else ".2f"
        name = "by Welch" if one.unit else f"chance that a network of {called(part.of[0], regime)} is better"
        said.append(f"{name} {result.effect:{form}}{_ends(result, form)}")
    return "; ".join(said)


def comparison(part: Part, regime: str, *, interval: bool = True) -> str:
    """One comparison in a sentence, named as the legends do; in short, without its interval and what was compared.

    >>> from regnet.analysis.compare import better
    >>> found = Part("mean error", POINTS, better([1.0, 2.0, 3.0], [7.0, 8.0, 9.0]), of=("regnetx", "anynetx_e"))
    >>> comparison(found, "pocket")
    'mean error: RegNetX is 6.00 points better than AnyNetX_E (95%: 3.73 to 8.27)'
    """
    if len(part.of) == 2:
        said = _difference(part, regime, interval=interval)
        return f"{_budget(part.what, regime)}: {said}" if interval else said
    form, result = _form(part.result, part.unit), part.result
    unit = "" if part.unit in part.what else f" {part.unit}"
    where = called(part.of[0], regime) if part.of else ""
    if where and not interval:
        return f"{where} {result.effect:{form}}{unit}"
    what = f"{_budget(part.what, regime)} in {where}" if where else _budget(part.what, regime)
    return f"{what}: {result.effect:{form}}{unit}{_ends(result, form) if interval else ''}"


def _budget(what: str, regime: str) -> str:
    """A multiple of F as flops.

    >>> _budget("mean error at 0.5 F", "natural")
    'mean error at 1.5 MF'
    """
    return re.sub(r"([0-9.]+) F$", lambda at: Population("regnetx", regime, float(at[1])).mf, what)


def called(name: str, regime: str) -> str:
    """What a population is called, with its flops where they are not F.

    Names of populations are those of pocket; another name, as of a model, stays.

    >>> called("regnetx_c-12mf-l2", "pocket"), called("anynetx_c_w_const", "pocket"), called("ResNet-50", "pocket")
    ('RegNetX C, 12 MF', 'C, wᵢ₊₁ = wᵢ', 'ResNet-50')
    """
    where = setting(name, regime)
    return ", ".join(filter(None, (_label(name), where)))


def setting(name: str, regime: str) -> str:
    """The flops of a population where they are not F."""
    if not _population(name):
        return ""
    population = claimed(name, regime)
    return population.mf if population.multiple != 1 else ""


def note(judgement: Judgement, regime: str) -> str:
    """What a judgement notes, its populations in words."""
    return _in_words(judgement.note, judgement, regime)


def rule(judgement: Judgement, regime: str) -> str:
    """What the claim is judged by, its populations in words."""
    if judgement.claim.gate:
        return "follows the verdicts of the figure's other claims: supported where each is; no test of its own"
    return _in_words(judgement.claim.rule.text, judgement, regime)


def _in_words(text: str, judgement: Judgement, regime: str) -> str:
    names = sorted(judgement.claim.populations, key=len, reverse=True)  # a name before one that it begins with
    if not names:
        return text
    either = "|".join(map(re.escape, names))
    return re.sub(
        rf"(?<![\w-])({either})(?![\w-])", lambda found: labels.described(claimed(found[0], regime).name), text
    )


def p_words(judgement: Judgement) -> str:
    """p before and after Holm, and the level they are held against; empty where there is none.

    Claims about printed numbers are not adjusted.
    """
    j = judgement
    if j.p is None or j.claim.gate:  # a gate tests nothing: its p is another claim's
        return ""
    adjusted = "" if j.p_adjusted is None else f", after Holm {_p(j.p_adjusted)}"
    of = " of an effect beyond half of the paper's" if j.decides and j.decides.result.half is not None else ""
    return f"p{of} {_p(j.p)}{adjusted}, level {ALPHA:g}"


def before_holm(judgement: Judgement) -> str:
    """What the interval says by itself, where the adjustment for many tests takes it away; else empty."""
    j = judgement
    if j.verdict == j.adjusted or j.p_adjusted is None or j.claim.gate:
        return ""
    return f"{j.verdict} by the interval alone, not after adjustment for many tests (Holm, p {_p(j.p_adjusted)})"


def _difference(part: Part, regime: str, *, interval: bool) -> str:
    """The first of two against the second: how much better or worse; the interval goes the same way."""
    a, b = part.of
    result, sign = part.result, -1 if part.result.effect <= 0 else 1
    form = _form(result, part.unit).removeprefix("+")
    words = ("better", "worse") if part.unit == POINTS else ("lower", "higher")
    unit = " points" if part.unit == POINTS else ""
    where = setting(a, regime) if setting(a, regime) == setting(b, regime) else ""
    left, right = (_label(name) if where else called(name, regime) for name in part.of)
    ends = _ends(result, form, sign) if interval else ""
    size = f"{abs(result.effect):{form}}"
    said = f"is {size}{unit} {words[sign > 0]} than" if float(size.replace(",", "")) else "equals"
    return f"{f'at {where} ' if where else ''}{left} {said} {right}{ends}"


def _ends(result: Comparison, form: str, sign: int = 1) -> str:
    """The interval in brackets with its level, turned over where the sign is negative; nothing where it is a point."""
    low, high = sorted((sign * result.low, sign * result.high))
    return f" ({result.level}: {low:{form}} to {high:{form}})" if _spread(result) else ""


def _spread(result: Comparison) -> bool:
    return result.low != result.high


def _needed(result: Comparison) -> str:
    """The margin, or what the interval has to lie in; nothing where that begins or ends at no difference."""
    if result.half is not None:
        return f"within {result.half:.2f} either way, half of the paper's effect at this spread of errors"
    low, high = result.claimed
    if not _spread(result) or (low, high) in ((0, math.inf), (-math.inf, 0)):
        return ""
    if math.isinf(low):
        return f"margin {high:.3g}"
    if math.isinf(high):
        return f"at least {low:.3g} needed"
    return f"margin {high:.3g} either way" if low == -high else f"{low:.3g} to {high:.3g} needed"


def _networks(part: Part, judgement: Judgement) -> str:
    names = [name for name in part.of if name in judgement.counts] or list(judgement.counts)
    return counts.words([judgement.counts[name] for name in names]) if names else ""


def _label(name: str) -> str:
    return labels.label(name) if _population(name) else name


def _population(name: str) -> bool:
    return name.islower() and any(name.startswith(space) for space in style.COLOURS) and " " not in name


def _form(result: Comparison, unit: str) -> str:
    """How a statistic is written: two decimals, thousands of parameters whole; differences with their sign.

    Three decimals where two would make an end of the interval 0.

    >>> from regnet.analysis.compare import exact
    >>> one, many = exact(0.6, True), exact(-19902.9, True)
    >>> f"{one.effect:{_form(one, 'points')}} {many.effect:{_form(many, 'parameters')}}"
    '+0.60 -19,903'
    """
    sign = "" if unit in PLAIN else "+"
    if abs(result.effect) >= 1000 or unit == "dimensions":
        return f"{sign},.0f"
    return sign + (".3f" if any(0 < abs(end) < 0.005 for end in (result.low, result.high)) else ".2f")


def _p(p: float) -> str:
    """
    >>> _p(0.00001), _p(0.0307)
    ('< 0.0001', '0.0307')
    """
    return "< 0.0001" if p < 1e-4 else f"{p:.4f}"
