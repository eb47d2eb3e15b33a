"""Rules about measured time: members of populations and published networks.

Each device counts by itself; a processor that was timed on several numbers of threads is as many devices. Only whole
batches count: times scaled from a part of one were seen to be too short, for some networks far more than for others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from regnet.analysis import best_trends
from regnet.analysis.compare import Comparison, of_side
from regnet.analysis.edf import Floats
from regnet.analysis.rules.evidence import About, Evidence, Family, NotTestable, Part
from regnet.analysis.rules.trends import LEAST_RANGE
from regnet.analysis.timing_fits import predicts_better

BATCH = 64  # images, as in the paper
FEWEST = 20  # timed members of each population
AT_SIZE = "imagenet"  # the regime whose networks are of the paper's size
_DEVICE = ["device", "threads"]  # threads: missing for a GPU


@dataclass(frozen=True)
class PredictsTime:
    """On each device activations go closer with the time of the populations' members than flops do."""

    timed: tuple[str, ...]
    about: ClassVar[About] = "no training"
    family: ClassVar[Family] = "difference"
    populations: ClassVar[tuple[str, ...]] = ()  # timing needs no trained network
    text: ClassVar[str] = (
        "r(activations, ms) - r(flops, ms) over timed members, 95% bootstrap CI above 0 on each device"
    )

    def parts(self, evidence: Evidence) -> list[Part]:
        rows = _members(evidence, self.timed)
        found = []
        for device, own in devices(rows):
            result = predicts_better(own["acts"], own["flops"], own["ms_median"])
            found.append(Part(f"r(activations) - r(flops) on {device}", "r", result))
        return found


@dataclass(frozen=True)
class PredictsTimeAtSize(PredictsTime):
    """The same of random networks of the paper's size, whatever the regime; no part of the tests of its populations."""

    family: ClassVar[Family] = ""
    text: ClassVar[str] = f"{PredictsTime.text}; networks at the paper's size, p not adjusted"


@dataclass(frozen=True)
class TimeLaw:
    """The time of the best members grows between sqrt(F) and F; needs flop regimes at least 16x apart."""

    populations: tuple[str, ...]
    at: tuple[float, ...]
    about: ClassVar[About] = "best networks"
    family: ClassVar[Family] = "equivalence"
    text: ClassVar[str] = "log-log slope of the best networks' time against F, 90% CI within 0.75 +- 0.25"

    def parts(self, evidence: Evidence) -> list[Part]:
        span = max(self.at) / min(self.at)
        if span < LEAST_RANGE:
            raise NotTestable(f"F spans {span:g}x here; a growth law is read off {LEAST_RANGE}x or more")
        rows = _members(evidence, self.populations)
        found = []
        for device, own in devices(rows):
            pairs = [_timed(evidence, name, own) for name in self.populations]
            result = best_trends.has_exponent(self.at, pairs, 0.75, 0.25)
            found.append(Part(f"exponent of time on {device}", "power of F", result))
        return found


@dataclass(frozen=True)
class Faster:
    """On each device one published network is at least so many times as fast as the other; names as printed."""

    slow: str
    fast: str
    least: float
    about: ClassVar[About] = "no training"
    family: ClassVar[Family] = ""
    populations: ClassVar[tuple[str, ...]] = ()

    @property
    def text(self) -> str:
        return f"ratio of median times at least {self.least:g} on each device; interval from the quartiles"

    def parts(self, evidence: Evidence) -> list[Part]:
        found = []
        for device, own in devices(_rows(evidence)):
            slow, fast = (own[own["model"] == name.lower()] for name in (self.slow, self.fast))
            if len(slow) and len(fast):
                result = self._ratio(slow.iloc[0], fast.iloc[0])
                found.append(Part(f"{self.slow} / {self.fast} on {device}", "times", result))
        if not found:
            raise NotTestable(f"{self.slow} and {self.fast} are not timed on one device (regnet time)")
        return found

    def _ratio(self, slow: pd.Series[Any], fast: pd.Series[Any]) -> Comparison:
        low, high = float(slow["ms_q1"] / fast["ms_q3"]), float(slow["ms_q3"] / fast["ms_q1"])
        verdict = of_side(low > self.least, low > self.least or high < self.least)
        times = float(slow["ms_median"] / fast["ms_median"])
        return Comparison(times, low, high, None, 1, 1, verdict, "quartiles", (self.least, np.inf))


def _rows(evidence: Evidence) -> pd.DataFrame:
    """The timings that count.

    Raises:
        NotTestable: nothing is timed.
    """
    rows = evidence.timings
    if rows is None or rows.empty:
        raise NotTestable("no network is timed (regnet time)")
    return counted(rows)


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Those of the timings that count: inference in fp32 on whole batches of 64 that fitted."""
    whole = (rows["batch"] == BATCH) & (rows["images"] == BATCH) & (rows["status"] == "ok")
    return rows[whole & (rows["precision"] == "fp32") & ~rows["train"].astype(bool)]


def _members(evidence: Evidence, populations: tuple[str, ...]) -> pd.DataFrame:
    rows = _rows(evidence)
    rows = rows[rows["population"].isin(populations)]
    whole = [own for _, own in rows.groupby(_DEVICE, dropna=False) if _each_timed(own, populations)]
    if not whole:
        raise NotTestable(f"no device has timed {FEWEST} members of each population (regnet time --population)")
    return pd.concat(whole)


def _each_timed(rows: pd.DataFrame, populations: tuple[str, ...]) -> bool:
    """Whether enough members of every population are there: within one flop window flops hardly vary."""
    return bool((rows["population"].value_counts().reindex(populations, fill_value=0) >= FEWEST).all())


def devices(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each device's name, with its threads where it has any, and its rows."""
    for _, own in rows.groupby(_DEVICE, dropna=False, sort=False):
        yield on_threads(*own.iloc[0][_DEVICE]), own


def on_threads(device: str, threads: int | None) -> str:
    """A device and its threads, where it has any, in words.

    >>> on_threads("AMD EPYC", 2), on_threads("AMD EPYC", 1), on_threads("V100", None)
    ('AMD EPYC, 2 threads', 'AMD EPYC, 1 thread', 'V100')
    """
    return device if pd.isna(threads) else f"{device}, {int(threads)} {'thread' if threads == 1 else 'threads'}"


def _timed(evidence: Evidence, population: str, rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """Milliseconds and error of a population's timed members, shape (n,) each.

    Raises:
        NotTestable: none of its trained members is timed.
    """
    own = rows[rows["population"] == population].astype({"index": "int64"})
    both = evidence.frames[population].merge(own[["index", "ms_median"]], on="index")
    if both.empty:
        raise NotTestable(f"no trained member of {population} is timed on a device that timed others")
    return both["ms_median"].to_numpy(np.float64), both["error"].to_numpy(np.float64)
