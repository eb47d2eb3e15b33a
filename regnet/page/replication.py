"""Does it replicate? What the verdicts of two regimes on a claim come to, each by its regime's own rules."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from regnet.analysis.compare import AGAINST
from regnet.analysis.rules.finals import READ_FINALS
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.page.guide import Guide
from regnet.sweeps.store import Runs

PAIR = ("natural", "pocket")
OUTCOMES = {
    ("for", "for"): "holds in both",
    ("for", "open"): "holds in one, open in the other",
    ("against", "for"): "opposite verdicts",
    ("against", "open"): "against it in one, open in the other",
    ("against", "against"): "against it in both",
    ("open", "open"): "open in both",
}
"""What two verdicts on a claim come to, whichever comes first."""


@dataclass(frozen=True)
class Replication:
    """How many claims that trained networks test in both regimes came out how; on the page each leads to its claims.

    Interim verdicts wait: a handful of networks would say "open" of what was not asked yet.
    """

    pairs: tuple[tuple[Judgement, Judgement], ...]
    regimes: tuple[str, str]
    waiting: int  # claims that networks of one regime test, as many as its rule asks for, and nothing in the other

    def __str__(self) -> str:
        return self._said([f"{word}: {count}" for word, count in self.counts.items()])

    def _repr_html_(self) -> str:
        linked = [f'<a href="?outcome={quote(word)}#claims">{word}</a>: {count}' for word, count in self.counts.items()]
        return f'<p class="replication">{self._said(linked)}</p>'

    @property
    def counts(self) -> dict[str, int]:
        """Outcome -> how many claims came to it, in the order of OUTCOMES."""
        found = Counter(outcome(*pair) for pair in self.pairs)
        return {word: found[word] for word in OUTCOMES.values() if found[word]}

    def _said(self, listed: Sequence[str]) -> str:
        both = " and ".join(self.regimes)
        if not self.pairs:
            return f"No claim is tested in both {both} yet."
        rest = f" {self.waiting} more are tested in full in one of them alone." if self.waiting else ""
        return f"{len(self.pairs)} claims are tested in both {both}: {'; '.join(listed)}.{rest}"


def outcome(first: Judgement, second: Judgement) -> str:
    """What two verdicts on a claim come to."""
    one, other = sorted(map(_kind, (first, second)))
    return OUTCOMES[one, other]


def _kind(judgement: Judgement) -> str:
    return "for" if judgement.adjusted == "supported" else "against" if judgement.adjusted in AGAINST else "open"


def tested(runs: Runs) -> dict[str, Judgement]:
    """The claims that trained networks of a regime test, interim verdicts among them."""
    return {j.claim.id: j for j in judgements(runs) if rests_on_networks(j)}


def _settled(runs: Runs) -> set[str]:
    """The claims of a regime that have a verdict, interim ones apart, whatever tests them."""
    return {j.claim.id for j in judgements(runs) if j.adjusted != "not tested here" and not j.interim}


def rests_on_networks(judgement: Judgement) -> bool:
    """Whether trained networks tested the claim: a population's, or final models."""
    trained = bool(judgement.counts) or isinstance(judgement.claim.rule, READ_FINALS)
    return trained and judgement.adjusted != "not tested here"


def replication(runs: Runs) -> Replication:
    """The two regimes' measured claims, from the folder of these runs."""
    beside = [runs.at(regime) for regime in PAIR]
    first, second = ({name: j for name, j in tested(one).items() if not j.interim} for one in beside)
    both = [name for name in first if name in second]
    one, other = map(_settled, beside)
    alone = len((set(first) ^ set(second)) - (one & other))
    return Replication(tuple((first[name], second[name]) for name in both), PAIR, alone)


def replicated(runs: Runs) -> Guide:
    """How many claims came out how, with the way to the table."""
    return Guide(f"**Does it replicate?** {replication(runs)} {{ref}}`Claim by claim <does-it-replicate>`.")
