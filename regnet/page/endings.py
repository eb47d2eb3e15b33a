"""The end of a chapter: which of its claims held, which did not, which stay open, and what surprised."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from regnet.analysis.compare import AGAINST, Verdict
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.figures import chapter, number
from regnet.page.readings import surprise
from regnet.page.verdicts import EVIDENCE, SIGNS
from regnet.sweeps.store import Runs

UNTESTED: Verdict = "not tested here"
KINDS: dict[str, tuple[Verdict, ...]] = {"Held": ("supported",), "Did not hold": AGAINST, "Open": ("inconclusive",)}


@dataclass(frozen=True)
class Ending:
    """A chapter's claims by what became of them, as HTML; each leads to its row of the ledger."""

    judged: Sequence[Judgement]
    regime: str

    def _repr_html_(self) -> str:
        kinds = "".join(self._kind(name, verdicts) for name, verdicts in KINDS.items())
        return f'<div class="ending">{kinds}{self._untested()}{self._surprises()}</div>'

    def _kind(self, name: str, verdicts: Sequence[Verdict]) -> str:
        items = "".join(map(_item, (j for j in self.judged if j.adjusted in verdicts)))
        return f"<p><strong>{name}</strong></p><ul>{items}</ul>" if items else ""

    def _untested(self) -> str:
        untested = [j.claim.element for j in self.judged if j.adjusted == UNTESTED]
        if not untested:
            return ""
        where = ", ".join(f'<a href="#{name}">{number(name)}</a>' for name in dict.fromkeys(untested))
        count = f"{len(untested)} claim" + "s" * (len(untested) > 1)
        return f"<p><strong>Not tested here</strong> {count}: {where}.</p>"

    def _surprises(self) -> str:
        said = [words for j in self.judged if (words := surprise(j, self.regime))]
        return f"<p><strong>What surprised us</strong> {escape(' '.join(said))}</p>" if said else ""


def ending(runs: Runs, page: str) -> Ending:
    """What became of the claims whose figures and tables stand on a page ("03-anynet")."""
    return Ending([j for j in judgements(runs) if chapter(j.claim.element) == page], runs.regime)


def _item(j: Judgement) -> str:
    about = ", ".join(filter(None, (EVIDENCE.get(j.claim.kind, ""), "interim" if j.interim else "")))
    return (
        f"<li>{SIGNS[j.adjusted]} {escape(j.claim.sentence)} "
        f'<a href="#{j.claim.element}">{number(j.claim.element)}</a>{f" ({about})" if about else ""}, '
        f'<a href="12-ledger.html#{j.claim.id}" aria-label="The ledger on: {escape(j.claim.sentence)}">ledger</a></li>'
    )
