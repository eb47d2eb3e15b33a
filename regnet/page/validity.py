"""The caveat that stands before the results: what short trainings say of single networks, and which claims ask it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from regnet.analysis.length_choice import DEAREST
from regnet.analysis.length_validity import length_validity
from regnet.analysis.validity import Validity
from regnet.analysis.validity import validity as found
from regnet.analysis.verdicts import Judgement
from regnet.evidence.judge import judgements
from regnet.page.verdicts import place
from regnet.sweeps import labels
from regnet.sweeps.length_calibration import SEARCHES
from regnet.sweeps.store import MissingPopulation, Runs


@dataclass(frozen=True)
class Caveat:
    """Sentences as a paragraph on a page; `place` is where the calibration stands."""

    sentences: Sequence[str]
    place: str = ""

    def __str__(self) -> str:
        return " ".join(self.sentences)

    def _repr_html_(self) -> str:
        more = f' <a href="{self.place}">The calibration</a>.' if self.place else ""
        return f'<p class="caveat">{escape(str(self))}{more}</p>'


def validity(runs: Runs) -> Caveat:
    """What the calibration found of short trainings, and how many claims rest on single networks."""
    try:
        words = _ranks(_found(runs))
    except (MissingPopulation, ValueError):  # none, or too few networks to rank
        words = [f"Whether the trainings of regime {runs.regime} rank networks as longer ones do was not measured."]
    return Caveat([*words, _claims(judgements(runs), runs.regime)], place(runs.regime))


def brief(runs: Runs) -> str:
    """The caveat in a sentence or two, for the front page."""
    try:
        v = _found(runs)
    except (MissingPopulation, ValueError):
        return f"Whether trainings of regime {runs.regime} rank networks as longer ones do was not measured."
    within = " and ".join(f"{rank.value:.2f} within {labels.label(name)}" for name, rank in v.within.items())
    return (
        f"Trainings are short. Errors after {v.images:,} and {v.long_images:,} images have a rank correlation of "
        f"{within} ({_networks(v)}). Compare whole spaces here, not single networks."
    )


def _found(runs: Runs) -> Validity:
    """Of the recipe that the regime's calibration chose, on one grid or in stages."""
    return length_validity(runs.calibrations()) if runs.regime in SEARCHES else found(runs.calibration())


def _ranks(v: Validity) -> list[str]:
    within = ", ".join(f"{rank} within {labels.label(name)}" for name, rank in v.within.items())
    met = "none met" if not v.met else f"{v.met} met"
    bar = f" within {labels.label(v.judged)}, for {DEAREST:g} CPU seconds or less" if v.judged else ""
    return [
        "Trainings are short here, and a short training need not rank networks as a longer one does. Within a space of "
        f"the calibration ({_networks(v)}) the errors after {v.images:,} and after {v.long_images:,} images have a "
        f"rank correlation of {v.pooled} on average: {within}.",
        f"The bar set beforehand was {v.needed:g}{bar}; of {v.candidates} candidate trainings {met} it.",
    ]


def _networks(v: Validity) -> str:
    """How many networks each space is ranked by."""
    each = sorted({rank.n for rank in v.within.values()})
    return f"{' to '.join(map(str, each))} networks each"


def _claims(judged: Sequence[Judgement], regime: str) -> str:
    measured = [j for j in judged if j.claim.kind == "measured"]
    single = [j for j in measured if j.claim.single]
    tested = sum(j.adjusted != "not tested here" for j in single)
    whole = sum(j.claim.about == "populations" for j in measured)
    return (
        f"Of the {len(measured)} claims that are measured in regime {regime} {whole} compare whole populations, by "
        f"their means or all their errors. {len(single)} are about single networks: the best, their ranks or shares; "
        f"{tested} of these are tested, and each is marked. The rest need no training."
    )
