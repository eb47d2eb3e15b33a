"""The front page's picture of the ledger: a bar for what was measured, one for print, a sign a claim at its figure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from regnet.analysis.compare import AGAINST, Verdict
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.figures import link, number
from regnet.page.sentences import effect
from regnet.page.verdicts import SIGNS, badge
from regnet.sweeps.store import Runs

HERE, PRINT = "measured here", "computed from print"


class Summary:
    """All claims with their verdicts, as HTML in a notebook; each sign leads to the claim's figure or table."""

    def __init__(self, judged: Sequence[Judgement], regime: str) -> None:
        self.judged, self.regime = judged, regime

    def __str__(self) -> str:
        return "; ".join(f"{kind}: {_listed(found)}" for kind, found in self.counts.items())

    @property
    def counts(self) -> dict[str, dict[Verdict, int]]:
        """Measured or print -> verdict -> how many claims have it, in the order of SIGNS."""
        measured = [j.adjusted for j in self.judged if j.claim.kind == "measured"]
        printed = [j.adjusted for j in self.judged if j.claim.kind != "measured"]
        return {HERE: _counted(measured), PRINT: _counted(printed)}

    def _repr_html_(self) -> str:
        rows = "".join(
            self._row(name, list(some)) for name, some in groupby(self.judged, key=lambda j: j.claim.element)
        )
        interim = sum(j.interim for j in self.judged)
        more = (
            f" {interim} of them interim (dashed): judged on fewer networks than the rule asks for." if interim else ""
        )
        more += self._asks_more()
        bars = "".join(_bar(kind, found) for kind, found in self.counts.items() if found)
        return (
            f'<div class="summary">{bars}'
            f"<p>{len(self.judged)} claims.{more} Each sign leads to its figure; point at it to read the claim.</p>"
            f'<dl class="signs">{rows}</dl></div>'
        )

    def _asks_more(self) -> str:
        """How many verdicts against a claim are against what its rule asks beyond the paper; empty of none."""
        against = [j for j in self.judged if j.adjusted in AGAINST]
        beyond = sum(bool(j.claim.more) for j in against)
        if not beyond:
            return ""
        return (
            f" Of the {len(against)} with a verdict against them {beyond} ask{'s' * (beyond == 1)} more than the paper "
            "says: what, stands under the figure."
        )

    def _row(self, name: str, judged: Sequence[Judgement]) -> str:
        return f"<div><dt>{number(name)}</dt><dd>{''.join(_sign(j, self.regime) for j in judged)}</dd></div>"


def summary(runs: Runs) -> Summary:
    """Every claim judged on the runs, in the paper's order."""
    return Summary(judgements(runs), runs.regime)


def _counted(verdicts: Sequence[Verdict]) -> dict[Verdict, int]:
    found = Counter(verdicts)
    return {word: found[word] for word in SIGNS if found[word]}


def _listed(found: Mapping[Verdict, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in found.items())


def _bar(kind: str, found: Mapping[Verdict, int]) -> str:
    parts = "".join(f'<span class="{_kind(word)}" style="flex-grow:{n}"></span>' for word, n in found.items())
    counts = " ".join(f'<span class="count">{badge(word)} {n}</span>' for word, n in found.items())
    said = f"{sum(found.values())} claims {kind}"
    return (
        f'<p class="bar-name">{said}</p>'
        f'<div class="bar" role="img" aria-label="{escape(f"{said}: {_listed(found)}")}">{parts}</div>'
        f'<p class="counts">{counts}</p>'
    )


def _sign(j: Judgement, regime: str) -> str:
    said = escape(". ".join(filter(None, (f"{j.claim.sentence} {j.words}", effect(j, regime)))))
    interim = " verdict-interim" if j.interim else ""
    place = escape(link(j.claim.element))
    return (
        f'<a class="verdict {_kind(j.adjusted)}{interim}" href="{place}" title="{said}" aria-label="{said}">'
        f"{SIGNS[j.adjusted]}</a>"
    )


def _kind(verdict: str) -> str:
    return f"verdict-{verdict.replace(' ', '-')}"
