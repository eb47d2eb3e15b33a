"""Verdicts as a page shows them: judged once a process, badges under a figure."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import pandas as pd

from regnet.analysis.claims import CLAIMS
from regnet.analysis.verdicts import Judgement, judge
from regnet.design.zoo import zoo
from regnet.figures.readings import reading
from regnet.sweeps import timings
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

PLAIN = {"times", "GF", "orders of magnitude", "dimensions", "power of F"}  # units of what is no difference
MANY = 4  # parts that a line can list

# verdict -> its sign: colour never stands alone
SIGNS = {"supported": "✓", "contradicted": "✗", "inconclusive": "?", "not tested here": "–"}


def badges(name: str, runs: Runs) -> str:
    """The element's claims with verdict, effect, interval and reading, as a list; nothing where it makes no claim."""
    items = "".join(
        f"<li>{badge(j.adjusted, j.words)} {escape(j.claim.sentence)} "
        f'<span class="effect">{escape("; ".join(filter(None, (effect(j), parts(j), j.note))))}</span>'
        f"{_said(reading(j, runs.regime))}</li>"
        for j in judgements(runs)
        if j.claim.element == name
    )
    return f'<ul class="verdicts" aria-label="Verdicts">{items}</ul>' if items else ""


def _said(words: str) -> str:
    return f'<p class="reading">{escape(words)}</p>' if words else ""


def badge(verdict: str, words: str = "") -> str:
    """A verdict as a coloured word with a sign; dashed where it is interim."""
    interim = " verdict-interim" if "interim" in words else ""
    kind = verdict.replace(" ", "-")
    return f'<span class="verdict verdict-{kind}{interim}">{SIGNS[verdict]} {escape(words or verdict)}</span>'


def effect(judgement: Judgement) -> str:
    """The deciding statistic with its interval and n; empty where the claim was not tested."""
    j = judgement
    if j.effect is None:
        return ""
    form = _form(j.effect, j.unit)
    interval = "" if j.low is None or j.low == j.high else f" [{j.low:{form}}, {j.high:{form}}]"
    count = f", n = {_count(j)}" if j.n else ""
    return f"{j.statistic}: {j.effect:{form}}{interval} {j.unit}{count}"


def parts(judgement: Judgement) -> str:
    """Which of a claim's few comparisons hold; empty where it has one, or more than a line can say."""
    if not 2 <= len(judgement.parts) <= MANY:
        return ""
    said = (
        f"{SIGNS[part.result.verdict]} {part.name} {part.result.effect:{_form(part.result.effect, part.unit)}}"
        for part in judgement.parts
    )
    return "each part" + (" before Holm: " if judgement.p is not None else ": ") + ", ".join(said)


def _form(effect: float, unit: str) -> str:
    """How a statistic is written: two decimals, thousands of parameters whole; differences with their sign.

    >>> f"{-19902.9:{_form(-19902.9, 'parameters')}} {0.6:{_form(0.6, 'points')}} {6.03:{_form(6.03, 'times')}}"
    '-19,903 +0.60 6.03'
    """
    return ("" if unit in PLAIN else "+") + (",.0f" if abs(effect) >= 1000 else ".2f")


def _count(j: Judgement) -> str:
    """Networks on either side of the comparison that decides."""
    decides = next(part.result for part in j.parts if part.name == j.statistic)
    return str(decides.n_a) if decides.n_a == decides.n_b else f"{decides.n_a} and {decides.n_b}"


def judgements(runs: Runs) -> tuple[Judgement, ...]:
    """Every claim judged on what is sealed and timed; files that have not changed are judged once a process."""
    files = [*sorted(runs.folder.glob("*.json")), *sorted((runs.folder.parent / timings.FOLDER).glob("*.csv"))]
    return _judge(runs, tuple((file.name, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=8)
def _judge(runs: Runs, files: tuple[tuple[str, int], ...]) -> tuple[Judgement, ...]:
    """`files` is what the cache goes by: sealing writes a population's JSON anew."""
    del files
    here = {name: _here(name, runs) for name in sorted({name for claim in CLAIMS for name in claim.populations})}
    here = {name: own for name, own in here.items() if runs.count(own)}
    frames = {name: _frame(runs, own) for name, own in here.items()}
    repeats = {name: runs.repeats(own) for name, own in here.items()}
    margin = find_regime(runs.regime).margin
    return tuple(judge(frames, repeats, margin, finals=_finals(runs), timings=_timings(runs, here)))


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
    shown = sealed[sealed["index"] < runs.n] if runs.n else sealed
    frame.attrs["failed"] = int((shown["status"] == "failed").sum())
    return frame
