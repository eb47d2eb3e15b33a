"""Verdicts as a page shows them: badges under a figure, each with what it rests on, and the way to its ledger row."""

from collections.abc import Mapping
from html import escape

from regnet.analysis.compare import Verdict
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import claimed, judgements
from regnet.figures import link
from regnet.page.readings import reading
from regnet.page.sentences import before_holm, beside, comparison, effect, note, p_words, rule
from regnet.sweeps import labels
from regnet.sweeps.length_calibration import SEARCHES
from regnet.sweeps.store import Runs

EVIDENCE = {"published": "from print", "exact": "arithmetic"}
"""What a kind of claim rests on that is not measured."""
MANY = 8  # parts that a line can list
LEDGER = "12-ledger.html"

# verdict -> its sign: colour never stands alone
SIGNS: Mapping[Verdict, str] = {
    "supported": "✓", "contradicted": "✗", "no such effect": "≈", "inconclusive": "?", "not tested here": "–",
}  # fmt: skip


def badges(name: str, runs: Runs) -> str:
    """The element's claims with verdict, effect, interval and reading, as a list; nothing where it makes no claim."""
    items = "".join(_item(j, runs) for j in judgements(runs) if j.claim.element == name)
    return f'<ul class="verdicts" aria-label="Verdicts">{items}</ul>' if items else ""


def _item(j: Judgement, runs: Runs) -> str:
    regime = runs.regime
    said = _said(j.claim.more, first(j, runs), reading(j, regime))
    return (
        f"<li>{badge(j.adjusted, j.words)} {escape(j.claim.sentence)}{about(j, regime)} "
        f"{anchor(j, LEDGER, 'in the ledger')} {rests(j, regime)}{said}</li>"
    )


def first(j: Judgement, runs: Runs) -> str:
    """That a claim is judged on the first members it declares, where its figure shows more; else empty."""
    if j.claim.gate:  # each of the claims that it follows has its own n
        return ""
    judged = {claimed(name, runs.regime): one.n for name, one in j.counts.items()}
    there = {population: runs.count(population) for population in judged}
    every = [f"the first {n} of {there[p]:,} of {labels.described(p.name)}" for p, n in judged.items() if there[p] > n]
    return f"Judged on {' and '.join(every)}; the figure shows all." if every else ""


def _said(*words: str) -> str:
    said = " ".join(filter(None, words))
    return f'<p class="reading">{escape(said)}</p>' if said else ""


def badge(verdict: Verdict, words: str = "") -> str:
    """A verdict as a coloured word with a sign; dashed where it is interim."""
    interim = " verdict-interim" if "interim" in words else ""
    kind = verdict.replace(" ", "-")
    return f'<span class="verdict verdict-{kind}{interim}">{SIGNS[verdict]} {escape(words or verdict)}</span>'


def anchor(judgement: Judgement, page: str = "", where: str = "link") -> str:
    """The sign that leads to a claim's row of the ledger, and is its permanent address."""
    said = escape(f"{where}: {judgement.claim.sentence}")
    return f'<a class="anchor" href="{page}#{judgement.claim.id}" title="{where}" aria-label="{said}">#</a>'


def rests(judgement: Judgement, regime: str, *more: str) -> str:
    """What a verdict rests on: the comparison with its interval and margin; p, parts and rule folded away."""
    j = judgement
    said = "; ".join(filter(None, (effect(j, regime), note(j, regime), before_holm(j))))
    needed = " and ".join(str(n) for n in sorted({j.claim.needed(name) for name in j.claim.populations}))
    folded = [
        p_words(j),
        parts(j, regime),
        beside(j, regime),
        f"judged at n = {needed}" if j.interim else "",
        f"rule: {rule(j, regime)}",
        *more,
    ]
    listed = "".join(f"<div>{escape(line)}</div>" for line in folded if line)
    summary = "p and rule" if p_words(j) else "rule"
    return (
        f'<span class="effect">{escape(said)}</span> <details class="rests"><summary>{summary}</summary>{listed}'
        "</details>"
    )


def parts(judgement: Judgement, regime: str) -> str:
    """Which of a claim's few comparisons hold; empty where it has one, or more than a line can say."""
    if not 2 <= len(judgement.parts) <= MANY:
        return ""
    said = (f"{SIGNS[part.result.verdict]} {comparison(part, regime, interval=False)}" for part in judgement.parts)
    return "each part" + (" before Holm: " if judgement.p_adjusted is not None else ": ") + ", ".join(said)


def place(regime: str) -> str:
    """Where the book says what the calibration of a regime found, from another page of it."""
    return link("calibration_lengths" if regime in SEARCHES else "calibration")


def about(judgement: Judgement, regime: str) -> str:
    """The mark of a claim about single networks, leading to what the calibration found; nothing at the others."""
    if not judgement.claim.single:
        return ""
    return f' <a class="about" href="{place(regime)}">about the {judgement.claim.about}</a>'
