from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from regnet.figures.panels import style
from regnet.page import svg

ALT = "Three points <rising> from left to right & a line"


def drawn() -> Figure:
    with style.theme():
        fig = Figure(layout="constrained")
        left, right = fig.subplots(1, 2)
        style.scatter(left, [1, 2, 3], [4, 5, 6], ["a < b", "second", "third"], colour="#123456")
        left.set_xlabel("depth d (blocks)")
        right.plot([0, 1], [0, 1])
    return fig


def test_equal_figures_give_equal_text() -> None:
    assert svg.render(drawn(), "fig02", alt=ALT) == svg.render(drawn(), "fig02", alt=ALT)


def test_every_titled_point_carries_its_own_title() -> None:
    root = ET.fromstring(svg.render(drawn(), "fig02", alt=ALT))
    titles = [use.findtext(f"{{{svg.SVG}}}title") for use in root.iter(f"{{{svg.SVG}}}use")]
    assert [title for title in titles if title] == ["a < b", "second", "third"]


def test_ids_are_the_figures_own_and_every_reference_meets_one() -> None:
    one, other = (svg.render(drawn(), name, alt=ALT) for name in ("fig02", "fig05"))
    ids = re.findall(r' id="([^"]+)"', one)
    pointed = set(re.findall(r"url\(#([^)]+)\)", one)) | set(re.findall(r'href="#([^"]+)"', one))
    assert pointed | {svg.drawing("fig02")} == set(ids)  # the whole drawing is pointed at from elsewhere
    assert len(ids) == len(set(ids))
    assert not set(ids) & set(re.findall(r' id="([^"]+)"', other))


def test_it_is_one_image_with_its_alternative_text_and_nothing_that_reaches_outside() -> None:
    text = svg.render(drawn(), "fig02", alt=ALT)
    root = ET.fromstring(text)
    assert (root.get("role"), root.get("aria-label")) == ("img", ALT)
    assert float(str(root.get("width"))) <= 780
    assert "height" not in root.attrib
    assert "<style" not in text
    assert "metadata" not in text
    assert set(re.findall(r'https?://[^"]+', text)) <= {svg.SVG}


def test_text_and_axes_take_the_pages_colour_and_data_keep_theirs() -> None:
    text = svg.render(drawn(), "fig02", alt=ALT)
    assert "currentColor" in text
    assert style.INK not in text
    assert "#123456" in text
    assert ">depth d (blocks)<" in text


def test_a_titled_point_that_the_axes_cannot_show_is_refused() -> None:
    fig = Figure()
    ax = fig.subplots()
    style.scatter(ax, [1, 2, 0], [1, 2, 3], ["a", "b", "c"], colour="#000000")
    ax.set_xscale("log")
    with pytest.raises(ValueError, match="3 titled points but 2 drawn"):
        svg.render(fig, "fig02", alt=ALT)


def test_the_png_is_a_png_without_a_date() -> None:
    assert svg.png(drawn()).startswith(b"\x89PNG")
    assert svg.png(drawn()) == svg.png(drawn())


def test_ids_do_not_come_from_addresses_in_memory() -> None:
    """Matplotlib's clip paths once had their address as their name: other figures drawn before change that."""
    first = svg.render(_clipped(), "fig02", alt=ALT)
    before = [_clipped() for _ in range(5)]
    for figure in before:
        svg.render(figure, "fig05", alt=ALT)
    assert svg.render(_clipped(), "fig02", alt=ALT) == first
    numbers = [int(number) for number in re.findall(r' id="fig02-([0-9]+)"', first)]
    assert sorted(numbers) == list(range(len(numbers)))
    assert len(numbers) > 1


def _clipped() -> Figure:
    """Figures clipped by circles."""
    figure = Figure()
    for ax in figure.subplots(1, 2):
        (line,) = ax.plot([0, 1], [0, 1], marker="o")
        line.set_clip_path(Circle((0.5, 0.5), 0.3, transform=ax.transData))
    return figure
