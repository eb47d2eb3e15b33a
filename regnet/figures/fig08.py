"""Figure 8: AnyNetX_E's best networks are nearly lines, and e_fit of C, D and E (arXiv:2003.13678, sec. 3.3)."""

from regnet.analysis.linear_fit import e_fit
from regnet.figures.numbers import paper
from regnet.figures.panels import captions, style
from regnet.figures.panels.best import Best
from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.lines import FLOOR, Fitted, Origin, Strips
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

CHAPTER = "04-regnet"
TOP = 20
SLOPE_IN_PAPER, BLOCKS_IN_PAPER = 48, 21  # w_j = 48 (j + 1) for 0 <= j <= 20, stated in sec. 3.3


def element(runs: Runs) -> Picture:
    """Profiles of the best; quantised fits; error against e_fit; e_fit of the paper's networks."""
    c, d, e = (runs.population(space) for space in ("anynetx_c", "anynetx_d", "anynetx_e"))
    theirs, colour = paper.examples(8), style.colour(e.name)
    best = Origin(runs, "best", population=e, ranks=(0, TOP), who=f"best of {labels.label(e.name)} here", colour=colour)
    printed = Origin(runs, "best", given=theirs, blocks=BLOCKS_IN_PAPER, who="paper, its two networks",
                     stated=SLOPE_IN_PAPER, colour=colour, ylabel="")  # fmt: skip
    fits = [
        Fitted(runs, "fits", population=e, ranks=(0, 1), ink=colour),
        Fitted(runs, "fits", population=e, ranks=(1, 2), ink=colour, ylabel=""),
        *(Fitted(runs, "fits", given=[example], ylabel="") for example in theirs),
    ]
    errors = [
        Best(runs, f"error against e_fit, {label}", p, e_fit, f"e_fit, {label}", 8, f"bottom e_fit {label}", 10, FLOOR)
        for p in (c, d, e) for label in [labels.label(p.name)]
    ]  # fmt: skip
    strips = Strips(runs, "e_fit by group", errors)
    return Picture(
        runs=runs,
        title="Linear fits",
        rows=[Row([best, printed], 2.5), Row(fits, 2.3), Row(errors, 2.35), Row([strips], 2.5)],
        how=lambda: (
            f"Top: width profiles of AnyNetX_E's {len(best.networks)} best networks with their least-squares "
            "line through the origin, and the line and two networks that the paper gives. Second row: quantised lines "
            "(dashed) fitted to the two best networks here, and the paper's two with its printed fits; fits here have "
            "the smallest w_a among equals. Third row: error against e_fit, the mean squared natural-log ratio of "
            "fitted to observed widths, here and in the paper (read off its image; its scale is not fully determined). "
            f"{captions.RANGE} Bottom: e_fit of every network of C, D and E, and of the networks the paper publishes, "
            f"all computed here (drawn at {FLOOR:g} where smaller)."
        ),
        paper="Paper: arXiv:2003.13678 Fig 8 (ImageNet).",
        seen="Four rows: width profiles with a straight line, four profiles with dashed quantised fits, three scatter "
        "plots of error against e_fit, and strips of e_fit by group.",
    )
