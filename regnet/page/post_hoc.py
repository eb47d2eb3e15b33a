"""The rules that came after the rows: each claim under them, beside its verdict, post hoc and counted nowhere."""

from collections.abc import Sequence

from regnet.analysis.multiplicity import schemes
from regnet.analysis.rule_sets import V2, rules_of
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.page.guide import Guide
from regnet.page.verdicts import SIGNS
from regnet.sweeps.store import Runs


def second(runs: Runs) -> list[Judgement]:
    """Measured claims of a regime that the first rules judge, by the second; none where those are its own."""
    if rules_of(runs.regime) is V2:
        return []
    return [j for j in judgements(runs, V2) if j.claim.kind == "measured"]


def post_hoc(runs: Runs) -> Guide:
    """How many claims the second rules would call what."""
    judged = second(runs)
    return Guide(counted(judged) if judged else "The ledger of pocket's own edition shows each claim under them.")


def counted(judged: Sequence[Judgement]) -> str:
    """How many measured claims have which verdict under each way of adjusting for many tests, in a sentence."""
    found = (
        f"{name}: {', '.join(f'{counts[word]} {word}' for word in SIGNS if counts[word])}"
        for name, counts in schemes(judged).items()
    )
    return f"Adjusted {'; '.join(found)}."
