"""What every picture must be: readable and within its page."""

from __future__ import annotations

from itertools import combinations

import matplotlib.text
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from regnet.figures.panels import style


def said(figure: Figure) -> list[str]:
    """Every text of a picture."""
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


def check_layout(figure: Figure) -> None:
    """Type of at least nine points, titles and texts on the page, and no two texts of one axes on each other."""
    figure.draw_without_rendering()
    assert figure.get_figwidth() <= style.WIDTH
    whole = figure.get_tightbbox()  # inches
    assert whole.x0 >= -0.02
    assert whole.y0 >= -0.02
    assert whole.x1 <= figure.get_figwidth() + 0.02
    assert min(text.get_fontsize() for text in figure.findobj(matplotlib.text.Text)) >= 9
    for ax in figure.findobj(Axes):
        within = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text()}
        around = [ax.title, ax._left_title, *ticks(ax)] if ax.axison else []  # type: ignore[attr-defined]
        for words, box in [*within.items(), *((text.get_text(), text.get_window_extent()) for text in around)]:
            assert -1 <= box.x0 <= box.x1 <= figure.bbox.width + 1, words
            assert -1 <= box.y0 <= box.y1 <= figure.bbox.height + 1, words
        assert not [pair for pair in combinations(within, 2) if within[pair[0]].overlaps(within[pair[1]])]


def ticks(ax: Axes) -> list[matplotlib.text.Text]:
    """The labels beside a y axis; it keeps others, beyond its ends, that are never drawn."""
    low, high = sorted(ax.get_ylim())
    return [tick.label1 for tick in ax.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
