"""Verdicts as a page shows them: badges under a figure, and the summary of all claims."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from html import escape

import pandas as pd

from regnet.analysis.claims import CLAIMS
from regnet.analysis.verdicts import Judgement, judge
from regnet.figures.names import link, number
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import Runs

# verdict -> its sign: colour never stands alone
SIGNS = {"supported": "✓", "contradicted": "✗", "inconclusive": "?", "not tested here": "–"}


class Summary:
    """All claims with their verdicts, as HTML in a notebook."""

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
        counts = " ".join(f'<span class="count">{badge(word)} {n}</span>' for word, n in self.counts.items())
        rows = "".join(
            f'<tr><th scope="row"><a href="{link(j.claim.element)}">{number(j.claim.element)}</a></th>'
            f"<td>{escape(j.claim.sentence)}</td>"
            f'<td>{badge(j.adjusted, j.words)}</td><td class="effect">{escape(effect(j))}</td></tr>'
            for j in self.judged
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("", "Claim", "Verdict", "Effect"))
        return (
            f'<div class="summary"><p>{counts}</p><div class="scroll" tabindex="0" role="region" '
            f'aria-label="Every claim and its verdict"><table class="element-table"><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div></div>"
        )


def summary(runs: Runs) -> Summary:
    """Every claim judged on the runs, in the paper's order."""
    return Summary(judgements(runs))


def badges(name: str, runs: Runs) -> str:
    """The element's claims with verdict, effect and interval, as a list; nothing where it makes no claim."""
    items = "".join(
        f"<li>{badge(j.adjusted, j.words)} {escape(j.claim.sentence)} "
        f'<span class="effect">{escape("; ".join(filter(None, (effect(j), j.note))))}</span></li>'
        for j in judgements(runs)
        if j.claim.element == name
    )
    return f'<ul class="verdicts" aria-label="Verdicts">{items}</ul>' if items else ""


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
    interval = "" if j.low is None or j.low == j.high else f" [{j.low:+.2f}, {j.high:+.2f}]"
    count = f", n = {_count(j)}" if j.n else ""
    return f"{j.statistic}: {j.effect:+.2f}{interval} {j.unit}{count}"


def _count(j: Judgement) -> str:
    """Networks on either side of the comparison that decides."""
    decides = next(part.result for part in j.parts if part.name == j.statistic)
    return str(decides.n_a) if decides.n_a == decides.n_b else f"{decides.n_a} and {decides.n_b}"


def judgements(runs: Runs) -> tuple[Judgement, ...]:
    """Every claim judged on what is sealed; files that have not changed are judged once a process."""
    files = sorted(runs.folder.glob("*.json"))
    return _judge(runs, tuple((file.name, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=8)
def _judge(runs: Runs, files: tuple[tuple[str, int], ...]) -> tuple[Judgement, ...]:
    """`files` is what the cache goes by: sealing writes a population's JSON anew."""
    del files
    names = [name for name in sorted({name for claim in CLAIMS for name in claim.populations}) if runs.count(name)]
    repeats = {name: runs.repeats(name) for name in names}
    return tuple(judge({name: _frame(runs, name) for name in names}, repeats, find_regime(runs.regime).margin))


def _frame(runs: Runs, name: str) -> pd.DataFrame:
    frame = runs.frame(name)
    sealed = pd.read_csv(runs.folder / f"{name}.csv", usecols=["index", "status"])
    shown = sealed[sealed["index"] < runs.n] if runs.n else sealed
    frame.attrs["failed"] = int((shown["status"] == "failed").sum())
    return frame
