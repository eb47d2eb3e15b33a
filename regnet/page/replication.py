"""Does it replicate? The measured claims of two regimes side by side, each by its regime's own rules."""

from collections import Counter
from dataclasses import dataclass
from html import escape

from regnet.analysis.compare import AGAINST
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.figures import link, number
from regnet.page import tables
from regnet.page.guide import Guide
from regnet.page.sentences import effect
from regnet.page.verdicts import badge
from regnet.sweeps.store import Runs

PAIR = ("natural", "pocket")
OUTCOMES = {
    ("for", "for"): "holds in both",
    ("for", "open"): "holds in one, open in the other",
    ("against", "for"): "turns",
    ("against", "open"): "against it in one, open in the other",
    ("against", "against"): "against it in both",
    ("open", "open"): "open in both",
}
"""What two verdicts on a claim come to, whichever comes first."""


@dataclass(frozen=True)
class Replication:
    """Claims that trained networks test in both regimes, as a table; as text, how many came out how."""

    pairs: tuple[tuple[Judgement, Judgement], ...]
    regimes: tuple[str, str]
    waiting: int  # claims that one regime alone tests

    def __str__(self) -> str:
        if not self.pairs:
            return f"No claim is tested in both {' and '.join(self.regimes)} yet."
        counts = Counter(outcome(*pair) for pair in self.pairs)
        listed = "; ".join(f"{word}: {counts[word]}" for word in OUTCOMES.values() if counts[word])
        rest = f" {self.waiting} more are tested in one of them so far." if self.waiting else ""
        return f"{len(self.pairs)} claims are tested in both {' and '.join(self.regimes)}. {listed.capitalize()}.{rest}"

    def _repr_html_(self) -> str:
        said = f"<p>{escape(str(self))}</p>"
        if not self.pairs:
            return said
        heads = ("Figure or table", "Claim", *self.regimes, "So")
        rows = (self._row(*pair) for pair in self.pairs)
        return said + tables.region(tables.markup(heads, rows, "wide"), "Two regimes side by side")

    def _row(self, first: Judgement, second: Judgement) -> list[str]:
        cells = [
            f'{badge(j.adjusted, j.words)}<br><span class="effect">{escape(effect(j, regime))}</span>'
            for j, regime in zip((first, second), self.regimes, strict=True)
        ]
        claim = first.claim
        where = f'<a href="{link(claim.element)}">{number(claim.element)}</a>'
        return [where, escape(claim.sentence), *cells, outcome(first, second)]


def outcome(first: Judgement, second: Judgement) -> str:
    """What two verdicts on a claim come to."""
    one, other = sorted(map(_kind, (first, second)))
    return OUTCOMES[one, other]


def _kind(judgement: Judgement) -> str:
    return "for" if judgement.adjusted == "supported" else "against" if judgement.adjusted in AGAINST else "open"


def replication(runs: Runs) -> Replication:
    """The two regimes' measured claims, from the folder of these runs."""
    beside = [Runs(regime, runs.folder.parent / regime, runs.n) for regime in PAIR]
    tested = [
        {j.claim.id: j for j in judgements(one) if j.counts and j.adjusted != "not tested here"}  # on trained networks
        for one in beside
    ]
    both = [name for name in tested[0] if name in tested[1]]
    alone = len(set(tested[0]) ^ set(tested[1]))
    return Replication(tuple((tested[0][name], tested[1][name]) for name in both), PAIR, alone)


def replicated(runs: Runs) -> Guide:
    """How many claims came out how, with the way to the table."""
    return Guide(f"**Does it replicate?** {replication(runs)} {{ref}}`Claim by claim <does-it-replicate>`.")
