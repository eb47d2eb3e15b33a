"""The front page's first screen: one picture, what was done, what was found, one surprise, one caveat, three ways on.

Every finding is bound to claims: its words belong to their verdict, its numbers come from their judgements. Where a
verdict is another, other words stand there, or the next finding moves up.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from math import inf

from regnet import figures
from regnet.analysis.compare import AGAINST, Verdict
from regnet.analysis.rules.adjusted_means import MEAN
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.figures.numbers.devices import short_name
from regnet.figures.panels.captions import data_name
from regnet.figures.panels.element import Picture, Row
from regnet.page import svg
from regnet.page.readings import surprise
from regnet.page.sentences import comparison
from regnet.page.validity import brief
from regnet.page.verdicts import place
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

SHOWN = 3  # findings
PICTURE = "fig09"
WIDTH, BODY = 3.7, 2.4  # inches of the picture and of its panel's body
WAYS = {
    "I am new": ("02-tools.html", "What a design space is, and how one is judged."),
    "I know the paper": ("12-ledger.html", "Every claim with its verdict."),
    "I want to rerun it": ("13-how-run.html#run-it-yourself", "The commands, and what they cost."),
}


@dataclass(frozen=True)
class Finding:
    """Claims that have one verdict, none of them interim, and what is then said.

    Fields in braces are filled from the claims in order: `{0.said}`, `{0.size}`, `{0.margin}`, `{1.size}`.
    """

    claims: tuple[str, ...]
    words: Mapping[Verdict, str]

    def said(self, judged: Mapping[str, Judgement], regime: str) -> str:
        """The words for what the claims came out as; empty where there are none for it."""
        found = [judged[claim] for claim in self.claims if claim in judged]
        verdicts = {j.adjusted for j in found}
        if len(found) < len(self.claims) or len(verdicts) > 1 or any(j.interim or j.decides is None for j in found):
            return ""
        return self.words.get(verdicts.pop(), "").format(*(_numbers(j, regime) for j in found))


@dataclass(frozen=True)
class _Numbers:
    """What a judgement gives to words: every comparison, and the size on each device; n; the deciding one's numbers."""

    said: str
    decides: str
    each: str
    ends: str
    n: int
    mean: str
    change: float
    size: float
    margin: float


FINDINGS = (
    Finding(
        ("fig09-mean",),
        {
            "supported": "Designing the space pays: over the first {0.n} networks of each, {0.mean} {0.said}.",
            "contradicted": "Designing the space does not pay here: {0.mean} {0.decides}.",
        },
    ),
    Finding(
        ("fig05-shared-b", "fig05-shared-g"),
        {
            "supported": "Simpler costs little: one bottleneck ratio for all stages, then one group width, change the "
            "mean error by {0.change:+.2f} points ({0.ends}; up to {0.margin:.2f} counts as nothing) and "
            "{1.change:+.2f} ({1.ends}; up to {1.margin:.2f})."
        },
    ),
    Finding(
        ("timings-5x", "tab04-speed"),
        {
            "supported": "Flops are not time: RegNetX-8.0GF is {0.size:.1f} times as fast as EfficientNet-B5 on the "
            "devices timed here, {1.size:.1f} times in the paper's numbers."
        },
    ),
    Finding(
        ("timings-5x",),
        {
            "contradicted": "Flops are not time: the paper has RegNetX-8.0GF up to five times as fast as "
            "EfficientNet-B5; measured here it is {0.each} times as fast."
        },
    ),
    Finding(("fig07-w-decreasing",), {"supported": "The direction of widths matters: {0.decides} in mean error."}),
    Finding(("fig10-flops",), {"supported": "The order of the spaces stays at twice the flops: {0.mean} {0.said}."}),
)


@dataclass(frozen=True)
class Front:
    """The first screen as HTML; as text, its sentences."""

    done: str
    picture: str
    findings: Sequence[tuple[str, str]]
    surprise: tuple[str, str]
    caveat: tuple[str, str]

    def __str__(self) -> str:
        return " ".join(
            filter(None, (self.done, *(said for said, _ in self.findings), self.surprise[0], self.caveat[0]))
        )

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{_linked(*finding)}</li>" for finding in self.findings)
        surprise = f'<p class="surprise"><strong>A surprise.</strong> {_linked(*self.surprise)}</p>'
        caveat = f'<p class="caveat"><strong>A caveat.</strong> {_linked(*self.caveat, "The calibration")}</p>'
        ways = "".join(
            f'<li><a href="{where}">{name}</a><span>{said}</span></li>' for name, (where, said) in WAYS.items()
        )
        words = (f"<ul>{items}</ul>" if items else "") + (surprise if self.surprise[0] else "") + caveat
        return (
            f'<div class="front"><p class="done">{escape(self.done)}</p>'
            f'<div class="found">{self.picture}<div>{words}</div></div>'
            f'<nav aria-label="Where to start"><ul class="ways">{ways}</ul></nav><!-- beside --><!-- /beside --></div>'
        )


def front(runs: Runs) -> Front:
    """The first screen of the regime's book."""
    judged = {j.claim.id: j for j in judgements(runs)}
    return Front(
        done(runs, judged.values()),
        _picture(runs),
        told(FINDINGS, judged, runs.regime)[:SHOWN],
        surprising(judged.values(), runs.regime),
        (brief(runs), place(runs.regime)),
    )


def told(findings: Sequence[Finding], judged: Mapping[str, Judgement], regime: str) -> list[tuple[str, str]]:
    """Those that have something to say of these judgements: the words, and the element that shows it."""
    said = ((finding.said(judged, regime), judged[finding.claims[0]].claim.element) for finding in findings)
    return [(words, name) for words, name in said if words]


def surprising(judged: Iterable[Judgement], regime: str) -> tuple[str, str]:
    """What surprised most, of claims that did not hold before those that are open; empty where nothing did."""
    first = sorted(judged, key=lambda j: j.adjusted not in AGAINST)
    found = ((surprise(j, regime), j.claim.element) for j in first)
    return next(((said, name) for said, name in found if said), ("", ""))


def done(runs: Runs, judged: Collection[Judgement]) -> str:
    """What was done, in one sentence."""
    frames = [runs.frame(p) for p in figures.populations(runs.regime) if runs.count(p)]
    trainings, seconds = sum(map(len, frames)), sum(float(frame["seconds"].sum()) for frame in frames)
    if not trainings:
        return f"No network of regime {runs.regime} is trained yet."
    data = data_name(find_regime(runs.regime).base.data)
    distinct = len(set().union(*(frame["network_id"] for frame in frames)))
    tested = sum(j.adjusted != "not tested here" for j in judged)
    of = "all" if tested == len(judged) else f"{tested} of"
    return (
        f"We drew {distinct:,} different networks at random in {len(frames)} populations, trained them {trainings:,} "
        f"times on {data}, about {seconds / trainings:.0f} seconds each ({seconds / 3600:.0f} core-hours in all), "
        "redrew the paper's figures and tables from them and from its printed numbers, and judged "
        f"{of} its {len(judged)} claims."
    )


def _picture(runs: Runs) -> str:
    """The first panel of Figure 9, with the way to the whole; nothing where it cannot be drawn."""
    whole = figures.element(PICTURE, runs)
    assert isinstance(whole, Picture)
    one = replace(whole, rows=[Row(whole.grid[0].panels[:1], BODY)], width=WIDTH, seen="Cumulative error curves.")
    try:
        drawn = svg.render(one.drawn(), f"{PICTURE}-front", alt=one.alt())
    except MissingPopulation:
        return ""
    said = (
        "A curve is a design space: the share of its networks below each error. Further left is better. The numbers "
        "are the least and the mean error."
    )
    return f"<figure>{drawn}<figcaption>{_linked(said, PICTURE)}</figcaption></figure>"


def _linked(said: str, where: str, name: str = "") -> str:
    """Words with the way to the element, or to the page, that shows them."""
    if not where:
        return escape(said)
    there = where if "." in where else figures.link(where)
    return f'{escape(said)} <a href="{escape(there)}">{escape(name or figures.number(where))}</a>'


def _numbers(j: Judgement, regime: str) -> _Numbers:
    assert j.decides
    margin = j.decides.result.claimed[1]
    return _Numbers(
        said=" and ".join(comparison(part, regime, interval=False) for part in j.parts),
        decides=comparison(j.decides, regime, interval=False),
        each=" and ".join(
            f"{part.result.effect:.1f} ({short_name(part.name.partition(' on ')[2])})" for part in j.parts
        ),
        ends=f"{j.decides.result.level}: {j.decides.result.low:.2f} to {j.decides.result.high:.2f}",
        n=j.n,
        mean="on average, adjusted for the sizes and shapes drawn," if j.decides.what == MEAN else "on average",
        change=j.decides.result.effect,
        size=abs(j.decides.result.effect),
        margin=margin if margin < inf else float("nan"),
    )
