"""The lengths as a table: rate, price, how each ranks networks, and which one the rule takes.

Not a table of the paper; runs/<regime>/calibration-<classes>.csv, made by `regnet calibrate --stage ranks`.
"""

import pandas as pd

from regnet.analysis.calibration import RANKED
from regnet.analysis.length_choice import DEAREST, JUDGED
from regnet.analysis.length_validity import rank_of, spaces_of
from regnet.analysis.validity import Rank
from regnet.figures.panels.calibrated import InStages
from regnet.figures.panels.element import Table, joined
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

CHAPTER = "15-calibration"
NUMBER = "Lengths"
UNBROKEN = "\u00a0"  # a space at which no line is broken


def element(runs: Runs) -> Table:
    """One row a data set and length."""
    found = InStages(runs)
    return Table(
        runs=runs,
        title="The lengths, and the one that is taken",
        calibration="ranks",
        make=lambda: found.ranks,
        columns=columns,
        how=lambda numbers: joined(
            verdict(numbers),
            "Rank correlations are with the long training, over networks that have both; pooled: the mean of the "
            f"spaces. Pairs alike: the share of pairs of {labels.label(JUDGED)}'s networks that both trainings put in "
            "the same order; a coin has 50%. Seconds are of one training with its evaluation, on the machine named "
            "below.",
            found.networks,
            found.setting(numbers, "ranks"),
        ),
        seen=lambda numbers: f"Table of {len(numbers)} lengths by rate, price and rank correlation. {verdict(numbers)}",
    )


def columns(numbers: pd.DataFrame) -> pd.DataFrame:
    """What the page shows; the judged space first."""
    spaces, rows = sorted(spaces_of(numbers), key=lambda space: space != JUDGED), []
    for row in numbers.to_dict("records"):
        within = {f"within {labels.label(space)} (95%)": rank_of(row, space) for space in spaces}
        rows.append({
            "images": f"{row['images']:,}", "classes": row["classes"], "learning rate": row["lr"],
            "CPU seconds": f"{row['seconds']:.1f}",
            **{name: unbroken(rank) for name, rank in (within | {"pooled (95%)": rank_of(row)}).items()},
            "pairs alike": f"{row['alike']:.0%}",
            "rule": ", ".join(said for said in ("passes", "taken") if row[said]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def unbroken(rank: Rank | None) -> str:
    """A correlation and its interval, which is not broken over lines; nothing where there is none."""
    return str(rank or "").replace("95%: ", "").replace(" ", UNBROKEN).replace(UNBROKEN, " ", 1)


def verdict(numbers: pd.DataFrame) -> str:
    """Whether a length met the bar, and which one is taken."""
    taken, passed, every = numbers[numbers["taken"]].iloc[0], int(numbers["passes"].sum()), len(numbers)
    met = f"{passed} of {every} lengths meet" if passed else f"No length of {every} meets"
    why = "it has the most correlation a second of these"
    if not passed:
        why = (
            "of the lengths within a standard error of the highest there, it has the highest correlation over both "
            "spaces. Without that last sentence, which came after these numbers, it would take the highest"
        )
    return (
        f"{met} the bar of a rank correlation of {RANKED:g} within {labels.label(JUDGED)} at {DEAREST:g} CPU seconds "
        f"or less. The rule takes {taken['images']:,} images of {taken['classes']} classes: {why}."
    )
