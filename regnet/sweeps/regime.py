"""What a regime is: the data, input and stem, recipe, unit of flops F and unit of length L that populations share."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from regnet.design.design_space import DesignSpace
from regnet.design.networks import Stem
from regnet.design.recipe import Recipe
from regnet.design.sampling import Bounds, Ranges
from regnet.design.scalars import real, whole
from regnet.design.shape_space import ShapeSpace


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
    numbers. `empty` are the spaces and multiples of F that hold no network. `rated` are the paper's figures whose
    comparisons are tried at other learning rates, too. `limits` are those of space C, None before they are known.
    `outcome` is what a population's rows keep of each training.
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
    empty: frozenset[tuple[str, float]] = frozenset({("regnetx_c_d20", 0.5), ("regnetx_c_d20", 1.0)})
    rated: tuple[int, ...] = (7, 9, 10)
    outcome: tuple[str, ...] = ("status", "error", "seconds")

    @property
    def resolution(self) -> int:
        """Side of the input in pixels."""
        return self.base.resolution

    @property
    def num_classes(self) -> int:
        """Classes of the data set."""
        return self.base.num_classes

    def recipe(self, length: int = 1) -> Recipe:
        """The recipe of `length` times L1's images; the warm-up keeps its share.

        Raises:
            ValueError: a length that the regime does not have.

        >>> from regnet.sweeps.regimes import regimes
        >>> regimes["pocket"].recipe(2).images == 2 * regimes["pocket"].base.images
        True
        """
        length = whole("length", length)
        if length not in self.lengths:
            raise ValueError(f"length must be one of {self.lengths} in regime {self.name}, got {length}")
        base = self.base
        return replace(base, images=base.images * length, warmup_images=base.warmup_images * length)

    def window(self, multiple: float = 1.0) -> tuple[float, float]:
        """Lowest and highest flops of a population at `multiple` x F: [0.9 F, F] (multiply-adds an image)."""
        multiple = real("multiple", multiple, above=0)
        return 0.9 * multiple * self.flops_unit, multiple * self.flops_unit

    def ranges(self, space: DesignSpace | ShapeSpace, flops: Bounds | None = None) -> Ranges:
        """What a space's networks are drawn in here: input, classes, flops, and a limited space's other limits.

        `flops` is the window of F unless it is given. With the regime's stem that is all a population's draws need:

        >>> from regnet.design.spaces import spaces
        >>> from regnet.sweeps.regimes import regimes
        >>> natural = regimes["natural"]
        >>> mine = spaces["regnetx"].constrain("mine", g=8).with_stem(natural.stem)
        >>> len(mine.draw(3, **natural.ranges(mine)))
        3

        Raises:
            ValueError: a limited space where no limits are frozen yet, or whose window has no upper end.
        """
        flops = flops or self.window()
        found = Ranges(resolution=self.resolution, num_classes=self.num_classes, flops=flops)
        if not space.limited:
            return found
        if self.limits is None:
            raise ValueError(f"limits not frozen yet in regime {self.name} (regnet limits {self.name})")
        if flops[1] is None:
            raise ValueError(f"{space.name} has limits that grow with flops: give the window an upper end")
        return found | Ranges(params=(None, self.limits.params(flops[1])), acts=(None, self.limits.acts(flops[1])))
