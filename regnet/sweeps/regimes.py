"""Regimes: the data, input and stem, recipe, unit of flops F and unit of length L that populations share.

- `smoke`: a few networks, a few steps on the small Fashion-MNIST subset in the package; for tests.
- `pocket`: Fashion-MNIST on CPU cores; F = 3 MF stands where the paper has 400MF.
- `natural`: photographs, the first classes of Tiny-ImageNet at 32 pixels, on CPU cores; F = 3 MF. Provisional: its
  classes, images and rates wait for `regnet calibrate natural`, and until they are set here it trains no population.
- `imagenet`: the paper's own settings (arXiv:2003.13678, sec. 3, footnote 5), for whoever has GPUs.

The paper trains 10 epochs with lr 0.05 in sec. 3 and 25 epochs with lr 0.1 in sec. 4. Here L2 stands for the 25 epochs;
one lr serves every length but in `natural`, where each length has the rate that suits it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from regnet.design.lookup import Lookup
from regnet.design.networks import Stem
from regnet.design.recipe import Recipe

IMAGENET_TRAIN = 1_281_167  # images of an epoch
NATURAL_CLASSES = 50  # provisional: the calibration tries these first


@dataclass(frozen=True)
class Limits:
    """Bounds of the constrained space C (Fig 13): activations at most a sqrt(F), parameters at most p + q F."""

    a: float
    p: float
    q: float

    def acts(self, flops: float) -> float:
        """Most activations (elements) of a network in a window that ends at `flops`."""
        return self.a * math.sqrt(flops)

    def params(self, flops: float) -> float:
        """Most parameters of a network in a window that ends at `flops`."""
        return self.p + self.q * flops


@dataclass(frozen=True)
class Regime:
    """What the populations of one set-up share.

    `base` is the recipe at L1, `flops_unit` is F (multiply-adds an image), `lengths` the allowed multiples of L1,
    `margin` the no-difference margin in points of error (v1). Members of a population: `n` at L1, `n_long` where each
    is trained longer than L1, `n_rate` at another multiple of the learning rate; `sizes` of those that need other
    numbers. `by_quota` are the spaces and multiples of F that hold a handful of networks. `limits` are those of space
    C, None before they are known. `rates` are the learning rates by length; empty, `base`'s serves all. Where
    `calibrated` is false the recipe is provisional. `outcome` is what a population's rows keep of each training.

    Raises:
        ValueError: rates that are not one a length, or whose first is not `base`'s.
    """

    name: str
    base: Recipe
    stem: Stem
    flops_unit: float
    n: int
    n_long: int
    margin: float
    lengths: tuple[int, ...] = (1, 2, 5, 8)
    limits: Limits | None = None
    n_rate: int = 24
    sizes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    by_quota: frozenset[tuple[str, float]] = frozenset()
    rates: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    calibrated: bool = True
    outcome: tuple[str, ...] = ("status", "error", "seconds")

    def __post_init__(self) -> None:
        if self.rates and sorted(self.rates) != sorted(self.lengths):
            raise ValueError(f"rates must be of lengths {self.lengths}, got {sorted(self.rates)} in {self.name}")
        if self.rates.get(1, self.base.lr) != self.base.lr:
            raise ValueError(
                f"the rate of length 1 must be the base's {self.base.lr}, got {self.rates[1]} in {self.name}"
            )

    @property
    def resolution(self) -> int:
        """Side of the input in pixels."""
        return self.base.resolution

    @property
    def num_classes(self) -> int:
        """Classes of the data set."""
        return self.base.num_classes

    def recipe(self, length: int = 1) -> Recipe:
        """The recipe of `length` times L1's images, with the length's own rate; the warm-up keeps its share.

        Raises:
            ValueError: a length that the regime does not have.

        >>> regimes["pocket"].recipe(2).images == 2 * regimes["pocket"].base.images
        True
        """
        if length not in self.lengths:
            raise ValueError(f"length must be one of {self.lengths} in regime {self.name}, got {length}")
        base = self.base
        return replace(
            base,
            images=base.images * length,
            warmup_images=base.warmup_images * length,
            lr=self.rates.get(length, base.lr),
        )

    def refuse_provisional(self) -> None:
        """Raises ValueError where the recipe is not calibrated: nothing is to be trained by it but the calibration."""
        if not self.calibrated:
            raise ValueError(
                f"regime {self.name} is not calibrated: its recipe in regnet/sweeps/regimes.py is provisional and "
                f"trains no population (regnet calibrate {self.name} --stage rates, then --stage ranks)"
            )

    def window(self, multiple: float = 1.0) -> tuple[float, float]:
        """Lowest and highest flops of a population at `multiple` x F: [0.9 F, F] (multiply-adds an image)."""
        return 0.9 * multiple * self.flops_unit, multiple * self.flops_unit


_POCKET_STEM = Stem(kernel=3, width=16, stride=1, channels=1)

# "costs nothing" (Fig 5) and "32 suffice" (Fig 9) are fine distinctions
_COSTS_NOTHING = MappingProxyType(dict.fromkeys(("anynetx_a", "anynetx_b", "anynetx_c", "regnetx"), 500))
_NATURAL_SIZES = MappingProxyType(
    {"regnetx": 500}
    | dict.fromkeys(("anynetx_a", "anynetx_b", "anynetx_c", "regnetx_wm2", "regnetx_w0_wa"), 200)
    | dict.fromkeys(("anynetx_a_5stage", "anynetx_e_5stage", "regnetx_5stage"), 150)
    | dict.fromkeys(
        ("regnetx_c-l2-lrwd", "regnetx_c-l5-lrwd", "efficientnet-1.5mf-l2-lrwd", "efficientnet-l2-lrwd"), 100
    )
    | dict.fromkeys(("regnety_c_depthwise-l2", "regnety_c_depthwise_silu-l2"), 90)  # six networks, 15 seeds each
)
# distinct networks in thousands of draws of pocket's windows: 18, 6, 6 and 38
_HANDFULS = frozenset({
    ("regnetx_c_depthwise", 1.0), ("regnety_c_depthwise", 1.0), ("regnety_c_depthwise_silu", 1.0),
    ("regnetx_c_d20", 4.0),
})  # fmt: skip

_ALL = (
    Regime(
        name="smoke",
        base=Recipe(
            data="fashion-mnist-small", resolution=28, images=384, batch=16, lr=0.1,
            warmup_images=48, validation_images=256,
        ),
        stem=_POCKET_STEM, flops_unit=3e6, n=4, n_long=4, n_rate=4, margin=10.0,
        limits=Limits(a=80.0, p=200e3, q=0.1),
    ),
    Regime(
        name="pocket",
        base=Recipe(
            data="fashion-mnist", resolution=28, images=6400, batch=64, lr=0.2,
            warmup_images=640, validation_images=5000, final_gamma=0.0,
        ),
        stem=_POCKET_STEM, flops_unit=3e6, n=100, n_long=50, sizes=_COSTS_NOTHING, margin=1.5,
        limits=Limits(a=43.6, p=0, q=0.118),  # regnet limits pocket, on 50 networks of seed 1 a flop regime
    ),
    Regime(
        name="natural",
        base=Recipe(  # provisional: classes, images and lr are the calibration's to set, and `rates` of each length
            data=f"tiny-imagenet-{NATURAL_CLASSES}", resolution=32, num_classes=NATURAL_CLASSES,
            images=12_800, batch=64, lr=0.4, warmup_images=1280, validation_images=100 * NATURAL_CLASSES,
            final_gamma=0.0,
        ),
        stem=Stem(kernel=3, width=16, stride=1), flops_unit=3e6, n=100, n_long=60, sizes=_NATURAL_SIZES, margin=1.5,
        by_quota=_HANDFULS, calibrated=False,
        outcome=("status", "error", "error_a", "error_b", "train_loss", "seconds"),
    ),
    Regime(
        name="imagenet",
        base=Recipe(
            data="imagenet", resolution=224, num_classes=1000, images=10 * IMAGENET_TRAIN, batch=128, lr=0.05,
            warmup_images=0, validation_images=50_000, precision="fp32",
        ),
        stem=Stem(), flops_unit=400e6, n=500, n_long=100, margin=0.5,
        limits=Limits(a=6.5e6 / math.sqrt(1e9), p=3.0e6, q=5.5e6 / 1e9),  # Fig 12, bottom; pycls' sweep configuration
    ),
)  # fmt: skip

regimes: Lookup[Regime] = Lookup("regime", {regime.name: regime for regime in _ALL})


def find_regime(name: str = "") -> Regime:
    """The regime of that name; the empty name means `REGNET_REGIME`, else pocket.

    Raises:
        UnknownName: no such regime (a ValueError).
    """
    return regimes[name or os.environ.get("REGNET_REGIME", "") or "pocket"]
