"""Figure 10: AnyNetX_A, AnyNetX_E and RegNetX at other flops, lengths, stages and blocks (arXiv:2003.13678, sec. 3.4).

- The paper has 800MF where its section 3 has 400MF: 2F here. Its 50 epochs are five times section 3's: L5 here.
"""

from typing import Any

from regnet.figures.panels import captions
from regnet.figures.panels.edfs import Edfs, Entry
from regnet.figures.panels.element import Picture, Row
from regnet.sweeps.store import Runs

CHAPTER = "05-generalisation"
SPACES = {"anynetx_a": "AnyNetX_A", "anynetx_e": "AnyNetX_E", "regnetx": "RegNetX"}


def element(runs: Runs) -> Picture:
    """Six EDF panels."""

    def panel(name: str, place: str, title: str = "", suffix: str = "", block: str = "X", **other: Any) -> Edfs:
        series = {f"{space}{suffix}": called.replace("X", block) for space, called in SPACES.items()}
        entries = [Entry(runs.population(space, **other), called, called) for space, called in series.items()]
        return Edfs(runs, name, 10, entries, title, place)

    flops = runs.population("regnetx", 2).mf
    settings = [
        panel("more flops", "flops=800M", f"flops {flops} (paper: 800 MF)", multiple=2),
        panel("longer training", "epochs=50", "5 times as long (paper: 50 epochs)", length=5),
        panel("five stages", "stages=5", "5 stages", "_5stage"),
    ]
    blocks = [
        panel(f"{block} block", f"({block} block)", suffix=f"_{block.lower()}", block=block)
        for block in ("R", "V", "VR")
    ]
    return Picture(
        runs=runs,
        title="The design spaces in other settings",
        rows=[Row(settings, body=2.2), Row(blocks, body=2.2)],
        how="Error EDFs of AnyNetX_A, AnyNetX_E and RegNetX where one thing at a time is not as in section 3. Top: "
        "twice the flops, five times the training length, five stages in place of four. Bottom: blocks R, V and VR in "
        f"place of X, which the names say. Tables: {captions.BARE}",
        paper=captions.paper_setting(10),
        seen="Six panels of cumulative error curves.",
    )
