"""The claims of section 3, from AnyNetX to RegNetX, fixed before any population was trained.

Names of populations are those of the runs; every claim is "at this window and this law". Judged at n = 100 networks a
population; with fewer, a verdict is interim. Two need more: "costs nothing" (Fig 5) n = 300, where the rule's power
passes 80% at the calibration's spread, and "32 suffice" (Fig 9) the paper's n = 500, since the best of n / 2 is what
32 are compared with. The interval of "32 suffice" became the jackknife's when simulations showed the percentile
bootstrap's to be too low; no population was large enough to be judged then.

- Fig 1 is a schematic: its claim is judged on the whole way from AnyNetX_A to RegNetX; its steps are the claims of
  Figs 5 (A to C), 7 (C to E) and 9 (E to RegNetX).
- Fig 5 right is judged in AnyNetX_C, where b and g are shared.
- "Well fit" (Fig 8) means an e_fit at most the population's median.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.claims.claim import Claim
from regnet.analysis.linear_fit import e_fit
from regnet.analysis.rules.means import Chain, EqualBest, Everywhere, NoWorse, Same
from regnet.analysis.rules.members import BestHave, FewSuffice, Widen
from regnet.analysis.sizes import Sizes


def small_b(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Networks whose shared bottleneck ratio is at most 2."""
    return (frame["b1"] <= 2).to_numpy(np.bool_)


def well_fit(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Networks whose e_fit is at most the population's median."""
    errors = e_fit(frame)
    return errors <= np.median(errors)


A, B, C, D, E, X = "anynetx_a", "anynetx_b", "anynetx_c", "anynetx_d", "anynetx_e", "regnetx"

SECTION3 = (
    Claim(
        "fig01-refinement",
        "Refined from AnyNetX_A to RegNetX, the design space improves in its whole error distribution.",
        "Fig 1, sec. 3.1", "fig01", Everywhere((X, A)),
    ),
    Claim(
        "fig05-shared-b",
        "Sharing the bottleneck ratio across stages costs nothing.",
        "Fig 5 left, sec. 3.2", "fig05", Same((B, A)), n=300,
    ),
    Claim(
        "fig05-shared-g",
        "Sharing the group width across stages costs nothing.",
        "Fig 5 middle, sec. 3.2", "fig05", Same((C, B)), n=300,
    ),
    Claim(
        "fig05-small-b",
        "In this window of flops, bottleneck ratios of at most 2 are best.",
        "Fig 5 right, sec. 3.2", "fig05", BestHave((C,), "b at most 2", small_b),
    ),
    Claim(
        "fig06-widen",
        "Good networks have widths that increase from stage to stage.",
        "Fig 6, sec. 3.2", "fig06", Widen((C,)),
    ),
    Claim(
        "fig07-w-increasing",
        "Requiring non-decreasing widths improves the design space.",
        "Fig 7 left, sec. 3.2", "fig07", Chain((C, D)),
    ),
    Claim(
        "fig07-w-constant",
        "Non-decreasing widths are better than constant widths.",
        "Fig 7 left, sec. 3.2", "fig07", Chain(("anynetx_c_w_const", D)),
    ),
    Claim(
        "fig07-w-decreasing",
        "Non-decreasing widths are better than non-increasing widths.",
        "Fig 7 left, sec. 3.2", "fig07", Chain(("anynetx_c_w_decreasing", D)),
    ),
    Claim(
        "fig07-d-increasing",
        "Requiring non-decreasing depths improves the design space.",
        "Fig 7 right, sec. 3.2", "fig07", Chain((D, E)),
    ),
    Claim(
        "fig07-d-constant",
        "Non-decreasing depths are better than constant depths.",
        "Fig 7 right, sec. 3.2", "fig07", Chain(("anynetx_d_d_const", E)),
    ),
    Claim(
        "fig07-d-decreasing",
        "Non-decreasing depths are better than non-increasing depths.",
        "Fig 7 right, sec. 3.2", "fig07", Chain(("anynetx_d_d_decreasing", E)),
    ),
    Claim(
        "tab01-sizes",
        "From AnyNetX_A to RegNet 16 dimensions become 6 and the space shrinks by about 10 orders of magnitude.",
        "Table 1, sec. 3.3", "tab01", Sizes(A, X), kind="exact", n=0,
    ),
    Claim(
        "fig08-well-fit",
        "The best networks of AnyNetX_C, D and E are well fit by a quantised line.",
        "Fig 8, sec. 3.3", "fig08", BestHave((C, D, E), "an e_fit up to the median", well_fit),
    ),
    Claim(
        "fig08-e-fit-shrinks",
        "e_fit falls from AnyNetX_C to D to E.",
        "Fig 8 bottom, sec. 3.3", "fig08", Chain((C, D, E), value="e_fit"),
    ),
    Claim(
        "fig09-mean",
        "RegNetX has a lower mean error than AnyNetX_E, and AnyNetX_E than AnyNetX_A.",
        "Fig 9 left, sec. 3.3", "fig09", Chain((A, E, X)),
    ),
    Claim(
        "fig09-equal-best",
        "The best networks of RegNetX are as good as those of AnyNetX_A and AnyNetX_E.",
        "Fig 9 left, sec. 3.3", "fig09", EqualBest((X, A, E)),
        more="The paper says that RegNetX maintains the best models, so that nothing is lost, and prints the lowest "
        "error for it. Equality asks that nothing is gained, either.",
    ),
    Claim(
        "fig09-wm2",
        "Fixing w_m = 2 slightly improves RegNetX; asked here is that it does no harm.",
        "Fig 9 middle, sec. 3.3", "fig09", NoWorse(("regnetx_wm2", X)),
    ),
    Claim(
        "fig09-w0-wa",
        "Fixing w_0 = w_a improves RegNetX further; asked here is that it does no harm.",
        "Fig 9 middle, sec. 3.3", "fig09", NoWorse(("regnetx_w0_wa", X)),
    ),
    Claim(
        "fig09-32-suffice",
        "About 32 random networks of RegNetX suffice to find a good one.",
        "Fig 9 right, sec. 3.3", "fig09", FewSuffice((X,)), n=500,
    ),
)  # fmt: skip
