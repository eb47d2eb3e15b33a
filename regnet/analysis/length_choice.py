"""Which rate each length is trained at, and which length ranks networks best for its price.

Fixed before the trainings that they judge, but for one sentence, of which the last paragraph tells.

- A length's rate is the one with the lowest mean error: the mean over spaces of their networks' means, so that each
  space has equal weight, over networks trained at every rate tried. A diverged training has the error of chance. The
  lowest must lie inside the grid; at an end the rule says to extend it and chooses nothing.
- A length's rank correlation is Spearman's, within a space, of its errors with those of the long training, each at its
  own best rate, one training a network. Intervals are those of `trends.rank_interval`.
- The length is, among those of at most 40 CPU seconds a training whose correlation within RegNetX is at least 0.6, the
  one with the most correlation a second. If there is none, those whose correlation within RegNetX is at most its own
  standard error below the highest are alike, and of these the one with the highest correlation over both spaces is
  taken; that none passed is said.

The last sentence came after the correlations of `natural` and before its first population. As it stood, the rule took
the highest correlation within RegNetX alone: 12,800 images by 0.20 against 0.15 for 25,600, on 48 networks, a third of
a standard error, while within AnyNetX_A 25,600 images rank as the long training does by 0.74 and 12,800 by 0.54.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from regnet.analysis.calibration import RANKED
from regnet.analysis.trends import rank_interval
from regnet.analysis.validity import Rank, pooled
from regnet.design.recipe import chance

JUDGED = "regnetx"  # the space whose ranks decide
DEAREST = 40.0  # CPU seconds of a training
NORMAL = 1.96  # standard errors from the middle of an interval to its end
LENGTH = ["classes", "images"]
NETWORK = ["space", "index"]


@dataclass(frozen=True)
class Choice:
    """The length taken; `met` is whether any within the price reached the bar."""

    classes: int
    images: int
    lr: float
    seconds: float
    rank: Rank
    met: bool

    def __str__(self) -> str:
        said = f"{self.images:,} images of {self.classes} classes at lr {self.lr:g}, {self.seconds:.1f} CPU seconds: "
        said += f"rank correlation {self.rank} within RegNetX"
        if self.met:
            return said
        why = "of those within a standard error of the highest there, the best over both spaces"
        return f"{said}; none within {DEAREST:g} seconds reaches {RANKED:g}; {why}"


def rate_table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a data set, length and rate: classes, images, lr, error, diverged, spaces, networks, seconds.

    `frame` has one row a training with columns space, index, role, classes, images, lr, seed, status, error, seconds.
    `error` is the mean of the spaces' means in percent, over the `networks` that were trained at every rate.
    """
    if not len(frame):
        return pd.DataFrame()
    rows = []
    for (classes, images), trainings in frame.groupby(LENGTH):
        judged = complete(trainings)
        table = judged.pivot_table(index=NETWORK, columns="lr", values="error")
        for lr, part in judged.groupby("lr"):
            rows.append({
                "classes": classes, "images": images, "lr": lr,
                "error": float(table[lr].groupby("space").mean().mean()),
                "diverged": int((part["status"] == "diverged").sum()),
                "spaces": part["space"].nunique(), "networks": len(table), "seconds": float(part["seconds"].mean()),
            })  # fmt: skip
    return pd.DataFrame(rows)


def complete(trainings: pd.DataFrame) -> pd.DataFrame:
    """Of one length's trainings those of networks trained at every rate, diverged ones with the error of chance."""
    judged = _with_chance(trainings)
    table = judged.pivot_table(index=NETWORK, columns="lr", values="error").dropna()
    return judged[pd.MultiIndex.from_frame(judged[NETWORK]).isin(table.index)]


def best_rates(table: pd.DataFrame) -> pd.DataFrame:
    """One row a data set and length of `rate_table`'s result: its best rate's row, and `advice`.

    `advice` is empty where the lowest mean error lies inside the grid, else it says where to extend that.
    """
    rows = []
    for _, rates in table.groupby(LENGTH) if len(table) else ():
        best = rates.iloc[int(np.argmin(rates["error"].to_numpy()))]
        ends = {float(rates["lr"].min()): "below", float(rates["lr"].max()): "above"}
        lr = float(best["lr"])
        advice = f"extend the grid {ends[lr]} {lr:g}" if lr in ends else ""
        whole = {name: int(best[name]) for name in ("classes", "images", "diverged", "spaces", "networks")}
        rows.append({**whole, "lr": lr, "error": float(best["error"]), "advice": advice})
    return pd.DataFrame(rows)


def rates_of(best: pd.DataFrame) -> dict[tuple[int, int], float]:
    """(classes, images) -> rate, of `best_rates`' rows.

    Raises:
        ValueError: a length whose lowest error is at an end of its grid.
    """
    for row in best.to_dict("records"):
        if row["advice"]:
            raise ValueError(
                f"{row['images']:,} images of {row['classes']} classes have their lowest mean error at an end of the "
                f"rates tried: {row['advice']}"
            )
    return found_rates(best)


def found_rates(best: pd.DataFrame) -> dict[tuple[int, int], float]:
    """The same, also where the lowest error lies at an end of the grid."""
    return {(int(row["classes"]), int(row["images"])): float(row["lr"]) for row in best.to_dict("records")}


def rank_table(frame: pd.DataFrame, rates: Mapping[tuple[int, int], float]) -> pd.DataFrame:
    """One row a data set and length but the long one: classes, images, lr, seconds, diverged, networks, and ranks.

    These are rank, low, high over all spaces and rank_<space>, low_<space>, high_<space>, networks_<space>. Lengths
    without four networks of a space that have the long training too are left out. `frame` is as for `rate_table`.
    """
    if not len(frame):
        return pd.DataFrame()
    rows = [_ranks(one) for _, one in pairs(frame, rates).groupby(LENGTH)]
    return pd.DataFrame([row for row in rows if "rank" in row])


def pairs(frame: pd.DataFrame, rates: Mapping[tuple[int, int], float]) -> pd.DataFrame:
    """Each training by a length but the long one beside its network's long training, whose columns end in `_long`.

    Each at its own rate, diverged ones with the error of chance. `frame` is as for `rate_table`.
    """
    at_best = pd.Series(list(zip(frame["classes"], frame["images"], strict=True)), frame.index).map(dict(rates))
    judged = _with_chance(frame[frame["lr"] == at_best])
    long = judged[judged["role"] == "long"]
    short = judged[judged["role"] == "candidate"]
    return short.merge(long, on=["classes", *NETWORK], suffixes=("", "_long"))


def choose_length(ranks: pd.DataFrame) -> Choice:
    """The length that the rule above takes from `rank_table`'s result.

    Raises:
        ValueError: no length has a rank correlation within RegNetX.
    """
    name = f"rank_{JUDGED}"
    judged = ranks.dropna(subset=[name]) if name in ranks else pd.DataFrame()
    if not len(judged):
        raise ValueError("no length to choose from: rank four networks of RegNetX by it and by the long training")
    affordable = judged[judged["seconds"] <= DEAREST]
    passed = affordable[affordable[name] >= RANKED]
    if len(passed):
        row = passed.iloc[int(np.argmax((passed[name] / passed["seconds"]).to_numpy()))]
    else:
        among = affordable if len(affordable) else judged
        error = (among[f"high_{JUDGED}"] - among[f"low_{JUDGED}"]) / (2 * NORMAL)
        alike = among[among[name] + error >= among[name].max()]
        row = alike.iloc[int(np.argmax(alike["rank"].to_numpy()))]
    value, low, high = (float(row[f"{end}_{JUDGED}"]) for end in ("rank", "low", "high"))
    rank = Rank(value, low, high, int(row[f"networks_{JUDGED}"]))
    return Choice(
        int(row["classes"]), int(row["images"]), float(row["lr"]), float(row["seconds"]), rank, bool(len(passed))
    )


def _with_chance(frame: pd.DataFrame) -> pd.DataFrame:
    """The trainings, diverged ones with the error of a guess (percent)."""
    return frame.assign(error=frame["error"].where(frame["status"] != "diverged", frame["classes"].map(chance)))


def _ranks(both: pd.DataFrame) -> dict[str, float]:
    """`rank_table`'s row of one length, from its trainings beside the long ones; without ranks where none are known."""
    found = {str(space): rank for space, part in both.groupby("space") if (rank := _rank(part)) is not None}
    row: dict[str, float] = {name: both[name].iloc[0] for name in (*LENGTH, "lr")}
    row |= {"seconds": float(both["seconds"].mean()), "diverged": int((both["status"] == "diverged").sum())}
    row |= _cells(pooled([*found.values()])) if found else {}
    return row | {name: value for space, rank in found.items() for name, value in _cells(rank, space).items()}


def _rank(both: pd.DataFrame) -> Rank | None:
    """Spearman's correlation of a space's short and long errors; None for fewer than 4 networks, or all alike."""
    short, long = both["error"].to_numpy(), both["error_long"].to_numpy()
    if len(both) < 4 or np.ptp(short) == 0 or np.ptp(long) == 0:
        return None
    value = float(stats.spearmanr(short, long).statistic)
    return Rank(value, *rank_interval(value, len(both)), len(both))


def _cells(rank: Rank, space: str = "") -> dict[str, float]:
    end = f"_{space}" if space else ""
    return {f"rank{end}": rank.value, f"low{end}": rank.low, f"high{end}": rank.high, f"networks{end}": rank.n}
