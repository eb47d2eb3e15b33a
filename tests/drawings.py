"""What a drawn panel says: its artists' points, its reference lines, the words of its axes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from regnet.figures.panels.element import Picture, Row
from regnet.figures.panels.panel import Cell, Panel

Floats = npt.NDArray[np.float64]
What = Literal["line", "points", "bars", "area", "boxes"]


@dataclass(frozen=True)
class Mark:
    """An artist: its points in the numbers of its axes, shape (n, 2), and its colour."""

    what: What
    points: Floats
    colour: str


class Watched:
    """A panel of a picture that keeps the axes that it draws."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.axes: list[Axes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.panel, name)

    def draw(self, cell: Cell) -> None:
        """Draws it."""
        whole = cell.fig.get_figure(root=True)
        before = set(whole.findobj(Axes))
        self.panel.draw(cell)
        self.axes = [ax for ax in whole.axes if ax not in before]


def watched(picture: Picture) -> tuple[Figure, list[tuple[Row, Panel, list[Axes]]]]:
    """The picture, and each panel with its row and its axes."""
    rows = [replace(row, panels=[Watched(panel) for panel in row.panels]) for row in picture.grid]
    figure = replace(picture, rows=rows).drawn()
    return figure, [(row, one.panel, one.axes) for row in rows for one in row.panels]


def marks(ax: Axes) -> Iterator[Mark]:
    """Every artist that has points, reference lines left out."""
    for line in ax.lines:
        if line.get_transform() == ax.transData and len(line.get_xydata()):
            yield Mark("line", np.asarray(line.get_xydata(), np.float64), to_hex(line.get_color()))
    for found in ax.collections:
        colours = [*found.get_facecolor(), *found.get_edgecolor()]
        colour = to_hex(colours[0]) if len(colours) else "none"
        if isinstance(found, PathCollection):
            yield Mark("points", np.asarray(found.get_offsets().filled(np.nan), np.float64), colour)
        elif isinstance(found, LineCollection):
            segments = [part for part in found.get_segments() if len(part)]
            yield Mark("bars", np.concatenate(segments or [np.empty((0, 2))]), colour)
        elif isinstance(found, PolyCollection):
            yield Mark("area", np.concatenate([path.vertices for path in found.get_paths()]), colour)
    for patch in ax.patches:
        if isinstance(patch, Rectangle) and patch.get_data_transform() == ax.transData:
            at = (patch.get_x() + patch.get_width() / 2, patch.get_y() + patch.get_height())
            yield Mark("boxes", np.array([at]), to_hex(patch.get_facecolor()))


def references(ax: Axes) -> Iterator[tuple[str, float]]:
    """Axis and value of each line or edge of a band that crosses the whole axes."""
    upright, level = ax.get_xaxis_transform("grid"), ax.get_yaxis_transform("grid")
    for line in ax.lines:
        for axis, across, values in (("x", upright, line.get_xdata()), ("y", level, line.get_ydata())):
            if line.get_transform() == across:
                yield axis, float(values[0])
    for patch in ax.patches:
        if isinstance(patch, Rectangle) and patch.get_data_transform() == upright:
            yield from (("x", float(value)) for value in (patch.get_x(), patch.get_x() + patch.get_width()))


def brackets(label: str) -> list[str]:
    """What stands in brackets.

    >>> brackets("flops (MF)")
    ['MF']
    """
    return re.findall(r"\(([^)]*)\)", label)


def spoken(label: str) -> list[str]:
    """The lines of a label without brackets, numbers of images and what follows a comma or semicolon.

    >>> spoken("error after 102,400 images (%)"), spoken("e_fit, AnyNetX_C")
    (['error after images'], ['e_fit'])
    """
    plain = re.sub(r" *\([^)]*\)", "", re.sub(r"after [\d,]+", "after", label))
    return [re.split(r"[,;]", line)[0] for line in plain.split("\n") if line]


def label(ax: Axes, axis: Literal["x", "y"]) -> str:
    """What an axis is called, by itself or by the axes that it is shared with."""
    shared = getattr(ax, f"get_shared_{axis}_axes")().get_siblings(ax)
    return next((said for one in (ax, *shared) if (said := getattr(one, f"get_{axis}label")())), "")
