"""The rules that came after the rows: each claim under them, beside its verdict, post hoc and counted nowhere."""

from collections.abc import Sequence
from html import escape

from regnet.analysis.multiplicity import schemes
from regnet.analysis.rule_sets import V2, rules_of
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.figures import link, number
from regnet.page import tables
from regnet.page.sentences import beside, effect, p_words
from regnet.page.verdicts import SIGNS, badge
from regnet.sweeps.store import Runs

COLUMNS = ("Figure or table", "Claim", "Verdict", "Post hoc, by the second rules", "Effect by them")


class PostHoc:
    """Measured claims of a regime that v1 judges, by v2 as well; a sentence where v2 is the regime's own."""

    def __init__(self, second: Sequence[Judgement], published: Sequence[Judgement], regime: str) -> None:
        self.second, self.regime = second, regime
        self.published = {j.claim.id: j for j in published}

    def _repr_html_(self) -> str:
        if not self.second:
            return "<p>These rules are the regime's own: the ledger shows them.</p>"
        table = tables.markup(COLUMNS, map(self._row, self.second), "wide")
        return tables.region(table, "By the second rules, post hoc") + f"<p>{escape(counted(self.second))}</p>"

    def _row(self, j: Judgement) -> list[str]:
        before = self.published.get(j.claim.id)
        found = [effect(j, self.regime), beside(j, self.regime), p_words(j), j.note]
        return [
            f'<a href="{link(j.claim.element)}">{number(j.claim.element)}</a>',
            escape(j.claim.sentence),
            badge(before.adjusted, before.words) if before else "",
            badge(j.adjusted, j.words),
            f'<span class="effect">{escape("; ".join(filter(None, found)))}</span>',
        ]


def counted(judged: Sequence[Judgement]) -> str:
    """How many measured claims have which verdict under each way of adjusting for many tests, in a sentence."""
    found = (
        f"{name}: {', '.join(f'{counts[word]} {word}' for word in SIGNS if counts[word])}"
        for name, counts in schemes(judged).items()
    )
    return f"Adjusted {'; '.join(found)}."


def post_hoc(runs: Runs) -> PostHoc:
    """The regime's measured claims by the second rules, if its own are the first."""
    if rules_of(runs.regime) is V2:
        return PostHoc((), (), runs.regime)
    second = [j for j in judgements(runs, V2) if j.claim.kind == "measured"]
    return PostHoc(second, judgements(runs), runs.regime)
