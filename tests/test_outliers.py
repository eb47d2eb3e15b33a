"""Error axes end before the few networks that would stretch them, in curves and scatters alike, and count them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import matplotlib.text
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sealed_runs import seal_population

from regnet.figures import fig02, fig05, fig08
from regnet.figures.panels import edfs, outliers
from regnet.sweeps.store import Runs, open_runs

BULK = np.linspace(20.0, 30.0, 98)
N = 60


@pytest.fixture(scope="module")
def runs() -> Runs:
    return open_runs("pocket")  # the sealed populations of this checkout


def said(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if "beyond" in text.get_text()]


def scatters(figure: Figure) -> list[Axes]:
    return [ax for ax in figure.findobj(Axes) if ax.get_ylabel() == "top-1 error (%)"]


def test_a_curve_ends_before_the_few_and_counts_them() -> None:
    axes = Figure().add_subplot()
    edfs.plot(axes, [edfs.Curve("regnetx", np.r_[BULK, 80.0, 90.0], None)])
    assert axes.get_xlim()[1] < 32
    assert said(axes) == ["2 beyond →"]
    axes = Figure().add_subplot()
    edfs.plot(axes, [edfs.Curve("regnetx", BULK, None)])
    assert axes.get_xlim()[1] > 30
    assert not axes.texts


def test_many_bad_networks_are_no_outliers() -> None:
    assert outliers.span([np.r_[BULK, np.full(10, 80.0)]]).beyond == 0


@pytest.mark.parametrize("module", [fig02, fig05, fig08], ids=["fig02", "fig05", "fig08"])
def test_every_network_of_a_scatter_is_a_point_or_counted_beyond(module: ModuleType, runs: Runs) -> None:
    found = scatters(module.make(runs))
    assert len(found) >= 2
    populations = {"fig02": ["anynetx_a"] * 2, "fig05": list(fig05.SHARED), "fig08": list(fig08.SPACES)}
    for ax, name in zip(found, populations[module.__name__.rpartition(".")[2]], strict=True):
        errors = runs.frame(name)["error"].to_numpy(float)
        points = np.concatenate([c.get_offsets() for c in ax.collections if hasattr(c, "titles")])
        high = ax.get_ylim()[1]
        assert sorted(points[:, 1]) == sorted(errors[errors <= high])
        beyond = int((errors > high).sum())
        assert beyond > 0
        assert said(ax) == [f"{beyond} beyond ↑"]
        assert f"{beyond}" in module.caption(runs).partition("Beyond the error axis: ")[2]


def test_captions_name_the_panels_and_the_largest_error(runs: Runs) -> None:
    caption = fig05.caption(runs)
    largest = max(runs.frame(name)["error"].max() for name in ("anynetx_a", "anynetx_b", "anynetx_c"))
    assert f"at most {largest:.1f}%; every number counts them." in caption
    for name in ("(A and B)", "(B and C)", "(AnyNetX_B)", "(AnyNetX_C)"):
        assert name in caption.partition("Beyond the error axis: ")[2]


def test_a_figure_without_outliers_says_nothing_of_them(tmp_path: Path) -> None:
    seal_population(tmp_path, "anynetx_a", N)
    calm = open_runs("pocket", tmp_path / "runs")
    assert "eyond" not in fig02.caption(calm)
    words = [text.get_text() for text in fig02.make(calm).findobj(matplotlib.text.Text)]
    assert not [word for word in words if "beyond" in word]
