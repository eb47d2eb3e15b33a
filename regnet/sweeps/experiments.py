"""The populations that each figure and table of the paper needs, and what a population is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from regnet.design.recipe import Recipe
from regnet.design.sampling import Draw
from regnet.design.spaces import spaces
from regnet.sweeps.regimes import Regime, find_regime

_PARTS = re.compile(r"(?P<space>[a-z0-9_]+)(?:-(?P<mf>[0-9.]+)mf)?(?:-l(?P<length>[0-9]+))?(?:-s(?P<seed>[0-9]+))?")


@dataclass(frozen=True)
class Population:
    """Networks of one design space in the window [0.9, 1] x `multiple` x F, each trained for length L.

    The members are the draws of `seed` in order: member k is the same network whatever the population's size.

    >>> Population("regnetx", multiple=2, length=2, seed=1).name
    'regnetx-6mf-l2-s1'
    """

    space: str
    multiple: float = 1.0
    length: int = 1
    seed: int = 0
    regime: str = "pocket"

    def __post_init__(self) -> None:
        spaces[self.space]  # refuses an unknown name
        if not 0 < self.multiple < float("inf"):
            raise ValueError(f"the multiple of F must be positive, got {self.multiple}")
        if self.seed < 0:
            raise ValueError(f"seed must not be negative, got {self.seed}")
        self.setting.recipe(self.length)  # refuses a length that the regime does not have

    @classmethod
    def parse(cls, name: str, regime: str = "") -> Population:
        """The population of a name `<space>[-<F>mf][-l<L>][-s<seed>]`, default parts left out.

        Raises:
            ValueError: a name of another form, an unknown space, or a name that spells out a default.
        """
        setting = find_regime(regime)
        if not (match := _PARTS.fullmatch(name)):
            raise ValueError(f"population must be <space>[-<F>mf][-l<L>][-s<seed>], got {name!r}")
        multiple = float(match["mf"]) * 1e6 / setting.flops_unit if match["mf"] else 1.0
        found = cls(match["space"], multiple, int(match["length"] or 1), int(match["seed"] or 0), setting.name)
        if found.name != name:
            raise ValueError(f"population {name!r} is written {found.name!r} in regime {setting.name}")
        return found

    @property
    def name(self) -> str:
        """`<space>[-<F>mf][-l<L>][-s<seed>]` with default parts left out; F in millions of multiply-adds."""
        parts = [self.space]
        if self.multiple != 1:
            parts.append(f"{self.multiple * self.setting.flops_unit / 1e6:.6g}mf")
        parts += [f"l{self.length}"] * (self.length != 1) + [f"s{self.seed}"] * (self.seed != 0)
        return "-".join(parts)

    @property
    def setting(self) -> Regime:
        """The regime that the population is trained in."""
        return find_regime(self.regime)

    @property
    def recipe(self) -> Recipe:
        """How each member is trained."""
        return self.setting.recipe(self.length)

    def at(self, regime: str) -> Population:
        """The same population in another regime."""
        return replace(self, regime=regime)

    def draws(self, n: int) -> list[Draw]:
        """The first n members, in order; a larger n only appends."""
        setting = self.setting
        space = spaces[self.space].with_stem(setting.stem)
        return space.draw(
            n,
            seed=self.seed,
            resolution=setting.resolution,
            num_classes=setting.num_classes,
            flops=setting.window(self.multiple),
        )


def training_seed(seed: int, index: int, repeat: int = 0) -> int:
    """The training seed of member `index` of a population drawn with `seed`; `repeat` 1, 2, ... retrain it.

    >>> len({training_seed(0, 7, repeat) for repeat in range(4)})
    4
    """
    return int(np.random.SeedSequence(entropy=seed, spawn_key=(index, repeat)).generate_state(1)[0] >> 1)


def _of(*names: str) -> tuple[Population, ...]:
    return tuple(Population(name) for name in names)


SECTION3: tuple[Population, ...] = _of(
    "anynetx_a", "anynetx_b", "anynetx_c", "anynetx_d", "anynetx_e",
    "anynetx_c_w_const", "anynetx_c_w_decreasing", "anynetx_d_d_const", "anynetx_d_d_decreasing",
    "regnetx", "regnetx_wm2", "regnetx_w0_wa",
)  # fmt: skip
"""The twelve populations of section 3, all at F, L1 and seed 0."""

REPEATED: tuple[Population, ...] = _of("anynetx_a", "anynetx_e", "regnetx")
"""Populations whose ten best are retrained with new seeds (Fig 9: equal best)."""

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
    "fig23": (),
    "tab01": (),
    "calibration": (),
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
    return tuple(population.at(setting.name) for population in (ELEMENTS[element] if element else SECTION3))
