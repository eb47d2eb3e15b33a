"""DesignSpace: what every family of design spaces shares. The families are `anynet_space` and `regnet_space`."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, Self, Unpack

import numpy as np

from regnet.design.anynet import check_block
from regnet.design.laws import Choice, Law, narrowed
from regnet.design.networks import Activation, Block, Network, Stem
from regnet.design.sampling import Candidates, Draw, Ranges, Sampler, Window
from regnet.design.scalars import DEPTH, DRAWN, LEAST_RATIO, MOST_RATIO, set_whole, whole
from regnet.design.staged import check_template

Counting = Literal["printed", "ties", "strict"]

MOST_STAGES = 64  # of a space: its laws are drawn stage by stage
WHOLE = ("d", "w", "w_0", "g")
MULTIPLES = {"w": 8, "w_0": 8}  # of these numbers
BOUNDS = {"d": (1, DEPTH), "b": (LEAST_RATIO, MOST_RATIO), "w_m": (1.001, MOST_RATIO)}
WITHOUT: dict[Block, tuple[str, ...]] = {"V": ("b", "g"), "VR": ("b", "g"), "R": ("g",)}
ONE = Choice((1,))
BOTTLENECKS = Choice((1, 2, 4))
GROUP_WIDTHS = Choice((1, 2, 4, 8, 16, 32))


@dataclass(frozen=True, repr=False)
class DesignSpace(ABC):
    """A set of networks of one template and a law to draw them by; a frozen value.

    `zoom` is the input's side as a multiple of the one asked for (Fig 14), `limited` says that the regime's limits on
    parameters and activations belong to the space (Fig 13). Each family adds laws and `constrain(name, ...)`, which
    gives a smaller space of the same family.
    """

    name: str
    stages: int = 4
    stem: Stem = field(default_factory=Stem)
    block: Block = "X"
    se_ratio: float = 0.0
    activation: Activation = "relu"
    b: Law = BOTTLENECKS
    g: Law = GROUP_WIDTHS
    zoom: Law = ONE
    limited: bool = False

    def __post_init__(self) -> None:
        set_whole(self, "stages", high=MOST_STAGES)
        check_block(self.block)
        check_template(self)

    @property
    @abstractmethod
    def dims(self) -> int:
        """Degrees of freedom (Table 1)."""

    @abstractmethod
    def size(self, counting: Counting = "ties") -> int:
        """How many settings of the drawn parameters there are (Table 1)."""

    @abstractmethod
    def parameters(self) -> dict[str, str]:
        """Each parameter and its law, in words."""

    @abstractmethod
    def law(self, column: str) -> Law:
        """The law of a drawn column, such as "d3" or "w_a"."""

    @abstractmethod
    def candidates(self, rng: np.random.Generator, n: int) -> Candidates:
        """The valid ones among n raw draws, in order."""

    def _narrowed(self, parameter: str, constraint: object) -> dict[str, Law]:
        """What a value, bounds or another law make of a parameter's law.

        Raises:
            ValueError: a value that cannot be drawn, or a constraint of another type.
        """
        if constraint is None:
            return {}
        if parameter in WITHOUT.get(self.block, ()):
            raise ValueError(f"{parameter}: block {self.block} has none")
        try:
            law = narrowed(getattr(self, parameter), constraint)
        except ValueError as error:
            raise ValueError(f"{parameter}: {error}") from None
        if parameter in WHOLE and not law.whole:
            raise ValueError(f"{parameter}: whole numbers expected, got {law}")
        if parameter in MULTIPLES and any(value % MULTIPLES[parameter] for value in law.grid):
            raise ValueError(f"{parameter}: multiples of {MULTIPLES[parameter]} expected, got {law}")
        if parameter in BOUNDS and not all(BOUNDS[parameter][0] <= value <= BOUNDS[parameter][1] for value in law.grid):
            raise ValueError(f"{parameter}: {BOUNDS[parameter][0]:g} to {BOUNDS[parameter][1]:g} expected, got {law}")
        return {parameter: law}

    def with_stem(self, stem: Stem) -> Self:
        """The space of the same networks on another stem."""
        return replace(self, stem=stem)

    def with_template(
        self,
        name: str,
        *,
        stages: int | None = None,
        block: Block | None = None,
        se_ratio: float | None = None,
        activation: Activation | None = None,
        zoom: Law | None = None,
    ) -> Self:
        """The space `name` of the same parameters on another template (Figs 10, 14, 19, 20, App. D).

        Blocks V and VR have neither b nor g, block R has no g: there they are 1 and no degrees of freedom.

        Raises:
            ValueError: another block for a space whose block is not X, as its b and g are gone.
        """
        block = self.block if block is None else block
        if self.block not in ("X", block):
            raise ValueError(f"{self.name} has block {self.block}: start from the space with block X to get {block}")
        return replace(
            self,
            name=name,
            stages=self.stages if stages is None else stages,
            block=block,
            se_ratio=self.se_ratio if se_ratio is None else se_ratio,
            activation=self.activation if activation is None else activation,
            zoom=self.zoom if zoom is None else zoom,
            b=ONE if block in ("V", "VR") else self.b,
            g=self.g if block == "X" else ONE,
        )

    def __repr__(self) -> str:
        laws = "; ".join(f"{name}: {law}" for name, law in self.parameters().items())
        return f"<{self.name}: {self.dims} dims, {self.size():.2g} settings; {laws}>"

    def draw(self, n: int, *, seed: int = 0, **window: Unpack[Ranges]) -> list[Draw]:
        """n members inside a `Window`, drawn independently; the first k do not depend on n.

        Raises:
            ValueError: n or seed negative, more than a million at a time, a reversed window, or a window that bounded
                drawing does not hit.

        >>> from regnet.design.spaces import spaces
        >>> [draw.index for draw in spaces["regnetx"].draw(2, flops=(360e6, 400e6))]
        [0, 1]
        """
        return list(self.each(n, seed=seed, **window))

    def each(self, n: int, *, seed: int = 0, **window: Unpack[Ranges]) -> Iterator[Draw]:
        """The members of `draw` with the same arguments, one after the other."""
        n = whole("n", n, low=0, high=DRAWN)
        members = Sampler(self, Window(**window), seed=seed).members(n)
        return (Draw(index, drawn, network) for index, (drawn, network) in enumerate(members))

    def sample(self, n: int, *, seed: int = 0, **window: Unpack[Ranges]) -> list[Network]:
        """The networks of `draw` with the same arguments."""
        return [draw.network for draw in self.draw(n, seed=seed, **window)]
