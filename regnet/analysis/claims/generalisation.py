"""The claims of Figs 10 and 23: the ordering of the spaces holds beyond the setting it was found in.

Fixed before any of their populations was trained. Judged at n = 100 networks a population, at L5 at 50.

- "Everywhere" (sec. 3.4) is one more claim, supported only if every panel's comparisons are.
- "Residual connections give V no gain" (App. D): V is no worse than VR by more than the margin.
"""

from regnet.analysis.claims.claim import Claim
from regnet.analysis.rules.means import Chain, NoWorse
from regnet.analysis.rules.several import Each

SPACES = ("anynetx_a", "anynetx_e", "regnetx")


def suffixed(suffix: str) -> tuple[str, ...]:
    """The three spaces' populations of that suffix, the worst claimed first."""
    return tuple(f"{space}{suffix}" for space in SPACES)


# panel -> its three populations, the worst claimed first
_PANELS = {
    "flops": ("at twice the flops", suffixed("-6mf")),
    "epochs": ("at five times the training length", suffixed("-l5")),
    "stages": ("with five stages", suffixed("_5stage")),
    "r": ("with R blocks", suffixed("_r")),
    "v": ("with V blocks", suffixed("_v")),
    "vr": ("with VR blocks", suffixed("_vr")),
}

GENERALISATION = (
    *(
        Claim(
            f"fig10-{panel}",
            f"RegNet is better than AnyNet_E, and AnyNet_E than AnyNet_A, {where}.",
            "Fig 10, sec. 3.4", "fig10", Chain(populations),
        )
        for panel, (where, populations) in _PANELS.items()
    ),
    Claim(
        "fig10-everywhere",
        "The ordering holds in every setting that was tried: no sign of overfitting the design space.",
        "Fig 10, sec. 3.4", "fig10", Each(tuple(Chain(populations) for _, populations in _PANELS.values())),
    ),
    Claim(
        "fig23-x-best",
        "RegNets with X blocks are better than those with R, V or VR blocks.",
        "Fig 23 right, App. D", "fig23right",
        Each(tuple(Chain((f"regnetx_{block}", "regnetx")) for block in ("r", "v", "vr"))),
    ),
    Claim(
        "fig23-residual",
        "A residual connection gives the V block no gain.",
        "Fig 23 right, App. D", "fig23right", NoWorse(("regnetx_v", "regnetx_vr")),
    ),
)  # fmt: skip
