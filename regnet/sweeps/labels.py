"""What a design space and a population of it are called in legends and sentences."""

import re

from regnet.design.spaces import spaces

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

    On a template of Fig 10 it is the space without the template's suffix.

    >>> space("regnetx-6mf-l2-s1"), space("anynetx_a_5stage")
    ('regnetx', 'anynetx_a')
    """
    stem = population.split("-")[0]
    base = next((stem.removesuffix(end) for end in (*STAGES, *BLOCKS) if stem.endswith(end)), stem)
    return base if base in LABELS and stem in spaces else stem


def label(population: str) -> str:
    """What a legend calls a population's design space; its block, stages and start where they are not the usual ones.

    A space of one's own is called what it is named.

    >>> label("anynetx_a_vr"), label("regnetx_5stage"), label("regnety_c-12mf-l2"), label("regnetx-scale1")
    ('AnyNetVR_A', 'RegNetX, 5 stages', 'RegNetY C', 'RegNetX, start 1')
    """
    known, (stem, *settings) = space(population), population.split("-")
    suffix = stem.removeprefix(known)
    called = LABELS.get(known, known)
    if suffix in BLOCKS:
        called = called.replace("NetX", f"Net{BLOCKS[suffix]}")
    elif suffix:
        called += f", {STAGES[suffix]}"
    return called + (", start 1" if "scale1" in settings else "")


# What a population's name says after its space, in words; the start is in its label.
SETTINGS = {
    r"([0-9.]+)mf": r"\1 MF", r"l(\d+)": r"\1 × as long", "lrwd": "rates drawn", r"([0-9.]+)lr": r"\1 × the rate",
    r"s(\d+)": r"seed \1", "repeats": "trained again",
}  # fmt: skip


def described(population: str) -> str:
    """A population's name in words: its label, and in brackets its flops, length, rates and seed as the name has them.

    >>> described("regnetx_c-12mf-l2"), described("anynetx_a-0.5lr-s1"), described("regnetx")
    ('RegNetX C (12 MF, 2 × as long)', 'AnyNetX_A (0.5 × the rate, seed 1)', 'RegNetX')
    """
    found = [
        re.sub(form, words, part)
        for part in re.split(r"-|\.(?=repeats$)", population)[1:]
        for form, words in SETTINGS.items()
        if re.fullmatch(form, part)
    ]
    return label(population) + (f" ({', '.join(found)})" if found else "")
