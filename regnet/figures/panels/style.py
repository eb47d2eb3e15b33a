"""One look for every figure: theme, a colour, a line and a label for each design space, sizes that fit the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.ticker import LogLocator, NullLocator

from regnet.analysis.final_models import FAMILIES as NAMES
from regnet.sweeps import labels
from regnet.sweeps.own_spaces import own_spaces

DPI = 96  # a page's pixels an inch
WIDTH = 8.1  # inches: 778 px, the page's text column
INK = "#262626"  # text and axes; the page turns it into the reader's text colour, light or dark

# Chosen so that spaces shown in one panel stay at least 20 apart (CIE76) under deuteranopia and protanopia,
# and at least 3:1 against white and the dark page.
COLOURS = {
    "anynetx_a": "#2F95CF",
    "anynetx_b": "#B8860B",
    "anynetx_c": "#2A9D76",
    "anynetx_d": "#D9662A",
    "anynetx_e": "#6152E0",
    "regnetx": "#C8243C",
    "anynetx_c_w_const": "#9A52BE",
    "anynetx_c_w_decreasing": "#6E7892",
    "anynetx_d_d_const": "#5C8AE6",
    "anynetx_d_d_decreasing": "#A8468A",
    "regnetx_wm2": "#C08A2C",
    "regnetx_w0_wa": "#1F9E93",
    "regnetx_c": "#0F8A9D",
    "regnetx_c_inverted": "#C9761A",
    "regnetx_c_depthwise": "#9440C8",
    "regnetx_c_resolution": "#B0641C",
    "regnetx_c_d20": "#C2622D",
    "regnetx_c_3stage": "#A66A00",
    "regnety_c": "#9777D8",
    "regnety_c_silu": "#BF7A1A",
    "regnety_c_depthwise": "#4E7FB5",
    "regnety_c_depthwise_silu": "#CC6A1F",
    "efficientnet": "#AF7F00",
}

OWN = ("#A8468A", "#0F8A9D", "#B0641C", "#5C8AE6")  # of design spaces of one's own, in turn

# A second sign beside colour: variants of a space are broken lines.
LINES = {
    "anynetx_c_w_const": "--",
    "anynetx_c_w_decreasing": ":",
    "anynetx_d_d_const": "--",
    "anynetx_d_d_decreasing": ":",
    "regnetx_wm2": "--",
    "regnetx_w0_wa": ":",
    "regnetx_c_inverted": "--",
    "regnetx_c_depthwise": ":",
    "regnetx_c_resolution": "--",
    "regnetx_c_d20": "--",
    "regnetx_c_3stage": "--",
    "regnety_c_silu": "--",
    "regnety_c_depthwise_silu": "--",
}


@dataclass(frozen=True)
class Family:
    """How a family of published networks is called and drawn: colour and marker, the same in every figure."""

    label: str
    colour: str
    marker: str


# Colours are at least 3:1 against the white and the dark page; markers tell families apart without them.
FAMILIES = {
    "regnetx": Family(NAMES["regnetx"], "#C8243C", "o"),
    "regnety": Family(NAMES["regnety"], "#9777D8", "D"),
    "resnet": Family(NAMES["resnet"], "#6E7892", "s"),
    "resnext": Family(NAMES["resnext"], "#2A9D76", "^"),
    "efficientnet": Family(NAMES["efficientnet"], "#B8860B", "v"),
}

BROKEN = ("-", "--", ":", "-.")  # lines of one colour in one panel, in this order
GOLDEN = (5**0.5 - 1) / 2  # multiples of it modulo 1 spread evenly, in any number

SETTINGS: dict[Any, Any] = {
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "axes.titlecolor": INK,
    "xtick.color": INK, "ytick.color": INK, "grid.color": "#8a8a8a", "grid.alpha": 0.25, "axes.grid": True,
    "font.size": 10, "axes.labelsize": 10, "axes.titlesize": 10.5,
    "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "legend.fontsize": 9.5, "legend.frameon": False,
    "legend.title_fontsize": 12, "font.sans-serif": ["DejaVu Sans"], "svg.fonttype": "none",
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.8, "axes.axisbelow": True,
    "grid.linewidth": 1, "lines.linewidth": 1.8, "lines.solid_capstyle": "round",
    "patch.edgecolor": "w", "patch.force_edgecolor": True,
    **{f"{axis}tick.{kind}.{what}": value for axis in "xy" for kind, what, value in (
        ("major", "size", 6), ("major", "width", 0.8), ("minor", "size", 4), ("minor", "width", 1),
    )},
}  # fmt: skip

ERROR = "top-1 error (%)"  # the axis label of every error
MANY = 4000  # points of a panel from which on they are one image, without hover titles


@dataclass(frozen=True)
class Unit:
    """What an axis counts in: its name beside the label, and how many of one it is."""

    name: str
    size: float = 1.0

    def of(self, what: str) -> str:
        """The axis label of a quantity.

        >>> MF.of("flops"), ONE.of("depth d")
        ('flops (MF)', 'depth d')
        """
        return f"{what} ({self.name})" if self.name else what


ONE, PERCENT = Unit(""), Unit("%")
MF, GF = Unit("MF", 1e6), Unit("GF", 1e9)
THOUSANDS, MILLIONS = Unit("thousands", 1e3), Unit("millions", 1e6)
K, M = Unit("k", 1e3), Unit("M", 1e6)


def colour(population: str) -> str:
    """The colour of a population's design space, the same in every figure; of one's own in the order of their file.

    Raises:
        ValueError: a space that has none.
    """
    space = labels.space(population)
    if space in COLOURS:
        return COLOURS[space]
    own = list(own_spaces())
    if space not in own:
        raise ValueError(f"no colour for {population!r}, expected a population of {', '.join([*COLOURS, *own])}")
    return OWN[own.index(space) % len(OWN)]


def line(population: str) -> str:
    """The line style of a population's design space: solid for a step of the design, broken for all else."""
    space = labels.space(population)
    return LINES.get(space, "-" if space in COLOURS else "-.")


def shades(colour: str, n: int) -> list[str]:
    """n shades of a colour from dark to light, for populations of one space in one panel.

    >>> shades("#0F8A9D", 1)
    ['#0f8a9d']
    """
    at = np.linspace(-1, 1, n) if n > 1 else np.zeros(1)
    rgb = np.array(to_rgb(colour))
    return [to_hex(rgb * (1 + 0.22 * min(a, 0)) + (1 - rgb) * 0.12 * max(a, 0)) for a in at.tolist()]


theme = partial(matplotlib.rc_context, SETTINGS)  # a context manager, and a decorator of what draws


def bare(ax: Axes) -> None:
    """Leaves an axes that stands above another without numbers and without a left side."""
    ax.set_yticks([])
    ax.tick_params(labelbottom=False)
    ax.spines["left"].set_visible(False)


def powers(ax: Axes, axis: Literal["x", "y"], ticks: Sequence[float] = (), *, room: float = 0.5) -> None:
    """A logarithmic axis with plain numbers at the ticks, `room` octaves beyond the first and the last.

    Without ticks they stand at 1, 2 and 5 times the powers of ten.
    """
    one: Axis = getattr(ax, f"{axis}axis")
    if ticks:
        getattr(ax, f"set_{axis}scale")("log", base=2)
        one.set_ticks(list(ticks), [f"{tick:g}" for tick in ticks])
        getattr(ax, f"set_{axis}lim")(ticks[0] / 2**room, ticks[-1] * 2**room)
    else:
        getattr(ax, f"set_{axis}scale")("log")
        one.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        one.set_major_formatter("{x:g}")
    one.set_minor_locator(NullLocator())


def jitter(n: int, width: float) -> npt.NDArray[np.float64]:
    """n offsets spread evenly over [-width / 2, width / 2), the same at every call.

    >>> jitter(3, 1.0).round(2).tolist()
    [-0.5, 0.12, -0.26]
    """
    return np.asarray(width * ((GOLDEN * np.arange(n)) % 1 - 0.5), np.float64)


Titles = Sequence[str] | Callable[[], Sequence[str]]


def scatter(ax: Axes, x: Any, y: Any, titles: Titles, *, colour: str, **marks: Any) -> PathCollection:
    """Points with a hover title each; a point whose x or y is not finite is left out with its title.

    `MANY` points and more are drawn as an image, and a function that gives the titles is not called.

    Raises:
        ValueError: the three do not have one length.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    keep = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    points = ax.scatter(x[keep], y[keep], color=colour, **{"s": 14, "alpha": 0.75, "linewidths": 0, **marks})
    if len(x) >= MANY:
        points.set_rasterized(True)
        return points
    titles = titles() if callable(titles) else titles
    if not len(x) == len(y) == len(titles):
        raise ValueError(f"one title a point expected, got {len(x)} x, {len(y)} y and {len(titles)} titles")
    points.titles = [titles[i] for i in keep.tolist()]  # type: ignore[attr-defined]
    return points


def crowded(points: Mapping[str, int]) -> str:
    """For captions: which panels' points are an image; "" where none are.

    >>> crowded({"depth": 100_000, "width": 300})
    'An image, without titles on hover: all 100,000 points (depth).'
    """
    many = {name: count for name, count in points.items() if count >= MANY}
    listed = ", ".join(f"all {count:,} points ({name})" for name, count in many.items())
    return f"An image, without titles on hover: {listed}." if many else ""
