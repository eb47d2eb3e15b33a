"""Figure 5: sharing b (A to B) and g (B to C) across stages, and which b is best (arXiv:2003.13678, sec. 3.2)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from regnet.analysis.bootstrap import best_range
from regnet.figures.panels import best, captions, choices, edfs, outliers, style
from regnet.sweeps import labels
from regnet.sweeps.store import Runs

TITLE = "Sharing the bottleneck ratio and the group width"
PANELS = {"A and B": ("anynetx_a", "anynetx_b"), "B and C": ("anynetx_b", "anynetx_c")}
SHARED = ("anynetx_b", "anynetx_c")  # one b for all stages
HEAD, BODY = 0.85, 2.5


def curves(runs: Runs) -> dict[str, list[edfs.Curve]]:
    """EDF panel -> its populations."""
    return {name: edfs.curves(runs, 5, populations) for name, populations in PANELS.items()}


@style.theme()
def make(runs: Runs) -> Figure:
    """EDFs of A and B, of B and C; error against b in B and in C."""
    fig = Figure(figsize=(style.WIDTH, 2 * (HEAD + BODY)), layout="constrained")
    grid = fig.add_gridspec(2, 2, wspace=0.06, hspace=0.04)
    for place, drawn in enumerate(curves(runs).values()):
        edfs.panel(fig, grid[0, place], drawn, head=HEAD, body=BODY)
    for place, name in enumerate(SHARED):
        frame = runs.frame(name)
        title = best.words(f"{labels.label(name)}, best b here", best_range(frame["b1"], frame["error"]))
        ax = choices.panel(fig, grid[1, place], frame, frame["b1"].to_numpy(np.float64),
                           colour=style.colour(name), head=HEAD, body=BODY, title=title)  # fmt: skip
        ax.set_xlabel("bottleneck ratio b")
    return fig


def data(runs: Runs) -> pd.DataFrame:
    """Legends and EDFs; each network's b with the best range; per value of b, base rate and winning weight."""
    tables = [edfs.rows(runs, name, drawn) for name, drawn in curves(runs).items()]
    for name in SHARED:
        frame = runs.frame(name)
        b = frame["b1"].to_numpy(np.float64)
        tables.append(best.rows("error against b", frame, b, name, runs.regime))
        shares = choices.shares(b, frame["error"].to_numpy(np.float64)).rename(columns={"value": "x"})
        tables.append(shares.assign(panel="b", series=name, source=f"here, {runs.regime}", statistic="shares"))
    return pd.concat(tables, ignore_index=True)


def caption(runs: Runs) -> str:
    """What is compared, on what, and where the paper's numbers come from."""
    populations = ["anynetx_a", *SHARED]
    panels = {name: edfs.errors(drawn) for name, drawn in curves(runs).items()}
    panels |= {labels.label(name): [runs.frame(name)["error"].to_numpy(np.float64)] for name in SHARED}
    said = (
        "Top: error EDFs of AnyNetX_A and of the space with one b for all stages (AnyNetX_B), then with one g too "
        f"(AnyNetX_C). Table: {captions.BRACKETS} Bottom: error against the shared b. Bars: each b's share of the "
        "population (pale) and its probability of holding the best network by footnote 4 of the paper (full): b "
        f"matters where the two differ. {captions.setting(runs, populations)} {captions.paper_setting(5)} "
        "The paper's text says that b of at most 2 is best."
    )
    return f"{said} {outliers.words(panels)}".strip()


def alt(runs: Runs) -> str:
    """The picture in words."""
    words = [f"{labels.label(name)} {choices.in_words(runs.frame(name), 'b1')}" for name in SHARED]
    return (
        "Two panels of cumulative error curves above two strip plots of error at b = 1, 2 and 4. "
        f"{edfs.in_words(curves(runs))} Probability of holding the best network, and share of the population: "
        f"{'; '.join(words)}."
    )
