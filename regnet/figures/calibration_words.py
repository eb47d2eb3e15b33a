"""The chapter on calibration in words whose numbers are the code's own: rules, and what a reader should conclude."""

from __future__ import annotations

from regnet.analysis.calibration import RANKED
from regnet.analysis.length_choice import DEAREST, JUDGED, choose_length
from regnet.figures import calibrated, style
from regnet.figures.guide import Guide
from regnet.sweeps.calibration import SPACES
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

RANKED_SPACES = calibrated.listed([style.label(space) for space in SPACES])


def rate_rule(runs: Runs) -> Guide:
    """How a length's rate is chosen; for runs of a regime that is calibrated in stages."""
    search = calibrated.search(runs)
    rates = calibrated.listed([f"{rate:g}" for rate in search.lr])
    return Guide(
        f"Lengths of {calibrated.listed([f'{n:,}' for n in search.images])} images are tried on "
        f"{calibrated.data_sets(runs, search.classes)} at {find_regime(runs.regime).resolution} pixels, each at "
        f"learning rates of {rates}, on the same networks of each of the {len(search.spaces)} spaces of section 3. The "
        f"longest only referees, so it is tried on two: {RANKED_SPACES}.\n\n"
        "**The rule.** A length takes the rate with the lowest mean error: the mean of the spaces' means, so that each "
        "space has equal weight. A training that diverges has the error of a guess. If the lowest lies at an end of "
        "the rates tried, nothing is chosen and the grid is extended."
    )


def rank_rule(runs: Runs) -> Guide:
    """How the length is chosen; for runs of a regime that is calibrated in stages."""
    search = calibrated.search(runs)
    return Guide(
        f"{search.rank_networks} networks of each of {RANKED_SPACES} are trained once by each length and once on "
        f"{search.long_images:,} images, each at its own rate.\n\n"
        f"**The rule.** Of the lengths that cost at most {DEAREST:g} CPU seconds a training, those pass whose rank "
        f"correlation with the long training is at least {RANKED:g} within {style.label(JUDGED)}. Of these the one "
        "with the most correlation a second is taken. If none passes, the one with the highest correlation is taken, "
        "and the book says that the bar was missed."
    )


def conclusion(runs: Runs) -> Guide | None:
    """What the chosen length says of two single networks; None where no length is ranked."""
    try:
        ranks = calibrated.ranks(runs)
    except MissingPopulation:
        return None
    choice, space = choose_length(ranks), style.label(JUDGED)
    row = ranks[(ranks["classes"] == choice.classes) & (ranks["images"] == choice.images)].iloc[0]
    return Guide(
        f"Take two networks of {space} and train each once on {choice.images:,} images of {choice.classes} classes. In "
        f"{row['alike']:.0%} of such pairs the long training puts them in the same order, in {1 - row['alike']:.0%} it "
        "turns them round; a coin would turn half. So one short training each does not say which of two similar "
        "networks is better. Means of whole populations do not rest on single orders."
    )
