"""The chapter on calibration in words whose numbers are the code's own: rules, and what a reader should conclude."""

import numpy as np
import pandas as pd

from regnet.analysis.calibration import RANKED
from regnet.analysis.compare import better
from regnet.analysis.length_choice import DEAREST, JUDGED
from regnet.figures.panels.calibrated import InStages
from regnet.figures.panels.captions import listed
from regnet.page.guide import Guide
from regnet.sweeps import labels
from regnet.sweeps.calibration import SPACES
from regnet.sweeps.regimes import TRAINING_IMAGES, find_regime
from regnet.sweeps.store import MissingPopulation, Runs

RANKED_SPACES = listed([labels.label(space) for space in SPACES])


def rate_rule(runs: Runs) -> Guide:
    """How a length's rate is chosen; for runs of a regime that is calibrated in stages."""
    found = InStages(runs)
    search = found.search
    rates = listed([f"{rate:g}" for rate in search.lr])
    return Guide(
        f"Lengths of {listed([f'{n:,}' for n in search.images])} images are tried on "
        f"{found.data(*search.classes)} at {find_regime(runs.regime).resolution} pixels, each at "
        f"learning rates of {rates}, on the same networks of each of the {len(search.spaces)} spaces of section 3. The "
        f"longest only referees, so it is tried on two: {RANKED_SPACES}.{_tried_too(found)}\n\n"
        "**The rule.** A length takes the rate with the lowest mean error: the mean of the spaces' means, so that each "
        "space has equal weight. A training that diverges has the error of a guess. If the lowest lies at an end of "
        "the rates tried, nothing is chosen and the grid is extended."
    )


def _tried_too(found: InStages) -> str:
    """Rates of the rows that the search does not ask for, in a sentence; empty where there are none."""
    try:
        frame = found.trainings
    except MissingPopulation:
        return ""
    others = frame[~frame["lr"].isin(found.search.lr)]
    if not len(others):
        return ""
    rates = listed([f"{rate:g}" for rate in sorted(set(others["lr"]))])
    lengths = listed([f"{n:,}" for n in sorted(set(others["images"]))])
    return f" Before that was settled {rates} was tried as well, at {lengths} images."


def rank_rule(runs: Runs) -> Guide:
    """How the length is chosen; for runs of a regime that is calibrated in stages."""
    search = InStages(runs).search
    passes = search.long_images / TRAINING_IMAGES[find_regime(runs.regime).base.data]
    return Guide(
        f"{search.rank_networks} networks of each of {RANKED_SPACES} are trained once by each length and once on "
        f"{search.long_images:,} images, each at its own rate. That is {passes:.1f} passes over the training images: "
        "long beside the others, and no training to the end.\n\n"
        f"**The rule.** Of the lengths that cost at most {DEAREST:g} CPU seconds a training, those pass whose rank "
        f"correlation with the long training is at least {RANKED:g} within {labels.label(JUDGED)}. Of these the one "
        "with the most correlation a second is taken. If none passes, the book says that the bar was missed, and of "
        "the lengths within a standard error of the highest correlation the one is taken whose correlation over both "
        "spaces is highest. What is said for that case was completed with these correlations known and before any "
        "population was trained: as it stood, the rule took the highest within "
        f"{labels.label(JUDGED)} alone, however near the next one was."
    )


def conclusion(runs: Runs) -> Guide | None:
    """What the chosen length says of two single networks; None where no length is ranked."""
    found, space = InStages(runs), labels.label(JUDGED)
    try:
        taken = found.ranks[found.ranks["taken"]].iloc[0]
    except MissingPopulation:
        return None
    alike, images, frame = taken["alike"], taken["images"], found.trainings
    rates = pd.Series(list(zip(frame["classes"], frame["images"], strict=True)), frame.index).map(found.rates)
    at_best = frame[(frame["classes"] == taken["classes"]) & (frame["lr"] == rates)]
    return Guide(
        f"Take two networks of {space} and train each once on {images:,} images of {taken['classes']} classes. In "
        f"{alike:.0%} of such pairs the long training puts them in the same order, in {1 - alike:.0%} it "
        "turns them round; a coin would turn half. So one short training each does not say which of two similar "
        "networks is better. \n\n"
        f"{_spreads(at_best, images)}\n\n"
        f"{_gaps(at_best)}"
    )


def _gaps(trainings: pd.DataFrame) -> str:
    """Whether the difference of the two spaces' means is that of the long training: by each length."""
    said = []
    for images, own in trainings.groupby("images"):
        wide, narrow = (own.loc[own["space"] == space, "error"].to_numpy(np.float64) for space in SPACES)
        gap = better(wide, narrow)
        said.append(f"{gap.effect:.1f} points after {images:,} images (95%: {gap.low:.1f} to {gap.high:.1f})")
    return (
        "Means of whole populations do not rest on single orders. The mean error of "
        f"{labels.label(SPACES[0])}'s networks less that of {labels.label(SPACES[1])}'s is {listed(said)}: "
        "what a short training says of two spaces can be held against the long one."
    )


def _spreads(trainings: pd.DataFrame, chosen: int) -> str:
    """How far networks of the judged space lie apart after the chosen length and the long one, and by what luck."""
    judged, said = trainings[trainings["space"] == JUDGED], []
    for images in (chosen, trainings["images"].max()):
        errors = judged[judged["images"] == images]
        luck = float(((errors["error_a"] - errors["error_b"]) / 2).std())
        said.append(f"{errors['error'].std():.2f} points after {images:,} images (that choice alone: {luck:.2f})")
    return (
        f"Why so? Networks of {labels.label(JUDGED)} hardly differ yet, and which images happen to validate them "
        f"matters nearly as much. The standard deviation of their errors is {', and '.join(said)}, as the two halves "
        "of the validation images tell."
    )
