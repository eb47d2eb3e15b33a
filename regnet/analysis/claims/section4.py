"""The claims of section 4: how the best RegNetX change with flops, the constrained space C, and what is tried on it.

Fixed before any of their populations was trained. Judged at n = 50 networks a population, 100 at L1.

- Time is judged on every device that timed the members; printed times are a claim of their own.
- Margins are ours. "Stable" depth (Fig 11): less than 2 blocks a doubling of F; the values read off the paper's image
  rise by 1.2. "About 2.5" (w_m): within 0.3; the paper's seven lie between 2.2 and 2.8. Growth laws (Fig 12): the
  exponent within 0.2. Stable rates (Figs 21, 22): less than half a doubling of lr or wd a doubling of F or length.
- "Better everywhere" (Fig 13) is better at each F; so are fewer parameters.
- "As good" (Fig 19, fixed depth) is no worse at each F from 2 F on: below, no 20 blocks with w_m >= 2 fit C's limits.
- What larger resolution does (Fig 14 middle) is judged at both flop regimes.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet.analysis.claims.claim import Claim
from regnet.analysis.rules.means import Chain, NoWorse
from regnet.analysis.rules.members import BestHave
from regnet.analysis.rules.printed import PrintedTime
from regnet.analysis.rules.several import Each
from regnet.analysis.rules.timing import PredictsTime, TimeLaw
from regnet.analysis.rules.trends import Grows, IsAbout, Law, Stays, Trend, column, log2

MULTIPLES = (0.5, 1, 2, 4)  # of F
_U = ("regnetx-1.5mf-l2", "regnetx-l2", "regnetx-6mf-l2", "regnetx-12mf-l2")
_GROWTH = ((*_U, "regnetx-24mf-l2"), (*MULTIPLES, 8))  # Fig 12: 16x in F
_C = ("regnetx_c-1.5mf-l2", "regnetx_c-l2", "regnetx_c-6mf-l2", "regnetx_c-12mf-l2")
_D20 = ("regnetx_c_d20-6mf-l2", "regnetx_c_d20-12mf-l2")
_RATES = {
    "flops": (("regnetx_c-1.5mf-lrwd", "regnetx_c-lrwd", "regnetx_c-6mf-lrwd"), (0.5, 1, 2)),
    "lengths": (("regnetx_c-lrwd", "regnetx_c-l2-lrwd", "regnetx_c-l5-lrwd"), (1, 2, 5)),
    "efficientnet": (("efficientnet-l2-lrwd", "efficientnet-6mf-l2-lrwd"), (1, 2)),
}
BLOCKS, MULTIPLIER, EXPONENT, DOUBLINGS = 2.0, 0.3, 0.2, 0.5  # margins, see above


def one_b(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Networks without a bottleneck: b = 1."""
    return (frame["drawn_b"] == 1).to_numpy(np.bool_)


def _followed(of: str, name: str) -> Trend:
    return Trend(_U, MULTIPLES, of, column(name))


def _grown(of: str, name: str) -> Trend:
    return Trend(*_GROWTH, of, column(name))


def _stable_rates(populations: tuple[str, ...], at: tuple[float, ...]) -> Each:
    return Each((
        Stays(Trend(populations, at, "log2 of lr", log2("drawn_lr")), DOUBLINGS),
        Stays(Trend(populations, at, "log2 of wd", log2("drawn_weight_decay")), DOUBLINGS),
    ))  # fmt: skip


SECTION4 = (
    Claim(
        "fig11-depth",
        "The best depth is stable across flops.",
        "Fig 11, sec. 4", "fig11", Stays(_followed("depth d", "drawn_d"), BLOCKS),
    ),
    Claim(
        "fig11-b",
        "The best bottleneck ratio is 1: no bottleneck.",
        "Fig 11, sec. 4", "fig11", BestHave(_U, "b = 1", one_b),
    ),
    Claim(
        "fig11-w-m",
        "The best width multiplier is about 2.5.",
        "Fig 11, sec. 4", "fig11", IsAbout(_followed("w_m", "drawn_w_m"), 2.5, MULTIPLIER),
    ),
    Claim(
        "fig11-growth",
        "The best g, w_a and w_0 grow with flops.",
        "Fig 11, sec. 4", "fig11",
        Each(tuple(Grows(_followed(of, f"drawn_{of}")) for of in ("g", "w_a", "w_0"))),
    ),
    Claim(
        "fig12-acts",
        "Activations of the best networks grow as the square root of flops.",
        "Fig 12 bottom, sec. 4", "fig12", Law(_grown("activations", "acts"), 0.5, EXPONENT),
    ),
    Claim(
        "fig12-params",
        "Parameters of the best networks grow linearly with flops.",
        "Fig 12 bottom, sec. 4", "fig12", Law(_grown("parameters", "params"), 1.0, EXPONENT),
    ),
    Claim(
        "fig12-time",
        "Activations predict inference time better than flops.",
        "Fig 12 top, sec. 4", "fig12", PredictsTime(_GROWTH[0]), n=0,
        more="The paper says that activations can go with time more closely, on accelerators. Asked here of each "
        "device that these small networks were timed on, of processors too.",
    ),
    Claim(
        "fig12-time-law",
        "Inference time of the best networks grows with both the square root of flops and flops.",
        "Fig 12 bottom, sec. 4", "fig12", TimeLaw(*_GROWTH),
    ),
    Claim(
        "fig12-time-printed",
        "Activations predict inference time better than flops among the paper's models on its GPU.",
        "Fig 12 top, sec. 4", "timefits", PrintedTime(), kind="published", n=0,
    ),
    Claim(
        "fig13-better",
        "The constrained space C is better than RegNetX at every flop regime.",
        "Fig 13, sec. 4", "fig13", Each(tuple(Chain(pair) for pair in zip(_U, _C, strict=True))),
    ),
    Claim(
        "fig13-params",
        "Networks of the constrained space C have fewer parameters at every flop regime.",
        "Fig 13 right, sec. 4", "fig13",
        Each(tuple(Chain(pair, value="params") for pair in zip(_U, _C, strict=True))),
    ),
    Claim(
        "fig14-inverted",
        "The inverted bottleneck makes C worse.",
        "Fig 14 left, sec. 4", "fig14", Chain(("regnetx_c_inverted-l2", "regnetx_c-l2")),
    ),
    Claim(
        "fig14-depthwise",
        "Depthwise convolution makes it worse still.",
        "Fig 14 left, sec. 4", "fig14", Chain(("regnetx_c_depthwise-l2", "regnetx_c_inverted-l2")),
    ),
    Claim(
        "fig14-resolution",
        "Larger input images make C worse at equal flops.",
        "Fig 14 middle, sec. 4", "fig14",
        Each((
            Chain(("regnetx_c_resolution-l2", "regnetx_c-l2")),
            Chain(("regnetx_c_resolution-6mf-l2", "regnetx_c-6mf-l2")),
        )),
    ),
    Claim(
        "fig14-se",
        "Squeeze-and-excitation makes C better.",
        "Fig 14 right, sec. 4", "fig14", Chain(("regnetx_c-l2", "regnety_c-l2")),
    ),
    Claim(
        "fig19-depth",
        "Fixing the depth at 20 blocks costs nothing at the flop regimes where 20 blocks fit.",
        "Fig 19 left, App. B", "fig19", Each(tuple(NoWorse(pair) for pair in zip(_D20, _C[2:], strict=True))),
    ),
    Claim(
        "fig19-stages",
        "Three stages are worse than four.",
        "Fig 19 middle, App. B", "fig19", Chain(("regnetx_c_3stage-12mf-l2", "regnetx_c-12mf-l2")),
    ),
    Claim(
        "fig19-inverted",
        "At high flops, too, the inverted bottleneck is worse.",
        "Fig 19 right, App. B", "fig19", Chain(("regnetx_c_inverted-12mf-l2", "regnetx_c-12mf-l2")),
    ),
    Claim(
        "fig20-small",
        "At low flops SiLU is better than ReLU.",
        "Fig 20 left, App. B", "fig20", Chain(("regnety_c-l2", "regnety_c_silu-l2")),
    ),
    Claim(
        "fig20-large",
        "At high flops ReLU is better than SiLU.",
        "Fig 20 left, App. B", "fig20", Chain(("regnety_c_silu-12mf-l2", "regnety_c-12mf-l2")),
    ),
    Claim(
        "fig20-depthwise",
        "With depthwise convolution SiLU is better than ReLU.",
        "Fig 20 right, App. B", "fig20", Chain(("regnety_c_depthwise-l2", "regnety_c_depthwise_silu-l2")),
    ),
    Claim(
        "fig21-flops",
        "The best learning rate and weight decay of RegNetX are the same across flops.",
        "Fig 21 middle, App. C", "fig21", _stable_rates(*_RATES["flops"]),
    ),
    Claim(
        "fig21-lengths",
        "The best learning rate and weight decay of RegNetX are the same across training lengths.",
        "Fig 21 bottom, App. C", "fig21", _stable_rates(*_RATES["lengths"]),
    ),
    Claim(
        "fig22-stable",
        "The best learning rate and weight decay of EfficientNet are the same across flops.",
        "Fig 22, App. C", "fig22", _stable_rates(*_RATES["efficientnet"]),
    ),
)  # fmt: skip
