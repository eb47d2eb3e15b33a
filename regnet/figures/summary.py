"""The front page's picture of the ledger: a bar of all verdicts, and a sign a claim beside the figure that shows it."""

from __future__ import annotations

from collections import Counter
from html import escape
from itertools import groupby

from regnet.analysis.verdicts import Judgement
from regnet.figures.names import link, number
from regnet.figures.verdicts import SIGNS, badge, effect, judgements
from regnet.sweeps.store import Runs


class Summary:
    """All claims with their verdicts, as HTML in a notebook; each sign leads to the claim's figure or table."""

    def __init__(self, judged: tuple[Judgement, ...]) -> None:
        self.judged = judged

    def __str__(self) -> str:
        return ", ".join(f"{count} {word}" for word, count in self.counts.items())

    @property
    def counts(self) -> dict[str, int]:
        """Verdict -> how many claims have it, in the order of SIGNS."""
        found = Counter(judgement.adjusted for judgement in self.judged)
        return {word: found[word] for word in SIGNS if found[word]}  # type: ignore[index]

    def _repr_html_(self) -> str:
        rows = "".join(_row(name, list(claims)) for name, claims in groupby(self.judged, key=lambda j: j.claim.element))
        interim = sum(j.interim for j in self.judged)
        more = (
            f" {interim} of them interim (dashed): judged on fewer networks than the rule asks for." if interim else ""
        )
        return (
            f'<div class="summary"><div class="bar" role="img" aria-label="{escape(str(self))}">{self._bar()}</div>'
            f'<p class="counts">{self._counts()}</p>'
            f"<p>{len(self.judged)} claims.{more} Each sign leads to its figure; point at it to read the claim.</p>"
            f'<dl class="signs">{rows}</dl></div>'
        )

    def _bar(self) -> str:
        return "".join(f'<span class="{_kind(word)}" style="flex-grow:{n}"></span>' for word, n in self.counts.items())

    def _counts(self) -> str:
        return " ".join(f'<span class="count">{badge(word)} {n}</span>' for word, n in self.counts.items())


def summary(runs: Runs) -> Summary:
    """Every claim judged on the runs, in the paper's order."""
    return Summary(judgements(runs))


def _row(name: str, judged: list[Judgement]) -> str:
    return f"<div><dt>{number(name)}</dt><dd>{''.join(_sign(j) for j in judged)}</dd></div>"


def _sign(j: Judgement) -> str:
    said = escape(". ".join(filter(None, (f"{j.claim.sentence} {j.words}", effect(j)))))
    interim = " verdict-interim" if j.interim else ""
    place = escape(link(j.claim.element))
    return (
        f'<a class="verdict {_kind(j.adjusted)}{interim}" href="{place}" title="{said}" aria-label="{said}">'
        f"{SIGNS[j.adjusted]}</a>"
    )


def _kind(verdict: str) -> str:
    return f"verdict-{verdict.replace(' ', '-')}"
