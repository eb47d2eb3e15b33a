"""What a design space and a population of it are called in legends and sentences."""

from __future__ import annotations

LABELS = {
    "anynetx_a": "AnyNetX_A",
    "anynetx_b": "AnyNetX_B",
    "anynetx_c": "AnyNetX_C",
    "anynetx_d": "AnyNetX_D",
    "anynetx_e": "AnyNetX_E",
    "regnetx": "RegNetX",
    "anynetx_c_w_const": "C, wᵢ₊₁ = wᵢ",
    "anynetx_c_w_decreasing": "C, wᵢ₊₁ ≤ wᵢ",
    "anynetx_d_d_const": "D, dᵢ₊₁ = dᵢ",
    "anynetx_d_d_decreasing": "D, dᵢ₊₁ ≤ dᵢ",
    "regnetx_wm2": "RegNetX, wₘ = 2",
    "regnetx_w0_wa": "RegNetX, w₀ = wₐ",
    "regnetx_c": "RegNetX C",
    "regnetx_c_inverted": "C, b ≤ 1",
    "regnetx_c_depthwise": "C, b ≤ 1, g = 1",
    "regnetx_c_resolution": "C, larger r",
    "regnetx_c_d20": "C, d = 20",
    "regnetx_c_3stage": "C, 3 stages",
    "regnety_c": "RegNetY C",
    "regnety_c_silu": "Y, SiLU",
    "regnety_c_depthwise": "Y, g = 1",
    "regnety_c_depthwise_silu": "Y, g = 1, SiLU",
    "efficientnet": "EfficientNet",
}

# Templates of Fig 10: a space keeps its colour on each of them.
STAGES = {"_5stage": "5 stages"}
BLOCKS = {"_r": "R", "_v": "V", "_vr": "VR"}


def space(population: str) -> str:
    """The design space of a population's name.

    Raises:
        ValueError: no label is kept for it.

    >>> space("regnetx-6mf-l2-s1")
    'regnetx'
    >>> space("anynetx_a_5stage")
    'anynetx_a'
    """
    stem = population.split("-")[0]
    known = [name for name in LABELS if stem == name or stem.startswith(f"{name}_")]
    if not known:
        raise ValueError(
            f"no label for {population!r}: expected one of {', '.join(LABELS)}; add it to labels.LABELS and its colour "
            "to style.COLOURS"
        )
    return max(known, key=len)


def label(population: str) -> str:
    """What a legend calls a population's design space; its block, stages and start where they are not the usual ones.

    >>> label("anynetx_a_vr"), label("regnetx_5stage"), label("regnety_c-12mf-l2"), label("regnetx-scale1")
    ('AnyNetVR_A', 'RegNetX, 5 stages', 'RegNetY C', 'RegNetX, start 1')
    """
    known, (stem, *settings) = space(population), population.split("-")
    suffix = stem.removeprefix(known)
    start = ", start 1" if "scale1" in settings else ""
    if suffix in BLOCKS:
        return LABELS[known].replace("NetX", f"Net{BLOCKS[suffix]}") + start
    return LABELS[known] + (f", {STAGES.get(suffix, suffix[1:])}" if suffix else "") + start
