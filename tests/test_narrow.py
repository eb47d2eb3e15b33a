"""Pictures on a narrow page: every panel has a window on the one drawing."""

from functools import cache

import pytest
from bs4 import BeautifulSoup, Tag

from regnet.page.page import element
from regnet.sweeps.store import Runs, open_runs


@pytest.fixture(scope="module")
def runs() -> Runs:
    return open_runs("pocket")


@cache
def shown(name: str, runs: Runs) -> tuple[Tag, list[Tag]]:
    """The picture and its windows."""
    picture = BeautifulSoup(element(name, runs).html, "html.parser").select_one(".picture")
    assert picture is not None
    return picture, picture.select(".panels > svg")


@pytest.mark.parametrize(("name", "windows"), [("fig07", 2), ("fig06", 12), ("fig17", 6), ("fig03", 0)])
def test_each_panel_and_each_entry_of_a_legend_has_a_window(name: str, windows: int, runs: Runs) -> None:
    assert len(shown(name, runs)[1]) == windows


def test_windows_show_parts_of_the_one_drawing_that_is_there(runs: Runs) -> None:
    picture, windows = shown("fig07", runs)
    whole = picture.select_one("svg[role=img]")
    assert whole is not None
    drawing = whole.select_one("#fig07-drawing")
    assert drawing is not None
    assert drawing.find("path") is not None
    assert {use["href"] for window in windows for use in window.select("use")} == {"#fig07-drawing"}
    x, y, width, height = map(float, str(whole["viewbox"]).split())
    for part in (inner for window in windows for inner in window.select("svg")):
        left, top, wide, high = map(float, str(part["viewbox"]).split())
        assert x - 3 <= left
        assert left + wide <= x + width + 3
        assert y - 3 <= top
        assert top + high <= y + height + 3
    size = sum(len(str(window)) for window in windows)
    assert size < 0.05 * len(str(whole))


def test_windows_do_not_overlap_where_panels_do_not(runs: Runs) -> None:
    _, windows = shown("fig07", runs)
    first, second = (window.find("svg")["viewbox"].split() for window in windows)  # type: ignore[index,union-attr]
    assert float(first[0]) + float(first[2]) <= float(second[0]) + 4  # points: margins of both


def test_a_panel_without_numbers_gets_its_rows_first_axis(runs: Runs) -> None:
    _, windows = shown("fig17", runs)
    assert [len(window.select("svg")) for window in windows] == [1, 1, 1, 1, 2, 2]  # three entries, three panels


def test_words_above_a_row_are_words(runs: Runs) -> None:
    picture, _ = shown("fig12", runs)
    assert "best networks here" in " ".join(p.text for p in picture.select(".panels > p"))


def test_screen_readers_have_the_whole_picture_alone(runs: Runs) -> None:
    picture, _ = shown("fig07", runs)
    assert picture.select_one(".panels")["aria-hidden"] == "true"  # type: ignore[index]
    assert len(picture.select("[role=img]")) == 1
