"""The lengths as a table: rate, price, how each ranks networks, and which one the rule takes.

Not a table of the paper; runs/<regime>/calibration-<classes>.csv, made by `regnet calibrate --stage ranks`.
"""

import pandas as pd

from regnet.analysis.calibration import RANKED
from regnet.analysis.length_choice import DEAREST, JUDGED, Choice, choose_length
from regnet.analysis.length_validity import passing, rank_of, spaces_of
from regnet.analysis.validity import Rank
from regnet.figures.calibration_ranks import networks
from regnet.figures.panels import calibrated
from regnet.page.validity import short
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

TITLE = "The lengths, and the one that is taken"
UNBROKEN = "\u00a0"  # a space at which no line is broken


def make(runs: Runs) -> pd.DataFrame:
    """One row a data set and length.

    Raises:
        MissingPopulation: no length ranks enough networks.
    """
    ranks = calibrated.ranks(runs)
    choice, passed = choose_length(ranks), passing(ranks)
    judged_first = sorted(spaces_of(ranks), key=lambda space: space != JUDGED)
    rows = []
    for row, reaches in zip(ranks.to_dict("records"), passed, strict=True):
        spaces = {f"within {labels.label(space)} (95%)": rank_of(row, space) for space in judged_first}
        rows.append({
            "images": f"{row['images']:,}", "classes": int(row["classes"]), "learning rate": row["lr"],
            "CPU seconds": f"{row['seconds']:.1f}",
            **{name: _cell(rank) for name, rank in spaces.items()},
            "pooled (95%)": _cell(rank_of(row)),
            "pairs alike": f"{row['alike']:.0%}",
            "rule": _rule(choice, row["classes"], row["images"], reaches),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _cell(rank: Rank | None) -> str:
    """A correlation and its interval, which is not broken over lines; nothing where there is none."""
    value, _, ends = short(rank).replace("95%: ", "").partition(" ") if rank else ("", "", "")
    return f"{value} {ends.replace(' ', UNBROKEN)}".strip()


def _rule(choice: Choice, classes: int, images: int, reaches: bool) -> str:
    said = ["passes" if reaches else "", "taken" if (choice.classes, choice.images) == (classes, images) else ""]
    return ", ".join(filter(None, said))


def data(runs: Runs) -> pd.DataFrame:
    """`length_validity.told` with what the rule says of each: passes, taken.

    Raises:
        MissingPopulation: no length ranks enough networks.
    """
    ranks = calibrated.ranks(runs)
    choice = choose_length(ranks)
    taken = (ranks["classes"] == choice.classes) & (ranks["images"] == choice.images)
    return ranks.assign(passes=passing(ranks), taken=taken)


def caption(runs: Runs) -> str:
    """What the columns are, what the rule takes and whether its bar was met, what is missing."""
    ranks = calibrated.ranks(runs)
    return (
        f"{verdict(runs)} Rank correlations are with the long training, over networks that have both; pooled: the mean "
        f"of the spaces. Pairs alike: the share of pairs of {labels.label(JUDGED)}'s networks that both trainings put "
        "in the same order; a coin has 50%. Seconds are of one training with its evaluation, on the machine named "
        f"below. {networks(runs)} {calibrated.setting(runs)} {calibrated.lacking(runs, ranks, 'ranks')}"
    ).strip()


def verdict(runs: Runs) -> str:
    """Whether a length met the bar, and which one is taken."""
    ranks = calibrated.ranks(runs)
    choice, passed = choose_length(ranks), int(passing(ranks).sum())
    bar = f"a rank correlation of {RANKED:g} within {labels.label(JUDGED)} at {DEAREST:g} CPU seconds or less"
    met = f"{passed} of {len(ranks)} lengths meet the bar of {bar}"
    why = "it has the most correlation a second of these"
    if not choice.met:
        why = (
            "of the lengths within a standard error of the highest there, it has the highest correlation over both "
            "spaces. Without that last sentence, which came after these numbers, it would take the highest"
        )
    return (
        f"{met if passed else f'No length of {len(ranks)} meets the bar of {bar}'}. The rule takes {choice.images:,} "
        f"images of {choice.classes} classes: {why}."
    )


def alt(runs: Runs) -> str:
    """The table in words."""
    return f"Table of {len(calibrated.ranks(runs))} lengths by rate, price and rank correlation. {verdict(runs)}"
