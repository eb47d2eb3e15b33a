"""A picture on a narrow page: its panels one below the other, each a window on the one drawing.

A window is a small `<svg>` that shows a part of the drawing by `<use>`, so that nothing is drawn or sent twice. Panels
that share the numbers of their row's first y axis get that axis beside them.
"""

from collections.abc import Sequence
from html import escape

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from regnet.page.svg import PIXELS_PER_POINT

NEW_LINE = '<span style="flex:0 0 100%"></span>'  # a legend does not stand beside the panel before it
POINTS = 72  # an SVG's units an inch
MARGIN = 2.0  # points around a window
READABLE, LARGEST = 0.75, 1.5  # how far a window shrinks before it scrolls sideways, and how far it grows


def windows(figure: Figure, drawing: str) -> str:
    """The pieces of a figure (`Picture.drawn` names them) as HTML; "" where there is one panel.

    It must have been drawn at its own resolution just now: a legend's words get their places then.
    `drawing` is the id of the SVG group that holds the whole drawing.
    """
    drawn: Sequence[Sequence[Artist]] = getattr(figure, "pieces", ())
    pieces = [part for piece in drawn for part in _columns(figure, piece)]
    if sum(isinstance(piece[0], Axes) for piece in pieces) < 2:
        return ""
    shown, before = "", False
    for piece in pieces:
        legend = isinstance(piece[0], Legend)
        shown += NEW_LINE * (legend and before) + _shown(figure, piece, drawing)
        before = isinstance(piece[0], Axes)
    return f'<div class="panels" aria-hidden="true">{shown}</div>'


def _columns(figure: Figure, piece: Sequence[Artist]) -> list[list[Artist]]:
    """What stands side by side apart in a panel, each with what is above and below it; what spans them goes before."""
    axes = [artist for artist in piece if isinstance(artist, Axes)]
    narrow = sorted(axes, key=lambda one: one.get_position().width)
    columns: list[list[Artist]] = []
    spanning: list[list[Artist]] = []
    for one in narrow:
        over = [column for column in columns if any(_above(one, other) for other in column)]
        if len(over) > 1:
            spanning += _said(one)
        elif over:
            over[0].append(one)
        else:
            columns.append([one])
    columns.sort(key=lambda column: min(axes.index(one) for one in column))  # type: ignore[arg-type]
    if len(columns) > 1:
        spanning += [[legend] for one in axes if (legend := _wide_legend(figure, one))]
    return [*([artist] for artist in piece if artist not in axes), *spanning, *columns]


def _said(axes: Axes) -> list[list[Artist]]:
    """What an axes that spans others has of its own: words and legend."""
    own = axes.get_children()
    return [[one] for one in own if isinstance(one, Legend) or (isinstance(one, Text) and one.get_text())]


def _above(one: Axes, other: Artist) -> bool:
    """Whether one axes stands above or below another, in the same column."""
    assert isinstance(other, Axes)
    a, b = one.get_position(), other.get_position()
    return bool(min(a.x1, b.x1) - max(a.x0, b.x0) > 0.3 * min(a.width, b.width))


def _wide_legend(figure: Figure, axes: Axes) -> Legend | None:
    """The legend of an axes that reaches beyond it."""
    legend = axes.get_legend()
    if legend is None:
        return None
    wide = legend.get_window_extent(_renderer(figure)).width > 1.05 * axes.get_window_extent().width
    return legend if wide else None


def _shown(figure: Figure, piece: Sequence[Artist], drawing: str) -> str:
    first = piece[0]
    if isinstance(first, Legend):
        return "".join(_window(*_entry(figure, first, text), drawing, grow=0) for text in first.get_texts())
    if isinstance(first, Text) and "$" not in first.get_text():
        return f"<p>{escape(first.get_text())}</p>"
    box = Bbox.union([_box(figure, artist) for artist in piece])
    parts = [(box.x0 - MARGIN, box.width + 2 * MARGIN)]
    axes = [artist for artist in piece if isinstance(artist, Axes)]
    if axes and not any(map(_numbered, axes)) and (beside := _leader(figure, axes[-1])):
        left = _box(figure, beside).x0 - MARGIN
        parts.insert(0, (left, _scaled(figure, beside.get_window_extent()).x0 - left))
    return _window(parts, box.y0 - MARGIN, box.height + 2 * MARGIN, drawing)


def _entry(figure: Figure, legend: Legend, text: Text) -> tuple[list[tuple[float, float]], float, float]:
    """The strip of one entry of a legend, its handle and its words: what `_window` takes."""
    box = _box(figure, text)
    before = (legend.handlelength + legend.handletextpad) * float(text.get_fontsize()) + MARGIN
    return [(box.x0 - before, box.width + before + MARGIN)], box.y0 - MARGIN, box.height + 2 * MARGIN


def _window(parts: Sequence[tuple[float, float]], top: float, height: float, drawing: str, *, grow: int = 1) -> str:
    """Strips of the drawing, (left, width) each, side by side, in points."""
    width, at, inner = sum(wide for _, wide in parts), 0.0, ""
    for left, wide in parts:
        view = f"{left:.1f} {top:.1f} {wide:.1f} {height:.1f}"
        size = f'x="{at:.1f}" width="{wide:.1f}" height="{height:.1f}"'
        inner += f'<svg {size} viewBox="{view}"><use href="#{drawing}"/></svg>'
        at += wide
    least, most = (round(width * PIXELS_PER_POINT * times) for times in (READABLE, LARGEST))
    style = f"flex:{grow} 0 {least}px;max-width:{most}px"
    return f'<svg viewBox="0 0 {width:.1f} {height:.1f}" style="{style}">{inner}</svg>'


def _box(figure: Figure, artist: Artist) -> Bbox:
    """Where an artist stands with its labels, in points from the upper left."""
    if isinstance(artist, Axes) and (legend := _wide_legend(figure, artist)):
        rest = [one for one in artist.get_default_bbox_extra_artists() if one is not legend]
        found = artist.get_tightbbox(_renderer(figure), bbox_extra_artists=rest)
    else:
        found = artist.get_tightbbox(_renderer(figure))
    assert found is not None
    return _scaled(figure, found)


def _renderer(figure: Figure) -> RendererAgg:
    renderer: RendererAgg = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    return renderer


def _scaled(figure: Figure, box: Bbox) -> Bbox:
    scale, height = POINTS / figure.dpi, figure.get_figheight() * POINTS
    return Bbox.from_extents(box.x0 * scale, height - box.y1 * scale, box.x1 * scale, height - box.y0 * scale)


def _numbered(axes: Axes) -> bool:
    """Whether its y axis has numbers or words."""
    low, high = sorted(axes.get_ylim())
    return any(
        label.get_visible() and label.get_text()
        for place, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=False) if low <= place <= high
    )  # fmt: skip


def _leader(figure: Figure, axes: Axes) -> Axes | None:
    """The numbered axes to the left that has the same place and limits on y; None where there is none."""
    row = axes.get_position()
    there = [
        one for one in figure.axes
        if one.get_ylim() == axes.get_ylim() and one.get_yscale() == axes.get_yscale() and _numbered(one)
        and abs(one.get_position().y0 - row.y0) + abs(one.get_position().y1 - row.y1) < 1e-3
        and one.get_position().x0 < row.x0
    ]  # fmt: skip
    return max(there, key=lambda one: one.get_position().x0, default=None)
