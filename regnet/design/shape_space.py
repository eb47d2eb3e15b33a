"""A published shape as a space of one network: for populations in which only the training varies (Fig 22)."""

from dataclasses import dataclass, field, replace
from typing import Self, Unpack

from regnet.design.lookup import Lookup
from regnet.design.networks import Stem
from regnet.design.sampling import Draw, Ranges, Window
from regnet.design.scalars import DRAWN, SEED, whole
from regnet.design.shapes import scale_to


@dataclass(frozen=True)
class ShapeSpace:
    """The network of a published shape whose flops lie nearest below the window's upper end."""

    name: str
    shape: str
    stem: Stem = field(default_factory=Stem)
    limited: bool = False

    def with_stem(self, stem: Stem) -> Self:
        """The same shape on another stem."""
        return replace(self, stem=stem)

    def draw(self, n: int, *, seed: int = 0, **window: Unpack[Ranges]) -> list[Draw]:
        """n times the same network; the seed plays no part.

        Raises:
            ValueError: an impossible number, a window without an upper end, or no network of the shape within 5% of it.

        >>> len({draw.network for draw in shape_spaces["efficientnet"].draw(3, flops=(360e6, 400e6))})
        1
        """
        n, _ = whole("n", n, low=0, high=DRAWN), whole("seed", seed, low=0, high=SEED)
        limits = Window(**window)
        most = limits.flops[1] if limits.flops else None
        if most is None or limits.params or limits.acts:
            raise ValueError(f"{self.name} is scaled to an upper end of flops alone, got {limits}")
        network = scale_to(
            self.shape, flops=most, stem=self.stem, resolution=limits.resolution, num_classes=limits.num_classes
        )
        return [Draw(index, {}, network) for index in range(n)]


shape_spaces: Lookup[ShapeSpace] = Lookup("shape", {"efficientnet": ShapeSpace("efficientnet", "efficientnet-b0")})
