"""The populations that each figure and table of the paper needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from regnet.sweeps.population import Population, training_seed
from regnet.sweeps.regimes import find_regime

__all__ = ["ELEMENTS", "MULTIPLES", "RATES", "REPEATED", "SECTION3", "Population", "named", "training_seed"]


def _of(*names: str) -> tuple[Population, ...]:
    return tuple(Population(name) for name in names)


def _at(*names: str, multiples: Sequence[float] = (1,), length: int = 1, **also: Any) -> tuple[Population, ...]:
    """Each space at each multiple of F, trained for `length` times L1."""
    return tuple(Population(name, multiple, length, **also) for name in names for multiple in multiples)


SECTION3: tuple[Population, ...] = _of(
    "anynetx_a", "anynetx_b", "anynetx_c", "anynetx_d", "anynetx_e",
    "anynetx_c_w_const", "anynetx_c_w_decreasing", "anynetx_d_d_const", "anynetx_d_d_decreasing",
    "regnetx", "regnetx_wm2", "regnetx_w0_wa",
)  # fmt: skip
"""The twelve populations of section 3, all at F, L1 and seed 0."""

REPEATED: tuple[Population, ...] = _of("anynetx_a", "anynetx_e", "regnetx")
"""Populations whose ten best are retrained with new seeds (Fig 9: equal best)."""

MULTIPLES = (0.5, 1, 2, 4)
"""The flop regimes of sections 4 and 5, in F: 1.5, 3, 6 and 12 MF in pocket."""

RATES = (0.5, 1, 2)
"""The learning rates that comparisons of spaces are tried at, in the regime's."""

_COMPARED = ("anynetx_a", "anynetx_e", "regnetx")
_BLOCKS = tuple(f"{name}{suffix}" for suffix in ("_5stage", "_r", "_v", "_vr") for name in _COMPARED)
_TRIED = (*(p for p in SECTION3 if p.space != "anynetx_b"), *_at(*_COMPARED, multiples=(2,)), *_of(*_BLOCKS))
_U = _at("regnetx", multiples=MULTIPLES, length=2)
_C = _at("regnetx_c", multiples=MULTIPLES, length=2)

ELEMENTS: Mapping[str, tuple[Population, ...]] = MappingProxyType({
    "fig01": _of("anynetx_a", "anynetx_c", "regnetx"),
    "fig02": _of("anynetx_a"),
    "fig03": (),
    "fig04": (),
    "fig05": _of("anynetx_a", "anynetx_b", "anynetx_c"),
    "fig06": _of("anynetx_c"),
    "fig07": _of(
        "anynetx_c", "anynetx_d", "anynetx_c_w_const", "anynetx_c_w_decreasing",
        "anynetx_e", "anynetx_d_d_const", "anynetx_d_d_decreasing",
    ),
    "fig08": _of("anynetx_c", "anynetx_d", "anynetx_e"),
    "fig09": _of("anynetx_a", "anynetx_e", "regnetx", "regnetx_wm2", "regnetx_w0_wa"),
    "fig10": (
        *_at(*_COMPARED, multiples=(2,)),
        *_of(*_BLOCKS),
        *_at(*_COMPARED, length=5),
    ),
    "byrate": (*_TRIED, *(replace(p, rate=rate) for rate in RATES if rate != 1 for p in _TRIED)),
    "startscale": (
        *_of(*_COMPARED),
        *_at(*_COMPARED, scale1=True),
        *_of(*(f"{name}_v" for name in _COMPARED), "regnetx_vr"),
        *_at("regnetx_vr", scale1=True),
    ),
    "longer": (*_of(*_COMPARED), *_at(*_COMPARED, length=5)),
    "fig11": _U,
    "fig12": _U + _at("regnetx", multiples=(8,), length=2),  # a growth law is read off 16x in F
    "limits": _at("regnetx", multiples=MULTIPLES, length=2, seed=1),
    "fig13": _U + _C,
    "fig14": (
        *_at("regnetx_c", "regnetx_c_resolution", multiples=(1, 2), length=2),
        *_at("regnetx_c_inverted", "regnetx_c_depthwise", "regnety_c", length=2),
    ),
    "fig15": (),
    "fig16": (),
    "fig17": _C,
    "fig18": _C + _at("regnety_c", multiples=(1, 4), length=2),
    "fig19": (
        *_at("regnetx_c_d20", multiples=MULTIPLES[2:], length=2),  # no 20 blocks with w_m >= 2 fit C at 3 MF
        *_at("regnetx_c_3stage", "regnetx_c_inverted", multiples=(4,), length=2),
        *_C,
    ),
    "fig20": (
        *_at("regnety_c", "regnety_c_silu", multiples=(1, 4), length=2),
        *_at("regnety_c_depthwise", "regnety_c_depthwise_silu", length=2),
    ),
    "fig21": (
        *_at("regnetx_c", multiples=(0.5, 1, 2), tuned=True),
        *_at("regnetx_c", length=2, tuned=True),
        *_at("regnetx_c", length=5, tuned=True),
    ),
    "fig22": _at("efficientnet", multiples=(1, 2), length=2, tuned=True),  # at 32 pixels none is smaller
    "fig23": (),
    **dict.fromkeys(("zoox", "zooy", "zootrends", "recount", "rounding", "oddities"), ()),
    **dict.fromkeys(("timings", "speedup", "timefits"), ()),
    **dict.fromkeys(("tab02", "tab03", "tab04", "tab05", "tab06", "tab07"), ()),
    **dict.fromkeys(("tab03pocket", "tab04pocket", "tab05pocket"), _C),
    "fig23right": _of("regnetx", "regnetx_r", "regnetx_v", "regnetx_vr"),
    "tab01": (),
    **dict.fromkeys(
        ("calibration", "calibration_rates", "calibration_gap", "calibration_ranks", "calibration_lengths"), ()
    ),
})  # fmt: skip
"""Figure or table -> the populations it is drawn from; empty for those drawn without trained networks."""


def named(regime: str, names: Sequence[str] = (), element: str = "") -> tuple[Population, ...]:
    """The populations of those names, or of an element, or section 3's twelve, in a regime.

    Raises:
        ValueError: an unknown regime, name or element, both names and an element, or an element without populations.
    """
    setting = find_regime(regime)
    if names and element:
        raise ValueError(f"give either populations or an element, got {' '.join(names)} and {element}")
    if names:
        return tuple(Population.parse(name, setting.name) for name in dict.fromkeys(names))
    if element and not ELEMENTS.get(element):
        drawn = ", ".join(name for name, populations in ELEMENTS.items() if populations)
        raise ValueError(f"element {element!r} has no populations: one of {drawn} expected")
    return tuple(dict.fromkeys(p.at(setting.name) for p in (ELEMENTS[element] if element else SECTION3)))
