"""Which verdict each claim of a regime had first, once it was no longer interim, and every later one with its reason.

`history.csv` is append-only. Its last row a regime and claim is the verdict of today; a test holds the two against each
other, so that no verdict moves without a row that says why. `natural`'s rows before 2026-11-27 were read off its
committed populations by its rules of that day.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from regnet.analysis.compare import Verdict

FILE = Path(__file__).with_name("history.csv")
NUMBERS = ("effect", "low", "high", "p_adjusted")


@dataclass(frozen=True)
class State:
    """A claim's verdict from a day on, with the number that decided it (None where it has none)."""

    verdict: Verdict
    day: str
    commit: str
    effect: float | None
    low: float | None
    high: float | None
    p_adjusted: float | None


@dataclass(frozen=True)
class Move:
    """A verdict that became another, and why."""

    claim: str
    before: State
    after: State
    why: str


def history(regime: str) -> pd.DataFrame:
    """One row a claim and verdict, oldest first: claim, day, commit, verdict, effect, low, high, p_adjusted, n, why."""
    rows = pd.read_csv(FILE, dtype={"commit": "str", "why": "str"}).fillna({"commit": "", "why": ""})
    return rows[rows["regime"] == regime].drop(columns="regime").reset_index(drop=True)


def moves(regime: str) -> list[Move]:
    """Every verdict of a regime that moved, oldest first."""
    last: dict[str, State] = {}
    found = []
    for row in history(regime).to_dict("records"):
        claim, state = str(row["claim"]), _state(row)
        if claim in last:
            found.append(Move(claim, last[claim], state, str(row["why"])))
        last[claim] = state
    return found


@dataclass(frozen=True)
class Edition:
    """What a change to rules or rows left: how many verdicts were new, how many moved, and how many of each stood."""

    day: str
    commit: str
    new: int
    moved: int
    verdicts: Mapping[Verdict, int]


def editions(regime: str) -> list[Edition]:
    """Every state of a regime's verdicts, oldest first: one for rows in a row of the same day and commit."""
    stood: dict[str, Verdict] = {}
    found = []
    rows = [(str(row["claim"]), _state(row)) for row in history(regime).to_dict("records")]
    for (day, commit), some in groupby(rows, key=lambda row: (row[1].day, row[1].commit)):
        now = {claim: state.verdict for claim, state in some}
        new = len(now.keys() - stood.keys())
        stood |= now
        found.append(Edition(day, commit, new, len(now) - new, Counter(stood.values())))
    return found


def _state(row: Mapping[Hashable, Any]) -> State:
    verdict: Verdict = row["verdict"]
    effect, low, high, p = (None if pd.isna(row[name]) else float(row[name]) for name in NUMBERS)
    return State(verdict, str(row["day"]), str(row["commit"]), effect, low, high, p)
