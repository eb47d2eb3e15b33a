"""Verdicts as a page shows them: judged once a process, badges under a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape

import pandas as pd

from regnet.analysis.compare import Verdict
from regnet.analysis.rule_sets import RuleSet, rules_of
from regnet.analysis.untrained import Untrained
from regnet.analysis.verdicts import Judgement
from regnet.design.zoo import zoo
from regnet.evidence.untrained import untrained
from regnet.figures.panels.calibrated import place
from regnet.page.readings import reading
from regnet.page.sentences import beside, comparison, effect, p_words
from regnet.sweeps import timings
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

MANY = 4  # parts that a line can list

# verdict -> its sign: colour never stands alone
SIGNS: Mapping[Verdict, str] = {
    "supported": "✓", "contradicted": "✗", "no such effect": "≈", "inconclusive": "?", "not tested here": "–",
}  # fmt: skip


def badges(name: str, runs: Runs) -> str:
    """The element's claims with verdict, effect, interval and reading, as a list; nothing where it makes no claim."""
    items = "".join(_item(j, runs.regime) for j in judgements(runs) if j.claim.element == name)
    return f'<ul class="verdicts" aria-label="Verdicts">{items}</ul>' if items else ""


def _item(j: Judgement, regime: str) -> str:
    rests = "; ".join(filter(None, (effect(j, regime), beside(j, regime), p_words(j), parts(j, regime), j.note)))
    return (
        f"<li>{badge(j.adjusted, j.words)} {escape(j.claim.sentence)}{about(j, regime)} "
        f'<span class="effect">{escape(rests)}</span>{_said(reading(j, regime))}</li>'
    )


def _said(words: str) -> str:
    return f'<p class="reading">{escape(words)}</p>' if words else ""


def badge(verdict: Verdict, words: str = "") -> str:
    """A verdict as a coloured word with a sign; dashed where it is interim."""
    interim = " verdict-interim" if "interim" in words else ""
    kind = verdict.replace(" ", "-")
    return f'<span class="verdict verdict-{kind}{interim}">{SIGNS[verdict]} {escape(words or verdict)}</span>'


def parts(judgement: Judgement, regime: str) -> str:
    """Which of a claim's few comparisons hold; empty where it has one, or more than a line can say."""
    if not 2 <= len(judgement.parts) <= MANY:
        return ""
    said = (f"{SIGNS[part.result.verdict]} {comparison(part, regime, interval=False)}" for part in judgement.parts)
    return "each part" + (" before Holm: " if judgement.p_adjusted is not None else ": ") + ", ".join(said)


def about(judgement: Judgement, regime: str) -> str:
    """The mark of a claim about single networks, leading to what the calibration found; nothing at the others."""
    if not judgement.claim.single:
        return ""
    return f' <a class="about" href="{place(regime)}">about the {judgement.claim.about}</a>'


def judgements(runs: Runs, rules: RuleSet | None = None) -> tuple[Judgement, ...]:
    """Every claim judged on what is sealed and timed; files that have not changed are judged once a process.

    rules: another set than the regime's, whose verdicts are then post hoc.
    """
    files = [*sorted(runs.folder.glob("*.json")), *sorted((runs.folder.parent / timings.FOLDER).glob("*.csv"))]
    states = tuple((file.name, file.stat().st_mtime_ns) for file in files)
    return _judge(runs, states, rules or rules_of(runs.regime))


@lru_cache(maxsize=8)
def _judge(runs: Runs, files: tuple[tuple[str, int], ...], rules: RuleSet) -> tuple[Judgement, ...]:
    """`files` is what the cache goes by: sealing writes a population's JSON anew."""
    del files
    here = {name: _here(name, runs) for name in sorted({name for claim in rules.claims for name in claim.populations})}
    here = {name: own for name, own in here.items() if runs.count(own)}
    frames = {name: _frame(runs, own) for name, own in here.items()}
    repeats = {name: runs.repeats(own) for name, own in here.items()}
    regime = find_regime(runs.regime)
    found = rules.judge(
        frames,
        repeats,
        regime.margin,
        untrained=_before(regime.name),
        finals=_finals(runs),
        timings=_timings(runs, here),
    )
    return tuple(found)


def _before(regime: str) -> Callable[[str], Untrained]:
    """The untrained moments of a claim's population, named as in pocket, in the regime of the runs."""
    return lambda name: untrained(Population.parse(name, "pocket").at(regime))


def _here(name: str, runs: Runs) -> str:
    """A claim's population, named as in pocket, as the regime of the runs calls it: 6mf is 800mf on ImageNet."""
    return Population.parse(name, "pocket").at(runs.regime).name


def _finals(runs: Runs) -> pd.DataFrame | None:
    try:
        return runs.finals()
    except MissingPopulation:
        return None


def _timings(runs: Runs, here: dict[str, str]) -> pd.DataFrame:
    """Published networks and the regime's populations at their own resolutions, populations named as in the claims."""
    rows = timings.read(runs.folder.parent)
    rows = rows[rows["regime"].isna() | (rows["regime"] == "") | (rows["regime"] == runs.regime)]
    side = find_regime(runs.regime).resolution
    rows = rows[rows["resolution"] == [zoo.resolution(name) if name in zoo else side for name in rows["model"]]]
    return rows.replace({"population": {own: name for name, own in here.items()}})


def _frame(runs: Runs, name: str) -> pd.DataFrame:
    frame = runs.frame(name)
    sealed = pd.read_csv(runs.folder / f"{name}.csv", usecols=["index", "status"])
    failed = sealed.loc[sealed["status"] == "failed", "index"].tolist()
    frame.attrs["failed"] = [index for index in failed if not runs.n or index < runs.n]
    return frame
