"""Block diagrams drawn from network values: boxes, arrows and tensor shapes on a canvas measured in inches."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from regnet.figures.panels.layers import Layer
from regnet.figures.panels.panel import Cell, Panel

Point = tuple[float, float]
Side = Literal["left", "right"]

# One colour an operation in every diagram. Fills are translucent, so that text reads on a light and on a dark page.
FILLS = {
    "conv": "#0072b2",
    "bn": "#e69f00",
    "act": "#009e73",
    "se": "#cc79a7",
    "add": "#7f7f7f",
    "pool": "#7f7f7f",
    "linear": "#d55e00",
    "frame": "#7f7f7f",
}
WORDS = {"bn": "BN", "act": "ReLU"}
LINE = "#6b6b6b"
TALL, THIN = 0.44, 0.24  # heights of a convolution's box and of a BN or activation strip
RADIUS = 0.13  # of the circle of a sum


@dataclass(frozen=True)
class Canvas(Panel):
    """A panel whose data coordinates are inches, (0, 0) at the lower left."""

    def draw(self, cell: Cell) -> None:
        ax = cell.ax()
        ax.set(xlim=(0, cell.width), ylim=(0, cell.body), aspect="equal")
        ax.set_axis_off()
        self.sketch(ax)

    @abstractmethod
    def sketch(self, ax: Axes) -> None:
        """The picture, in inches."""

    def words(self) -> str:
        return ""


@dataclass(frozen=True)
class BlockDiagram(Canvas):
    """One block from top to bottom, under a heading and a note; `middle`, `top` and `width` are inches of its boxes.

    The shortcut runs on the left of the main path and holds the projection where there is one.
    """

    layers: Sequence[Layer]
    middle: float
    top: float  # of the heading
    heading: str
    width: float = 1.3
    gap: float = 0.34
    shapes: bool = True
    note: str = ""

    def sketch(self, ax: Axes) -> None:
        x, top, gap = self.middle, self.top - (0.55 if self.note else 0.3), self.gap
        ax.text(x, self.top, self.heading, ha="center", va="top", fontsize=10.5, fontweight="bold")
        ax.text(x, self.top - 0.25, self.note, ha="center", va="top", fontsize=9)
        shortcut = [layer for layer in self.layers if layer.path == "shortcut"]
        y, before = top, (self.layers[0].width_in, self.layers[0].size_in)
        for layer in self.layers:
            if layer.path == "shortcut":
                continue
            label = shape(*before) if self.shapes else ""
            if layer.kind == "add":
                arrow(ax, (x, y), (x, y - gap), label=label)
                y -= gap + 2 * RADIUS
                _sum(ax, shortcut, x, y + RADIUS, top - 0.1, self.width)
                ax.plot((x, x), (y, y - 0.1), color=LINE, linewidth=1.2)
                y -= 0.1
            elif layer.kind in ("conv", "se"):
                drop = gap + 0.14 if y == top else gap
                arrow(ax, (x, y), (x, y - drop), label=label)
                y = box(ax, x, y - drop, self.width, TALL, describe(layer), layer.kind)
            else:
                y = box(ax, x, y, self.width, THIN, describe(layer), layer.kind)
            before = (layer.width, layer.size)
        arrow(ax, (x, y), (x, y - gap), label=shape(*before) if self.shapes else "")

    def rows(self) -> pd.DataFrame:
        """One row a layer."""
        return pd.DataFrame([{"panel": self.name, "source": "here"} | asdict(layer) for layer in self.layers])

    @property
    def convolutions(self) -> int:
        """How many the block has, its shortcut's included."""
        return sum(layer.kind == "conv" for layer in self.layers)


def box(ax: Axes, x: float, top: float, width: float, height: float, text: str, kind: str) -> float:
    """A rounded box centred on `x` that starts at `top`; returns its lower edge."""
    patch = FancyBboxPatch(
        (x - width / 2, top - height), width, height, boxstyle="round,pad=0,rounding_size=0.05",
        facecolor=to_rgba(FILLS[kind], 0.3), edgecolor=FILLS[kind], linewidth=1.0,
    )  # fmt: skip
    ax.add_patch(patch)
    ax.text(x, top - height / 2, text, ha="center", va="center", fontsize=9.5, linespacing=1.25)
    return top - height


def arrow(ax: Axes, *points: Point, label: str = "", side: Side = "right") -> None:
    """A path through `points` with a head at its end; `label` stands beside the last leg."""
    if len(points) > 2:
        ax.plot(*zip(*points[:-1], strict=True), color=LINE, linewidth=1.2, solid_capstyle="round")
    head = FancyArrowPatch(
        points[-2], points[-1], arrowstyle="-|>,head_length=4,head_width=2.2",
        color=LINE, linewidth=1.2, shrinkA=0, shrinkB=0,
    )  # fmt: skip
    ax.add_patch(head)
    (x, top), (_, bottom) = points[-2:]
    shift, align = (0.09, "left") if side == "right" else (-0.09, "right")
    ax.text(x + shift, (top + bottom) / 2, label, ha=align, va="center", fontsize=9, linespacing=1.25)


def shape(width: int, size: int) -> str:
    """Channels, rows, columns of a tensor.

    >>> shape(32, 112)
    '32 × 112 × 112'
    """
    return f"{width} × {size} × {size}"


def describe(layer: Layer) -> str:
    """The words in a layer's box: kernel and output width, then group width and stride where they are not trivial.

    >>> describe(Layer("conv", 64, 14, 64, 28, kernel=3, stride=2, groups=4)).splitlines()
    ['3×3 conv, 64', 'g 16, stride 2']
    """
    if layer.kind == "conv":
        more = [f"g {layer.width // layer.groups}"] * (layer.groups > 1) + [f"stride {layer.stride}"] * (
            layer.stride > 1
        )
        return f"{layer.kernel}×{layer.kernel} conv, {layer.width}" + f"\n{', '.join(more)}" * bool(more)
    return f"SE, {layer.squeeze}" if layer.kind == "se" else WORDS[layer.kind]


def _sum(ax: Axes, projection: Sequence[Layer], x: float, y: float, fork: float, width: float) -> None:
    """The circle that adds the shortcut, which leaves the main path at height `fork`."""
    ax.add_patch(Circle((x, y), RADIUS, facecolor=to_rgba(FILLS["add"], 0.3), edgecolor=FILLS["add"]))
    ax.text(x, y, "+", ha="center", va="center_baseline", fontsize=11)
    column = x - width / 2 - (0.15 + 0.5 * width if projection else 0.2)
    if not projection:
        arrow(ax, (x, fork), (column, fork), (column, y), (x - RADIUS, y))
        return
    top = (fork + y) / 2 + (TALL + THIN) / 2
    arrow(ax, (x, fork), (column, fork), (column, top))
    for layer in projection:
        height = TALL if layer.kind == "conv" else THIN
        top = box(ax, column, top, width, height, describe(layer), layer.kind)
    arrow(ax, (column, top), (column, y), (x - RADIUS, y))


def enlarge(ax: Axes, source: tuple[float, float, float], sides: Point, ends: Point) -> None:
    """A frame around the next column, tied by dotted lines to the box that it enlarges.

    source: right edge, top and bottom of that box; sides: left and right of the frame; ends: its top and bottom.
    """
    (x, *edges), (left, right), (top, bottom) = source, sides, ends
    frame = FancyBboxPatch(
        (left, bottom), right - left, top - bottom, boxstyle="round,pad=0,rounding_size=0.1",
        facecolor="none", edgecolor=LINE, linewidth=0.8,
    )  # fmt: skip
    ax.add_patch(frame)
    for start, stop in zip(edges, ends, strict=True):
        ax.plot((x, left), (start, stop), color=LINE, linewidth=0.8, linestyle=":")
