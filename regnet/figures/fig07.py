"""Figure 7: increasing widths (C to D) and increasing depths (D to E) against constant and decreasing ones."""

from regnet.figures.panels import captions
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.sweeps.store import Runs

CHAPTER = "03-anynet"
PANELS = {
    "widths": ("anynetx_c", "anynetx_d", "anynetx_c_w_const", "anynetx_c_w_decreasing"),
    "depths": ("anynetx_d", "anynetx_e", "anynetx_d_d_const", "anynetx_d_d_decreasing"),
}


def element(runs: Runs) -> Picture:
    """Two EDF panels."""
    panels = {name: [Entry(runs.population(space)) for space in some] for name, some in PANELS.items()}
    return Picture(
        runs=runs,
        title="Increasing widths and depths",
        rows=[Row([Edfs(runs, name, 7, entries) for name, entries in panels.items()], body=2.9)],
        how="Error EDFs. Left: AnyNetX_C and its networks whose widths do not decrease (AnyNetX_D), stay equal, or do "
        "not increase from stage to stage. Right: the same for the depths of AnyNetX_D; non-decreasing ones are "
        f"AnyNetX_E. Tables: {captions.BARE}",
        paper=captions.paper_setting(7),
        seen="Two panels of cumulative error curves.",
    )
