"""Error axes end before the few networks that would stretch them, in curves and scatters alike, and count them."""

from __future__ import annotations

from pathlib import Path

import matplotlib.text
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sealed_runs import seal_population

from regnet import figures
from regnet.figures.panels import outliers
from regnet.sweeps.store import Runs, open_runs

BULK = np.linspace(20.0, 30.0, 98)
SCATTERS = {
    "fig02": ["anynetx_a", "anynetx_a"],
    "fig05": ["anynetx_b", "anynetx_c"],
    "fig08": ["anynetx_c", "anynetx_d", "anynetx_e"],
}


@pytest.fixture(scope="module")
def runs() -> Runs:
    return open_runs("pocket")  # the sealed populations of this checkout


def said(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if "beyond" in text.get_text()]


def test_an_axis_ends_before_the_few_and_counts_them() -> None:
    for mark, sign, end in ((outliers.rightward, "→", Axes.get_xlim), (outliers.upward, "↑", Axes.get_ylim)):
        few, none = Figure().add_subplot(), Figure().add_subplot()
        mark(few, outliers.span([np.r_[BULK, 80.0, 90.0]]))
        assert end(few)[1] < 32
        assert said(few) == [f"2 beyond {sign}"]
        mark(none, outliers.span([BULK]))
        assert end(none)[1] > 30
        assert not none.texts


def test_many_bad_networks_are_no_outliers() -> None:
    assert outliers.span([np.r_[BULK, np.full(10, 80.0)]]).beyond == 0


@pytest.mark.parametrize("name", SCATTERS)
def test_every_network_of_a_scatter_is_a_point_or_counted_beyond(name: str, runs: Runs) -> None:
    element = figures.element(name, runs)
    figure, caption = element.drawn(), element.caption()
    assert isinstance(figure, Figure)
    found = [ax for ax in figure.findobj(Axes) if ax.get_ylabel() == "top-1 error (%)"]
    for ax, population in zip(found, SCATTERS[name], strict=True):
        errors = runs.frame(population)["error"].to_numpy(float)
        points = np.concatenate([c.get_offsets() for c in ax.collections if hasattr(c, "titles")])
        high = ax.get_ylim()[1]
        assert sorted(points[:, 1]) == sorted(errors[errors <= high])
        beyond = int((errors > high).sum())
        assert beyond > 0
        assert said(ax) == [f"{beyond} beyond ↑"]
        assert f"{beyond} (" in caption.partition("Beyond the error axis: ")[2]


def test_curves_say_how_many_lie_beyond_and_captions_name_the_panels_and_the_largest_error(runs: Runs) -> None:
    element = figures.element("fig05", runs)
    figure = element.drawn()
    assert isinstance(figure, Figure)
    frames = {name: runs.frame(f"anynetx_{name}")["error"].to_numpy(float) for name in "abc"}
    for ax, pair in zip([ax for ax in figure.axes if "cumulative" in ax.get_ylabel()], ("ab", "bc"), strict=True):
        count = sum(int((frames[name] > ax.get_xlim()[1]).sum()) for name in pair)
        assert said(ax) == [f"{count} beyond →"]
    beyond = element.caption().partition("Beyond the error axis: ")[2]
    assert f"at most {max(errors.max() for errors in frames.values()):.1f}%; every number counts them." in beyond
    for name in ("(A and B)", "(B and C)", "(AnyNetX_B)", "(AnyNetX_C)"):
        assert name in beyond


def test_a_figure_without_outliers_says_nothing_of_them(tmp_path: Path) -> None:
    seal_population(tmp_path, "anynetx_a", 60)
    calm = figures.element("fig02", open_runs("pocket", tmp_path / "runs"))
    figure = calm.drawn()
    assert isinstance(figure, Figure)
    assert "eyond" not in calm.caption()
    assert not [text for text in figure.findobj(matplotlib.text.Text) if "beyond" in text.get_text()]
