"""Comparisons of two spaces at several learning rates, on the same networks at each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from regnet.analysis.compare import Comparison, better
from regnet.analysis.edf import Floats, as_errors
from regnet.analysis.rate_gap import BROKEN


@dataclass(frozen=True)
class Outcome:
    """One population at one learning rate: errors (percent), shape (n,), and how many of its networks failed to learn.

    `rate` is in the regime's; `diverged` counts trainings that were given up, `broken` those that end within `BROKEN`
    points of chance, diverged ones among them.
    """

    rate: float
    errors: Floats
    diverged: int
    broken: int

    @property
    def mean(self) -> float:
        """Mean error (percent)."""
        return float(self.errors.mean())


class Tried(NamedTuple):
    """Two spaces under one setting, each at a rate, and the first's mean error minus the second's (points)."""

    setting: str
    first: Outcome
    second: Outcome
    result: Comparison


OWN = "own best"


def outcomes(frames: Mapping[float, pd.DataFrame], chance: float) -> dict[float, Outcome]:
    """Rate -> outcome of one population, on the networks that are there at every rate.

    frames: rate -> members with columns index, status, error; chance: the error of guessing (percent).

    Raises:
        ValueError: no network is there at every rate.
    """
    shared = set.intersection(*(set(frame["index"]) for frame in frames.values()))
    found = {}
    for rate, frame in frames.items():
        mine = frame[frame["index"].isin(shared)]
        errors = as_errors(mine["error"])
        broken = int((errors >= chance - BROKEN).sum())
        found[rate] = Outcome(rate, errors, int((mine["status"] == "diverged").sum()), broken)
    return found


def best(tried: Iterable[Outcome]) -> Outcome:
    """The outcome with the lowest mean; the first of equals."""
    return min(tried, key=lambda outcome: outcome.mean)


def compared(first: Mapping[float, Outcome], second: Mapping[float, Outcome], rates: Sequence[float]) -> list[Tried]:
    """The two at each of the rates that both have, and, where they have all, each at its own best.

    The effect is the first's mean minus the second's, in points, with Welch's 95% interval: negative favours the first.
    """
    settings = [(f"{rate:g}", first[rate], second[rate]) for rate in rates if rate in first and rate in second]
    if len(settings) == len(rates):
        settings.append((OWN, best(first.values()), best(second.values())))
    return [Tried(name, a, b, better(a.errors, b.errors)) for name, a, b in settings]


def turns(tried: Iterable[Tried]) -> bool:
    """Whether the verdict depends on the rate: supported at one setting and contradicted at another."""
    return {"supported", "contradicted"} <= {one.result.verdict for one in tried}


def keeps_sign(tried: Iterable[Tried]) -> bool:
    """Whether the difference has one sign at every setting."""
    return len({one.result.effect < 0 for one in tried}) == 1
