"""A published shape as a space of one network: for populations in which only the training varies (Fig 22)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from regnet.design.lookup import Lookup
from regnet.design.networks import Stem
from regnet.design.sampling import Bounds, Draw
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

    def draw(
        self,
        n: int,
        *,
        seed: int = 0,  # noqa: ARG002 (there is nothing to draw)
        resolution: int = 224,
        num_classes: int = 1000,
        flops: Bounds | None = None,
        params: Bounds | None = None,
        acts: Bounds | None = None,
    ) -> list[Draw]:
        """n times the same network; the seed plays no part.

        Raises:
            ValueError: a window without an upper end, or no network of the shape within 5% of it.

        >>> len({draw.network for draw in shape_spaces["efficientnet"].draw(3, flops=(360e6, 400e6))})
        1
        """
        if flops is None or flops[1] is None or params or acts:
            raise ValueError(f"{self.name} is scaled to an upper end of flops alone, got {flops}, {params}, {acts}")
        network = scale_to(self.shape, flops=flops[1], stem=self.stem, resolution=resolution, num_classes=num_classes)
        return [Draw(index, {}, network) for index in range(n)]


shape_spaces: Lookup[ShapeSpace] = Lookup("shape", {"efficientnet": ShapeSpace("efficientnet", "efficientnet-b0")})
