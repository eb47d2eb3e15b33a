"""The ledger: every claim judged on the populations at hand, then Holm's adjustment (`multiplicity.py`).

A claim reads the first members of its populations, as many as it declares, whatever else lies there: a population that
grows for another figure moves no verdict.
A claim's p is the largest of its parts' where nothing contradicts it (each part has to hold), else the smallest
contradicting part's times the number of parts; likewise where a part finds no such effect.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from regnet.analysis.claims import CLAIMS, Claim
from regnet.analysis.compare import AGAINST, Verdict
from regnet.analysis.counts import count
from regnet.analysis.judgement import Judgement
from regnet.analysis.multiplicity import Adjust, over_all
from regnet.analysis.rules.evidence import Evidence, NotTestable, Part
from regnet.analysis.rules.finals import READ_FINALS
from regnet.analysis.untrained import Untrained

__all__ = ["Frames", "Judgement", "judge", "ledger", "seed_sd"]

FAILED_SHARE = 0.01  # a population with more failed trainings is not judged
FEWEST = 4  # members below which no rule says anything
POWER = 0.8  # a no-difference rule with less to find none says so, whatever it found
Frames = Mapping[str, pd.DataFrame]


def judge(
    frames: Frames,
    repeats: Frames,
    margin: float,
    claims: Sequence[Claim] | None = None,
    *,
    finals: pd.DataFrame | None = None,
    timings: pd.DataFrame | None = None,
    untrained: Callable[[str], Untrained] | None = None,
    adjust: Adjust = over_all,
) -> list[Judgement]:
    """Every claim judged, or those given, in order; one whose evidence is missing is "not tested here".

    frames: population name -> its members, those that failed among them;
    repeats: population name -> its retrained members; margin: points of error; finals: one row a training of a final
    model; timings: one row a network and device; untrained: a population's moments before
    training, by its name; adjust: for how many were tested.
    """
    evidence = Evidence(frames, repeats, margin, finals, timings, untrained)
    noise = max((sd for frame in repeats.values() if (sd := seed_sd([frame])) is not None), default=None)
    return adjust([_judge(claim, evidence, noise) for claim in (CLAIMS if claims is None else claims)])


def ledger(judgements: Iterable[Judgement]) -> pd.DataFrame:
    """One row a claim: the claim, the deciding statistic with interval and p, both verdicts, what they rest on."""
    rows = [
        {
            "id": j.claim.id, "element": j.claim.element, "place": j.claim.place, "sentence": j.claim.sentence,
            "kind": j.claim.kind, "about": j.claim.about, "populations": ", ".join(j.claim.populations),
            "rule": j.claim.rule.text,
            "statistic": j.statistic, "unit": j.unit, "effect": j.effect, "low": j.low, "high": j.high,
            "level": j.decides.result.level if j.decides else "",
            "p": j.p, "p_adjusted": j.p_adjusted, "verdict": j.verdict, "adjusted": j.adjusted,
            "n": j.n, "distinct": min((one.distinct for one in j.counts.values()), default=0),
            "judging_n": j.claim.n, "interim": j.interim, "diverged": j.diverged,
            "seed_sd": j.seed_sd, "power": j.power, "note": j.note,
        }
        for j in judgements
    ]  # fmt: skip
    numbers = ["effect", "low", "high", "p", "p_adjusted", "seed_sd", "power"]
    return pd.DataFrame(rows).astype(dict.fromkeys(numbers, "float64"))


def seed_sd(repeats: Iterable[pd.DataFrame]) -> float | None:
    """Pooled sd of error over training seeds at the population's own length, points; None without two seeds.

    repeats: one frame a population, as `Runs.repeats` has it.
    """
    groups = [
        errors
        for frame in repeats
        if not frame.empty
        for _, errors in frame[frame["length"] == 1].dropna(subset=["error"]).groupby("index")["error"]
        if len(errors) > 1
    ]
    if not groups:
        return None
    squares = sum(float(errors.var(ddof=1)) * (len(errors) - 1) for errors in groups)
    return float(np.sqrt(squares / sum(len(errors) - 1 for errors in groups)))


def _judge(claim: Claim, evidence: Evidence, noise: float | None) -> Judgement:
    evidence = _declared(claim, evidence)
    try:
        _check_populations(claim, evidence)
        parts = claim.rule.parts(evidence)
    except (NotTestable, ValueError) as missing:  # a statistic that these numbers do not have costs one claim, not all
        return Judgement(claim, "not tested here", "not tested here", note=str(missing))
    verdict = together(parts)
    decides, p = _deciding(parts, verdict)
    counts = {name: count(evidence.frames[name]) for name in claim.populations}
    diverged = sum(int((frame["status"] == "diverged").sum()) for frame in _trained(claim, evidence))
    return Judgement(
        claim, verdict, verdict, tuple(parts), decides, p,
        n=min((one.n for one in counts.values()), default=0), counts=counts, diverged=diverged,
        seed_sd=_noise(claim, evidence, noise), note=_note(claim, evidence, decides, verdict, diverged),
        interim=any(one.n + evidence.failed[name] < claim.needed(name) for name, one in counts.items()),
    )  # fmt: skip


def _declared(claim: Claim, evidence: Evidence) -> Evidence:
    """The claim's populations, cut to the members that it declares; those that failed counted and left out."""
    there = [name for name in claim.populations if name in evidence.frames]
    first = {name: (every := evidence.frames[name])[every["index"] < claim.needed(name)] for name in there}
    failed = {name: int((frame["status"] == "failed").sum()) for name, frame in first.items()}
    kept = {name: frame[frame["status"] != "failed"] for name, frame in first.items()}
    return replace(evidence, frames=kept, failed=failed)


def _check_populations(claim: Claim, evidence: Evidence) -> None:
    if missing := [name for name in claim.populations if name not in evidence.frames]:
        raise NotTestable(f"no population {', '.join(missing)}")
    for name in claim.populations:
        n, failed = len(evidence.frames[name]), evidence.failed[name]
        if n < FEWEST:
            raise NotTestable(f"{name} has {n} members, at least {FEWEST} needed")
        if failed > FAILED_SHARE * (n + failed):
            raise NotTestable(f"{failed} of {n + failed} trainings of {name} failed: more than 1%, not judged")


def together(parts: Sequence[Part]) -> Verdict:
    """What the parts of one claim say: one is enough against it, each has to hold for it."""
    verdicts = {part.result.verdict for part in parts}
    for one_is_enough in AGAINST:  # the first named first
        if one_is_enough in verdicts:
            return one_is_enough
    return "supported" if verdicts == {"supported"} else "inconclusive"


def _deciding(parts: Sequence[Part], verdict: Verdict) -> tuple[Part, float | None]:
    """The part that decides and the claim's p: the worst part, or the clearest of those that speak against it."""
    candidates = [part for part in parts if verdict not in AGAINST or part.result.verdict == verdict]
    if any(part.result.p is None for part in candidates):
        return next((part for part in candidates if part.result.verdict == verdict), candidates[0]), None
    if verdict in AGAINST:
        part = min(candidates, key=lambda part: part.result.p or 0.0)
        return part, min(1.0, len(parts) * (part.result.p or 0.0))
    part = max(candidates, key=lambda part: part.result.p or 0.0)
    return part, part.result.p


def _noise(claim: Claim, evidence: Evidence, largest: float | None) -> float | None:
    """The claim's populations' seed noise; the regime's largest where none of them was retrained."""
    if not claim.populations:
        return None
    own = seed_sd(evidence.repeats[name] for name in claim.populations if name in evidence.repeats)
    return largest if own is None else own


def _note(claim: Claim, evidence: Evidence, decides: Part, verdict: Verdict, diverged: int) -> str:
    notes = []
    if diverged:
        without = _without_diverged(claim, evidence)
        changed = f"; without them: {without}" if without != verdict else ""
        notes.append(f"{diverged} diverged{changed}")
    if decides.power is not None and decides.power < POWER:
        notes.append(f"power {decides.power:.0%}: below 80%")
    return "; ".join(notes)


def _trained(claim: Claim, evidence: Evidence) -> list[pd.DataFrame]:
    """The rows that a claim rests on."""
    finals = [evidence.finals] if isinstance(claim.rule, READ_FINALS) and evidence.finals is not None else []
    return [*(evidence.frames[name] for name in claim.populations), *finals]


def _without_diverged(claim: Claim, evidence: Evidence) -> Verdict:
    kept = {name: evidence.frames[name].query("status != 'diverged'") for name in claim.populations}
    repeats = {name: frame.query("status != 'diverged'") for name, frame in evidence.repeats.items()}
    finals = None if evidence.finals is None else evidence.finals.query("status != 'diverged'")
    reduced = replace(evidence, frames=kept, repeats=repeats, finals=finals)
    try:
        _check_populations(claim, reduced)
        return together(claim.rule.parts(reduced))
    except (NotTestable, ValueError):
        return "not tested here"
