"""Rules about printed numbers: the paper's own tables and networks, nothing measured here.

Errors are printed to 0.1 with the sd of five runs; what rounding can hide widens every interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from regnet import published
from regnet.analysis.best_trends import slope
from regnet.analysis.compare import exact
from regnet.analysis.printed import better_printed, ratio, tau
from regnet.analysis.rules.evidence import POINTS, About, Evidence, Family, Part
from regnet.analysis.timing_fits import predicts_better
from regnet.analysis.trends import holds_from, longest_stage, trend

ERROR, SD, V2 = "top1_error_pct_mean5", "top1_error_pct_std5", "imagenetv2_top1_error_pct_mean"
MS, HOURS = "infer_ms_batch64_v100", "train_hr_100ep_8gpu"
ROUNDING = 0.05  # of an error printed to 0.1


@dataclass(frozen=True)
class _Printed:
    """Reads no population and is not adjusted."""

    about: ClassVar[About] = "no training"
    family: ClassVar[Family] = ""
    populations: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True)
class PrintedBetter(_Printed):
    """In each group of a printed table the networks named `first` have a lower error than the others of the group.

    `by` names the column that makes groups, `groups` those that count (empty: all).
    """

    table: str
    source: str
    first: str
    by: str = "group"
    groups: tuple[int, ...] = ()
    text: ClassVar[str] = "printed means and sd of 5 runs: Welch difference, 95% CI below 0 in each group"

    def parts(self, evidence: Evidence) -> list[Part]:  # noqa: ARG002 (print needs none)
        table = published.load(self.table)
        table = table[table["source"].str.endswith(self.source)]
        found = []
        for group, rows in table.groupby(self.by):
            if self.groups and group not in self.groups:
                continue
            mine = rows["model"].str.startswith(self.first)
            for _, a in rows[mine].iterrows():
                found += [_difference(a, b) for _, b in rows[~mine].iterrows()]
        return found


def _difference(a: pd.Series[Any], b: pd.Series[Any]) -> Part:
    result = better_printed(float(a[ERROR]), float(a[SD]), float(b[ERROR]), float(b[SD]), rounding=ROUNDING)
    return Part("printed error", POINTS, result, of=(str(a["model"]), str(b["model"])))


@dataclass(frozen=True)
class PrintedFaster(_Printed):
    """One network's printed times are at least so many times the other's."""

    slow: str
    fast: str
    least: float

    @property
    def text(self) -> str:
        return f"ratio of printed inference and training times at least {self.least:g}"

    def parts(self, evidence: Evidence) -> list[Part]:  # noqa: ARG002
        table = published.load("paper_models").set_index("model")[[MS, HOURS]].astype(float)
        slow, fast = table.loc[self.slow].to_dict(), table.loc[self.fast].to_dict()
        about = ((MS, "inference", 0.5), (HOURS, "training", 0.05))
        return [
            Part(f"{what}: {self.slow} / {self.fast}", "times", ratio(
                slow[name], fast[name], least=self.least, rounding=rounding
            ))
            for name, what, rounding in about
        ]  # fmt: skip


@dataclass(frozen=True)
class PrintedRanks(_Printed):
    """The models of a table of Appendix A rank alike on the validation images and on ImageNetV2."""

    number: int
    text: ClassVar[str] = "Kendall's tau of printed validation and ImageNetV2 errors, 95% CI above 0"

    def parts(self, evidence: Evidence) -> list[Part]:  # noqa: ARG002
        table = published.load("paper_table5_6_imagenetv2")
        mine = table[table["source"].str.contains(f"Table {self.number}")].drop_duplicates("model")
        return [Part("Kendall's tau", "tau", tau(mine["imagenet_val_top1_error_pct_mean5"], mine[V2]))]


@dataclass(frozen=True)
class PrintedWorth(_Printed):
    """What the training set-up alone changes rounds to so many points (Table 7)."""

    points: int

    @property
    def text(self) -> str:
        return f"error of the plainest printed training minus that of the richest rounds to {self.points} points"

    def parts(self, evidence: Evidence) -> list[Part]:  # noqa: ARG002
        errors = published.load("paper_table7_effnet_b0_enhancements")["top1_error_pct"]
        worth = float(errors.iloc[0] - errors.iloc[-1])
        return [
            Part("printed error: plainest minus richest training", POINTS, exact(worth, round(worth) == self.points))
        ]


@dataclass(frozen=True)
class PrintedMedian(_Printed):
    """The named networks' errors are at most the median of the other systems of Table 2."""

    models: tuple[str, ...]
    text: ClassVar[str] = "printed error minus the median of the other systems of the table, at most 0"

    def parts(self, evidence: Evidence) -> list[Part]:  # noqa: ARG002
        errors = published.load("paper_table2_mobile").set_index("model")["top1_error_pct"].astype(float)
        others = float(errors.drop([*self.models]).median())
        gaps = {name: round(float(errors[name]) - others, 6) for name in self.models}
        return [
            Part("printed error", POINTS, exact(gap, gap <= 0), of=(name, "the median")) for name, gap in gaps.items()
        ]


@dataclass(frozen=True)
class PrintedTime(_Printed):
    """Printed activations go closer with the printed inference time than printed flops do."""

    text: ClassVar[str] = "r(activations, ms) - r(flops, ms) over the printed models, 95% bootstrap CI above 0"

    def parts(self, evidence: Evidence) -> list[Part]:  # noqa: ARG002
        table = published.load("paper_models").dropna(subset=[MS])
        result = predicts_better(table["acts_M"], table["flops_G"], table[MS])
        return [Part("r(activations) - r(flops)", "r", result)]


@dataclass(frozen=True)
class TopModels(_Printed):
    """What the paper says of its 12 top models of each family, Figs 15 and 16."""

    what: str
    of: ClassVar[tuple[str, ...]] = ("RegNetX", "RegNetY")
    large: ClassVar[float] = 4.0  # GF: the upper half of each family
    stages_from: ClassVar[float] = 1.6  # GF
    blocks: ClassVar[float] = 2.0  # a doubling, as for Fig 11

    @property
    def text(self) -> str:
        return {
            "stages": f"from {self.stages_from:g} GF on stage 3 is the longest and stage 4 has at most 2 blocks",
            "g": "rank correlation of g with flops above 0, p below 0.05, in both families",
            "d": f"from {self.large:g} GF on the slope of d stays within {self.blocks:g} blocks a doubling of flops",
        }[self.what]

    def parts(self, evidence: Evidence) -> list[Part]:  # noqa: ARG002
        return [self._part(family) for family in self.of]

    def _part(self, family: str) -> Part:
        table = published.load("paper_models")
        table = table[table["model"].str.startswith(family)]
        gf = np.array([size(name) for name in table["model"]])
        depths = np.array([[int(d) for d in text.split()] for text in table["stage_depths"]])
        if self.what == "stages":
            start = holds_from(gf, (longest_stage(depths) == 3) & (depths[:, -1] <= 2))
            return Part(f"{family}: holds from", "GF", exact(start, start <= self.stages_from))
        if self.what == "g":
            found = trend(gf, table["group_w"].astype(float))
            return Part(f"{family}: rank correlation", "rho", exact(found.rho, found.rho > 0 and found.p < 0.05))
        upper = gf >= self.large
        change = float(slope(gf[upper], depths[upper].sum(axis=1).astype(np.float64)))
        return Part(f"{family}: slope of d", "blocks a doubling", exact(change, abs(change) < self.blocks))


def size(name: str) -> float:
    """The size in a RegNet's name, or flops as the paper prints them, in 10^9 multiply-adds.

    >>> size("RegNetX-400MF"), size("regnety-8.0gf"), size("800MF")
    (0.4, 8.0, 0.8)
    """
    number = name.lower().rpartition("-")[2]
    return float(number[:-2]) / (1000 if number.endswith("mf") else 1)
