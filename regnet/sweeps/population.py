"""What a population is: regime, design space, flops, training length and seed; its members and how each is trained."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from regnet.design.recipe import Recipe
from regnet.design.sampling import Draw, Ranges, Window
from regnet.design.scalars import MEMBERS, SEED, flag, set_real, set_whole, whole
from regnet.design.shape_space import ShapeSpace
from regnet.design.spaces import DesignSpace
from regnet.sweeps.own_spaces import find_space
from regnet.sweeps.regimes import Regime, find_regime

_PARTS = re.compile(
    r"(?P<space>[a-z0-9_]+)(?:-(?P<mf>[0-9.]+)mf)?(?:-l(?P<length>[0-9]+))?(?P<tuned>-lrwd)?(?:-(?P<rate>[0-9.]+)lr)?"
    r"(?P<scale1>-scale1)?(?:-s(?P<seed>[0-9]+))?"
)
FORM = "<space>[-<F>mf][-l<L>][-lrwd][-<x>lr][-scale1][-s<seed>]"
TUNED = 10.0  # a population with random rates draws lr and wd log-uniform from a tenth to ten times the recipe's
_TUNING = 0x7275  # sets the stream of lr and wd apart from those of drawing and training


@dataclass(frozen=True)
class Population:
    """Networks of one design space in the window [0.9, 1] x `multiple` x F, each trained for length L.

    The members are the draws of `seed` in order: member k is the same network whatever the population's size. With
    `tuned` each member has a learning rate and a weight decay of its own (Figs 21, 22; the ranges are ours); `rate` is
    a multiple of the regime's learning rate; with `scale1` the last BN of residual branches starts at 1, as those of
    networks without branches do, where the regime starts it at 0.

    >>> Population("regnetx", "pocket", 2, length=2, seed=1).name
    'regnetx-6mf-l2-s1'
    >>> Population("regnetx", "natural", rate=0.5).name, Population("regnetx", "natural", scale1=True).name
    ('regnetx-0.5lr', 'regnetx-scale1')
    """

    space: str
    regime: str
    multiple: float = 1.0
    length: int = 1
    seed: int = 0
    tuned: bool = False
    rate: float = 1.0
    scale1: bool = False

    def __post_init__(self) -> None:
        self.design  # refuses an unknown name  # noqa: B018
        set_real(self, "multiple", "rate", above=0)
        set_whole(self, "length")
        set_whole(self, "seed", low=0, high=SEED)
        for name in ("tuned", "scale1"):
            object.__setattr__(self, name, flag(name, getattr(self, name)))
        if self.tuned and self.rate != 1:
            raise ValueError(f"members draw their own learning rates: no multiple of it, got {self.rate}")
        if self.scale1 and self.setting.base.final_gamma == 1:
            raise ValueError(f"branches start at scale 1 in all of regime {self.regime}: leave scale1 out")
        self.setting.recipe(self.length)  # refuses a length that the regime does not have
        object.__setattr__(self, "regime", self.setting.name)  # where it was given by a file, or as the default

    @classmethod
    def parse(cls, name: str, regime: str = "") -> Population:
        """The population of a name `<space>[-<F>mf][-l<L>][-lrwd][-<x>lr][-scale1][-s<seed>]`, default parts left out.

        Raises:
            ValueError: a name of another form, an unknown space, or a name that spells out a default.
        """
        setting = find_regime(regime)
        if not (match := _PARTS.fullmatch(name)):
            raise ValueError(f"population must be {FORM}, got {name!r}")
        multiple = _number(match["mf"], name) * 1e6 / setting.flops_unit if match["mf"] else 1.0
        rate = _number(match["rate"], name) if match["rate"] else 1.0
        length, seed = int(match["length"] or 1), int(match["seed"] or 0)
        tuned, scale1 = bool(match["tuned"]), bool(match["scale1"])
        found = cls(match["space"], setting.name, multiple, length, seed, tuned, rate, scale1)
        if found.name != name:
            raise ValueError(f"population {name!r} is written {found.name!r} in regime {setting.name}")
        return found

    @property
    def name(self) -> str:
        """As in `FORM`, default parts left out; F in millions of multiply-adds, x of the regime's learning rate."""
        parts = [self.space]
        if self.multiple != 1:
            parts.append(f"{self.multiple * self.setting.flops_unit / 1e6:.6g}mf")
        parts += [f"l{self.length}"] * (self.length != 1) + ["lrwd"] * self.tuned
        parts += [f"{self.rate:.6g}lr"] * (self.rate != 1) + ["scale1"] * self.scale1
        return "-".join(parts + [f"s{self.seed}"] * (self.seed != 0))

    @property
    def setting(self) -> Regime:
        """The regime that the population is trained in."""
        return find_regime(self.regime)

    @property
    def design(self) -> DesignSpace | ShapeSpace:
        """What the members are drawn from, on the stem of the regime."""
        return find_space(self.space).with_stem(self.setting.stem)

    @property
    def flops(self) -> float:
        """Upper end of the flops window (multiply-adds an image)."""
        return self.setting.window(self.multiple)[1]

    @property
    def mf(self) -> str:
        """Its flops in words, as in "3 MF"."""
        return f"{self.flops / 1e6:g} MF"

    @property
    def wanted(self) -> int:
        """How many members the book asks for: more where a claim needs them, fewer where each costs more."""
        setting = self.setting
        usual = setting.n_rate if self.rate != 1 else setting.n_long if self.length > 1 else setting.n
        return setting.sizes.get(self.name, usual)

    @property
    def recipe(self) -> Recipe:
        """How each member is trained, but for what is drawn with it."""
        recipe = self.setting.recipe(self.length)
        if self.rate != 1:
            recipe = replace(recipe, lr=float(f"{recipe.lr * self.rate:.4g}"))
        return replace(recipe, final_gamma=1.0) if self.scale1 else recipe

    def recipe_of(self, draw: Draw) -> Recipe:
        """How that member is trained: the recipe at its own resolution, rate and weight decay where these are drawn."""
        recipe, drawn = self.recipe, draw.drawn
        if "zoom" in drawn:
            recipe = replace(recipe, resolution=round(recipe.resolution * drawn["zoom"]))
        if self.tuned:
            recipe = replace(recipe, lr=drawn["lr"], weight_decay=drawn["weight_decay"])
        return recipe

    def at(self, regime: str) -> Population:
        """The same population in another regime; one whose branches start at 1 is an ordinary one where all do."""
        return replace(self, regime=regime, scale1=self.scale1 and find_regime(regime).base.final_gamma != 1)

    def draws(self, n: int) -> list[Draw]:
        """The first n members, in order; a larger n only appends.

        Raises:
            ValueError: an n beyond what a population may have, or a space with limits in a regime whose limits are not
                frozen yet.
        """
        found = self.design.draw(whole("n", n, low=0, high=MEMBERS), seed=self.seed, **self._ranges())
        return [self._with_rates(draw) for draw in found] if self.tuned else found

    @property
    def window(self) -> Window:
        """The flops, and where the space is limited parameters and activations, that members lie in.

        Raises:
            ValueError: a space with limits in a regime whose limits are not frozen yet.
        """
        return Window(**self._ranges())

    def _ranges(self) -> Ranges:
        try:
            return self.setting.ranges(self.design, self.setting.window(self.multiple))
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None

    def _with_rates(self, draw: Draw) -> Draw:
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(_TUNING, draw.index)))
        factors = TUNED ** rng.uniform(-1, 1, size=2)
        base = self.recipe
        rates = {
            "lr": float(f"{base.lr * factors[0]:.4g}"),
            "weight_decay": float(f"{base.weight_decay * factors[1]:.4g}"),
        }
        return replace(draw, drawn=draw.drawn | rates)


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"population {name!r}: {text!r} is not a number of millions of multiply-adds") from None


def training_seed(seed: int, index: int, repeat: int = 0) -> int:
    """The training seed of member `index` of a population drawn with `seed`; `repeat` 1, 2, ... retrain it.

    >>> len({training_seed(0, 7, repeat) for repeat in range(4)})
    4
    """
    return int(np.random.SeedSequence(entropy=seed, spawn_key=(index, repeat)).generate_state(1)[0] >> 1)
